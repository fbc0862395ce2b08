//! Parts that functions made of objects, in place of the objects: what comes of them is what would come of reading those.

use std::io::{self, Read};

use trailhound_detect::part::{self, PartError, Stretch};
use trailhound_detect::rules::RuleSet;
use trailhound_detect::tally::Tally;

use crate::deliveries::{Explanations, Piece, Source};
use crate::inputs;

/// Reads a part to its end or until `hand` wants no more: after each stretch it gets the number of one of these sets of rules,
/// and what that found.
pub(crate) fn push_through(
    source: &Source<'_>,
    rules: &[&RuleSet],
    hand: &mut dyn FnMut(usize, Piece) -> bool,
) {
    let mut ended = 0;
    let opened = source.input.open(source.interrupt).map_err(PartError::from);
    let read = opened.and_then(|bytes| {
        part::read(Counted { bytes, source }, rules, &mut |stretch| match stretch {
            Stretch::Found { by, matches, callers } => {
                let (rejects, explanations) = (Vec::new(), Explanations::new());
                let found = Piece::Found { matches, rejects, callers, explanations };
                !source.interrupt.is_set() && hand(by, found)
            }
            Stretch::End { by, tally } => {
                ended += 1;
                hand(by, Piece::End(*tally))
            }
        })
    });
    if let Err(error) = read {
        let problem = match &error {
            PartError::Unreadable(error) => inputs::explain(error),
            other => other.to_string(),
        };
        hand(0, Piece::Unreadable(problem));
        for at in ended..rules.len() {
            hand(at, Piece::End(Tally::default()));
        }
    }
}

/// Bytes that are counted as they are read.
struct Counted<'s, R> {
    bytes: R,
    source: &'s Source<'s>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(into)?;
        self.source.progress.read(count);
        Ok(count)
    }
}
