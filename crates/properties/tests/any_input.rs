//! Each property on the seeds of its fuzz target, bent a little: cut, doubled, spliced, with a byte or a number changed.
//!
//! No coverage leads this, so it finds less than libFuzzer does in the same time; it keeps what was found from coming back
//! and every target running. `TRAILHOUND_ANY_INPUT` is how many inputs each gets; what fails is written as it can be put
//! into `fuzz/seeds/<target>/`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use trailhound_properties as properties;

/// Inputs of each, unless the environment asks for more.
const CASES: usize = 100;
/// An input is bent at most so often.
const BENT: u64 = 6;
/// And is no longer.
const LONGEST: usize = 4096;

type Property = fn(&[u8]);

const ALL: [(&str, Property); 11] = [
    ("command_line", properties::command_line),
    ("csv", properties::csv),
    ("decode", properties::decode),
    ("describe", properties::describe),
    ("event_read", properties::event_read),
    ("json_document", properties::json_document),
    ("rule_load", properties::rule_load),
    ("state_items", properties::state_items),
    ("suppressions", properties::suppressions),
    ("tolerant", properties::tolerant),
    ("unwrapper", properties::unwrapper),
];

/// Pieces that mean something to one or another.
const PIECES: [&[u8]; 24] = [
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"\r\n",
    b"null",
    b"NaN",
    b"\\u",
    b"\\ud800",
    b"\xFF",
    b"\xE2\x80\xAE",
    b"9223372036854775807",
    b"-1",
    b"{\"Records\":[",
    b"\"\"",
    b"*",
    b"'",
    b"<",
    b"\0",
];

/// Numbers that follow from a seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap_or_default()
    }
}

fn cases() -> usize {
    std::env::var("TRAILHOUND_ANY_INPUT")
        .map_or(CASES, |number| number.parse().expect("TRAILHOUND_ANY_INPUT is a number"))
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).expect("a readable seed")).collect()
}

/// One of the seeds, bent.
fn bent(seeds: &[Vec<u8>], case: usize) -> Vec<u8> {
    let mut random = Random(case as u64);
    let mut input = seeds[case % seeds.len()].clone();
    for _ in 0..random.next() % (BENT + 1) {
        let (at, other) = (random.below(input.len() + 1), random.below(input.len() + 1));
        let (from, to) = (at.min(other), at.max(other));
        match random.below(6) {
            0 => drop(input.drain(from..to)),
            1 => {
                let again = input[from..to].to_vec();
                input.splice(to..to, again);
            }
            2 => {
                let other = &seeds[random.below(seeds.len())];
                let part = other[random.below(other.len() + 1)..].to_vec();
                input.splice(from..to, part);
            }
            3 => drop(input.splice(at..at, PIECES[random.below(PIECES.len())].iter().copied())),
            4 if at < input.len() => input[at] ^= 1 << random.below(8),
            _ => input.truncate(to),
        }
        input.truncate(LONGEST);
    }
    input
}

/// The first input for which a property does not hold.
fn broken(property: Property, seeds: &[Vec<u8>], cases: usize) -> Option<Vec<u8>> {
    let inputs = (0..cases.max(seeds.len())).map(|case| bent(seeds, case)).chain(seeds.iter().cloned());
    inputs.into_iter().find(|input| catch_unwind(AssertUnwindSafe(|| property(input))).is_err())
}

#[test]
fn what_must_hold_of_any_input_does() {
    let broken: Vec<String> = ALL
        .iter()
        .filter_map(|(target, property)| {
            let input = broken(*property, &seeds(target), cases())?;
            Some(format!("{target}: printf '%b' '{}'", input.escape_ascii()))
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The bent seeds get behind the first gate, and where a property does not hold it is seen.
#[test]
fn a_property_that_does_not_hold_is_noticed() {
    let all_have_a_time = |input: &[u8]| {
        let mut reader = trailhound_detect::event::Reader::default();
        reader.read(input, &mut |event| assert!(!event.is_ok_and(|event| event.facts().time.is_none())));
    };
    assert!(broken(all_have_a_time, &seeds("unwrapper"), CASES).is_some());
    let no_empty_cell = |input: &[u8]| assert!(!String::from_utf8_lossy(input).contains(",,"));
    assert!(broken(no_empty_cell, &seeds("csv"), CASES).is_some());
}
