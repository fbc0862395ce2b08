//! Forms that hold records and are not read, told by their first bytes, with what reads them.

use std::io::Read;

use flate2::read::GzDecoder;

/// What a file is that is not read, and what to do about it.
pub(crate) fn unread(head: &[u8]) -> Option<String> {
    let begins = |with: &[u8]| head.starts_with(with);
    let is_tar = |head: &[u8]| head.get(257..262) == Some(b"ustar");
    let (what, how) = if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
        ("a ZIP archive", "unzip -p FILE | trailhound scan -")
    } else if begins(b"\xfd7zXZ\0") {
        ("compressed with xz", "xz -dc FILE | trailhound scan -")
    } else if begins(b"\x28\xb5\x2f\xfd") {
        ("compressed with Zstandard", "zstd -dc FILE | trailhound scan -")
    } else if begins(b"BZh") {
        ("compressed with bzip2", "bzip2 -dc FILE | trailhound scan -")
    } else if begins(b"7z\xbc\xaf\x27\x1c") {
        ("a 7z archive", "7z e -so FILE | trailhound scan -")
    } else if begins(b"Rar!\x1a\x07") {
        ("a RAR archive", "unrar p -inul FILE | trailhound scan -")
    } else if is_tar(head) {
        ("a tar archive", "tar -xOf FILE | trailhound scan -")
    } else if begins(b"\x1f\x8b") && is_tar(&inflated(head)) {
        ("a tar archive", "tar -xzOf FILE | trailhound scan -")
    } else if begins(b"PAR1") {
        (
            "a Parquet file",
            "duckdb -c \"copy (from 'FILE') to '/dev/stdout' (format json)\" | trailhound scan -",
        )
    } else if begins(b"ORC") {
        ("an ORC file", "orc-contents FILE | trailhound scan -")
    } else if begins(b"Obj\x01") {
        ("an Avro file", "avro-tools tojson FILE | trailhound scan -")
    } else if begins(b"ElfFile\0") {
        ("a Windows event log", "evtx_dump -o jsonl FILE | trailhound scan -")
    } else if begins(b"SQLite format 3\0") {
        ("an SQLite database", "sqlite3 -json FILE 'select * from …' | trailhound scan -")
    } else {
        return None;
    };
    Some(format!("{what}, which is not read as it is; try: {how}"))
}

fn inflated(head: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    // What is cut off behind the first bytes is no matter.
    let _ = GzDecoder::new(head).take(512).read_to_end(&mut out);
    out
}
