use proptest::prelude::*;

use super::*;

/// Text that changes what a reader sees, of each kind.
pub(in crate::describe) const HOSTILE: [&str; 14] = [
    "\u{1b}]0;owned\u{7}\u{1b}[2J",
    "line\r\nSubject: forged",
    "safe\u{202e}gpj.exe",
    "zero\u{200b}width\u{feff}",
    "tags\u{e0041}\u{e0042}",
    "\u{2066}isolated\u{2069}",
    "<script>alert(1)</script>\"'`",
    "[link](javascript:alert(1)) <https://example.com|here> <!channel>",
    "=HYPERLINK(\"https://example.com\")",
    "`` ` code ``` fence",
    r"\u{1b}[31m",
    "nul\0del\u{7f}c1\u{9b}",
    "soft\u{ad}hyphen \u{3164}filler\u{fe0f}",
    "﻿＝cmd",
];

#[test]
fn what_cannot_be_seen_is_spelled_out() {
    assert_eq!(visible("a\u{1b}[2Jb"), r"a\u{1b}[2Jb");
    assert_eq!(visible("x\u{202e}y\u{200b}z\u{e0041}"), r"x\u{202e}y\u{200b}z\u{e0041}");
    assert_eq!(visible("one\r\ntwo\tthree"), r"one\u{d}\u{a}two\u{9}three");
    assert_eq!(visible("Zoë 東京 😀"), "Zoë 東京 😀");
}

#[test]
fn a_backslash_stays_unless_it_would_begin_a_spelling() {
    assert_eq!(visible(r"C:\Windows\update.exe"), r"C:\Windows\update.exe");
    assert_eq!(visible(r"\u{1b}"), r"\u{5c}u{1b}");
}

#[test]
fn a_cut_counts_characters_and_never_halves_a_spelling() {
    assert_eq!(visible_within("東京都千代田区", 4), "東京都…");
    assert_eq!(visible_within("abc", 3), "abc");
    assert_eq!(visible_within("ab\u{202e}cd", 6), "ab…");
    assert_eq!(visible_within("abc", 0), "");
}

#[test]
fn our_own_prose_becomes_one_line() {
    assert_eq!(one_line("  two\n  lines \n"), "two lines");
}

fn is_clean(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() && !is_unseen(c))
}

proptest! {
    #[test]
    fn nothing_unseen_remains(text in any::<String>(), most in 0_usize..80) {
        prop_assert!(is_clean(&visible(&text)));
        let short = visible_within(&text, most);
        prop_assert!(is_clean(&short) && short.chars().count() <= most);
    }

    /// Nothing is lost, and no text can pass for another's spelling.
    #[test]
    fn different_texts_look_different(left in "[a\\\\u{}1b\u{1b}\u{200b}]{0,12}", right in "[a\\\\u{}1b\u{1b}\u{200b}]{0,12}") {
        prop_assert_eq!(left == right, visible(&left) == visible(&right));
    }
}

proptest! {
    #[test]
    fn what_is_passed_over_by_its_bytes_has_nothing_to_spell(text in r"[ -~]{0,12}(\PC|\p{C}|\\u\{)?[ -~]{0,4}") {
        let spelled = text.char_indices().any(|(at, c)| must_spell(c, &text[at..]));
        prop_assert!(!(is_seen(&text) && spelled));
        prop_assert_eq!(visible(&text) != text, spelled);
    }
}
