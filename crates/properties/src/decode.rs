use std::io::Write as _;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use trailhound_detect::decode::Limits;

use crate::parts::{choice, decoded};

/// Any bytes as a delivery, packed in any of the known ways and cut anywhere: decoding ends in something, and how the
/// bytes were cut changes nothing.
///
/// The first byte chooses the packing, the second the cut; packed bytes are stored, so that what is inside decides how
/// far decoding gets and no checksum does.
pub fn decode(bytes: &[u8]) {
    let (packing, bytes) = choice(bytes);
    let (cut, bytes) = choice(bytes);
    let packed = match packing % 6 {
        1 => gzip(bytes),
        2 => gzip(&gzip(bytes)),
        3 => zlib(bytes),
        4 => [b"\xFF\xFE", utf16(bytes).as_slice()].concat(),
        // Cut off before its end.
        5 => {
            let whole = gzip(bytes);
            whole[..whole.len() - 1 - cut % (whole.len() - 1)].to_vec()
        }
        _ => bytes.to_vec(),
    };
    let limits = Limits { record: 64 << 10, ..Limits::default() };
    let whole = decoded(limits, packed.len(), &packed);
    assert!(!whole.is_empty(), "nothing is told");
    assert_eq!(whole, decoded(limits, cut, &packed), "in chunks of {cut}");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::none());
    gzip.write_all(bytes).and_then(|()| gzip.finish()).unwrap_or_default()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(bytes).and_then(|()| zlib.finish()).unwrap_or_default()
}

fn utf16(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).encode_utf16().flat_map(u16::to_le_bytes).collect()
}
