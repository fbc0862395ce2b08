//! Inputs that are not kept yet, or not as they are, read into the file.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use trailhound_detect::event::Event;
use trailhound_detect::tally::{RejectReason, Tally};

use super::block::IndexBlock;
use super::file::Part;
use super::found::FoundPart;
use super::row::IndexRow;
use super::stamp::Stamp;
use crate::deliveries::{Piece, Reading, Source};
use crate::inputs::Input;

/// So many bytes of records that hand out sessions are packed together: one of them is looked up alone.
const MOST_OF_HAND_OUTS: usize = 64 << 10;

/// What reading an input gives, a piece at a time.
pub(super) enum Given {
    Part(Part),
    Unreadable(String),
    End {
        /// The file, if it was the same before and after.
        stamp: Option<Stamp>,
        tally: Box<Tally>,
    },
}

/// Records that wait to be handed on.
#[derive(Default)]
struct Waiting {
    block: IndexBlock,
    hand_outs: IndexBlock,
    parts: Vec<Part>,
    failed: Option<String>,
}

impl Waiting {
    fn see(&mut self, event: &Event<'_>, origin: &str) {
        let row = IndexRow::of(event.facts(), origin);
        let mut added = self.block.add(&row);
        if row.hands_out() {
            added = added.and_then(|()| self.hand_outs.add(&row));
        }
        if let Err(error) = added {
            self.failed = Some(format!("{error:#}"));
        }
        self.put_by(false);
    }

    /// Packs what is full, or what there is.
    fn put_by(&mut self, is_end: bool) {
        if self.block.is_full() || is_end && !self.block.is_empty() {
            let packed = std::mem::take(&mut self.block).pack();
            self.parts.push(Part::Block { head: packed.head, rows: packed.rows });
        }
        if self.hand_outs.is_as_large_as(MOST_OF_HAND_OUTS) || is_end && !self.hand_outs.is_empty() {
            self.parts.push(Part::HandOuts(std::mem::take(&mut self.hand_outs).pack().rows));
        }
    }
}

/// Reads an input to its end or until `hand` wants no more.
pub(super) fn read(reading: &Reading<'_>, input: &Input, hand: &mut dyn FnMut(Given) -> bool) {
    let Reading { pipeline, progress, interrupt, .. } = *reading;
    let stamp = || if let Input::File(path) = input { Stamp::of(path) } else { None };
    let (before, waiting) = (stamp(), Arc::new(Mutex::new(Waiting::default())));
    let seen = Arc::clone(&waiting);
    let witness = move |event: &Event<'_>, origin: &str| {
        seen.lock().unwrap_or_else(PoisonError::into_inner).see(event, origin);
    };
    let session = pipeline.delivery(&input.name(), Timestamp::now());
    let session = session.witnessed_by(Box::new(witness));
    let mut is_whole = true;
    Source { input, progress, interrupt }.push_through(vec![session], &mut |_, piece| {
        let mut given = Vec::new();
        {
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.put_by(matches!(piece, Piece::End(_)));
            given.extend(waiting.parts.drain(..).map(Given::Part));
            given.extend(waiting.failed.take().map(Given::Unreadable));
        }
        match piece {
            Piece::Found { matches, callers, .. } => {
                if !matches.is_empty() || !callers.is_empty() {
                    given.push(match FoundPart::of(matches, &callers) {
                        Ok(found) => Given::Part(Part::Matches(found)),
                        Err(error) => Given::Unreadable(format!("{error:#}")),
                    });
                }
            }
            Piece::Unreadable(problem) => given.push(Given::Unreadable(problem)),
            Piece::End(tally) => {
                let stamp = before.clone().filter(|before| stamp().as_ref() == Some(before));
                let stamp = stamp.filter(|_| is_whole && !interrupt.is_set());
                given.push(Given::End { stamp, tally: Box::new(tally) });
            }
        }
        is_whole &= !given.iter().any(|given| matches!(given, Given::Unreadable(_)));
        given.into_iter().all(&mut *hand)
    });
}

/// Is it of a form that is not read?
pub(super) fn is_foreign(tally: &Tally) -> bool {
    tally.rejected.contains_key(&RejectReason::ForeignForm)
}
