//! One input as one delivery, and what came out of it.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::piece::{Explanations, Piece};
use super::reading::Reading;
use super::source::Source;
use crate::inputs::Input;

/// Reads an input to its end or until `hand` wants no more.
pub(super) fn deliver(reading: &Reading<'_>, input: &Input, hand: &mut dyn FnMut(Piece) -> bool) {
    let Reading { pipeline, explain, progress, interrupt, .. } = *reading;
    let explained = Arc::new(Mutex::new(Explanations::new()));
    let mut session = pipeline.delivery(&input.name(), Timestamp::now());
    if explain {
        let explained = Arc::clone(&explained);
        session = session.observed_by(Box::new(move |event, detection, origin| {
            let key = (origin.to_owned(), detection.info.name.clone());
            let explanation = detection.compiled.explain(event);
            explained.lock().unwrap_or_else(PoisonError::into_inner).insert(key, explanation);
        }));
    }
    let take = || std::mem::take(&mut *explained.lock().unwrap_or_else(PoisonError::into_inner));
    Source { input, progress, interrupt }.push_through(vec![session], &mut |_, mut piece| {
        if let Piece::Found { matches, rejects, callers, explanations } = &mut piece {
            if matches.is_empty() && rejects.is_empty() && callers.is_empty() {
                return true;
            }
            // Explanations of matches that still wait for their caller go along with a later piece.
            if !matches.is_empty() {
                *explanations = take();
            }
        }
        hand(piece)
    });
}
