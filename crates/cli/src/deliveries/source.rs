//! An input's bytes, pushed through the stages chunk by chunk.

use std::io::Read;

use trailhound_detect::pipeline::{Ending, Session};
use trailhound_detect::tally::Tally;

use super::piece::{Explanations, Piece};
use crate::inputs::{self, Input};
use crate::interrupt::Interrupt;
use crate::progress::Progress;

/// How much is read at once.
const CHUNK: usize = 128 << 10;

/// Where bytes come from.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) input: &'a Input,
    pub(crate) progress: &'a Progress,
    pub(crate) interrupt: &'a Interrupt,
}

impl Source<'_> {
    /// Reads it once, to its end or until `hand` wants no more, and pushes it through all of these sessions: after every
    /// push `hand` gets the session's number and what came of it, even if that is nothing.
    pub(crate) fn push_through(
        &self,
        mut sessions: Vec<Session<'_>>,
        hand: &mut dyn FnMut(usize, Piece) -> bool,
    ) {
        let mut reader = match self.input.open(self.interrupt) {
            Ok(reader) => reader,
            Err(error) => {
                hand(0, Piece::Unreadable(inputs::explain(&error)));
                for at in 0..sessions.len() {
                    hand(at, Piece::End(Tally::default()));
                }
                return;
            }
        };
        let mut chunk = vec![0; CHUNK];
        while !self.interrupt.is_set() {
            let count = match reader.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    hand(0, Piece::Unreadable(inputs::explain(&error)));
                    break;
                }
            };
            self.progress.read(count);
            for (at, session) in sessions.iter_mut().enumerate() {
                let mut rest = &chunk[..count];
                while !rest.is_empty() {
                    rest = &rest[session.push_some(rest)..];
                    let found = Piece::Found {
                        matches: session.take_matches(),
                        rejects: session.take_rejects(),
                        callers: Vec::new(),
                        explanations: Explanations::new(),
                    };
                    if !hand(at, found) {
                        return;
                    }
                }
            }
        }
        let ending = if self.interrupt.is_set() { Ending::BrokenOff } else { Ending::Whole };
        for (at, session) in sessions.into_iter().enumerate() {
            let last = session.finish(ending);
            let found = Piece::Found {
                matches: last.matches,
                rejects: last.rejects,
                callers: last.callers,
                explanations: Explanations::new(),
            };
            if !hand(at, found) || !hand(at, Piece::End(last.tally)) {
                return;
            }
        }
    }
}
