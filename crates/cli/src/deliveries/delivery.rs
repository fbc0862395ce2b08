//! One input as one delivery: read, push, hand on what came out.

use std::collections::HashMap;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use trailhound_detect::event::Caller;
use trailhound_detect::matched::Match;
use trailhound_detect::pipeline::Ending;
use trailhound_detect::ports::Reject;
use trailhound_detect::tally::Tally;
use trailhound_sigma::Explanation;

use super::reading::Reading;
use crate::inputs::{self, Input};

/// How much is read at once.
const CHUNK: usize = 128 << 10;

/// Why a rule matched, by record and rule.
pub(crate) type Explanations = HashMap<(String, String), Explanation>;

/// What an input gives, a piece at a time.
pub(crate) enum Piece {
    Found {
        matches: Vec<Match>,
        rejects: Vec<Reject>,
        callers: Vec<(String, Caller)>,
        explanations: Explanations,
    },
    Unreadable(String),
    End(Tally),
}

/// Reads an input to its end or until `hand` wants no more.
pub(super) fn deliver(reading: &Reading<'_>, input: &Input, hand: &mut dyn FnMut(Piece) -> bool) {
    let Reading { pipeline, explain, progress, interrupt, .. } = *reading;
    let mut reader = match input.open(interrupt) {
        Ok(reader) => reader,
        Err(error) => {
            hand(Piece::Unreadable(inputs::explain(&error)));
            hand(Piece::End(Tally::default()));
            return;
        }
    };
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
    let mut chunk = vec![0; CHUNK];
    while !interrupt.is_set() {
        let count = match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => {
                hand(Piece::Unreadable(inputs::explain(&error)));
                break;
            }
        };
        progress.read(count);
        let mut rest = &chunk[..count];
        while !rest.is_empty() {
            rest = &rest[session.push_some(rest)..];
            let (matches, rejects) = (session.take_matches(), session.take_rejects());
            if !matches.is_empty() || !rejects.is_empty() {
                // Explanations of matches that still wait for their caller go along with a later piece.
                let explanations = if matches.is_empty() { Explanations::new() } else { take() };
                if !hand(Piece::Found { matches, rejects, callers: Vec::new(), explanations }) {
                    return;
                }
            }
        }
    }
    let last = session.finish(if interrupt.is_set() { Ending::BrokenOff } else { Ending::Whole });
    let found = Piece::Found {
        matches: last.matches,
        rejects: last.rejects,
        callers: last.callers,
        explanations: take(),
    };
    if hand(found) {
        hand(Piece::End(last.tally));
    }
}
