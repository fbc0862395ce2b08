//! For people at a terminal: a block for each finding, readable without colour, within 80 columns.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use trailhound_detect::describe::{Finding, visible};
use trailhound_detect::matched::Level;

use super::sorted::Again;
use super::summary::Summary;
use crate::words::{clock, counted, thousands};

/// The widest a block gets, and its width where neither `COLUMNS` nor a terminal says another.
const WIDTH: usize = 80;
const INDENT: &str = "          ";

/// The table and what it has counted.
pub(super) struct Table {
    width: usize,
    levels: BTreeMap<Level, u64>,
    rules: BTreeMap<String, u64>,
    /// Findings that suppressions lowered or labelled, by action and id.
    suppressions: BTreeMap<(&'static str, String), u64>,
}

impl Table {
    pub(super) fn new(to_file: bool) -> Self {
        let terminal =
            (!to_file && std::io::stdout().is_terminal()).then(terminal_size::terminal_size).flatten();
        let asked = std::env::var("COLUMNS").ok().filter(|_| !to_file).and_then(|width| width.parse().ok());
        let own = || terminal.map_or(WIDTH, |(width, _)| usize::from(width.0));
        let width = asked.unwrap_or_else(own).clamp(40, 100);
        Self { width, levels: BTreeMap::new(), rules: BTreeMap::new(), suppressions: BTreeMap::new() }
    }

    pub(super) fn finding(
        &mut self,
        out: &mut dyn Write,
        finding: &Finding,
        explanation: &[String],
    ) -> std::io::Result<()> {
        let found = &finding.matched;
        *self.levels.entry(found.verdict.level).or_default() += 1;
        *self.rules.entry(found.rule_id()).or_default() += 1;
        for suppression in &found.verdict.suppressions {
            *self.suppressions.entry((suppression.action, suppression.id.clone())).or_default() += 1;
        }

        let style = style(found.verdict.level);
        let level = if found.verdict.level == Level::Informational {
            "INFO".to_owned()
        } else {
            found.verdict.level.as_str().to_uppercase()
        };
        let mut rest = format!("{}  {} ", clock(found.facts.time), found.rule_id());
        // As many techniques as there is room for, the leading one first.
        for technique in found.techniques() {
            if INDENT.len() + rest.len() + 1 + technique.len() > self.width {
                break;
            }
            rest.push(' ');
            rest.push_str(technique);
        }
        let options = textwrap::Options::new(self.width - INDENT.len());
        let lines = textwrap::wrap(rest.trim_end(), options);
        for (at, line) in lines.iter().enumerate() {
            if at == 0 {
                writeln!(out, "{style}{level:<8}{style:#}  {line}")?;
            } else {
                writeln!(out, "{INDENT}{line}")?;
            }
        }
        self.paragraph(out, &finding.message())?;
        for (path, value) in finding.shown() {
            self.paragraph(out, &format!("{path}: {value}"))?;
        }
        for line in finding.known() {
            self.paragraph(out, &line)?;
        }
        for reason in finding.reasons() {
            self.paragraph(out, &reason)?;
        }
        for line in explanation {
            writeln!(out, "{INDENT}| {line}")?;
        }
        self.paragraph(out, &format!("in {}", visible(&found.from.origin)))?;
        writeln!(out)
    }

    /// A block that was written before, with how often the same is said beside it.
    pub(super) fn again(&self, out: &mut dyn Write, block: &str, again: Again) -> std::io::Result<()> {
        let Again { more, last } = again;
        if more == 0 {
            return out.write_all(block.as_bytes());
        }
        out.write_all(block.trim_end_matches('\n').as_bytes())?;
        writeln!(out)?;
        let say = if more == 1 { "says" } else { "say" };
        let told = format!("and {} more that {say} the same, the last at {}", thousands(more), clock(last));
        self.paragraph(out, &told)?;
        writeln!(out)
    }

