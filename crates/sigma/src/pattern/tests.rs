use proptest::prelude::*;

use super::*;

/// Tokens as a rule would write them.
fn write(tokens: &[Token]) -> String {
    let written = tokens.iter().map(|token| match token {
        Token::Many => "*".to_owned(),
        Token::One => "?".to_owned(),
        Token::Dash => "-".to_owned(),
        Token::Text(text) => text.replace('\\', r"\\").replace('*', r"\*").replace('?', r"\?"),
    });
    written.collect()
}

fn matches(pattern: &str, anchor: Anchor, case: Case, value: &str) -> bool {
    Pattern::new(&tokens(pattern), anchor, case).matches(&Text::new(value))
}

fn whole(pattern: &str, value: &str) -> bool {
    matches(pattern, Anchor::Whole, Case::Ignored, value)
}

#[test]
fn backslashes_escape_wildcards_only() {
    let text = |t: &str| Token::Text(t.to_owned());
    assert_eq!(tokens(r"C:\Windows\*"), [text(r"C:\Windows*")]);
    assert_eq!(tokens(r"C:\Windows\\*"), [text(r"C:\Windows\"), Token::Many]);
    assert_eq!(tokens(r"\\\*"), [text(r"\*")]);
    assert_eq!(tokens(r"\\\\"), [text(r"\\")]);
    assert_eq!(tokens(r"\\\"), [text(r"\\")]);
    assert_eq!(tokens(r"a\b\"), [text(r"a\b\")]);
    assert_eq!(tokens("a?b*"), [text("a"), Token::One, text("b"), Token::Many]);
    assert_eq!(tokens(""), []);
}

#[test]
fn wildcards_stand_for_text() {
    assert!(whole("prog?.exe", "PROGA.EXE"));
    assert!(!whole("prog?.exe", "prog.exe"));
    assert!(whole("antivirus_V*.exe", "antivirus_v21.2.1.exe"));
    assert!(whole("a*b*c", "a-b-b-c"));
    assert!(!whole("a*b*c", "acb"));
    assert!(whole("*", ""));
    assert!(!whole("?*", ""));
    assert!(whole("a*b", "a\nb"), "a wildcard crosses lines");
    assert!(whole("?", "é"), "one character, not one byte");
    assert!(!whole("aba*aba", "ababa"), "the ends must not overlap");
    assert!(matches("b?d", Anchor::Anywhere, Case::Ignored, "abcde"));
    assert!(matches("a?c", Anchor::Start, Case::Ignored, "abcde"));
    assert!(matches("c?e", Anchor::End, Case::Ignored, "abcde"));
}

#[test]
fn case_is_ignored_unless_it_matters() {
    assert!(whole("SendCommand", "SENDCOMMAND"));
    assert!(!matches("SendCommand", Anchor::Whole, Case::Kept, "SENDCOMMAND"));
    assert!(whole("MÜLLER", "müller"));
    assert!(!whole("Send*", "\u{212a}x"));
}

#[test]
fn kelvin_is_a_k_and_long_s_no_s() {
    assert!(whole("token", "TO\u{212a}EN"));
    assert!(matches("k", Anchor::Anywhere, Case::Ignored, "\u{212a}"));
    assert!(whole("t*k?n", "to\u{212a}en"));
    assert!(!whole("send", "\u{17f}end"));
    assert!(!whole("s*d", "\u{17f}end"));
}

#[test]
fn windash_takes_dashes_for_one_another() {
    let pattern = Pattern::new(&windash(&tokens("-enc /x")), Anchor::Anywhere, Case::Ignored);
    for value in ["powershell -enc /x", "powershell /ENC -x", "p \u{2013}enc \u{2014}x", "p \u{2015}enc /x"] {
        assert!(pattern.matches(&Text::new(value)), "{value}");
    }
    assert!(!pattern.matches(&Text::new("powershell enc /x")));
}

/// Wildcards as a naive reader would match them.
fn naive(pattern: &[char], value: &[char]) -> bool {
    match pattern {
        [] => value.is_empty(),
        ['*', rest @ ..] => (0..=value.len()).any(|at| naive(rest, &value[at..])),
        ['?', rest @ ..] => !value.is_empty() && naive(rest, &value[1..]),
        [c, rest @ ..] => value.first() == Some(c) && naive(rest, &value[1..]),
    }
}

fn chars(text: &str) -> Vec<char> {
    text.to_lowercase().chars().collect()
}

proptest! {
    #[test]
    fn a_pattern_is_its_naive_reading(pattern in "[aAbB*?é\u{212a}]{0,8}", value in "[aAbBÉk\u{212a}]{0,10}") {
        let expected = naive(&chars(&pattern), &chars(&value));
        prop_assert_eq!(whole(&pattern, &value), expected);
    }

    #[test]
    fn anchors_are_wildcards_at_the_ends(pattern in "[aAb?]{0,5}", value in "[aAbB]{0,10}") {
        for (anchor, with) in [
            (Anchor::Anywhere, format!("*{pattern}*")),
            (Anchor::Start, format!("{pattern}*")),
            (Anchor::End, format!("*{pattern}")),
        ] {
            prop_assert_eq!(matches(&pattern, anchor, Case::Ignored, &value), naive(&chars(&with), &chars(&value)));
        }
    }

    #[test]
    fn cased_patterns_see_case(pattern in "[aAbB*?]{0,6}", value in "[aAbB]{0,8}") {
        let expected = naive(&pattern.chars().collect::<Vec<_>>(), &value.chars().collect::<Vec<_>>());
        prop_assert_eq!(matches(&pattern, Anchor::Whole, Case::Kept, &value), expected);
    }

    #[test]
    fn what_is_written_reads_back(text in "[a\\\\*?]{0,8}") {
        let read = tokens(&text);
        prop_assert_eq!(tokens(&write(&read)), read);
    }

    #[test]
    fn windash_equals_its_permutations(text in "[-/a]{1,4}", value in "[-/a\u{2013}\u{2015}]{1,4}") {
        let pattern = Pattern::new(&windash(&tokens(&text)), Anchor::Whole, Case::Ignored);
        let same = |text: &str| text.replace(DASHES, "-");
        prop_assert_eq!(pattern.matches(&Text::new(&value)), same(&text) == same(&value));
    }
}
