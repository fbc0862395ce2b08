//! Hand-outs alone, out of a delivery's bytes: of the others nothing is worked out.

use super::HandOut;
use super::answers::Answers;
use crate::decode::{Decoded, Decoder, Limits};
use crate::event::{Reader, Reading, Wanted as _};
use crate::facts::Facts;

/// Reads a delivery for what it hands out. What it cannot read is for others to reject.
pub struct Gather {
    decoder: Decoder,
    reader: Reader,
    origin: String,
}

impl Gather {
    /// Of a delivery from this place.
    pub fn of(origin: &str) -> Self {
        Self {
            decoder: Decoder::new(Limits::default()),
            reader: Reader::default(),
            origin: origin.to_owned(),
        }
    }

    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8], take: &mut dyn FnMut(HandOut)) {
        let Self { decoder, reader, origin } = self;
        let mut rest = bytes;
        while !rest.is_empty() {
            let read = decoder.push_some(rest, &mut |decoded| look(reader, origin, &decoded, take));
            rest = &rest[read..];
        }
    }

    /// Ends the delivery.
    pub fn finish(mut self, take: &mut dyn FnMut(HandOut)) {
        let Self { decoder, reader, origin } = &mut self;
        decoder.finish(&mut |decoded| look(reader, origin, &decoded, take));
    }
}

fn look(reader: &mut Reader, origin: &str, decoded: &Decoded<'_>, take: &mut dyn FnMut(HandOut)) {
    let Decoded::Record(record) = decoded else { return };
    if !Answers.by_bytes(record) {
        return;
    }
    let mut index = 0;
    reader.read_wanted(record.bytes, &Answers, &mut |reading| {
        let at = record.place.nth(index);
        match reading {
            Reading::Mended => return,
            Reading::Event(event) => {
                let facts = Facts::of_hand_out(event.log(), event.document());
                if let Some(out) = facts.and_then(|facts| HandOut::of(&facts, &at.of(origin))) {
                    take(out);
                }
            }
            Reading::Unwanted(..) | Reading::Notice(_) | Reading::Unreadable(..) => {}
        }
        index += 1;
    });
}
