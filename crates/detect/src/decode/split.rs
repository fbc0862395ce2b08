//! Text to records: looks at how the text begins, then reads it as documents, as lines, as a table or as XML.

use super::csv::{self, Csv, Header};
use super::decoded::{Decoded, Emit, Place};
use super::document::{Document, Numbering, SEPARATOR};
use super::extent::{is_space, spaces, trim};
use super::fault::Fault;
use super::foreign;
use super::lines::Lines;
use super::recover::{self, Wholeness};
use super::rest::Rest;
use super::scan::{Blocks, Reach, Scan};
use super::xml::Xml;
use crate::tally::RejectReason;

/// A first line longer than this is taken for a document that happens to have line breaks somewhere.
const FIRST_LINE: usize = 1 << 20;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What the text is.
#[derive(Debug)]
enum Grammar {
    /// Not decided: this many lines were skipped as blank.
    Unknown {
        blank: u64,
        bom: bool,
    },
    Document(Document),
    Lines(Lines),
    Csv(Csv),
    Xml(Xml),
    /// Nothing we read; rejected already.
    Refused,
}

/// Reads text of any form.
#[derive(Debug)]
pub(super) struct Split {
    blocks: Blocks,
    limit: usize,
    form: Grammar,
}

impl Split {
    pub(super) fn new(limit: usize) -> Self {
        Self { blocks: Blocks::detect(), limit, form: Grammar::Unknown { blank: 0, bom: false } }
    }

    /// Reads on and says how many bytes are done with.
    pub(super) fn run(&mut self, bytes: &[u8], emit: Emit<'_>) -> usize {
        let skipped = self.begin(bytes, Rest::Coming, emit);
        let rest = &bytes[skipped..];
        skipped
            + match &mut self.form {
                Grammar::Unknown { .. } => 0,
                Grammar::Document(document) => document.run(rest, Rest::Coming, emit),
                Grammar::Lines(lines) => lines.run(rest, Rest::Coming, emit),
                Grammar::Csv(csv) => csv.run(rest, Rest::Coming, emit),
                Grammar::Xml(xml) => xml.run(rest, emit),
                Grammar::Refused => rest.len(),
            }
    }

    /// Reads to the end. A fault of the source is told exactly once.
    pub(super) fn finish(&mut self, bytes: &[u8], fault: Option<Fault>, emit: Emit<'_>) {
        let skipped = self.begin(bytes, Rest::Nothing, emit);
        let rest = &bytes[skipped..];
        let (untold, place) = match &mut self.form {
            Grammar::Unknown { .. } | Grammar::Refused => (fault, Place::Ordinal(1)),
            Grammar::Document(document) => (document.finish(rest, fault, emit), document.next_place()),
            Grammar::Lines(lines) => (lines.finish(rest, fault, emit), lines.next_place()),
            Grammar::Csv(csv) => (csv.finish(rest, fault, emit), csv.next_place()),
            Grammar::Xml(xml) => (xml.finish(rest, fault, emit), xml.next_place()),
        };
        if let Some(Fault { reason, detail, bytes }) = untold {
            emit(Decoded::Reject { reason, detail: &detail, place, bytes: &bytes, at: None });
        }
    }

    /// Decides on the form if that can be done, and says how many bytes came before the text.
    fn begin(&mut self, bytes: &[u8], after: Rest, emit: Emit<'_>) -> usize {
        let Grammar::Unknown { blank, bom } = &mut self.form else { return 0 };
        let mut at = 0;
        if !*bom {
            if !after.is_nothing() && bytes.len() < BOM.len() && BOM.starts_with(bytes) {
                return 0;
            }
            *bom = true;
            at = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
        }
        let is_passed = |b: &u8| is_space(*b) || *b == SEPARATOR;
        let spaces = bytes[at..].iter().position(|b| !is_passed(b)).unwrap_or(bytes.len() - at);
        *blank += memchr::memchr_iter(b'\n', &bytes[at..at + spaces]).count() as u64;
        at += spaces;
        let (line, text) = (*blank + 1, &bytes[at..]);
        let is_coming = !after.is_nothing();
        let lines = match text {
            [] => return at,
            [b'[', _, ..] => false,
            [b'{' | b'['] if is_coming => return at,
            [b'{', ..] => match self.begins_lines(text, after) {
                Some(lines) => lines,
                None => return at,
            },
            _ if is_coming && text.len() < foreign::HEAD => return at,
            _ => {
                // No more of it than is always there when a form is told.
                let bytes = &text[..foreign::HEAD.min(text.len())];
                if let Some(words) = foreign::named(bytes) {
                    let place = Place::Ordinal(1);
                    emit(Decoded::Reject {
                        reason: RejectReason::ForeignForm,
                        detail: words,
                        place,
                        bytes,
                        at: None,
                    });
                    self.form = Grammar::Refused;
                    return at;
                }
                // The priority of a syslog line is no tag.
                if text[0] == b'<' && !matches!(text, [_, b'0'..=b'9', ..]) {
                    self.form = Grammar::Xml(Xml::new(self.limit));
                    return at;
                }
                return at + self.begin_lines_or_table(text, line, after);
            }
        };
        self.form = if lines {
            Grammar::Lines(Lines::new(self.blocks, self.limit, line))
        } else {
            Grammar::Document(Document::new(self.blocks, self.limit, Numbering::Ordinals(0)))
        };
        at
    }

    /// Lines of whatever kind, or a table whose header is the first of them; says how many bytes that was.
    fn begin_lines_or_table(&mut self, text: &[u8], line: u64, after: Rest) -> usize {
        let (mut at, mut number) = (0, line);
        loop {
            let rest = &text[at..];
            let end = memchr::memchr(b'\n', rest);
            let (first, next) = end.map_or((rest, rest.len()), |end| (&rest[..end], end + 1));
            let may_be_header = next <= csv::LONGEST_HEADER;
            // The byte behind the line tells as well.
            if may_be_header && next == rest.len() && !after.is_nothing() {
                return 0;
            }
            if csv::is_preamble(first) && next < rest.len() {
                at += next;
                number += 1;
                continue;
            }
            // Words in front of records are no header, whatever commas they have.
            let begins_record = rest.get(next) == Some(&b'{');
            if may_be_header
                && !begins_record
                && let Some(header) = Header::of(trim(first))
            {
                self.form = Grammar::Csv(Csv::new(header, self.limit, number + 1));
                return at + next;
            }
            self.form = Grammar::Lines(Lines::new(self.blocks, self.limit, line));
            return 0;
        }
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
            && recover::judge(&first[..end]) == Wholeness::Whole
        {
            return Some(false);
        }
        // The line is no whole value. If the next begins an object where none can stand, each is for itself.
        let Some(next) = text[end..].iter().position(|b| !is_space(*b)) else {
            return after.is_nothing().then_some(true);
        };
        let next = end + next;
        let begins_line = text[next] == b'{' && text[next - 1] == b'\n';
        Some(begins_line && !matches!(recover::judge_strictly(&text[..=next]), Wholeness::Unfinished))
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
pub(crate) fn opens_envelope(text: &[u8]) -> bool {
    let after = |text: &'_ [u8], token: &[u8]| text[spaces(text)..].strip_prefix(token).map(<[u8]>::to_vec);
    let text = &text[..text.len().min(64)];
    let key = after(text, b"{")
        .and_then(|rest| after(&rest, b"\"Records\"").or_else(|| after(&rest, b"\"records\"")));
    key.and_then(|rest| after(&rest, b":")).and_then(|rest| after(&rest, b"[")).is_some()
}
