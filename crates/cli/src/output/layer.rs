//! What was found as a layer of the ATT&CK Navigator: of each technique how many findings, by which rules, how grave.

use std::collections::BTreeMap;
use std::io::{self, Write};

use trailhound_detect::describe::Finding;
use trailhound_detect::matched::Level;

use crate::navigator::{TechniqueSeen, layer};
use crate::output::summary::Summary;
use crate::words::{clock, counted};

#[derive(Debug, Default)]
struct OfTechnique {
    gravest: Level,
    rules: BTreeMap<String, u64>,
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Layer(BTreeMap<String, OfTechnique>);

impl Layer {
    pub(super) fn add(&mut self, finding: &Finding) {
        for technique in finding.matched.techniques() {
            let found = self.0.entry(technique.to_owned()).or_default();
            found.gravest = found.gravest.max(finding.level());
            *found.rules.entry(finding.matched.rule_id()).or_default() += 1;
        }
    }

    pub(super) fn write(self, out: &mut dyn Write, summary: &Summary<'_>) -> io::Result<()> {
        let seen = self.0.into_iter().map(|(id, OfTechnique { gravest, rules })| {
            let told: Vec<String> = rules.iter().map(|(rule, count)| format!("{rule} {count}")).collect();
            let comment = format!("gravest {gravest}: {}", told.join(", "));
            (id, TechniqueSeen { score: rules.values().sum(), comment })
        });
        let records = counted(summary.tally.records, "record", "records");
        let span = summary.span.map_or_else(String::new, |(first, last)| {
            format!(" between {} and {} UTC", clock(Some(first)), clock(Some(last)))
        });
        let description = format!(
            "Techniques that trailhound found in {records}{span}; the score is the number of findings."
        );
        serde_json::to_writer_pretty(
            &mut *out,
            &layer("trailhound findings", &description, &seen.collect()),
        )?;
        writeln!(out)
    }
}
