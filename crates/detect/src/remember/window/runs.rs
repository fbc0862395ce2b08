//! Moments and how many members they had, in pieces that copies of a window share.

#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;

/// So many moments are shared together.
const PIECE: usize = 64;

/// How many members a moment has, and how many events they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Run {
    pub(super) at: i64,
    pub(super) events: u32,
    pub(super) members: u32,
}

/// Runs in order of time.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs {
    /// None of them is empty.
    pieces: VecDeque<Arc<Vec<Run>>>,
    /// So many of the first piece are gone.
    gone: usize,
    len: usize,
}

impl Runs {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Run> {
        self.pieces.iter().flat_map(|piece| piece.iter()).skip(self.gone)
    }

    pub(super) fn first(&self) -> Option<&Run> {
        self.pieces.front()?.get(self.gone)
    }

    pub(super) fn pop_first(&mut self) -> Option<Run> {
        let run = *self.first()?;
        self.gone += 1;
        self.len -= 1;
        if self.pieces.front().is_some_and(|piece| piece.len() == self.gone) {
            self.pieces.pop_front();
            self.gone = 0;
        }
        Some(run)
    }

    /// Adds to a moment.
    pub(super) fn add(&mut self, run: Run) {
        let last = self.pieces.back().and_then(|piece| piece.last());
        if last.is_none_or(|last| last.at < run.at) {
            if self.pieces.back().is_none_or(|piece| piece.len() >= PIECE) {
                self.pieces.push_back(Arc::new(Vec::with_capacity(PIECE)));
            }
            if let Some(piece) = self.pieces.back_mut() {
                Arc::make_mut(piece).push(run);
                self.len += 1;
            }
            return;
        }
        // The piece that holds the moment, or would: the last that begins no later.
        let begins = |piece: &Arc<Vec<Run>>| piece.first().is_some_and(|first| first.at <= run.at);
        let at = self.pieces.iter().rposition(begins).unwrap_or(0);
        let gone = if at == 0 { self.gone } else { 0 };
        let Some(piece) = self.pieces.get_mut(at).map(Arc::make_mut) else { return };
        let place = gone + piece[gone..].partition_point(|other| other.at < run.at);
        match piece.get_mut(place) {
            Some(other) if other.at == run.at => {
                other.events += run.events;
                other.members += run.members;
            }
            _ => {
                piece.insert(place, run);
                self.len += 1;
            }
        }
    }
}

impl PartialEq for Runs {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}
