//! Bytes of any envelope to records: streaming, in bounded memory, one bad record never costing its siblings.
//!
//! [`Decoder::push`] takes bytes as they come and hands out [`Decoded`] items; what form they are in is decided by
//! content, never by a name. Records are slices of the decoder's window, valid for the call that gets them.

mod decoded;
mod document;
mod extent;
mod fault;
mod inflate;
mod limits;
mod lines;
mod recover;
mod rest;
mod scan;
mod split;
#[cfg(test)]
mod tests;
mod window;
mod xml;

use crate::tally::Notice;
use decoded::Emit;
pub use decoded::{Decoded, Family, Place, Record};
use fault::Fault;
use inflate::Inflate;
pub use limits::Limits;
use split::Split;
use window::Window;

/// So many bytes of text are read at once, however little they were packed in; what they hold is to be taken before more
/// is read.
pub const AT_ONCE: usize = 1 << 20;

/// What the delivery's bytes are.
#[derive(Debug)]
enum Packing {
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
    source: Packing,
    window: Window,
    split: Split,
    found: bool,
}

impl Decoder {
    /// A decoder for one delivery.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            source: Packing::Unknown,
            window: Window::default(),
            split: Split::new(limits.record),
            found: false,
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
                    // One byte is not enough to tell; it waits in the window.
                    let head = [self.window.unread(), &bytes[..bytes.len().min(2)]].concat();
                    if head.len() == 1 && head[0] == inflate::MAGIC[0] {
                        self.window.take(bytes);
                        return all;
                    }
                    let waiting = self.window.unread().len();
                    if head.starts_with(&inflate::MAGIC) {
                        self.window.consume(waiting);
                        self.source = Packing::Gzip(Inflate::new(self.limits));
                        self.push(&head[..waiting], emit);
                    } else {
                        self.source = Packing::Plain;
                    }
                }
                Packing::Plain => {
                    let taken = self.window.take(bytes);
                    bytes = &bytes[taken..];
                    read += taken;
                    self.drain(emit);
                }
                Packing::Gzip(inflate) => match inflate.run(bytes, self.window.room()) {
                    Ok((taken, made)) => {
                        bytes = &bytes[taken..];
                        read += made;
                        self.window.fill(made);
                        self.drain(emit);
                    }
                    Err((made, fault)) => {
                        self.window.fill(made);
                        self.drain(emit);
                        self.source = Packing::Stopped;
                        self.end(Some(fault), emit);
                    }
                },
                Packing::Stopped => return all,
            }
        }
        all - bytes.len()
    }

    /// Says that nothing more will come, and hands out what is left.
    pub fn finish(&mut self, emit: &mut dyn FnMut(Decoded<'_>)) {
        let fault = match std::mem::replace(&mut self.source, Packing::Stopped) {
            Packing::Unknown | Packing::Plain => None,
            Packing::Gzip(mut inflate) => inflate.finish(),
            Packing::Stopped => return,
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

    fn end(&mut self, fault: Option<Fault>, emit: Emit<'_>) {
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
