//! JSON Lines, also with a header before each record: each line stands alone, and a broken one never costs the next.
//!
//! A value that goes on over several lines, as a raw line break in a string makes it, is read as one where it ends
//! with one of the next lines.

use super::decoded::{Decoded, Emit, Place, Record, SAMPLE};
use super::document::{Document, Numbering, SEPARATOR, is_binary};
use super::encoded;
use super::extent::{Extent, spaces, trim};
use super::fault::Fault;
use super::foreign;
use super::header;
use super::rest::Rest;
use super::scan::{Blocks, Reach};
use crate::logs::is_printed;
use crate::tally::RejectReason;

/// A value that goes on over more lines, or is longer, is none.
const MOST_JOINED: usize = 200;
const LONGEST_JOINED: usize = 256 << 10;

/// Reads line by line.
#[derive(Debug)]
pub(super) struct Lines {
    blocks: Blocks,
    document: Document,
    limit: usize,
    /// The line that the bytes begin with, from 1.
    line: u64,
    /// Looked for its end up to here.
    at: usize,
    /// The line was rejected.
    skipping: bool,
    seen: LinesSoFar,
}

/// What the lines so far looked like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LinesSoFar {
    Nothing,
    /// No JSON yet: until a line looks like it, all that do not are one reject, since this is no log.
    Junk,
    /// Not text: nothing more is looked at.
    Binary,
    Json,
}

/// What becomes of a line.
enum Joined {
    Alone,
    /// It is one with what follows up to here.
    Up(usize),
    /// More bytes tell.
    Undecided,
}

impl Lines {
    pub(super) fn new(blocks: Blocks, limit: usize, line: u64) -> Self {
        let document = Document::new(blocks, limit, Numbering::Line(line));
        Self { blocks, document, limit, line, at: 0, skipping: false, seen: LinesSoFar::Nothing }
    }

    pub(super) fn next_place(&self) -> Place {
        Place::Line(self.line)
    }

    /// Reads on and says how many bytes are done with.
    pub(super) fn run(&mut self, bytes: &[u8], after: Rest, emit: Emit<'_>) -> usize {
        let mut done = 0;
        loop {
            let rest = &bytes[done..];
            if self.seen == LinesSoFar::Binary {
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
            let mut end = end;
            if !std::mem::take(&mut self.skipping) {
                match self.joined(rest, end, after) {
                    Joined::Alone => {}
                    Joined::Up(to) => end = to,
                    Joined::Undecided => {
                        self.at = end;
                        return done;
                    }
                }
                self.read(&rest[..end], None, emit);
            }
            self.at = 0;
            self.line += memchr::memchr_iter(b'\n', &rest[..end]).count() as u64 + 1;
            done += (end + 1).min(rest.len());
        }
    }

    /// Does the value on the line that ends at `end` go on, up to the end of another?
    fn joined(&self, bytes: &[u8], end: usize, after: Rest) -> Joined {
        let from = spaces(&bytes[..end]);
        let is_open = matches!(bytes[from], b'{' | b'[') && !matches!(trim(&bytes[..end]), [.., b'}' | b']']);
        if !is_open {
            return Joined::Alone;
        }
        let mut extent = Extent::of(bytes[from]);
        let mut line_end = end;
        for _ in 0..MOST_JOINED {
            match extent.advance(self.blocks, &bytes[from..line_end], Rest::Nothing) {
                Reach::End(length) => {
                    let is_last = trim(&bytes[from + length..line_end]).is_empty();
                    return if is_last && line_end > end { Joined::Up(line_end) } else { Joined::Alone };
                }
                Reach::TooDeep => return Joined::Alone,
                Reach::More => {}
            }
            // What stands in a row of lines of which each begins a value is no part of one.
            let next = &bytes[(line_end + 1).min(bytes.len())..];
            let is_own = matches!(next.get(spaces(next)), Some(b'{'));
            if is_own || line_end - from > LONGEST_JOINED.min(self.limit) {
                return Joined::Alone;
            }
            line_end = match memchr::memchr(b'\n', next) {
                Some(length) => line_end + 1 + length,
                None if after.is_nothing() && line_end < bytes.len() => bytes.len(),
                None if after.is_nothing() => return Joined::Alone,
                None => return Joined::Undecided,
            };
        }
        Joined::Alone
    }

    /// Reads to the end; gives back a fault that was not told.
    pub(super) fn finish(&mut self, bytes: &[u8], fault: Option<Fault>, emit: Emit<'_>) -> Option<Fault> {
        let done = self.run(bytes, Rest::Nothing, emit);
        let rest = &bytes[done..];
        if self.skipping || self.seen == LinesSoFar::Binary { fault } else { self.read(rest, fault, emit) }
    }

    fn read(&mut self, line: &[u8], fault: Option<Fault>, emit: Emit<'_>) -> Option<Fault> {
        let line = trim(line);
        let line = trim(line.strip_prefix(&[SEPARATOR]).unwrap_or(line));
        match line {
            [] => fault,
            _ if line.len() > self.limit => {
                self.too_large(line, emit);
                fault
            }
            _ if is_printed(line) => {
                self.seen = LinesSoFar::Json;
                emit(Decoded::Record(Record::anything(line, self.next_place())));
                fault
            }
            [b'{' | b'[', ..] => {
                self.seen = LinesSoFar::Json;
                self.document.next_line(self.line);
                self.document.finish(line, fault, emit)
            }
            [b'"', .., b'"'] => {
                self.seen = LinesSoFar::Json;
                emit(Decoded::Record(Record::anything(line, self.next_place())));
                fault
            }
            _ if encoded::is_likely(line) && line.iter().all(u8::is_ascii_graphic) => {
                self.seen = LinesSoFar::Json;
                emit(Decoded::Record(Record::anything(line, self.next_place())));
                fault
            }
            _ if let Some(length) = header::length(self.blocks, line) => {
                let value = &line[length..];
                self.seen = LinesSoFar::Json;
                if value.starts_with(b"<") {
                    emit(Decoded::Record(Record::anything(value, self.next_place())));
                    return fault;
                }
                self.document.next_line(self.line);
                self.document.finish(value, fault, emit)
            }
            _ => {
                if self.seen != LinesSoFar::Junk {
                    let detail = foreign::of_line(line).unwrap_or("neither JSON nor XML");
                    self.reject(RejectReason::NotJson, detail, sample(line, SAMPLE), emit);
                }
                if self.seen != LinesSoFar::Json {
                    let binary = is_binary(sample(line, SAMPLE));
                    self.seen = if binary { LinesSoFar::Binary } else { LinesSoFar::Junk };
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
        emit(Decoded::Reject { reason, detail, place: self.next_place(), bytes, at: None });
    }
}

fn sample(bytes: &[u8], most: usize) -> &[u8] {
    &bytes[..most.min(bytes.len())]
}
