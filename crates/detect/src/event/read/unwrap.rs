//! The way from a record's bytes to what is in it, through whatever carries it.
//!
//! No carrier is known by its name. A value that no log recognises is walked for what one does: an object, text that
//! holds JSON or XML, base64 of either, compressed or not, and tables put together to rows. Names count in whatever
//! case they are written. Inside what a log recognises nothing is looked for: its text is the caller's.

use std::borrow::Cow;

use trailhound_sigma::json::{Document, Kind, Node, is_closed};

use super::bounds::TEXT;
use super::held::Several;
use super::looks::{could_be_record, holds_nothing};
use super::reading::{Reading, Unreadable};
use super::work::{Readers, RecordReading};
use crate::decode::{Record, encoded};
use crate::event::{Event, LogType};
use crate::logs::{
    self, Askers, Form, Recognised, any_folded, askers, has_member, illegible, is_printed, is_xml, mend,
    pairs, printed, rows, rows_of_all, unfolded, verbatim, xml_record,
};
use crate::tally::{Notice, RejectReason};

impl RecordReading<'_> {
    /// Reads the record, and says why where nothing in it is recognised.
    pub(super) fn record(&mut self) {
        let found = match std::str::from_utf8(self.raw) {
            Ok(text) => self.text(text, 0),
            Err(error) => {
                let why = Unreadable::new(
                    RejectReason::BadUtf8,
                    format!("not UTF-8 at byte {}", error.valid_up_to()),
                );
                if self.forms.mended { self.mended(why, 0) } else { Err(why) }
            }
        };
        let met = self.bounds.met();
        match (found, met) {
            (Err(why), None) | (_, Some(why)) => (self.visit)(Reading::Unreadable(why, self.raw)),
            (Ok(_), None) => {}
        }
    }

    /// Reads a text that ought to be a record, or hold some.
    pub(super) fn text(&mut self, text: &str, level: usize) -> Readers {
        if !self.bounds.value(level) {
            return Err(Unreadable::unknown());
        }
        if is_xml(text) {
            if let Some(record) = xml_record(text) {
                return self.text(&record, level + TEXT);
            }
            let detail = "neither JSON nor a Windows event in XML";
            return Err(Unreadable::new(RejectReason::NotJson, detail));
        }
        // One that is cut off is for the parser to refuse.
        if level > 0 && !self.is_wanted(text) && is_closed(text) {
            return Ok(self.pass());
        }
        match Document::parse_reusing(text, self.scratch.pop().unwrap_or_default()) {
            Ok(document) => self.document(document, level),
            Err(error) => {
                let why = Unreadable::from(error);
                if why.reason != RejectReason::NotJson {
                    return Err(why);
                }
                if let Some(bytes) = encoded::bytes(text) {
                    return self.held(&bytes, level).ok_or(why);
                }
                if self.forms.mended { self.mended_text(text.as_bytes(), why, level) } else { Err(why) }
            }
        }
    }

    /// Reads the record's bytes, of which some are no text.
    fn mended(&mut self, why: Unreadable, level: usize) -> Readers {
        let text = String::from_utf8_lossy(self.raw);
        match Document::parse(&text) {
            Ok(_) => {
                (self.visit)(Reading::Mended);
                self.text(&text, level).map_err(|_| why)
            }
            Err(_) => self.mended_text(self.raw, why, level),
        }
    }

    fn mended_text(&mut self, bytes: &[u8], why: Unreadable, level: usize) -> Readers {
        let printed = || printed(std::str::from_utf8(bytes).ok().filter(|_| is_printed(bytes))?);
        let Some(text) = mend::text(bytes).ok().map(Cow::Owned).or_else(printed) else { return Err(why) };
        match Document::parse_reusing(&text, self.scratch.pop().unwrap_or_default()) {
            Ok(document) => {
                (self.visit)(Reading::Mended);
                self.document(document, level)
            }
            Err(_) => Err(why),
        }
    }

    /// Reads a document: as a record of a log if it is one, else for what is inside.
    fn document(&mut self, document: Document<'_>, level: usize) -> Readers {
        let asked = askers(document.root());
        match asked.recognise(document.root()) {
            Some(Recognised::As(log)) => return self.canonical(log, document, level),
            Some(Recognised::Like(log, rewrite)) => return self.rewritten(log, rewrite, document, level),
            Some(Recognised::Around(inner)) => return self.text(&inner, level + TEXT),
            None => {}
        }
        if self.forms.in_any_case {
            match asked.recognise(document.root().ignoring_case()) {
                Some(Recognised::As(log)) => return self.canonical(log, document.ignoring_case(), level),
                Some(Recognised::Like(log, rewrite)) => {
                    return self.rewritten(log, rewrite, document.ignoring_case(), level);
                }
                Some(Recognised::Around(_)) | None => {}
            }
        }
        let root = document.root().gathered();
        let found = self.told(asked, root).unwrap_or_else(|| self.inside(root, level));
        let is_empty = found == 0 && holds_nothing(document.root());
        self.scratch.push(document.into_scratch());
        if is_empty {
            (self.visit)(Reading::Notice(Notice::Empty));
            return Ok(1);
        }
        if found == 0 { Err(Unreadable::unknown()) } else { Ok(found) }
    }

    fn told(&mut self, asked: Askers, node: Node<'_>) -> Option<usize> {
        let notice = asked.notice(node)?;
        (self.visit)(Reading::Notice(notice));
        Some(1)
    }

    /// What is in a value that is no record itself.
    fn inside(&mut self, node: Node<'_>, level: usize) -> usize {
        if !self.forms.carried {
            return 0;
        }
        match node.kind() {
            Kind::Object => match rows(node) {
                Some(rows) => self.rows(&rows, level),
                None => node.entries().map(|(_, value)| self.value(value, level + 1)).sum(),
            },
            Kind::Array => self.list(node, level),
            Kind::String => self.string(node, level),
            Kind::Null | Kind::True | Kind::False | Kind::Number => 0,
        }
    }

    fn value(&mut self, node: Node<'_>, level: usize) -> usize {
        if !self.bounds.value(level) {
            return 0;
        }
        let node = node.gathered();
        if node.kind() == Kind::Object {
            let asked = askers(node);
            if let Some(read) = self.recognised(asked, node, level + 1) {
                return read.unwrap_or_else(|why| self.refuse(why, node.raw().as_bytes()));
            }
            if let Some(found) = self.told(asked, node) {
                return found;
            }
        }
        self.inside(node, level)
    }

    /// Reads what a log recognises; nothing where none does.
    fn recognised(&mut self, asked: Askers, node: Node<'_>, level: usize) -> Option<Readers> {
        match asked.recognise(node).or_else(|| asked.recognise(node.ignoring_case()))? {
            Recognised::Around(inner) => Some(self.text(&inner, level + TEXT)),
            Recognised::As(_) | Recognised::Like(..) if !self.is_wanted(node.raw()) => Some(Ok(self.pass())),
            Recognised::As(_) | Recognised::Like(..) => Some(self.text(&verbatim(node), level)),
        }
    }

    /// Could anybody want what stands inside, as far as its bytes tell?
    fn is_wanted(&self, text: &str) -> bool {
        self.wanted.by_bytes(&Record::inside(text.as_bytes()))
    }

    fn pass(&mut self) -> usize {
        (self.visit)(Reading::Unwanted(LogType::CloudTrail, None));
        1
    }

    /// The members of a list; where one is read, none of the others is passed over in silence.
    fn list(&mut self, list: Node<'_>, level: usize) -> usize {
        if let Some(row) = pairs(list) {
            return self.rows(&[row], level);
        }
        let (mut found, mut unknown) = (0, Vec::new());
        for member in list.members() {
            match self.value(member, level + 1) {
                0 if could_be_record(member) && !holds_nothing(member) => {
                    unknown.push(member);
                }
                count => found += count,
            }
        }
        if found > 0 {
            for member in unknown {
                found += self.refuse(Unreadable::unknown(), member.raw().as_bytes());
            }
        }
        found
    }

    fn rows(&mut self, rows: &[String], level: usize) -> usize {
        let mut all = Several::default();
        for row in rows {
            all.add(self.text(row, level + 1), row.as_bytes());
        }
        all.close(self)
    }

    pub(super) fn refuse(&mut self, why: Unreadable, bytes: &[u8]) -> usize {
        (self.visit)(Reading::Unreadable(why, bytes));
        1
    }

    fn canonical(&mut self, log: LogType, document: Document<'_>, level: usize) -> Readers {
        if !(logs::of(log).least.is_there)(document.root()) {
            return self.carried(log, document, level);
        }
        let is_folded = self.forms.folded && any_folded(document.root(), logs::of(log).members);
        let form = if is_folded { Form::Other } else { Form::Canonical };
        if !self.wanted.by_members(log, form, document.root()) {
            return Ok(self.leave(log, document));
        }
        if is_folded { self.unfold(log, document) } else { Ok(self.event(log, document)) }
    }

    fn rewritten(
        &mut self,
        log: LogType,
        rewrite: fn(Node<'_>) -> String,
        document: Document<'_>,
        level: usize,
    ) -> Readers {
        let least = &logs::of(log).least;
        let is_wanted = self.wanted.by_members(log, Form::Other, document.root());
        // Whether it says enough to be a record does not depend on who wants it.
        if !is_wanted && (least.is_sure)(document.root()) {
            return Ok(self.leave(log, document));
        }
        let text = rewrite(document.root());
        let made = Document::parse_reusing(&text, self.scratch.pop().unwrap_or_default())?;
        let made = if document.root().ignores_case() { made.ignoring_case() } else { made };
        if !(least.is_there)(made.root()) {
            self.scratch.push(made.into_scratch());
            return self.carried(log, document, level);
        }
        if !is_wanted {
            self.scratch.push(made.into_scratch());
            return Ok(self.leave(log, document));
        }
        self.scratch.push(document.into_scratch());
        let document = made;
        let is_folded = self.forms.folded && any_folded(document.root(), logs::of(log).members);
        if is_folded { self.unfold(log, document) } else { Ok(self.event(log, document)) }
    }

    /// What is in a document that has the look of a log's record, and says too little to be one. The log's own members
    /// hold what a caller wrote, and no record.
    fn carried(&mut self, log: LogType, document: Document<'_>, level: usize) -> Readers {
        let mut found = 0;
        if let Some(rows) = rows_of_all(document.root()).filter(|_| self.forms.carried) {
            found = self.rows(&rows, level);
        } else if self.forms.carried {
            let others = document.root().entries().filter(|(key, _)| !has_member(log, *key));
            found = others.map(|(_, value)| self.value(value, level + 1)).sum();
        }
        self.scratch.push(document.into_scratch());
        let logs::LogDefinition { words, least, .. } = logs::of(log);
        let detail = || format!("like a record of {}, without {}", words.log, least.words);
        if found > 0 { Ok(found) } else { Err(Unreadable::new(RejectReason::UnknownRecord, detail())) }
    }

    /// What was made of a document, whose names are looked for as its were.
    fn again<'t>(text: &'t str, of: Document<'_>) -> Result<Document<'t>, Unreadable> {
        let ignores_case = of.root().ignores_case();
        let document = Document::parse_reusing(text, of.into_scratch())?;
        Ok(if ignores_case { document.ignoring_case() } else { document })
    }

    fn leave(&mut self, log: LogType, document: Document<'_>) -> usize {
        (self.visit)(Reading::Unwanted(log, Some(document.root())));
        self.scratch.push(document.into_scratch());
        1
    }

    /// The event with all its objects and lists, of which some came as text.
    fn unfold(&mut self, log: LogType, document: Document<'_>) -> Readers {
        let text = unfolded(document.root(), logs::of(log).members);
        let document = Self::again(&text, document)?;
        match illegible(document.root(), logs::of(log).members) {
            Some(member) => Err(Unreadable::illegible(member)),
            None => Ok(self.event(log, document)),
        }
    }

    fn event(&mut self, log: LogType, document: Document<'_>) -> usize {
        let event = Event::new(log, document, self.raw, self.context.cloned());
        (self.visit)(Reading::Event(&event));
        self.scratch.push(event.into_scratch());
        1
    }
}
