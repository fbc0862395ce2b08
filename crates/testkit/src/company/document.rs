//! `docs/noise.md`: what is told of the company, as a table by rule and level.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use trailhound_detect::matched::Level;

use super::Size;
use super::noise::{Counts, Habits, Noise, medium};

/// The document, which takes some minutes.
pub fn text() -> String {
    let whole = Noise::of(Size::WHOLE);
    let (without, with) = (whole.without_baselines(), whole.with_baselines(Habits::Known));
    let mut text = include_str!("noise_head.md").to_owned();
    let thousands = thousands(Size::WHOLE);
    let off = whole.with_baselines(Habits::Unknown);
    let _ = writeln!(
        text,
        "\nAt medium or above, for 1,000 machines and a week: **{:.1}** with baselines, {:.0} without, and {:.0} with \
         baselines that know no habits (`known:` switched off).\n",
        per(medium(&with), thousands),
        per(medium(&without), thousands),
        per(medium(&off), thousands)
    );
    text.push_str(&table(Size::WHOLE, &without, &with));
    text.push_str("\n## Attacks\n\n| what happened beside it all | told at high or above by |\n|---|---|\n");
    for (name, rules) in whole.attacks() {
        let rules: Vec<String> = rules.iter().map(|rule| format!("`{rule}`")).collect();
        let _ = writeln!(text, "| {name} | {} |", rules.join(", "));
    }
    let tenth = Noise::of(Size::TENTH);
    text.push_str(include_str!("noise_tenth.md"));
    text.push_str(&table(Size::TENTH, &tenth.without_baselines(), &tenth.with_baselines(Habits::Known)));
    text
}

/// Findings for 1,000 machines and a week, by rule and level.
pub fn table(size: Size, without: &Counts, with: &Counts) -> String {
    let thousands = thousands(size);
    let mut text = "| rule | level | without baselines | with baselines |\n|---|---|---:|---:|\n".to_owned();
    let all: BTreeSet<&(String, Level)> = without.keys().chain(with.keys()).collect();
    let figure = |counts: &Counts, key: &(String, Level)| {
        counts.get(key).map_or_else(String::new, |count| format!("{:.1}", per(*count, thousands)))
    };
    for key in all {
        let (rule, level) = key;
        let _ = writeln!(text, "| `{rule}` | {level} | {} | {} |", figure(without, key), figure(with, key));
    }
    text
}

#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn thousands(size: Size) -> f64 {
    size.machines as f64 / 1e3
}

#[expect(clippy::cast_precision_loss, reason = "some thousands")]
fn per(count: u64, thousands: f64) -> f64 {
    count as f64 / thousands
}
