//! Cases as a page for a ticket or a report.

use std::io::Write;

use trailhound_detect::describe::escape::markdown_code;

use super::text::{summary, things};
use crate::story::{Case, Seen, Step};
use crate::words::clock;

pub(super) fn write(out: &mut dyn Write, cases: &[Case], lower: &[Case]) -> std::io::Result<()> {
    writeln!(out, "# {}\n", summary(cases, lower))?;
    for case in cases {
        writeln!(out, "## {}: case {}\n", case.level.as_str(), case.id())?;
        writeln!(out, "{}\n", markdown_code(&case.headline))?;
        writeln!(out, "{}; {} to {} UTC.\n", case.because, clock(case.first), clock(case.last))?;
        writeln!(out, "| time | level | what | rule | record |\n|---|---|---|---|---|")?;
        for Step { time, level, rule, message, origin, .. } in &case.story {
            let cells = [clock(*time), level.as_str().to_owned(), cell(message), rule.clone(), cell(origin)];
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
        for (name, all) in things(case).into_iter().filter(|(_, all)| !all.is_empty()) {
            writeln!(out, "\n### {name}\n")?;
            for Seen { name, findings } in all {
                writeln!(out, "- {} ({findings})", markdown_code(name))?;
            }
        }
        writeln!(out, "\n### next\n")?;
        for advice in &case.next {
            writeln!(out, "- {}", markdown_code(advice))?;
        }
        for contain in &case.contain {
            writeln!(out, "- {}: {}", contain.what, markdown_code(&contain.command))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// A bar would end a cell of a table, in code too.
fn cell(text: &str) -> String {
    markdown_code(text).replace('|', "\\|")
}
