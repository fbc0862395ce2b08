//! Files as Event Hubs Capture writes them, written from Avro's specification.

use std::io::Write as _;

const SCHEMA: &str = r#"{"type":"record","name":"EventData","namespace":"Microsoft.ServiceBus.Messaging","fields":[{"name":"SequenceNumber","type":"long"},{"name":"Offset","type":"string"},{"name":"EnqueuedTimeUtc","type":"string"},{"name":"SystemProperties","type":{"type":"map","values":["long","double","string","bytes"]}},{"name":"Properties","type":{"type":"map","values":["long","double","string","bytes","null"]}},{"name":"Body","type":["null","bytes"]}]}"#;
const SYNC: [u8; 16] = *b"0123456789abcdef";

fn long(out: &mut Vec<u8>, number: i64) {
    let mut rest = (number.cast_unsigned() << 1) ^ (number >> 63).cast_unsigned();
    while rest >= 0x80 {
        out.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
        rest >>= 7;
    }
    out.push(u8::try_from(rest).unwrap());
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    long(out, i64::try_from(bytes.len()).unwrap());
    out.extend_from_slice(bytes);
}

fn event(out: &mut Vec<u8>, (sequence, enqueued, body): &(i64, &str, Vec<u8>)) {
    long(out, *sequence);
    bytes(out, b"4294967296");
    bytes(out, enqueued.as_bytes());
    // One of each: a number under a name, then nothing more.
    long(out, 1);
    bytes(out, b"x-opt-sequence-number");
    long(out, 0);
    long(out, *sequence);
    long(out, 0);
    long(out, 1);
    bytes(out, b"sender");
    long(out, 2);
    bytes(out, b"diagnostic settings");
    long(out, 0);
    long(out, 1);
    bytes(out, body);
}

/// A block for each event.
pub(crate) fn captured(events: &[(i64, &str, Vec<u8>)], is_packed: bool) -> Vec<u8> {
    let mut out = b"Obj\x01".to_vec();
    long(&mut out, 2);
    bytes(&mut out, b"avro.codec");
    bytes(&mut out, if is_packed { b"deflate" } else { b"null" });
    bytes(&mut out, b"avro.schema");
    bytes(&mut out, SCHEMA.as_bytes());
    long(&mut out, 0);
    out.extend_from_slice(&SYNC);
    for one in events {
        let mut block = Vec::new();
        event(&mut block, one);
        if is_packed {
            let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            packed.write_all(&block).unwrap();
            block = packed.finish().unwrap();
        }
        long(&mut out, 1);
        bytes(&mut out, &block);
        out.extend_from_slice(&SYNC);
    }
    out
}
