use proptest::prelude::*;

use super::{Blocks, Reach, Scan};
use crate::decode::rest::Rest;

/// The same question, asked byte by byte.
fn end_by_hand(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0u32, false, false);
    for (at, &byte) in bytes.iter().enumerate() {
        if std::mem::take(&mut escaped) && matches!(byte, b'"' | b'\\') {
            continue;
        }
        match byte {
            b'\\' => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        Just(b'"'),
        Just(b'\\'),
        Just(b'{'),
        Just(b'}'),
        Just(b'['),
        Just(b']'),
        Just(b'a'),
        Just(0xC3),
        any::<u8>()
    ];
    prop::collection::vec(byte, 0..400).prop_map(|mut bytes| {
        bytes.insert(0, b'{');
        bytes
    })
}

fn all_blocks() -> Vec<Blocks> {
    vec![Blocks::detect(), Blocks::Portable]
}

proptest! {
    #[test]
    fn finds_the_end_that_a_bytewise_walk_finds(bytes in text()) {
        for blocks in all_blocks() {
            let mut scan = Scan::new();
            let mut reach = scan.advance(blocks, &bytes, Rest::Nothing);
            if reach == Reach::TooDeep {
                reach = scan.advance(blocks, &bytes, Rest::Nothing);
            }
            let end = end_by_hand(&bytes);
            prop_assert_eq!(reach, end.map_or(Reach::More, Reach::End));
            let seen = &bytes[..end.unwrap_or(bytes.len())];
            prop_assert_eq!(scan.has_escape(), seen.contains(&b'\\'));
            prop_assert_eq!(scan.has_non_ascii(), !seen.is_ascii());
        }
    }

    #[test]
    fn stops_and_goes_on_anywhere(bytes in text(), cut in 1usize..400) {
        let cut = cut.min(bytes.len());
        for blocks in all_blocks() {
            let mut scan = Scan::new();
            let mut reach = scan.advance(blocks, &bytes[..cut], Rest::Coming);
            while matches!(reach, Reach::More | Reach::TooDeep) {
                let before = (scan.at(), reach);
                reach = scan.advance(blocks, &bytes, Rest::Nothing);
                if (scan.at(), reach) == before {
                    break;
                }
            }
            prop_assert_eq!(reach, end_by_hand(&bytes).map_or(Reach::More, Reach::End));
        }
    }
}

#[test]
fn says_once_that_it_is_too_deep_and_still_finds_the_end() {
    let bytes = format!("{}{}{}", "[".repeat(200), " ".repeat(100), "]".repeat(200)).into_bytes();
    let mut scan = Scan::new();
    assert_eq!(scan.advance(Blocks::detect(), &bytes, Rest::Nothing), Reach::TooDeep);
    assert_eq!(scan.advance(Blocks::detect(), &bytes, Rest::Nothing), Reach::End(bytes.len()));
}
