//! What rules in shadow find in a scan: told apart, and written as the functions park it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use anyhow::Context as _;
use trailhound_detect::describe::{Finding, ShadowLine, Shadowed, visible};
use trailhound_detect::event::Caller;
use trailhound_detect::matched::Match;
use trailhound_detect::policy::Policy;
use trailhound_detect::rules::RuleSet;

use super::remembered::remembered;
use crate::judging::Judging;
use crate::output::Whole;
use crate::words::counted;

/// Judges all matches as if those in shadow alone were told, over a memory of its own.
pub(super) struct Shadow<'a> {
    rules: &'a RuleSet,
    judging: Judging<'a>,
    told: InShadow,
}

/// Where findings go.
#[derive(Default)]
struct InShadow {
    counts: BTreeMap<String, u64>,
    file: Option<(Whole, BufWriter<File>)>,
}

impl<'a> Shadow<'a> {
    /// For a policy whose rules are those in shadow; nothing where there are none and nobody asks.
    pub(super) fn of(
        policy: &'a Policy,
        file: Option<&Path>,
        baseline: Option<&Path>,
    ) -> anyhow::Result<Option<Self>> {
        if file.is_none() && !policy.rules.has_shadow() {
            return Ok(None);
        }
        let file = file.map(Whole::begin).transpose()?.map(|(whole, file)| (whole, BufWriter::new(file)));
        let judging = Judging::new(policy, remembered(baseline)?, "scan");
        Ok(Some(Self { rules: &policy.rules, judging, told: InShadow { file, ..InShadow::default() } }))
    }

    /// Hears of matches, and hands on those that alert.
    pub(super) fn divert(
        &mut self,
        matches: Vec<Match>,
        callers: &[(String, Caller)],
    ) -> anyhow::Result<Vec<Match>> {
        let (own, live): (Vec<Match>, Vec<Match>) =
            matches.iter().cloned().partition(|found| self.rules.is_shadow(&found.rule.name));
        let wanted: BTreeSet<&str> = own.iter().map(|found| found.from.origin.as_str()).collect();
        let mut beside: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for found in live.iter().filter(|found| wanted.contains(found.from.origin.as_str())) {
            beside.entry(&found.from.origin).or_default().insert(&found.rule.name);
        }
        let told = &mut self.told;
        self.judging.take(matches, callers, &mut |finding| {
            let names = beside.get(finding.matched.from.origin.as_str());
            told.take(&finding, names.into_iter().flatten().map(|name| (*name).to_owned()).collect())
        })?;
        Ok(live)
    }

    /// Nothing more will come; answers with what the summary says.
    pub(super) fn end(self) -> anyhow::Result<Vec<String>> {
        let Self { judging, mut told, .. } = self;
        judging.end(&mut |finding| told.take(&finding, Vec::new()))?;
        let InShadow { counts, file } = told;
        if let Some((whole, mut writer)) = file {
            writer.flush().context("cannot write findings in shadow")?;
            drop(writer);
            whole.keep()?;
        }
        let total = counts.values().sum();
        let of = counts.iter().map(|(rule, count)| format!("{} {count}", visible(rule)));
        let of = of.collect::<Vec<_>>().join(", ");
        let line = || format!("{} in shadow, told apart: {of}", counted(total, "finding", "findings"));
        Ok((total > 0).then(line).into_iter().collect())
    }
}

impl InShadow {
    fn take(&mut self, finding: &Finding, beside: Vec<String>) -> anyhow::Result<()> {
        *self.counts.entry(finding.matched.rule.name.clone()).or_default() += 1;
        let Some((_, writer)) = &mut self.file else { return Ok(()) };
        let line = ShadowLine::Found(Box::new(Shadowed::of(finding, beside)));
        serde_json::to_writer(&mut *writer, &line)?;
        Ok(writeln!(writer)?)
    }
}