    fn paragraph(&self, out: &mut dyn Write, text: &str) -> std::io::Result<()> {
        let options = textwrap::Options::new(self.width)
            .initial_indent(INDENT)
            .subsequent_indent(INDENT)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        for line in textwrap::wrap(text, options) {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    pub(super) fn summary(&mut self, out: &mut dyn Write, summary: &Summary<'_>) -> std::io::Result<()> {
        let tally = summary.tally;
        let total: u64 = self.levels.values().sum();
        let by_level: Vec<String> = Level::ALL
            .iter()
            .rev()
            .filter_map(|level| self.levels.get(level).map(|count| format!("{} {level}", thousands(*count))))
            .collect();
        let by_level =
            if by_level.is_empty() { String::new() } else { format!(" ({})", by_level.join(", ")) };
        let files = counted(summary.inputs as u64, "file", "files");
        let records = counted(tally.records, "record", "records");
        let totals = format!("{files}, {records}, {}{by_level}", counted(total, "finding", "findings"));
        writeln!(out, "{}", textwrap::fill(&totals, self.width))?;
        let mut rules: Vec<_> = self.rules.iter().collect();
        rules.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), name.as_str()));
        for (name, count) in rules.iter().take(10) {
            writeln!(out, "{count:>8}  {name}")?;
        }
        if rules.len() > 10 {
            writeln!(out, "          and {} more rules", rules.len() - 10)?;
        }
        let mut asides = Vec::new();
        if tally.rejected_total() > 0 {
            asides.push(format!("{} rejected", counted(tally.rejected_total(), "record", "records")));
        }
        if tally.repaired > 0 {
            asides.push(format!("{} repaired", counted(tally.repaired, "record", "records")));
        }
        if summary.unopened > 0 {
            asides.push(format!("{} not readable", counted(summary.unopened as u64, "input", "inputs")));
        }
        for (by, count) in &tally.suppressed {
            asides.push(format!("{} kept back by {by}", thousands(*count)));
        }
        for ((action, id), count) in &self.suppressions {
            let done = if *action == "tag" { "labelled" } else { "lowered" };
            asides.push(format!("{} {done} by {id}", thousands(*count)));
        }
        if tally.duplicates > 0 {
            asides.push(counted(tally.duplicates, "duplicate", "duplicates"));
        }
        if tally.joined > 0 {
            asides.push(format!(
                "{} told with another of its operation",
                counted(tally.joined, "record", "records")
            ));
        }
        if !asides.is_empty() {
            writeln!(out, "{}", textwrap::fill(&asides.join(", "), self.width))?;
        }
        for line in summary.shadow.iter().chain(&summary.lost).cloned().chain(summary.unread()) {
            writeln!(out, "{}", textwrap::fill(&line, self.width))?;
        }
        if let Some(line) = summary.interruption() {
            writeln!(out, "{}", textwrap::fill(&line, self.width))?;
        }
        let errors = if summary.rule_errors > 0 {
            format!(", {} not loaded", counted(summary.rule_errors as u64, "rule file", "rule files"))
        } else {
            String::new()
        };
        let span = summary.span.map_or_else(String::new, |(first, last)| {
            format!("Events {} to {} UTC. ", clock(Some(first)), clock(Some(last)))
        });
        let rules = counted(summary.rules as u64, "rule", "rules");
        let last = format!("{span}{rules}{errors}. {:.1} s", summary.elapsed.as_secs_f64());
        writeln!(out, "{}", textwrap::fill(&last, self.width))
    }
}

fn style(level: Level) -> Style {
    match level {
        Level::Informational => Style::new().dimmed(),
        Level::Low => AnsiColor::Cyan.on_default(),
        Level::Medium => AnsiColor::Yellow.on_default(),
        Level::High => AnsiColor::Red.on_default().bold(),
        Level::Critical => AnsiColor::White.on(AnsiColor::Red).bold(),
    }
}
