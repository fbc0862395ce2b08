//! Pointers are compared with what a generator knows: which records are bad, which number each has, and where it stands.

use std::io::Write as _;
use std::ops::Range;
use std::sync::LazyLock;

use super::super::pointers::MOST;
use super::*;
use crate::pipeline::{Ending, Finished, Pipeline};
use crate::ports::Pointer;
use crate::rules::load_embedded;

static PIPELINE: LazyLock<Pipeline> =
    LazyLock::new(|| Pipeline::new(std::sync::Arc::new(load_embedded().rules)));

/// How records come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Lines,
    Array,
    Envelope,
}

/// A text, and where in it the records stand that are rejected as none.
struct Text {
    text: String,
    bad: Vec<(u64, Range<u64>)>,
}

/// Numbers without a pattern.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Stretches of bad and of good records, and among them some that are bad in another way.
fn text(seed: u64, form: Form, stretches: u64) -> Text {
    let mut dice = Dice(seed);
    let (begin, between, end) = match form {
        Form::Lines => ("", "\n", "\n"),
        Form::Array => ("[", ",\n ", "]"),
        Form::Envelope => ("{\"Records\" : [", ",", "]}"),
    };
    let mut all = Text { text: begin.to_owned(), bad: Vec::new() };
    let mut number = 0;
    for stretch in 0..stretches {
        // Nearly all that are kept, to begin with.
        let (kind, count) = if stretch == 0 { (2, EACH - 10) } else { (dice.below(3), 1 + dice.below(9)) };
        for _ in 0..count {
            number += 1;
            if number > 1 {
                all.text.push_str(between);
            }
            let from = all.text.len() as u64;
            let record = match kind {
                0 => format!(
                    r#"{{"eventVersion":"1.08","eventSource":"ec2.amazonaws.com","eventName":"DescribeInstances","eventTime":"2026-03-18T10:15:30Z","n":{number}}}"#
                ),
                1 if form == Form::Lines => format!("oops {number}"),
                _ => format!(r#"{{"n":{number}}}"#),
            };
            all.text.push_str(&record);
            if !(kind == 0 || kind == 1 && form == Form::Lines) {
                all.bad.push((number, from..all.text.len() as u64));
            }
        }
    }
    all.text.push_str(end);
    all
}

fn packed(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

fn deliver(bytes: &[u8]) -> Finished {
    let mut session = PIPELINE.delivery("s3://b/k", Timestamp::UNIX_EPOCH);
    // Pieces that end anywhere.
    for piece in bytes.chunks(997) {
        session.push(piece);
    }
    session.finish(Ending::Whole)
}

fn pointers(done: &Finished) -> Vec<Pointer> {
    let of_floods = done.rejects.iter().filter(|reject| reject.reason == RejectReason::UnknownRecord);
    of_floods.flat_map(|reject| reject.pointers.clone()).collect()
}

/// Which of the bad records the pointers lead to, read again by number and by byte. Both must be the same.
fn led_to(pointers: &[Pointer], text: &Text) -> Vec<u64> {
    let number = |name: &str| name.strip_prefix("s3://b/k#").unwrap().parse::<u64>().unwrap();
    let mut found = Vec::new();
    for pointer in pointers {
        let (first, last) = (number(&pointer.first), number(&pointer.last));
        let bytes = pointer.bytes.clone().unwrap();
        let by_number: Vec<_> = text.bad.iter().filter(|(n, _)| (first..=last).contains(n)).collect();
        let ends = [by_number[0].1.start, by_number[by_number.len() - 1].1.end];
        assert_eq!(ends, [bytes.start, bytes.end]);
        assert_eq!((pointer.rejected, pointer.records), (by_number.len() as u64, last - first + 1));

        // Whoever reads just these bytes again rejects just these.
        let slice = &text.text[usize::try_from(bytes.start).unwrap()..usize::try_from(bytes.end).unwrap()];
        let again = deliver(slice.as_bytes());
        let again = again.rejects.iter().filter(|reject| reject.reason == RejectReason::UnknownRecord);
        let bodies: Vec<Vec<u8>> = again.map(|reject| reject.body.clone()).collect();
        let wanted: Vec<Vec<u8>> =
            by_number.iter().map(|(n, _)| format!(r#"{{"n":{n}}}"#).into_bytes()).collect();
        assert!(bodies == wanted, "{pointer:?}");
        found.extend(by_number.into_iter().map(|(n, _)| *n));
    }
    found
}

#[test]
fn pointers_read_again_give_just_what_was_not_kept() {
    let mut coarse = 0;
    for seed in 0..6 {
        let form = [Form::Lines, Form::Array, Form::Envelope][usize::try_from(seed % 3).unwrap()];
        let text = text(seed, form, if seed < 3 { 420 } else { 60 });
        let bytes = if seed % 2 == 0 { text.text.clone().into_bytes() } else { packed(&text.text) };
        let done = deliver(&bytes);
        assert!(done.tally.balances());
        let found = pointers(&done);
        let each = usize::try_from(EACH).unwrap().min(text.bad.len());
        let left: Vec<u64> = text.bad[each..].iter().map(|(number, _)| *number).collect();
        assert_eq!(led_to(&found, &text), left, "{form:?} {seed}");
        assert!(found.len() <= MOST);
        // Where nothing between them is good, nothing more than they is to be read.
        coarse += usize::from(found.iter().any(|pointer| pointer.records > pointer.rejected));
        if let [_, .., _] = &found[..] {
            assert_ne!(led_to(&found[1..], &text), left, "a pointer that is missing is missed");
        }
    }
    assert!(coarse > 0, "some have more stretches than are told");
}

#[test]
fn every_other_record_of_very_many_is_told_in_one_stretch() {
    let pair = "{}\n{\"eventVersion\":\"1.08\",\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"DescribeInstances\"}\n";
    let done = deliver(pair.repeat(4_000).as_bytes());
    let found = pointers(&done);
    let [one] = &found[..] else { panic!("{found:?}") };
    assert_eq!((one.first.as_str(), one.last.as_str()), ("s3://b/k#2001", "s3://b/k#7999"));
    assert_eq!((one.rejected, one.records), (3_000, 5_999));
}

#[test]
fn what_stands_in_several_bodies_is_told_by_the_first_and_the_last() {
    let mut session = PIPELINE.delivery("all", Timestamp::UNIX_EPOCH);
    for body in 0..40 {
        session.push_body(&format!("hub@{body}"), "{}\n".repeat(100).as_bytes());
    }
    let done = session.finish(Ending::Bodiless);
    let found = pointers(&done);
    let [one] = &found[..] else { panic!("{found:?}") };
    assert_eq!((one.first.as_str(), one.last.as_str()), ("hub@10:1", "hub@39:100"));
    assert_eq!((one.rejected, one.records, one.bytes.clone()), (3_000, 3_000, None));
}
