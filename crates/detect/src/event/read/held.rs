//! Text and encoded bytes inside a record that hold records themselves, one or as many as a delivery has.

use trailhound_sigma::json::Node;

use super::bounds::TEXT;
use super::reading::{Reading, Unreadable};
use super::work::{Readers, RecordReading};
use crate::decode::{Decoded, Decoder, Limits, encoded, header, opens_envelope, split};
use crate::log_type::LogType;
use crate::tally::RejectReason;

/// Shorter text holds no record.
const SHORTEST: usize = 16;

impl RecordReading<'_> {
    pub(super) fn string(&mut self, node: Node<'_>, level: usize) -> usize {
        if node.raw().len() < SHORTEST {
            return 0;
        }
        let Some(text) = node.as_str() else { return 0 };
        let text = text.trim();
        let found = match text.as_bytes().first() {
            Some(b'{' | b'[' | b'<' | b'"') => self.held_text(text, level),
            _ => match encoded::bytes(text) {
                Some(bytes) => self.held(&bytes, level),
                None => header::length_in(text).and_then(|at| self.held_text(&text[at..], level)),
            },
        };
        found.unwrap_or(0)
    }

    /// Text that begins as a record does.
    fn held_text(&mut self, text: &str, level: usize) -> Option<usize> {
        if !self.bounds.bytes(text.len()) {
            return None;
        }
        // Most records of an envelope need not be parsed to be done with.
        if opens_envelope(text.as_bytes()) {
            let mut all = Several::default();
            split(text, self.limits(), &mut |decoded| self.delivered(&decoded, level, &mut all));
            let found = all.close(self);
            if found > 0 {
                return Some(found);
            }
        }
        match self.text(text, level + TEXT) {
            Ok(found) => Some(found),
            Err(why) if why.reason == RejectReason::UnknownRecord => None,
            // Perhaps several, one behind the other.
            Err(_) => self.several(text.as_bytes(), level),
        }
    }

    /// Bytes that were encoded.
    pub(super) fn held(&mut self, bytes: &[u8], level: usize) -> Option<usize> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return self.held_text(text.trim_start_matches('\u{feff}'), level);
        }
        self.several(bytes, level)
    }

    /// Bytes of any form that a delivery has.
    fn several(&mut self, bytes: &[u8], level: usize) -> Option<usize> {
        if !self.bounds.value(level + TEXT) {
            return None;
        }
        let mut all = Several::default();
        let mut decoder = Decoder::new(self.limits());
        decoder.push(bytes, &mut |decoded| self.delivered(&decoded, level, &mut all));
        decoder.finish(&mut |decoded| self.delivered(&decoded, level, &mut all));
        // What held no record was inflated too.
        self.bounds.bytes(decoder.total());
        let found = all.close(self);
        (found > 0).then_some(found)
    }

    fn limits(&self) -> Limits {
        let room = self.bounds.room();
        Limits { record: room, inflated: room as u64, ..Limits::default() }
    }

    /// One of several that came as a delivery does.
    fn delivered(&mut self, decoded: &Decoded<'_>, level: usize, all: &mut Several) {
        match *decoded {
            Decoded::Record(ref record) if !self.wanted.by_bytes(record) => {
                (self.visit)(Reading::Unwanted(LogType::CloudTrail, None));
                all.found += 1;
            }
            Decoded::Record(ref record) => {
                let found = match std::str::from_utf8(record.bytes) {
                    Ok(text) => self.text(text, level + TEXT),
                    Err(_) => Err(Unreadable::new(RejectReason::BadUtf8, "not UTF-8")),
                };
                all.add(found, record.bytes);
            }
            Decoded::Reject { reason, detail, bytes, .. } => {
                all.add(Err(Unreadable::new(reason, detail)), bytes);
            }
            Decoded::Notice(_) => {}
        }
    }
}

/// Some that belong together: where one is read, the others are told.
#[derive(Default)]
pub(super) struct Several {
    found: usize,
    unknown: Vec<(Unreadable, Vec<u8>)>,
}

impl Several {
    pub(super) fn add(&mut self, found: Readers, bytes: &[u8]) {
        match found {
            Ok(count) => self.found += count,
            Err(why) => self.unknown.push((why, bytes.to_vec())),
        }
    }

    pub(super) fn close(self, work: &mut RecordReading<'_>) -> usize {
        if self.found == 0 {
            return 0;
        }
        let told: usize = self.unknown.into_iter().map(|(why, bytes)| work.refuse(why, &bytes)).sum();
        self.found + told
    }
}
