//! Windows events as XML: every `<Event …>…</Event>`, with or without `<Events>` or anything else around them.

use super::decoded::{Decoded, Emit, Place, Record, SAMPLE};
use super::fault::Fault;
use crate::tally::RejectReason;

const CLOSE: &[u8] = b"</Event>";

/// Finds the events.
#[derive(Debug)]
pub(super) struct Xml {
    limit: usize,
    count: u64,
    /// Looked for the end up to here.
    at: usize,
    /// The event that the bytes are in was rejected.
    skipping: bool,
    /// How the text began, until an event was found.
    head: Vec<u8>,
}

impl Xml {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, count: 0, at: 0, skipping: false, head: Vec::new() }
    }

    pub(super) fn next_place(&self) -> Place {
        Place::Ordinal(self.count + 1)
    }

    /// Reads on and says how many bytes are done with.
    pub(super) fn run(&mut self, bytes: &[u8], emit: Emit<'_>) -> usize {
        let done = self.events(bytes, emit);
        if self.count == 0 {
            let wanted = SAMPLE - self.head.len();
            self.head.extend_from_slice(&bytes[..wanted.min(done)]);
        }
        done
    }

    fn events(&mut self, bytes: &[u8], emit: Emit<'_>) -> usize {
        let mut done = 0;
        loop {
            let rest = &bytes[done..];
            if !self.skipping {
                let Some(open) = opening(rest) else {
                    // The last few bytes may be the beginning of a tag.
                    return done + rest.len().saturating_sub(CLOSE.len());
                };
                if open > 0 {
                    done += open;
                    continue;
                }
            }
            let from = self.at.saturating_sub(CLOSE.len()).min(rest.len());
            if let Some(close) = memchr::memmem::find(&rest[from..], CLOSE) {
                let end = from + close + CLOSE.len();
                self.at = 0;
                if !std::mem::take(&mut self.skipping) {
                    self.event(&rest[..end], emit);
                }
                done += end;
                continue;
            }
            self.at = rest.len();
            if self.skipping || rest.len() > self.limit {
                if !self.skipping {
                    self.event(rest, emit);
                    self.skipping = true;
                }
                let gone = rest.len().saturating_sub(CLOSE.len());
                self.at -= gone;
                return done + gone;
            }
            return done;
        }
    }

    /// Reads to the end; gives back a fault that was not told.
    pub(super) fn finish(&mut self, bytes: &[u8], fault: Option<Fault>, emit: Emit<'_>) -> Option<Fault> {
        let done = self.run(bytes, emit);
        let rest = &bytes[done..];
        if self.skipping {
            return fault;
        }
        if opening(rest).is_some() {
            let fault = fault
                .unwrap_or_else(|| Fault::new(RejectReason::Truncated, "ends inside an event".to_owned()));
            self.reject(fault.reason, &fault.detail, rest, emit);
            return None;
        }
        if self.count == 0 && fault.is_none() {
            self.head.extend_from_slice(sample(rest));
            let head = std::mem::take(&mut self.head);
            self.reject(RejectReason::NotJson, "XML without a Windows event", sample(&head), emit);
        }
        fault
    }

    fn event(&mut self, bytes: &[u8], emit: Emit<'_>) {
        if bytes.len() > self.limit {
            let detail = format!("an event of more than {} bytes", self.limit);
            return self.reject(RejectReason::TooLarge, &detail, sample(bytes), emit);
        }
        let place = self.next_place();
        self.count += 1;
        emit(Decoded::Record(Record::anything(bytes, place)));
    }

    fn reject(&mut self, reason: RejectReason, detail: &str, bytes: &[u8], emit: Emit<'_>) {
        let place = self.next_place();
        self.count += 1;
        emit(Decoded::Reject { reason, detail, place, bytes, at: None });
    }
}

/// Where the next event's tag begins.
fn opening(bytes: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(bytes, b"<Event")
        .find(|at| matches!(bytes.get(at + b"<Event".len()), Some(b' ' | b'>' | b'\n' | b'\r' | b'\t')))
}

fn sample(bytes: &[u8]) -> &[u8] {
    &bytes[..SAMPLE.min(bytes.len())]
}
