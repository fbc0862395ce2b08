//! JSON values one after the other: envelopes, arrays and objects, with or without anything between them.
//!
//! Stops where the bytes end and goes on when more have come. Knows of a record only where it begins and ends;
//! of an object at the outside it reads the keys, to tell an envelope from a record.

mod keys;
mod state;
mod walk;

use trailhound_sigma::json::MAX_DEPTH;

use super::decoded::{Decoded, Emit, Family, Place, Record, SAMPLE};
use super::extent::{Extent, is_space, spaces};
use super::fault::Fault;
use super::recover::{self, Wholeness};
use super::rest::Rest;
use super::scan::{Blocks, Reach, Scan};
use crate::tally::RejectReason;
use keys::{STRICT_FROM, STRICT_GROWS, Walk};
use state::{Around, Array, State, Step};

/// How the records are counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Numbering {
    /// As they come; this many so far.
    Ordinals(u64),
    /// All stand on this line, and what is wrong with it ends with it.
    Line(u64),
}

/// Reads values; see the module.
#[derive(Debug)]
pub(super) struct Document {
    blocks: Blocks,
    limit: usize,
    numbering: Numbering,
    state: State,
    fault: Option<Fault>,
}

impl Document {
    pub(super) fn new(blocks: Blocks, limit: usize, numbering: Numbering) -> Self {
        Self { blocks, limit, numbering, state: State::Top, fault: None }
    }

    /// Reads on and says how many bytes are done with.
    pub(super) fn run(&mut self, bytes: &[u8], after: Rest, emit: Emit<'_>) -> usize {
        let mut at = 0;
        loop {
            match self.step(&bytes[at..], after, emit) {
                Step::Took(count) => at += count,
                Step::More if after.is_nothing() => return bytes.len(),
                Step::More => return at,
            }
        }
    }

    /// Reads to the end. What remains cut off is told with the fault of its source, if there is one; gives back
    /// one that was not told.
    pub(super) fn finish(&mut self, bytes: &[u8], fault: Option<Fault>, emit: Emit<'_>) -> Option<Fault> {
        self.fault = fault;
        self.run(bytes, Rest::Nothing, emit);
        self.fault.take()
    }

    /// Where the next record would stand.
    pub(super) fn next_place(&self) -> Place {
        match self.numbering {
            Numbering::Ordinals(count) => Place::Ordinal(count + 1),
            Numbering::Line(line) => Place::Line(line),
        }
    }

    /// Begins anew on another line.
    pub(super) fn next_line(&mut self, line: u64) {
        self.numbering = Numbering::Line(line);
        self.state = State::Top;
    }

    fn place(&mut self) -> Place {
        let place = self.next_place();
        if let Numbering::Ordinals(count) = &mut self.numbering {
            *count += 1;
        }
        place
    }

    fn reject(&mut self, reason: RejectReason, detail: &str, bytes: &[u8], emit: Emit<'_>) {
        let place = self.place();
        emit(Decoded::Reject { reason, detail, place, bytes, at: None });
    }

    fn step(&mut self, bytes: &[u8], after: Rest, emit: Emit<'_>) -> Step {
        match self.state {
            State::Top => self.top(bytes),
            State::Object(walk) => self.object(walk, bytes, after, emit),
            State::Array(array) => self.array(array, bytes, after, emit),
            State::Member { extent, strict, array } => self.member(extent, strict, array, bytes, after, emit),
            State::Broken(at, around) => self.broken(at, around, bytes, after, emit),
            State::Skip(extent, around) => self.skip(extent, around, bytes, after),
            State::Lost(around) => self.lost(around, bytes, after),
            State::Junk => self.junk(bytes, after, emit),
            State::JunkTail => self.junk_tail(bytes, after),
            State::Done if bytes.is_empty() => Step::More,
            State::Done => Step::Took(bytes.len()),
        }
    }

    fn top(&mut self, bytes: &[u8]) -> Step {
        // Text sequences (RFC 7464) have a separator in front of each value.
        let passed = |b: &u8| is_space(*b) || matches!(*b, b',' | SEPARATOR);
        let skipped = bytes.iter().position(|b| !passed(b)).unwrap_or(bytes.len());
        let Some(first) = bytes.get(skipped) else {
            return if skipped == 0 { Step::More } else { Step::Took(skipped) };
        };
        let (state, taken) = match first {
            b'{' => (State::Object(Walk::new()), 0),
            b'[' => (State::Array(Array { nest: 1, in_envelope: false }), 1),
            _ => (State::Junk, 0),
        };
        self.state = state;
        Step::Took(skipped + taken)
    }

