//! Any bytes as a delivery, in any chunks: decoding never panics, and how the bytes were cut changes nothing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use trailhound_detect::decode::{Decoded, Decoder, Limits};

fuzz_target!(|input: (u8, &[u8])| {
    let (cut, bytes) = input;
    let whole = decode(bytes.len().max(1), bytes);
    assert_eq!(whole, decode(usize::from(cut).max(1), bytes));
});

/// What comes out, in words that can be compared.
fn decode(chunk: usize, bytes: &[u8]) -> Vec<String> {
    let limits = Limits { record: 64 << 10, ..Limits::default() };
    let mut decoder = Decoder::new(limits);
    let mut seen = Vec::new();
    let mut see = |decoded: Decoded<'_>| {
        seen.push(match decoded {
            Decoded::Record(record) => format!("{:?} {:?}", record.place, record.bytes),
            Decoded::Reject { reason, place, .. } => format!("{place:?} {reason:?}"),
            Decoded::Notice(notice) => format!("{notice:?}"),
        });
    };
    for part in bytes.chunks(chunk) {
        decoder.push(part, &mut see);
    }
    decoder.finish(&mut see);
    seen
}
