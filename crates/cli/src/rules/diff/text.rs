//! What differs, for people.

use std::io::Write;

use serde_json::Value;
use trailhound_detect::describe::visible;

use super::changes::Change;
use super::differences::{Changed, Differences, Named};
use super::verdicts::Otherwise;
use crate::words::counted;

pub(super) fn write(out: &mut impl Write, differences: &Differences) -> anyhow::Result<()> {
    let Differences { added, removed, changed, verdicts, events } = differences;
    for (word, rules) in [("added", added), ("removed", removed)] {
        for Named { rule, file } in rules {
            line(out, &format!("{word:<8} {rule}  {file}"))?;
        }
    }
    for Changed { named: Named { rule, file }, changes, tests } in changed {
        line(out, &format!("changed  {rule}  {file}"))?;
        for Change { at, gone, added } in changes {
            if let ([gone], [added]) = (&gone[..], &added[..]) {
                line(out, &format!("  {at}: {} instead of {}", word(added), word(gone)))?;
                continue;
            }
            gone.iter().try_for_each(|gone| line(out, &format!("  {at}: without {}", word(gone))))?;
            added.iter().try_for_each(|added| line(out, &format!("  {at}: with {}", word(added))))?;
        }
        for Change { at, gone, added } in tests {
            let what = match (gone.is_empty(), added.is_empty()) {
                (true, _) => "added",
                (_, true) => "removed",
                _ => "changed",
            };
            line(out, &format!("  test {what}: {at}"))?;
        }
    }
    for Otherwise { file, line: at, test, rule, old, new } in verdicts {
        line(out, &format!("{file}:{at}: '{test}' is {new} to {rule}, and was {old}"))?;
    }
    let rules = counted(added.len() as u64, "rule", "rules");
    let (events, told) = (counted(*events as u64, "event", "events"), verdicts.len());
    line(
        out,
        &format!(
            "{rules} added, {} removed, {} changed; of {events} of tests {told} told otherwise",
            removed.len(),
            changed.len()
        ),
    )
}

fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn line(out: &mut impl Write, text: &str) -> anyhow::Result<()> {
    Ok(writeln!(out, "{}", visible(text))?)
}
