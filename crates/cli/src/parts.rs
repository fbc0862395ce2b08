//! Parts that functions made of objects, in place of the objects: what comes of them is what would come of reading those.

#[cfg(test)]
mod tests;

use std::io::{self, Read};
use std::path::PathBuf;

use trailhound_detect::part::{self, PartError, Stretch};
use trailhound_detect::rules::RuleSet;
use trailhound_detect::tally::Tally;

use crate::deliveries::{Explanations, Piece, Source};
use crate::inputs::{self, Input, Unreadable};

/// What a function puts behind an object's name.
const ENDING: &str = ".part.gz";

/// The inputs that paths name: parts in the order of the objects that they were made of.
pub(crate) fn expand(paths: &[String], are_parts: bool) -> (Vec<Input>, Vec<Unreadable>) {
    if !are_parts {
        return inputs::expand(paths);
    }
    let (mut all, mut unreadable) = (Vec::new(), Vec::new());
    for path in paths {
        let (mut found, wrong) = inputs::expand(std::slice::from_ref(path));
        found.sort_by_cached_key(place);
        all.extend(found);
        unreadable.extend(wrong);
    }
    (all, unreadable)
}

/// Where its object stands among others: files folder by folder, what a cloud lists by the whole name.
fn place(part: &Input) -> (PathBuf, String) {
    let name = part.name();
    let object = name.strip_suffix(ENDING).unwrap_or(&name).to_owned();
    match part {
        Input::File(_) => (PathBuf::from(object), String::new()),
        _ => (PathBuf::new(), object),
    }
}

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
