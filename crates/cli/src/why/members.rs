//! What counts for correlations, in which group.

use std::collections::BTreeMap;
use std::io::Write;

use jiff::Timestamp;
use trailhound_detect::describe::{clean, visible};
use trailhound_detect::matched::Match;
use trailhound_detect::rules::{Correlated, MOST_COUNTED, RuleSet};

use super::lacking::lacking;
use crate::group::group;
use crate::rules::condition;
use crate::words::{clock, counted};

/// So many groups are told at the end.
const MOST_TOLD: usize = 20;

/// Groups of the correlations that are asked about.
pub(super) struct Members<'r> {
    rules: &'r RuleSet,
    correlations: &'r [(usize, &'r Correlated)],
    groups: BTreeMap<(usize, String), Group>,
}

#[derive(Default)]
struct Group {
    count: u64,
    span: Option<(Timestamp, Timestamp)>,
    /// When, and by which rule.
    came: Vec<(Timestamp, String)>,
}

impl<'r> Members<'r> {
    pub(super) fn of(rules: &'r RuleSet, correlations: &'r [(usize, &'r Correlated)]) -> Self {
        Self { rules, correlations, groups: BTreeMap::new() }
    }

    /// Hears of matches, and tells which of them count.
    pub(super) fn hear(&mut self, out: &mut dyn Write, matches: &[Match]) -> anyhow::Result<()> {
        for found in matches {
            for feed in self.rules.fed_by(&found.rule.name) {
                let own = self.correlations.iter().find(|(at, _)| *at == feed.correlation);
                let Some((at, own)) = own else { continue };
                let origin = visible(&found.from.origin).into_owned();
                let (origin, name, rule) = (clean(&origin), &own.info.name, &found.rule.name);
                if !feed.may_take(found) {
                    let outcome = found.facts.outcome.kind.as_str();
                    writeln!(out, "{origin}: {rule} does not count for {name}: outcome {outcome}")?;
                    continue;
                }
                let group = group(own, feed, found, &|_| true);
                writeln!(out, "{origin}: {rule} counts for {name} in the group {group}")?;
                let entry = self.groups.entry((*at, group)).or_default();
                entry.count += 1;
                if let Some(at) = found.facts.time {
                    let (first, last) = entry.span.unwrap_or((at, at));
                    entry.span = Some((first.min(at), last.max(at)));
                    if entry.came.len() < MOST_COUNTED {
                        entry.came.push((at, rule.clone()));
                    }
                }
            }
        }
        Ok(())
    }

    /// Tells what each correlation asks for, and its groups, the largest first.
    pub(super) fn tell(self, out: &mut dyn Write) -> anyhow::Result<()> {
        for (at, own) in self.correlations {
            writeln!(out, "{} looks at {}", own.info.name, condition(own))?;
            let mut groups: Vec<_> = self.groups.iter().filter(|((of, _), _)| of == at).collect();
            groups.sort_by_key(|((_, name), group)| (std::cmp::Reverse(group.count), name.as_str()));
            for ((_, name), Group { count, span, came }) in groups.iter().take(MOST_TOLD) {
                let span = span.map_or_else(String::new, |(first, last)| {
                    format!(", {} to {}", clock(Some(first)), clock(Some(last)))
                });
                writeln!(out, "  {} in the group {name}{span}", counted(*count, "event", "events"))?;
                if let Some(line) = lacking(self.rules, &own.correlation, came) {
                    writeln!(out, "    nearest: {line}")?;
                }
            }
            let more = groups.len().saturating_sub(MOST_TOLD);
            if more > 0 {
                writeln!(out, "  and {}", counted(more as u64, "smaller group", "smaller groups"))?;
            }
            if groups.is_empty() {
                writeln!(out, "  nothing counts for it")?;
            }
        }
        Ok(())
    }
}
