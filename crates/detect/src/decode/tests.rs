mod envelopes;
mod faults;
mod gzip;
mod properties;

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{Decoded, Decoder, Limits, Place};
use crate::tally::{Notice, RejectReason};

/// What a decoder handed out, kept.
#[derive(Clone, PartialEq, Eq)]
enum Item {
    Record(Place, String),
    Reject(RejectReason, Place, Vec<u8>),
    Notice(Notice),
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Record(place, text) => write!(f, "Record({place:?}, {text:?})"),
            Self::Reject(reason, place, bytes) => {
                write!(f, "Reject({reason:?}, {place:?}, {:?})", String::from_utf8_lossy(bytes))
            }
            Self::Notice(notice) => write!(f, "Notice({notice:?})"),
        }
    }
}

fn keep(decoded: Decoded<'_>) -> Item {
    match decoded {
        Decoded::Record(record) => {
            assert_eq!(record.has_escape, record.bytes.contains(&b'\\'));
            assert_eq!(record.has_non_ascii, !record.bytes.is_ascii());
            Item::Record(record.place, String::from_utf8_lossy(record.bytes).into_owned())
        }
        Decoded::Reject { reason, detail, place, bytes, .. } => {
            assert!(!detail.is_empty());
            Item::Reject(reason, place, bytes.to_vec())
        }
        Decoded::Notice(notice) => Item::Notice(notice),
    }
}

fn decode_with(limits: Limits, chunks: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut decoder = Decoder::new(limits);
    for chunk in chunks {
        decoder.push(chunk.as_ref(), &mut |decoded| items.push(keep(decoded)));
    }
    decoder.finish(&mut |decoded| items.push(keep(decoded)));
    items
}

/// Decodes in one push, and makes sure that byte by byte gives the same.
fn decode(bytes: impl AsRef<[u8]>) -> Vec<Item> {
    let bytes = bytes.as_ref();
    let items = decode_with(Limits::default(), [bytes]);
    assert_eq!(decode_with(Limits::default(), bytes.chunks(1)), items, "one byte at a time");
    items
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn ordinal(n: u64, text: &str) -> Item {
    Item::Record(Place::Ordinal(n), text.to_owned())
}

fn line(n: u64, text: &str) -> Item {
    Item::Record(Place::Line(n), text.to_owned())
}

fn rejected(reason: RejectReason, place: Place, bytes: &str) -> Item {
    Item::Reject(reason, place, bytes.as_bytes().to_vec())
}
