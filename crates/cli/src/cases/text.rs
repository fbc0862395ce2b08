//! Cases at a terminal.

use std::io::Write;

use crate::story::{Case, Seen, Step};
use crate::words::{clock, counted};

/// So many steps are told at a terminal, and so many of a kind of thing.
const MOST_STEPS: usize = 40;
const MOST_OF_A_KIND: usize = 12;

pub(super) fn write(out: &mut dyn Write, cases: &[Case], lower: &[Case]) -> std::io::Result<()> {
    for case in cases {
        let level = case.level.as_str().to_uppercase();
        writeln!(out, "{level:<8}  case {}  {} to {}", case.id(), clock(case.first), clock(case.last))?;
        writeln!(out, "          {}", case.headline)?;
        writeln!(out, "          {}", case.because)?;
        section(out, "story")?;
        for Step { time, level, rule, message, origin, .. } in case.story.iter().take(MOST_STEPS) {
            let word = if level.as_str() == "informational" { "info" } else { level.as_str() };
            writeln!(out, "    {}  {word:<8}  {message}  ({rule}, {origin})", clock(*time))?;
        }
        more(out, case.story.len(), MOST_STEPS)?;
        for (name, all) in things(case) {
            if all.is_empty() {
                continue;
            }
            section(out, name)?;
            for Seen { name, findings } in all.iter().take(MOST_OF_A_KIND) {
                writeln!(out, "    {findings:>5}  {name}")?;
            }
            more(out, all.len(), MOST_OF_A_KIND)?;
        }
        section(out, "next")?;
        for advice in &case.next {
            writeln!(out, "    {advice}")?;
        }
        for contain in &case.contain {
            writeln!(out, "    # {}\n    {}", contain.what, contain.command)?;
        }
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(cases, lower))
}

/// What there is in a case, by kind.
pub(super) fn things(case: &Case) -> [(&'static str, &[Seen]); 7] {
    [
        ("acting as", &case.actors),
        ("machines", &case.machines),
        ("accounts", &case.accounts),
        ("addresses", &case.addresses),
        ("keys", &case.keys),
        ("techniques", &case.techniques),
        ("not known", &case.unknown),
    ]
}

/// How many there are, and how many of a lower level are left out.
pub(super) fn summary(cases: &[Case], lower: &[Case]) -> String {
    let told = counted(cases.len() as u64, "case", "cases");
    if lower.is_empty() {
        return told;
    }
    let lower = counted(lower.len() as u64, "case", "cases");
    format!("{told}, and {lower} of a lower level, which --min-level informational tells")
}

fn section(out: &mut dyn Write, name: &str) -> std::io::Result<()> {
    writeln!(out, "  {name}")
}

fn more(out: &mut dyn Write, all: usize, most: usize) -> std::io::Result<()> {
    match all.checked_sub(most) {
        None | Some(0) => Ok(()),
        Some(more) => writeln!(out, "    and {more} more; --format ndjson tells all"),
    }
}
