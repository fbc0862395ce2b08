use jiff::tz::{self, TimeZone};

use super::*;

const NOW: &str = "2026-03-18T12:00:00Z";

/// The moment that a text means on a clock two hours east of Greenwich, and whether that was said.
fn meant(text: &str) -> (String, bool) {
    let zone = TimeZone::fixed(tz::offset(2));
    let resolved = text.parse::<TypedTime>().unwrap().resolve(&zone, NOW.parse().unwrap()).unwrap();
    (resolved.at.to_string(), resolved.told.is_some())
}

#[test]
fn times_mean_what_was_typed() {
    for (text, due, is_said) in [
        ("2026-03-18T10:00:00Z", "2026-03-18T10:00:00Z", false),
        ("2026-03-18T10:00:00+01:00", "2026-03-18T09:00:00Z", false),
        ("2026-03-18 10:00:00Z", "2026-03-18T10:00:00Z", false),
        ("2026-03-18T10:00:00", "2026-03-18T08:00:00Z", true),
        ("2026-03-18 10:00", "2026-03-18T08:00:00Z", true),
        ("2026-03-18T10:00", "2026-03-18T08:00:00Z", true),
        ("2026-03-18T23:59", "2026-03-18T21:59:00Z", true),
        ("2026-03-18T10", "2026-03-18T08:00:00Z", true),
        ("2026-03-18", "2026-03-17T22:00:00Z", true),
        ("today", "2026-03-17T22:00:00Z", true),
        ("yesterday", "2026-03-16T22:00:00Z", true),
        ("now", "2026-03-18T12:00:00Z", false),
        ("90m", "2026-03-18T10:30:00Z", false),
        ("1h30m", "2026-03-18T10:30:00Z", false),
        ("24h", "2026-03-17T12:00:00Z", false),
        ("24 hours", "2026-03-17T12:00:00Z", false),
        ("24 hours ago", "2026-03-17T12:00:00Z", false),
        ("2w", "2026-03-04T12:00:00Z", false),
        ("2W", "2026-03-04T12:00:00Z", false),
        ("3M", "2025-12-18T12:00:00Z", false),
        ("1y", "2025-03-18T12:00:00Z", false),
        ("30d", "2026-02-16T12:00:00Z", false),
    ] {
        assert_eq!(meant(text), (due.to_owned(), is_said), "{text}");
    }
}

#[test]
fn a_zone_in_brackets_is_the_zone() {
    assert_eq!(meant("2026-03-18T10:00:00[Europe/Paris]").0, "2026-03-18T09:00:00Z");
    assert_eq!(meant("2026-07-18T10:00:00[Europe/Paris]").0, "2026-07-18T08:00:00Z");
}

#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "",
        "soon",
        "0m",
        "-",
        "2026-13-01",
        "2026-03-18T25:00",
        "10",
        "m",
        "2026-03-18T10:00:00[Nowhere/Else]",
    ] {
        assert!(text.parse::<TypedTime>().is_err(), "{text}");
    }
}

#[test]
fn zones_go_by_name_or_offset() {
    assert_eq!(zone("+02:00"), Ok(TimeZone::fixed(tz::offset(2))));
    assert!(zone("UTC").is_ok());
    assert!(zone("Middle/Earth").is_err());
}
