//! An object at the outside, read key by key: is it an envelope or a record?
//!
//! `Records` and `records` make an envelope wherever they hold an array. `value`, `Events` and `events` are words
//! that records use too: they make one when they hold objects (or nothing) and only paging came before them.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::Document;
use super::keys::{KeyName, Next, STRICT_FROM, STRICT_GROWS, Walk};
use super::state::{Around, Array, State, Step};
use crate::decode::decoded::{Decoded, Emit, Family, Record};
use crate::decode::extent::{Extent, spaces};
use crate::decode::recover::{self, Wholeness};
use crate::decode::rest::Rest;
use crate::decode::scan::{Reach, Scan};
use crate::tally::Notice;

/// What became of a look at the object.
enum Look {
    Go,
    More,
    Broken(usize),
    Took(usize),
}

impl Document {
    pub(super) fn object(&mut self, mut walk: Walk, bytes: &[u8], after: Rest, emit: Emit<'_>) -> Step {
        if walk.is_at_start()
            && let Some(end) = self.ordinary(bytes, emit)
        {
            self.state = State::Top;
            return Step::Took(end);
        }
        loop {
            let horizon = walk.strict.min(bytes.len());
            let after_here = after.beyond(horizon, bytes);
            match self.look(&mut walk, &bytes[..horizon], after_here, emit) {
                Look::Go => {}
                Look::Took(count) => return Step::Took(count),
                Look::Broken(at) => return self.is_broken(at, Around::Top),
                Look::More if walk.envelope => {
                    if after_here.is_nothing() {
                        self.cut_off("ends inside an envelope", &[], emit);
                        return Step::Took(bytes.len());
                    }
                    let gone = walk.cursor;
                    walk.cursor = 0;
                    self.state = State::Object(walk);
                    return if gone == 0 { Step::More } else { Step::Took(gone) };
                }
                Look::More if walk.cursor > self.limit => {
                    self.too_large(bytes, emit);
                    self.state = State::Skip(Extent::of(b'{'), Around::Top);
                    return Step::Took(0);
                }
                Look::More if after_here.is_nothing() || horizon == walk.strict => {
                    match recover::judge(&bytes[..horizon]) {
                        Wholeness::Broken(at) => return self.is_broken(at, Around::Top),
                        _ if after_here.is_nothing() => {
                            self.cut_off("ends inside a record", bytes, emit);
                            return Step::Took(bytes.len());
                        }
                        _ => walk.strict *= STRICT_GROWS,
                    }
                }
                Look::More => {
                    self.state = State::Object(walk);
                    return Step::More;
                }
            }
        }
    }

