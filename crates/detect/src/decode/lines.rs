//! JSON Lines: each line stands alone, and a broken one never costs the next.

use super::decoded::{Decoded, Emit, Family, Place, Record, SAMPLE};
use super::document::{Document, Numbering, is_binary};
use super::extent::trim;
use super::fault::Fault;
use super::scan::Blocks;
use crate::tally::RejectReason;

/// Reads line by line.
#[derive(Debug)]
pub(super) struct Lines {
    document: Document,
    limit: usize,
    /// The line that the bytes begin with, from 1.
    line: u64,
    /// Looked for its end up to here.
    at: usize,
    /// The line was rejected.
    skipping: bool,
    seen: Seen,
}

/// What the lines so far looked like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Nothing,
    /// No JSON yet: until a line looks like it, all that do not are one reject, since this is no log.
    Junk,
    /// Not text: nothing more is looked at.
    Binary,
    Json,
}

impl Lines {
    pub(super) fn new(blocks: Blocks, limit: usize, line: u64) -> Self {
        let document = Document::new(blocks, limit, Numbering::Line(line));
        Self { document, limit, line, at: 0, skipping: false, seen: Seen::Nothing }
    }

    pub(super) fn next_place(&self) -> Place {
        Place::Line(self.line)
    }

    /// Reads on and says how many bytes are done with.
    pub(super) fn run(&mut self, bytes: &[u8], emit: Emit<'_>) -> usize {
        let mut done = 0;
        loop {
            let rest = &bytes[done..];
            if self.seen == Seen::Binary {
                return bytes.len();
            }
            let Some(end) = memchr::memchr(b'\n', &rest[self.at..]).map(|offset| self.at + offset) else {
                self.at = rest.len();
                if self.skipping {
                    self.at = 0;
                    return bytes.len();
                }
                if rest.len() > self.limit {
                    self.too_large(rest, emit);
                    self.skipping = true;
                    self.at = 0;
                    return bytes.len();
                }
                return done;
            };
            if !std::mem::take(&mut self.skipping) {
                self.read(&rest[..end], None, emit);
            }
            self.at = 0;
            self.line += 1;
            done += end + 1;
        }
    }

    /// Reads to the end; gives back a fault that was not told.
    pub(super) fn finish(&mut self, bytes: &[u8], fault: Option<Fault>, emit: Emit<'_>) -> Option<Fault> {
        let done = self.run(bytes, emit);
        let rest = &bytes[done..];
        if self.skipping || self.seen == Seen::Binary { fault } else { self.read(rest, fault, emit) }
    }

    fn read(&mut self, line: &[u8], fault: Option<Fault>, emit: Emit<'_>) -> Option<Fault> {
        let line = trim(line);
        match line {
            [] => fault,
            _ if line.len() > self.limit => {
                self.too_large(line, emit);
                fault
            }
            [b'{' | b'[', ..] => {
                self.seen = Seen::Json;
                self.document.next_line(self.line);
                self.document.finish(line, fault, emit)
            }
            _ if line.starts_with(b"<Event") && line.ends_with(b"</Event>") => {
                self.seen = Seen::Json;
                emit(Decoded::Record(Record {
                    bytes: line,
                    place: self.next_place(),
                    family: Family::Any,
                    has_escape: memchr::memchr(b'\\', line).is_some(),
                    has_non_ascii: !line.is_ascii(),
                }));
                fault
            }
            _ => {
                if self.seen != Seen::Junk {
                    self.reject(RejectReason::NotJson, "neither JSON nor XML", sample(line, SAMPLE), emit);
                }
                if self.seen != Seen::Json {
                    let binary = is_binary(sample(line, SAMPLE));
                    self.seen = if binary { Seen::Binary } else { Seen::Junk };
                }
                fault
            }
        }
    }

    fn too_large(&self, bytes: &[u8], emit: Emit<'_>) {
        let detail = format!("a line of more than {} bytes", self.limit);
        self.reject(RejectReason::TooLarge, &detail, sample(bytes, SAMPLE.min(self.limit)), emit);
    }

    fn reject(&self, reason: RejectReason, detail: &str, bytes: &[u8], emit: Emit<'_>) {
        emit(Decoded::Reject { reason, detail, place: self.next_place(), bytes });
    }
}

fn sample(bytes: &[u8], most: usize) -> &[u8] {
    &bytes[..most.min(bytes.len())]
}
