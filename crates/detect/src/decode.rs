//! Bytes of any envelope to records: streaming, in bounded memory, one bad record never costing its siblings.
//!
//! [`Decoder::push`] takes bytes as they come and hands out [`Decoded`] items; what form they are in is decided by
//! content, never by a name. Records are slices of the decoder's buffer, valid for the call that gets them.

mod buffer;
mod csv;
mod decoded;
mod document;
pub(crate) mod encoded;
mod extent;
mod fault;
mod foreign;
pub(crate) mod header;
mod inflate;
mod layers;
mod limits;
mod lines;
mod recover;
mod rest;
mod scan;
mod split;
#[cfg(test)]
mod tests;
mod xml;

use crate::tally::{Notice, RejectReason};
use buffer::Buffer;
use decoded::Emit;
pub use decoded::{Decoded, Family, Place, Record};
use fault::Fault;
use inflate::Inflate;
use layers::{HEAD, Layer, Utf16};
pub use limits::Limits;
use split::Split;
pub(crate) use split::opens_envelope;

/// So many bytes of text are read at once, however little they were packed in; what they hold is to be taken before more
/// is read.
pub const AT_ONCE: usize = 1 << 20;
/// And so many of what is packed again.
const PACKED_AT_ONCE: usize = 2 << 10;

/// Compressed by whoever wrote it, by the store and by whoever fetched it, and UTF-16 inside.
const MOST_LAYERS: u8 = 4;

/// What the delivery's bytes are.
#[derive(Debug)]
enum Packing {
    /// Too few to tell; they wait in the buffer.
    Unknown,
    Plain,
    Gzip(Inflate),
    Utf16(Utf16),
    /// Given up after a fault.
    Stopped,
}

/// Hands out what is in text that is all there.
pub(crate) fn split(text: &str, limits: Limits, emit: Emit<'_>) {
    Split::new(limits.record).finish(text.as_bytes(), None, emit);
}

/// Turns the bytes of one delivery into records.
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    source: Packing,
    buffer: Buffer,
    split: Split,
    found: bool,
    /// Layers around this one.
    depth: u8,
    /// What was inflated is known to be text.
    is_text: bool,
    /// Reads what was inflated and is no text.
    inner: Option<Box<Self>>,
    /// Bytes of text that came of it, and of what was packed on the way.
    total: usize,
    /// Bytes of text that are done with.
    before: u64,
}

impl Decoder {
    /// A decoder for one delivery.
    pub fn new(limits: Limits) -> Self {
        Self::inside(limits, 0)
    }

    fn inside(limits: Limits, depth: u8) -> Self {
        Self {
            limits,
            source: Packing::Unknown,
            buffer: Buffer::default(),
            split: Split::new(limits.record),
            found: false,
            depth,
            is_text: false,
            inner: None,
            total: 0,
            before: 0,
        }
    }