    /// Hands out a record that begins as CloudTrail's do and is whole, as nearly all lines are, without looking at each key;
    /// says where it ends.
    fn ordinary(&mut self, bytes: &[u8], emit: Emit<'_>) -> Option<usize> {
        // In one that has it, what is no record may be an envelope.
        static RECORDS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("ecords\""));
        if !bytes.starts_with(b"{\"eventVersion\":") {
            return None;
        }
        let mut scan = Scan::new();
        let bytes = &bytes[..bytes.len().min(STRICT_FROM)];
        let Reach::End(end) = scan.advance(self.blocks, bytes, Rest::Coming) else { return None };
        let record = &bytes[..end];
        let is_record = end <= self.limit && record.ends_with(b"}") && RECORDS.find(record).is_none();
        is_record.then(|| {
            self.record(&scan, record, emit);
            end
        })
    }

    /// Reads one thing of the object.
    fn look(&mut self, walk: &mut Walk, bytes: &[u8], after: Rest, emit: Emit<'_>) -> Look {
        let start = walk.cursor;
        let comma = |b: &u8| matches!(walk.next, Next::Key) && *b == b',';
        if !matches!(walk.next, Next::InKey(_) | Next::InValue(..)) {
            let rest = &bytes[start.min(bytes.len())..];
            walk.cursor = start
                + rest
                    .iter()
                    .position(|b| !(matches!(b, b' ' | b'\n' | b'\r' | b'\t') || comma(b)))
                    .unwrap_or(rest.len());
        }
        let start = walk.cursor;
        let Some(&first) = bytes.get(start) else { return Look::More };
        match walk.next {
            Next::Key if first == b'}' => self.object_ends(walk, &bytes[..=start], emit),
            Next::Key if first == b'"' => {
                walk.next = Next::InKey(Extent::of(first));
                Look::Go
            }
            Next::InKey(mut extent) => match extent.advance(self.blocks, &bytes[start..], after) {
                Reach::End(end) => {
                    walk.next = Next::Colon(KeyName::of(&bytes[start + 1..start + end - 1]));
                    walk.cursor = start + end;
                    Look::Go
                }
                _ => pause(walk, extent, bytes.len(), Next::InKey),
            },
            Next::Colon(key) if first == b':' => {
                walk.next = Next::Value(key);
                walk.cursor = start + 1;
                Look::Go
            }
            Next::Value(key) => self.value_begins(walk, key, bytes, after),
            Next::InValue(key, mut extent) => match extent.advance(self.blocks, &bytes[start..], after) {
                Reach::End(end) => {
                    let value = &bytes[start..start + end];
                    let wrong = matches!(value, [b'{', .., b']'] | [b'[', .., b'}']);
                    if wrong && !walk.envelope {
                        let whole = &bytes[..start + end];
                        return match recover::judge(whole) {
                            Wholeness::Broken(at) => Look::Broken(at),
                            _ => Look::Broken(whole.len() - 1),
                        };
                    }
                    walk.saw(key, value);
                    walk.next = Next::Key;
                    walk.cursor = start + end;
                    Look::Go
                }
                Reach::More => pause(walk, extent, bytes.len(), |extent| Next::InValue(key, extent)),
                Reach::TooDeep if walk.envelope => {
                    walk.next = Next::InValue(key, extent);
                    Look::Go
                }
                Reach::TooDeep => {
                    self.too_deep(&bytes[..start + extent.at()], emit);
                    self.state = State::Skip(Extent::of(b'{'), Around::Top);
                    Look::Took(0)
                }
            },
            Next::Key | Next::Colon(_) if walk.envelope => {
                self.state = State::Junk;
                Look::Took(start)
            }
            Next::Key | Next::Colon(_) => Look::Broken(start),
        }
    }

    fn value_begins(&mut self, walk: &mut Walk, key: KeyName, bytes: &[u8], after: Rest) -> Look {
        let start = walk.cursor;
        let first = bytes[start];
        if first == b'[' {
            let inside = start + 1;
            let opens = match key {
                KeyName::Records => true,
                KeyName::MaybeRecords if walk.envelope || walk.only_paging => {
                    match bytes.get(inside + spaces(&bytes[inside..])) {
                        Some(member) => matches!(member, b'{' | b']'),
                        None if after.is_nothing() => false,
                        None => return Look::More,
                    }
                }
                _ => false,
            };
            if opens {
                self.state = State::Array(Array { nest: 1, in_envelope: true });
                return Look::Took(inside);
            }
        }
        if matches!(first, b',' | b'}' | b']' | b':') && !walk.envelope {
            return Look::Broken(start);
        }
        walk.next = Next::InValue(key, Extent::of(first));
        Look::Go
    }

    fn object_ends(&mut self, walk: &Walk, value: &[u8], emit: Emit<'_>) -> Look {
        self.state = State::Top;
        if walk.envelope {
        } else if value.len() > self.limit {
            self.too_large(value, emit);
        } else if walk.seen.test_event {
            emit(Decoded::Notice(Notice::S3TestEvent));
        } else if walk.seen.account && walk.seen.digest {
            emit(Decoded::Notice(Notice::CloudTrailDigest));
        } else {
            let place = self.place();
            emit(Decoded::Record(Record {
                family: Family::of_member(value),
                ..Record::anything(value, place)
            }));
        }
        Look::Took(value.len())
    }
}

/// Waits inside a string or container; of an envelope, what was looked at is dropped.
fn pause(walk: &mut Walk, mut extent: Extent, len: usize, next: impl Fn(Extent) -> Next) -> Look {
    if walk.envelope && !matches!(next(extent), Next::InKey(_)) {
        let gone = extent.at().min(len - walk.cursor);
        extent.forget(gone);
        walk.cursor += gone;
    }
    walk.next = next(extent);
    Look::More
}
