use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::string::string_regex_parsed;
use regex_syntax::hir::{Capture, Hir, HirKind, Repetition};

use super::super::patterns::{SECRETS, WORDS};
use super::read::words;
use super::*;

/// The expression without what stands around its letters, which the generator of texts does not read.
fn bare(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Look(_) => Hir::empty(),
        HirKind::Capture(capture) => {
            Hir::capture(Capture { sub: Box::new(bare(&capture.sub)), ..capture.clone() })
        }
        HirKind::Repetition(repetition) => {
            Hir::repetition(Repetition { sub: Box::new(bare(&repetition.sub)), ..repetition.clone() })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(bare).collect()),
        HirKind::Alternation(ways) => Hir::alternation(ways.iter().map(bare).collect()),
        _ => hir.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_a_pattern_matches_is_never_ruled_out(seed in any::<u64>()) {
        let rng = prop::test_runner::TestRng::from_seed(
            prop::test_runner::RngAlgorithm::ChaCha,
            &std::array::from_fn::<u8, 32, _>(|at| seed.to_le_bytes()[at % 8]),
        );
        let mut runner = prop::test_runner::TestRunner::new_with_rng(ProptestConfig::default(), rng);
        let mut matched = 0;
        for pattern in SECRETS.all() {
            let source = pattern.source();
            let texts = string_regex_parsed(&bare(&regex_syntax::parse(source).unwrap())).unwrap();
            let text = texts.new_tree(&mut runner).unwrap().current();
            let regex = pattern.of(&text);
            if regex.is_match(&text) {
                matched += 1;
                let tried = SECRETS.of(&Plain::of(&text)).any(|(_, tried)| tried.is(regex));
                prop_assert!(tried, "{source}\n{text:?}\n{:?}", words(source));
            }
            // What stands around it, and a second of it, are for both kinds of a pattern the same.
            let text: String = format!("a {text}; x={text} b").chars().filter(char::is_ascii).collect();
            let told = pattern.both().map(|made| {
                let groups = ["v", "w", "x", "m"].map(|name| made.pick_all(&text, |group| group(name)));
                (made.find_all(&text), made.find(&text), groups)
            });
            prop_assert_eq!(&told[0], &told[1], "{}\n{:?}", source, text);
        }
        prop_assert!(matched * 2 > SECRETS.all().count(), "{matched}");
    }
}

#[test]
fn the_words_that_stand_written_are_those_of_the_patterns() {
    let lines = SECRETS.all().map(|pattern| {
        let source = pattern.source();
        let words = words(source).unwrap_or_else(|| panic!("every text may hold {source}"));
        assert!(words.iter().all(|word| !word.contains([BETWEEN, '\n'])), "{words:?}");
        words.join(&BETWEEN.to_string()) + "\n"
    });
    let right: String = lines.collect();
    if right != WORDS {
        let at = std::env::temp_dir().join("words.txt");
        std::fs::write(&at, right).unwrap();
        panic!("describe/gate/words.txt is not what the patterns say; the right one is {}", at.display());
    }
}

#[test]
fn words_are_read_from_patterns() {
    let of = |pattern| words(pattern).unwrap();
    assert_eq!(of(r"\bgh[pou]_[a-z]{16,}"), ["gho_", "ghp_", "ghu_"]);
    assert_eq!(of("[A-Z]{33,76}(?:APIM|ACDb)[a-z]+"), ["acdb", "apim"]);
    assert_eq!(of(r"(?i:pass(?:word|wd)?\s*=>?)[a-z]"), ["pass"]);
    assert_eq!(of("(?i:skype)"), ["skype"], "a long s is an s, the sign for kelvin a k");
    assert_eq!(of("(?:abc)+d"), ["abc"]);
    assert_eq!(words("[a-z]+(?:x|)[0-9]*"), None);
}

#[test]
fn few_patterns_are_tried_on_what_most_records_hold() {
    for (text, most) in [
        ("ec2.amazonaws.com", 4),
        ("arn:aws:sts::111122223333:assumed-role/operations/dana@example.com", 8),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36", 8),
        ("aws-cli/2.17.32 md/awscrt#0.21.2 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.11.9", 10),
    ] {
        let tried = SECRETS.of(&Plain::of(text)).count();
        assert!(tried <= most, "{text}: {tried}");
    }
}
