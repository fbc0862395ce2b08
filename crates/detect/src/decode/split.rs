//! Text to records: looks at how the text begins, then reads it as documents, as lines or as XML.

use super::decoded::{Decoded, Emit, Place, SAMPLE};
use super::document::{Document, Numbering};
use super::extent::{is_space, spaces, trim};
use super::fault::Fault;
use super::lines::Lines;
use super::recover::{self, Verdict};
use super::rest::Rest;
use super::scan::{Blocks, Reach, Scan};
use super::xml::Xml;
use crate::tally::RejectReason;

/// A first line longer than this is taken for a document that happens to have line breaks somewhere.
const FIRST_LINE: usize = 1 << 20;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What the text is.
#[derive(Debug)]
enum Form {
    /// Not decided: this many lines were skipped as blank.
    Unknown {
        blank: u64,
        bom: bool,
    },
    Document(Document),
    Lines(Lines),
    Xml(Xml),
    /// Nothing we read; rejected already.
    Refused,
}

/// Reads text of any form.
#[derive(Debug)]
pub(super) struct Split {
    blocks: Blocks,
    limit: usize,
    form: Form,
}

impl Split {
    pub(super) fn new(limit: usize) -> Self {
        Self { blocks: Blocks::detect(), limit, form: Form::Unknown { blank: 0, bom: false } }
    }

    /// Reads on and says how many bytes are done with.
    pub(super) fn run(&mut self, bytes: &[u8], emit: Emit<'_>) -> usize {
        let skipped = self.begin(bytes, Rest::Coming, emit);
        let rest = &bytes[skipped..];
        skipped
            + match &mut self.form {
                Form::Unknown { .. } => 0,
                Form::Document(document) => document.run(rest, Rest::Coming, emit),
                Form::Lines(lines) => lines.run(rest, emit),
                Form::Xml(xml) => xml.run(rest, emit),
                Form::Refused => rest.len(),
            }
    }

    /// Reads to the end. A fault of the source is told exactly once.
    pub(super) fn finish(&mut self, bytes: &[u8], fault: Option<Fault>, emit: Emit<'_>) {
        let skipped = self.begin(bytes, Rest::Nothing, emit);
        let rest = &bytes[skipped..];
        let (untold, place) = match &mut self.form {
            Form::Unknown { .. } | Form::Refused => (fault, Place::Ordinal(1)),
            Form::Document(document) => (document.finish(rest, fault, emit), document.next_place()),
            Form::Lines(lines) => (lines.finish(rest, fault, emit), lines.next_place()),
            Form::Xml(xml) => (xml.finish(rest, fault, emit), xml.next_place()),
        };
        if let Some(Fault { reason, detail, bytes }) = untold {
            emit(Decoded::Reject { reason, detail: &detail, place, bytes: &bytes });
        }
    }

    /// Decides on the form if that can be done, and says how many bytes came before the text.
    fn begin(&mut self, bytes: &[u8], after: Rest, emit: Emit<'_>) -> usize {
        let Form::Unknown { blank, bom } = &mut self.form else { return 0 };
        let mut at = 0;
        if !*bom {
            if !after.is_nothing() && bytes.len() < BOM.len() && BOM.starts_with(bytes) {
                return 0;
            }
            *bom = true;
            at = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
        }
        let spaces = spaces(&bytes[at..]);
        *blank += memchr::memchr_iter(b'\n', &bytes[at..at + spaces]).count() as u64;
        at += spaces;
        let (line, text) = (*blank + 1, &bytes[at..]);
        let utf16 = matches!(text, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'{' | b'[' | b'<', 0, ..]);
        if utf16 {
            if text.len() < SAMPLE && !after.is_nothing() {
                return at;
            }
            let detail = "UTF-16 text; convert it to UTF-8";
            let bytes = &text[..SAMPLE.min(text.len())];
            emit(Decoded::Reject { reason: RejectReason::BadUtf8, detail, place: Place::Line(line), bytes });
            self.form = Form::Refused;
            return at;
        }
        let lines = match text {
            [] => return at,
            [b'<', ..] => {
                self.form = Form::Xml(Xml::new(self.limit));
                return at;
            }
            [b'[', _, ..] => false,
            [b'{' | b'[' | 0xFE | 0xFF] if !after.is_nothing() => return at,
            [b'{', ..] => match self.begins_lines(text, after) {
                Some(lines) => lines,
                None => return at,
            },
            _ => true,
        };
        self.form = if lines {
            Form::Lines(Lines::new(self.blocks, self.limit, line))
        } else {
            Form::Document(Document::new(self.blocks, self.limit, Numbering::Ordinals(0)))
        };
        at
    }

    /// Is text that begins with an object JSON Lines? Undecided while the first line may go on.
    fn begins_lines(&self, text: &[u8], after: Rest) -> Option<bool> {
        if opens_envelope(text) {
            return Some(false);
        }
        let end = match memchr::memchr(b'\n', text) {
            Some(end) => end,
            None if after.is_nothing() => text.len(),
            None if text.len() > FIRST_LINE => return Some(false),
            None => return None,
        };
        let first = trim(&text[..end]);
        let mut scan = Scan::new();
        let mut reach = scan.advance(self.blocks, first, Rest::Nothing);
        if reach == Reach::TooDeep {
            reach = scan.advance(self.blocks, first, Rest::Nothing);
        }
        if reach == Reach::End(first.len()) {
            return Some(!self.is_envelope(first));
        }
        if let Reach::End(end) = reach
            && recover::judge(&first[..end]) == Verdict::Whole
        {
            return Some(false);
        }
        // The line is no whole value. If the next begins an object where none can stand, each is for itself.
        let Some(next) = text[end..].iter().position(|b| !is_space(*b)) else {
            return after.is_nothing().then_some(true);
        };
        let next = end + next;
        let begins_line = text[next] == b'{' && text[next - 1] == b'\n';
        Some(begins_line && !matches!(recover::judge(&text[..=next]), Verdict::Unfinished))
    }

    fn is_envelope(&self, line: &[u8]) -> bool {
        let mut whole = false;
        Document::new(self.blocks, self.limit, Numbering::Line(1)).finish(line, None, &mut |decoded| {
            whole |= match decoded {
                Decoded::Record(record) => record.bytes.len() == line.len(),
                Decoded::Reject { bytes, .. } => bytes.len() == line.len(),
                Decoded::Notice(_) => true,
            };
        });
        !whole
    }
}

/// `{"Records":[`, with any white space.
fn opens_envelope(text: &[u8]) -> bool {
    let after = |text: &'_ [u8], token: &[u8]| text[spaces(text)..].strip_prefix(token).map(<[u8]>::to_vec);
    let text = &text[..text.len().min(64)];
    let key = after(text, b"{")
        .and_then(|rest| after(&rest, b"\"Records\"").or_else(|| after(&rest, b"\"records\"")));
    key.and_then(|rest| after(&rest, b":")).and_then(|rest| after(&rest, b"[")).is_some()
}
