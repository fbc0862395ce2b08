use proptest::prelude::*;

use super::super::visible::tests::HOSTILE;
use super::*;

fn all_channels(text: &str) -> [(&'static str, String); 6] {
    [
        ("plain", plain(text)),
        ("markdown", markdown_code(text)),
        ("html", html(text)),
        ("csv", csv_cell(text)),
        ("subject", subject(text, 60)),
        ("slack", slack(text)),
    ]
}

#[test]
fn hostile_text_looks_like_this_in_every_channel() {
    let mut seen = String::new();
    for text in HOSTILE {
        let _ = writeln!(seen, "{text:?}");
        for (channel, out) in all_channels(text) {
            let _ = writeln!(seen, "  {channel:<9}{out}");
        }
    }
    insta::assert_snapshot!(seen);
}

#[test]
fn a_code_span_outfences_every_backtick_in_it() {
    assert_eq!(markdown_code("a`b"), "``a`b``");
    assert_eq!(markdown_code("`"), "`` ` ``");
    assert_eq!(markdown_code(""), "` `");
}

#[test]
fn a_formula_is_defused_even_behind_spaces() {
    assert_eq!(csv_cell("=1+1"), "'=1+1");
    assert_eq!(csv_cell("  @cmd"), "'  @cmd");
    assert_eq!(csv_cell("i-0123456789abcdef0"), "i-0123456789abcdef0");
}

proptest! {
    #[test]
    fn no_channel_lets_anything_unseen_through(text in any::<String>()) {
        for (channel, out) in all_channels(&text) {
            prop_assert!(out.chars().all(|c| !c.is_control()), "{}: {:?}", channel, out);
            let unseen = ['\u{202e}', '\u{200b}', '\u{feff}', '\u{2066}', '\u{e0041}'];
            prop_assert!(!out.contains(unseen));
        }
    }

    #[test]
    fn a_subject_is_printable_ascii_and_short(text in any::<String>(), most in 0_usize..120) {
        let out = subject(&text, most);
        prop_assert!(out.len() <= most && out.bytes().all(|b| (b' '..=b'~').contains(&b)));
    }

    #[test]
    fn html_has_no_markup_left(text in any::<String>()) {
        prop_assert!(!html(&text).contains(['<', '>', '"', '\'']));
    }
}