    fn array(&mut self, mut array: Array, bytes: &[u8], after: Rest, emit: Emit<'_>) -> Step {
        let mut at = 0;
        loop {
            match bytes.get(at) {
                Some(b' ' | b'\n' | b'\r' | b'\t' | b',') => at += 1,
                Some(b'[') if (array.nest as usize) < MAX_DEPTH => {
                    array.nest += 1;
                    at += 1;
                }
                Some(b']') => {
                    array.nest -= 1;
                    at += 1;
                    if array.nest == 0 {
                        self.state =
                            if array.in_envelope { State::Object(Walk::envelope()) } else { State::Top };
                        return Step::Took(at);
                    }
                }
                Some(b'{') if self.ordinary_member(&bytes[at..], &mut at, emit) => {}
                Some(&first) => {
                    self.state = State::Member { extent: Extent::of(first), strict: STRICT_FROM, array };
                    return Step::Took(at);
                }
                None if after.is_nothing() => {
                    self.cut_off("ends inside an array of records", &[], emit);
                    return Step::Took(at);
                }
                None => {
                    self.state = State::Array(array);
                    return if at == 0 { Step::More } else { Step::Took(at) };
                }
            }
        }
    }

    /// Hands out a record that is whole and well, as nearly all are; leaves anything else for closer looks.
    fn ordinary_member(&mut self, bytes: &[u8], at: &mut usize, emit: Emit<'_>) -> bool {
        let mut scan = Scan::new();
        let bytes = &bytes[..bytes.len().min(STRICT_FROM)];
        match scan.advance(self.blocks, bytes, Rest::Coming) {
            Reach::End(end) if end <= self.limit && bytes[end - 1] == b'}' => {
                *at += end;
                self.record(&scan, &bytes[..end], emit);
                true
            }
            _ => false,
        }
    }

    fn record(&mut self, scan: &Scan, bytes: &[u8], emit: Emit<'_>) {
        let place = self.place();
        emit(Decoded::Record(Record {
            bytes,
            place,
            family: Family::of_member(bytes),
            has_escape: scan.has_escape(),
            has_non_ascii: scan.has_non_ascii(),
            is_mended: false,
            at: None,
        }));
    }

    fn member(
        &mut self,
        mut extent: Extent,
        strict: usize,
        array: Array,
        bytes: &[u8],
        after: Rest,
        emit: Emit<'_>,
    ) -> Step {
        let horizon = strict.min(bytes.len());
        let after = after.beyond(horizon, bytes);
        let reach = extent.advance(self.blocks, &bytes[..horizon], after);
        let around = Around::Array(array);
        match reach {
            Reach::End(end) if end > self.limit => {
                self.too_large(bytes, emit);
                self.state = State::Array(array);
                Step::Took(end)
            }
            Reach::End(end) => {
                self.state = State::Array(array);
                self.whole_member(&extent, &bytes[..end], around, emit)
            }
            Reach::TooDeep => {
                if let Wholeness::Broken(at) = recover::judge(&bytes[..extent.at()]) {
                    return self.is_broken(at, around);
                }
                self.too_deep(&bytes[..extent.at()], emit);
                self.state = State::Skip(extent, around);
                Step::Took(0)
            }
            Reach::More if extent.at() > self.limit => {
                self.too_large(bytes, emit);
                self.state = State::Skip(extent, around);
                Step::Took(0)
            }
            Reach::More if after.is_nothing() || horizon == strict => match recover::judge(&bytes[..horizon])
            {
                Wholeness::Broken(at) => self.is_broken(at, around),
                _ if after.is_nothing() => {
                    self.cut_off("ends inside a record", bytes, emit);
                    Step::Took(bytes.len())
                }
                _ => {
                    self.state = State::Member { extent, strict: strict * STRICT_GROWS, array };
                    Step::Took(0)
                }
            },
            Reach::More => {
                self.state = State::Member { extent, strict, array };
                Step::More
            }
        }
    }

    fn whole_member(&mut self, extent: &Extent, value: &[u8], around: Around, emit: Emit<'_>) -> Step {
        match (extent, value) {
            (Extent::Container(scan), [b'{', .., b'}']) => self.record(scan, value, emit),
            (Extent::Container(_), [b'{', ..]) => {
                let at = match recover::judge(value) {
                    Wholeness::Broken(at) => at,
                    _ => value.len() - 1,
                };
                return self.is_broken(at, around);
            }
            (Extent::Container(_), _) => self.too_deep(value, emit),
            (Extent::String(_), _) if value.len() > 2 => {
                let place = self.place();
                emit(Decoded::Record(Record::anything(value, place)));
            }
            _ if recover::judge(value) == Wholeness::Whole => {
                let detail = "a record must be an object";
                self.reject(RejectReason::UnknownRecord, detail, sample(value), emit);
            }
            _ => self.reject(RejectReason::NotJson, "no JSON between records", sample(value), emit),
        }
        Step::Took(value.len())
    }

