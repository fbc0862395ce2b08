use super::*;
use crate::modifier::Modifier;
use std::borrow::Cow;

fn of(part: TimePart, value: &str) -> Option<f64> {
    part.of(&Value::String(Cow::Borrowed(value)), value)
}

#[test]
fn times_are_read_in_utc() {
    assert_eq!(of(TimePart::Hour, "2026-11-20T23:30:00+02:00"), Some(21.0));
    assert_eq!(of(TimePart::Hour, "2026-11-20T23:30:00.1234567Z"), Some(23.0));
    assert_eq!(of(TimePart::Week, "2027-01-01T00:00:00Z"), Some(53.0), "the week of ISO 8601");
    assert_eq!(of(TimePart::Hour, "yesterday"), None);
    assert_eq!(
        TimePart::Year.of(&Value::Number("1795216542000".into()), "1795216542000"),
        Some(2026.0),
        "milliseconds"
    );
    assert_eq!(TimePart::Year.of(&Value::Bool(true), "true"), None);
}

#[test]
fn heavy_expressions_are_built_at_load() {
    let flags = super::regex::Flags::default();
    assert!(LazyRegex::new(r"^(ab|cd)+\d$", flags).is_ok());
    assert!(LazyRegex::new(r"\pL{5000}", flags).unwrap_err().contains("MiB"));
    for vast in ["a{4294967295}", "((x{4294967295}){4294967295}y)z"] {
        assert!(LazyRegex::new(vast, flags).is_err(), "{vast}");
    }
    assert!(LazyRegex::new(r"(a", flags).unwrap_err().contains("unclosed group"));
}

#[test]
fn expressions_that_are_built_later_are_small_enough() {
    use super::regex::{Flags, LazyRegex, SURELY_SMALL, weight};

    let unit = [
        r"\w", r"\d", r"\pL", "[^a]", "(?s:.)", "a", "(?i:k)", "[a-z]", "(ab|cd)", r"(\w|\d)", "(a?)", "(a*)",
    ];
    for ignore_case in [false, true] {
        let flags = Flags { ignore_case, ..Flags::default() };
        for unit in unit {
            let of = |times: usize| LazyRegex::new(&format!("{unit}{{{times}}}"), flags);
            let heavy = |times: usize| weight(&of(times).unwrap().hir().unwrap()) > SURELY_SMALL;
            let mut times = 1;
            while of(times + 1).is_ok() && !heavy(times + 1) {
                times += 1;
            }
            assert!(of(times).unwrap().get().is_some(), "{unit}, {times} times");
        }
    }
}

#[test]
fn the_middle_of_base64_is_what_never_changes() {
    let Ok(Matcher::AnyText(patterns)) =
        from_value("foobar", ScalarType::Text, &[Modifier::Base64Offset], false)
    else {
        panic!()
    };
    let shown: Vec<String> = patterns.iter().map(|pattern| format!("{pattern:?}")).collect();
    for (shown, middle) in shown.iter().zip(["zm9vymfy", "zvb2jhc", "mb29iyx"]) {
        assert!(shown.contains(&format!("\"{middle}\"")), "{shown} {middle}");
    }
}

#[test]
fn comparisons_name_themselves() {
    for (comparison, name) in
        [(Comparison::Less, "lt"), (Comparison::AtLeast, "gte"), (Comparison::Unequal, "neq")]
    {
        assert_eq!(comparison.as_str(), name);
    }
    assert!(Comparison::Unequal.holds(&1, &2) && !Comparison::Greater.holds(&1, &1));
}
