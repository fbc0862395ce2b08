//! Forms that are not read, told by how they begin, each with the way to one that is.

/// So many bytes tell all of them.
pub(super) const HEAD: usize = 265;

/// Where a form's mark stands, the mark, and what to say.
const FORMS: &[(usize, &[u8], &str)] = &[
    (
        0,
        b"ElfFile\0",
        "a Windows event log (EVTX); export its events as XML (`wevtutil qe FILE /lf /f:xml`) or as JSON (`evtx_dump -o jsonl FILE`)",
    ),
    (
        0,
        b"Event[",
        "the text that wevtutil prints of Windows events; have it print XML (`wevtutil qe LOG /f:xml`)",
    ),
    (0, b"LfLe", "an old Windows event log; export its events as XML"),
    (
        0,
        b"PAR1",
        "Parquet; select the records as JSON (`duckdb -c \"copy (from 'FILE') to '/dev/stdout' (format json)\"`) or CSV",
    ),
    (
        0,
        b"Obj\x01",
        "Avro; write the records as JSON (`avro-tools tojson FILE`); what Event Hubs Capture wrote, `trailhound replay` with the feature azure reads as it is",
    ),
    (0, b"ORC", "ORC; select the records as JSON or CSV, as Athena or Spark do"),
    (0, b"ARROW1", "Arrow; write the records as JSON or CSV"),
    (0, b"FEA1", "Feather; write the records as JSON or CSV"),
    (0, b"SEQ\x06", "a Hadoop sequence file; write the records as JSON"),
    (
        0,
        b"PK\x03\x04",
        "a zip archive (or a spreadsheet); unpack it (`unzip -p FILE`), and save a sheet as CSV",
    ),
    (0, b"PK\x05\x06", "an empty zip archive"),
    (0, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old spreadsheet or document; save it as CSV"),
    (0, b"\x28\xB5\x2F\xFD", "zstd; decompress it (`zstd -dc FILE`) or use gzip"),
    (0, b"\xFD7zXZ\0", "xz; decompress it (`xz -dc FILE`) or use gzip"),
    (0, b"BZh", "bzip2; decompress it (`bzip2 -dc FILE`) or use gzip"),
    (0, b"\x04\x22\x4D\x18", "lz4; decompress it (`lz4 -dc FILE`) or use gzip"),
    (0, b"\xFF\x06\0\0sNaPpY", "snappy; decompress it or use gzip"),
    // The second byte of gzip is none of UTF-8, so whoever hands bytes on as text puts another in its place.
    (
        0,
        b"\x1F\xEF\xBF\xBD\x08",
        "gzip whose bytes were replaced where they were taken for text; send it uncompressed",
    ),
    (0, b"7z\xBC\xAF\x27\x1C", "a 7z archive; unpack it (`7z e -so FILE`)"),
    (0, b"Rar!\x1A\x07", "a RAR archive; unpack it (`unrar p -inul FILE`)"),
    (
        0,
        b"SQLite format 3\0",
        "an SQLite database; select the records as JSON (`sqlite3 -json FILE 'select …'`) or CSV",
    ),
    (0, b"%PDF-", "a PDF; export the records as JSON or CSV"),
    (0, b"\xD4\xC3\xB2\xA1", "a network capture (pcap), which holds no log"),
    (0, b"\x0A\x0D\x0D\x0A", "a network capture (pcapng), which holds no log"),
    (0, b"version https://git-lfs", "a pointer of Git LFS; fetch the file itself (`git lfs pull`)"),
    (0, b"-----BEGIN PGP", "a message encrypted with PGP; decrypt it"),
    (0, b"Salted__", "a file encrypted with OpenSSL; decrypt it"),
    (257, b"ustar", "a tar archive; unpack it (`tar -xOf FILE`)"),
];

/// What else begins like XML.
const PAGES: &[(&[u8], &str)] = &[
    (b"<!doctype html", "a page of HTML, as a proxy or a login answers, and no log"),
    (b"<html", "a page of HTML, as a proxy or a login answers, and no log"),
    (b"<error>", "an answer that tells of an error in place of a log"),
];

/// What a form that is not read is, and what to do about it.
pub(super) fn named(head: &[u8]) -> Option<&'static str> {
    let marked =
        |(at, mark, _): &&(usize, &[u8], &str)| head.get(*at..).is_some_and(|head| head.starts_with(mark));
    if let Some((_, _, words)) = FORMS.iter().find(marked) {
        // A single word of text may look like a mark; what is compressed goes on in bytes that are no text.
        let is_word =
            matches!(head, [b'B', b'Z', b'h', ..] | [b'O', b'R', b'C', ..] | [b'P', b'A', b'R', ..]);
        return (!is_word || super::document::is_binary(head)).then_some(words);
    }
    let begins = |(tag, _): &&(&[u8], &str)| {
        head.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag))
            || is_declared(head)
                .is_some_and(|rest| rest.get(..tag.len()).is_some_and(|rest| rest.eq_ignore_ascii_case(tag)))
    };
    PAGES.iter().find(begins).map(|(_, words)| *words)
}

/// What a line is that is neither JSON nor XML, behind a header of syslog or without one.
pub(super) fn of_line(line: &[u8]) -> Option<&'static str> {
    const LINES: &[(&[u8], &str)] = &[
        (
            b"LEEF:",
            "LEEF, which keeps some of a record's fields under other names; send the record itself as JSON",
        ),
        (
            b"CEF:",
            "CEF, which keeps some of a record's fields under other names; send the record itself as JSON",
        ),
    ];
    let begins = |mark: &[u8]| {
        memchr::memmem::find(line, mark).is_some_and(|at| {
            let is_word = at == 0 || !line[at - 1].is_ascii_alphanumeric();
            is_word && line.get(at + mark.len()).is_some_and(u8::is_ascii_digit)
        })
    };
    LINES.iter().find(|(mark, _)| begins(mark)).map(|(_, words)| *words)
}

/// What follows `<?xml …?>`.
fn is_declared(head: &[u8]) -> Option<&[u8]> {
    let rest = head.strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(rest, b"?>")?;
    Some(rest[end + 2..].trim_ascii_start())
}