    fn skip(&mut self, mut extent: Extent, around: Around, bytes: &[u8], after: Rest) -> Step {
        match extent.advance(self.blocks, bytes, after) {
            Reach::End(end) => {
                self.state = around.state();
                Step::Took(end)
            }
            Reach::TooDeep => {
                self.state = State::Skip(extent, around);
                Step::Took(0)
            }
            Reach::More => {
                // A string's scan may stand one byte past what has arrived.
                let gone = extent.at().min(bytes.len());
                extent.forget(gone);
                self.state = if after.is_nothing() { State::Done } else { State::Skip(extent, around) };
                if gone == 0 { Step::More } else { Step::Took(gone) }
            }
        }
    }

    fn is_broken(&mut self, at: usize, around: Around) -> Step {
        self.state = State::Broken(at, around);
        Step::Took(0)
    }

    /// A value stops making sense at `at`. It is rejected up to where the next begins.
    fn broken(&mut self, at: usize, around: Around, bytes: &[u8], after: Rest, emit: Emit<'_>) -> Step {
        let horizon = bytes.len().min(at + STRICT_FROM);
        if !after.is_nothing() && horizon < at + STRICT_FROM {
            return Step::More;
        }
        let bytes = &bytes[..horizon];
        let detail = format!("not JSON from byte {at} of the record");
        let alone = matches!(self.numbering, Numbering::Line(_));
        let next = if alone { None } else { recover::next_record(bytes, at, around.is_top()) };
        let end = next.unwrap_or(horizon);
        self.reject(RejectReason::NotJson, &detail, &bytes[..end], emit);
        self.state = match next {
            _ if alone => State::Done,
            Some(_) => around.state(),
            None => State::Lost(around),
        };
        // The last bytes may be the beginning of a boundary.
        Step::Took(if next.is_none() && !alone { at.min(end) } else { end })
    }

    fn lost(&mut self, around: Around, bytes: &[u8], after: Rest) -> Step {
        if let Some(next) = recover::boundary(bytes, around.is_top()) {
            self.state = around.state();
            return Step::Took(next);
        }
        if after.is_nothing() {
            self.state = State::Done;
            return Step::Took(bytes.len());
        }
        let keep = bytes.iter().rposition(|b| *b == b'}').unwrap_or(bytes.len());
        let keep = if bytes.len() - keep > SAMPLE { bytes.len() } else { keep };
        if keep == 0 { Step::More } else { Step::Took(keep) }
    }

    fn junk(&mut self, bytes: &[u8], after: Rest, emit: Emit<'_>) -> Step {
        let line = memchr::memchr(b'\n', &bytes[..SAMPLE.min(bytes.len())]);
        if line.is_none() && bytes.len() < SAMPLE && !after.is_nothing() {
            return Step::More;
        }
        let text = &sample(bytes)[..line.unwrap_or(bytes.len().min(SAMPLE))];
        self.reject(RejectReason::NotJson, "neither JSON nor XML", text, emit);
        self.state = if is_binary(text) { State::Done } else { State::JunkTail };
        Step::Took(text.len())
    }

    fn junk_tail(&mut self, bytes: &[u8], after: Rest) -> Step {
        let mut at = 0;
        while let Some(offset) = memchr::memchr(b'\n', &bytes[at..]) {
            let next = at + offset + 1;
            match bytes.get(next + spaces(&bytes[next..])) {
                Some(b'{' | b'[') => {
                    self.state = State::Top;
                    return Step::Took(next);
                }
                Some(_) => at = next,
                None if after.is_nothing() => break,
                None => return if at + offset == 0 { Step::More } else { Step::Took(at + offset) },
            }
        }
        if bytes.is_empty() { Step::More } else { Step::Took(bytes.len()) }
    }

    /// The bytes end inside `bytes`.
    fn cut_off(&mut self, detail: &str, bytes: &[u8], emit: Emit<'_>) {
        self.state = State::Done;
        match self.fault.take() {
            Some(fault) => self.reject(fault.reason, &fault.detail, bytes, emit),
            None => self.reject(RejectReason::Truncated, detail, bytes, emit),
        }
    }

    fn too_large(&mut self, bytes: &[u8], emit: Emit<'_>) {
        let detail = format!("a record of more than {} bytes", self.limit);
        let shown = SAMPLE.min(self.limit).min(bytes.len());
        self.reject(RejectReason::TooLarge, &detail, &bytes[..shown], emit);
    }

    fn too_deep(&mut self, bytes: &[u8], emit: Emit<'_>) {
        let detail = format!("nested deeper than {MAX_DEPTH} levels");
        self.reject(RejectReason::TooDeep, &detail, sample(bytes), emit);
    }
}

fn sample(bytes: &[u8]) -> &[u8] {
    &bytes[..SAMPLE.min(bytes.len())]
}

/// Stands before each value of a text sequence.
pub(super) const SEPARATOR: u8 = 0x1E;

/// Neither text nor cut-off text.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    let cut_off = |error: std::str::Utf8Error| error.error_len().is_none();
    bytes.iter().any(|b| *b < b'\t') || !std::str::from_utf8(bytes).map_or_else(cut_off, |_| true)
}
