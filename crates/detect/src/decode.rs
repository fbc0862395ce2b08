//! Bytes of any envelope to records: streaming, in bounded memory, one bad record never costing its siblings.
//!
//! [`Decoder::push`] takes bytes as they come and hands out [`Decoded`] items; what form they are in is decided by
//! content, never by a name. Records are slices of the decoder's window, valid for the call that gets them.

mod document;
mod extent;
mod inflate;
mod lines;
mod recover;
mod scan;
mod split;
#[cfg(test)]
mod tests;
mod window;
mod xml;

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::tally::{Notice, RejectReason};
use inflate::Inflate;
use split::Split;
use window::Window;

/// How much of endless bytes is kept.
const SAMPLE: usize = 4096;

/// Where items go.
type Emit<'e> = &'e mut dyn FnMut(Decoded<'_>);

/// Caps that keep memory and time bounded whatever the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest single record, in bytes.
    pub record: usize,
    /// Most bytes a delivery may inflate to.
    pub inflated: u64,
    /// Most inflated bytes for each compressed byte, once past the first 32 MiB. Records alike compress some 200:1;
    /// what gets beyond 500:1 repeats a dozen bytes.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { record: 16 << 20, inflated: 16 << 30, ratio: 500 }
    }
}

/// Where in its delivery a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The n-th record of an envelope, from 1: `#n`.
    Ordinal(u64),
    /// A line of JSON Lines, from 1: `:n`.
    Line(u64),
}

/// What the bytes around a record allow to assume about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A member of an array whose keys make it a CloudTrail record, or something that holds one.
    CloudTrail,
    /// Anything; look at the record.
    Any,
}

/// One record, as delivered.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Its bytes, white space around it removed.
    pub bytes: &'a [u8],
    /// Where it stands.
    pub place: Place,
    /// What may be assumed.
    pub family: Family,
    /// It has a backslash somewhere.
    pub has_escape: bool,
    /// It has a byte outside ASCII.
    pub has_non_ascii: bool,
}

/// What a decoder finds.
#[derive(Clone, Copy, Debug)]
pub enum Decoded<'a> {
    /// A record to evaluate.
    Record(Record<'a>),
    /// Bytes that cannot be read, capped to a sample where they are endless.
    Reject {
        /// Why.
        reason: RejectReason,
        /// What exactly, for people.
        detail: &'a str,
        /// Where.
        place: Place,
        /// The bytes.
        bytes: &'a [u8],
    },
    /// Something that holds no records.
    Notice(Notice),
}

impl Family {
    /// Of a member of an array of records. CloudTrail writes `eventVersion` first; others who pass its records on
    /// order keys as they like.
    fn of_member(bytes: &[u8]) -> Self {
        static VERSION: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"eventVersion\""));
        static SOURCE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("\"eventSource\""));
        const FIRST: [&[u8]; 12] = [
            b"additionalEventData",
            b"apiVersion",
            b"awsRegion",
            b"errorCode",
            b"errorMessage",
            b"eventCategory",
            b"eventID",
            b"eventName",
            b"eventSource",
            b"eventTime",
            b"eventType",
            b"userIdentity",
        ];
        if bytes.starts_with(b"{\"eventVersion\":") {
            return Self::CloudTrail;
        }
        let key = bytes[1..].trim_ascii_start().strip_prefix(b"\"").unwrap_or_default();
        let begins = key.starts_with(b"eventVersion\"")
            || FIRST.iter().any(|first| key.strip_prefix(*first).is_some_and(|rest| rest.starts_with(b"\"")));
        let is_cloudtrail = begins && VERSION.find(bytes).is_some() && SOURCE.find(bytes).is_some();
        if is_cloudtrail { Self::CloudTrail } else { Self::Any }
    }
}

/// What the delivery's bytes are.
#[derive(Debug)]
enum Source {
    /// Too few to tell.
    Unknown,
    Plain,
    Gzip(Inflate),
    /// Given up after a fault.
    Stopped,
}

/// Turns the bytes of one delivery into records.
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    source: Source,
    window: Window,
    split: Split,
    found: bool,
}

impl Decoder {
    /// A decoder for one delivery.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            source: Source::Unknown,
            window: Window::default(),
            split: Split::new(limits.record),
            found: false,
        }
    }

    /// Takes more of the delivery and hands out what is whole.
    pub fn push(&mut self, mut bytes: &[u8], emit: &mut dyn FnMut(Decoded<'_>)) {
        while !bytes.is_empty() {
            match &mut self.source {
                Source::Unknown => {
                    // One byte is not enough to tell; it waits in the window.
                    let head = [self.window.unread(), &bytes[..bytes.len().min(2)]].concat();
                    if head.len() == 1 && head[0] == inflate::MAGIC[0] {
                        self.window.take(bytes);
                        return;
                    }
                    let waiting = self.window.unread().len();
                    if head.starts_with(&inflate::MAGIC) {
                        self.window.consume(waiting);
                        self.source = Source::Gzip(Inflate::new(self.limits));
                        self.push(&head[..waiting], emit);
                    } else {
                        self.source = Source::Plain;
                    }
                }
                Source::Plain => {
                    bytes = &bytes[self.window.take(bytes)..];
                    self.drain(emit);
                }
                Source::Gzip(inflate) => match inflate.run(bytes, self.window.room()) {
                    Ok((taken, made)) => {
                        bytes = &bytes[taken..];
                        self.window.fill(made);
                        self.drain(emit);
                    }
                    Err((made, fault)) => {
                        self.window.fill(made);
                        self.drain(emit);
                        self.source = Source::Stopped;
                        self.end(Some(fault), emit);
                    }
                },
                Source::Stopped => return,
            }
        }
    }

    /// Says that nothing more will come, and hands out what is left.
    pub fn finish(&mut self, emit: &mut dyn FnMut(Decoded<'_>)) {
        let fault = match std::mem::replace(&mut self.source, Source::Stopped) {
            Source::Unknown | Source::Plain => None,
            Source::Gzip(mut inflate) => inflate.finish(),
            Source::Stopped => return,
        };
        self.end(fault, emit);
    }

    fn drain(&mut self, emit: Emit<'_>) {
        let found = &mut self.found;
        let done = self.split.run(self.window.unread(), &mut |decoded| {
            *found = true;
            emit(decoded);
        });
        self.window.consume(done);
    }

    fn end(&mut self, fault: Option<document::Fault>, emit: Emit<'_>) {
        let found = &mut self.found;
        self.split.finish(self.window.unread(), fault, &mut |decoded| {
            *found = true;
            emit(decoded);
        });
        if !self.found {
            emit(Decoded::Notice(Notice::Empty));
        }
        self.window = Window::default();
    }
}