    /// Takes more of the delivery and hands out what is whole.
    pub fn push(&mut self, mut bytes: &[u8], emit: &mut dyn FnMut(Decoded<'_>)) {
        while !bytes.is_empty() {
            bytes = &bytes[self.push_some(bytes, emit)..];
        }
    }

    /// The same for as much as comes to [`AT_ONCE`]; says how much of the bytes that was, which is never nothing.
    pub fn push_some(&mut self, mut bytes: &[u8], emit: &mut dyn FnMut(Decoded<'_>)) -> usize {
        let all = bytes.len();
        let mut read = 0;
        while !bytes.is_empty() && read < AT_ONCE {
            match &mut self.source {
                Packing::Unknown => {
                    let missing = HEAD - self.buffer.unread().len();
                    bytes = &bytes[self.buffer.take(&bytes[..missing.min(bytes.len())])..];
                    if self.buffer.unread().len() == HEAD {
                        self.begin(emit);
                    }
                }
                Packing::Plain => {
                    let taken = self.buffer.take(bytes);
                    bytes = &bytes[taken..];
                    read += taken;
                    self.total += taken;
                    self.drain(emit);
                }
                Packing::Gzip(inflate) => {
                    let mut room = self.buffer.room();
                    // What is packed again, as what is not known yet may be, comes to many times more.
                    let is_packed = !self.is_text;
                    if is_packed {
                        let some = PACKED_AT_ONCE.min(room.len());
                        room = &mut room[..some];
                    }
                    match inflate.run(bytes, room) {
                        Ok((taken, made)) => {
                            bytes = &bytes[taken..];
                            read += if is_packed { AT_ONCE } else { made };
                            self.total += made;
                            self.buffer.fill(made);
                            self.drain(emit);
                        }
                        Err((made, fault)) => {
                            self.total += made;
                            self.buffer.fill(made);
                            self.drain(emit);
                            self.source = Packing::Stopped;
                            self.end(Some(fault), emit);
                        }
                    }
                }
                Packing::Utf16(text) => {
                    let (taken, made) = text.run(bytes, self.buffer.room());
                    bytes = &bytes[taken..];
                    read += made;
                    self.total += made;
                    self.buffer.fill(made);
                    self.drain(emit);
                }
                Packing::Stopped => return all,
            }
        }
        all - bytes.len()
    }

    /// So many bytes were read, packed ones and those that came of them.
    pub(crate) fn total(&self) -> usize {
        self.total
    }

    /// Says that nothing more will come, and hands out what is left.
    pub fn finish(&mut self, emit: &mut dyn FnMut(Decoded<'_>)) {
        self.finish_after(None, emit);
    }

    /// The same, where what is around these bytes has a fault.
    fn finish_after(&mut self, around: Option<Fault>, emit: Emit<'_>) {
        if matches!(self.source, Packing::Unknown) {
            self.begin(emit);
        }
        let own = match std::mem::replace(&mut self.source, Packing::Stopped) {
            Packing::Unknown | Packing::Plain => None,
            Packing::Gzip(mut inflate) => inflate.finish(),
            Packing::Utf16(text) => text
                .is_cut_off()
                .then(|| Fault::new(RejectReason::Truncated, "the text ends inside a character".to_owned())),
            Packing::Stopped => return,
        };
        self.end(around.or(own), emit);
    }

    /// Takes the waiting bytes for what they look like.
    fn begin(&mut self, emit: Emit<'_>) {
        let head = self.buffer.unread().to_vec();
        self.source = match Layer::of(&head).filter(|_| self.depth < MOST_LAYERS) {
            Some(Layer::Gzip) => Packing::Gzip(Inflate::new(self.limits)),
            Some(Layer::Zlib) => Packing::Gzip(Inflate::zlib(self.limits)),
            Some(Layer::Utf16(order)) => Packing::Utf16(Utf16::new(order)),
            None => {
                self.source = Packing::Plain;
                return self.drain(emit);
            }
        };
        self.buffer.consume(head.len());
        self.push(&head, emit);
    }

    fn drain(&mut self, emit: Emit<'_>) {
        if let Packing::Gzip(inflate) = &self.source
            && !self.is_text
        {
            let head = self.buffer.unread();
            if self.inner.is_none() {
                if head.len() < HEAD {
                    return;
                }
                if Layer::of(head).is_none() || self.depth >= MOST_LAYERS {
                    self.is_text = true;
                    return self.drain(emit);
                }
            }
            let limits = self.limits;
            let inner = self.inner.get_or_insert_with(|| Box::new(Self::inside(limits, self.depth + 1)));
            if let Packing::Gzip(within) = &mut inner.source {
                within.pay(inflate.paid());
            }
            let count = head.len();
            inner.push(head, emit);
            self.buffer.consume(count);
            return;
        }
        let (found, before, text) = (&mut self.found, self.before, self.buffer.unread());
        let done = self.split.run(text, &mut |decoded| {
            *found = true;
            emit(decoded.standing_in(text, before));
        });
        self.before += done as u64;
        self.buffer.consume(done);
    }

    fn end(&mut self, fault: Option<Fault>, emit: Emit<'_>) {
        if let Some(mut inner) = self.inner.take() {
            inner.finish_after(fault, emit);
            self.total += inner.total;
            self.buffer = Buffer::default();
            return;
        }
        let (found, before, text) = (&mut self.found, self.before, self.buffer.unread());
        self.split.finish(text, fault, &mut |decoded| {
            *found = true;
            emit(decoded.standing_in(text, before));
        });
        if !self.found {
            emit(Decoded::Notice(Notice::Empty));
        }
        self.buffer = Buffer::default();
    }
}
