//! What rules see in an event, and what the outcome makes of it.

use trailhound_detect::describe::{Product, clean, describe, excerpt, explain, visible};
use trailhound_detect::event::Event;
use trailhound_detect::matched::{Match, Provenance};
use trailhound_detect::rules::Detection;
use trailhound_detect::tune::{Tuned, tune};

use super::outcome;

/// The rules that are asked about, and how they are told.
pub(super) struct Clauses<'r> {
    pub(super) detections: &'r [&'r Detection],
    pub(super) product: Product,
    /// Every clause is told, and not only what would have to differ.
    pub(super) all: bool,
}

/// What a rule saw in a record, in lines.
pub(super) enum Looked {
    Matched(Vec<String>),
    Missed(Vec<String>),
    /// The record is of a log that none of them reads.
    Other(Vec<String>),
}

impl Clauses<'_> {
    /// What every rule makes of an event that reads its log.
    pub(super) fn look(&self, event: &Event<'_>, origin: &str) -> Vec<Looked> {
        let reading = self.detections.iter().filter(|own| own.logs.contains(&event.log()));
        let looked: Vec<Looked> = reading.map(|own| self.look_with(own, event, origin)).collect();
        if looked.is_empty() { vec![Looked::Other(self.of_another(event, origin))] } else { looked }
    }

    /// That none of them reads it, where that is told.
    fn of_another(&self, event: &Event<'_>, origin: &str) -> Vec<String> {
        let reads = self.detections.iter().filter(|_| !self.all);
        let log = event.log().as_str();
        let line = |own: &&Detection| {
            let (name, source) = (&own.info.name, own.log_source());
            format!(
                "{}: {name} does not read it, a record of {log}; it reads {source}",
                visible(&clean(origin))
            )
        };
        reads.map(line).collect()
    }

    fn look_with(&self, detection: &Detection, event: &Event<'_>, origin: &str) -> Looked {
        let mut explanation = detection.compiled.explain(event);
        if !self.all {
            explanation.selections.clear();
        }
        let from = Provenance { origin: origin.to_owned(), ..Provenance::default() };
        let mut found = Match::of(detection.info.clone(), event.facts().clone(), from);
        found.excerpt = excerpt(event, &detection.info);
        let at = event.facts().time.unwrap_or_default();
        // A finding of this record tells what of it may be told.
        let told = explain(&describe(found, &self.product, at), &explanation);
        let verdict = if explanation.matched { "matches" } else { "misses" };
        let name = &detection.info.name;
        let mut lines = vec![format!("{}: {name} {verdict}", visible(&clean(origin)))];
        lines.extend(told.into_iter().map(|line| format!("  {line}")));
        if !explanation.matched {
            return Looked::Missed(lines);
        }
        lines.extend(made_of(detection, event).into_iter().map(|line| format!("  {line}")));
        Looked::Matched(lines)
    }
}

/// What is made of an event whose clauses hold.
fn made_of(detection: &Detection, event: &Event<'_>) -> Vec<String> {
    if !detection.extension.enabled {
        return vec!["nothing is told: the rule is switched off".to_owned()];
    }
    if !detection.matches(event) {
        return vec!["nothing is told: the rule's log source leaves this kind of record out".to_owned()];
    }
    let ended = event.facts().outcome.kind.as_str();
    match tune(event, detection) {
        Tuned::NoMatch => {
            vec![format!("nothing is told: the outcome is {ended}, which this rule does not count")]
        }
        Tuned::Pending => {
            vec!["nothing is told yet: the operation only began; the record that ends it decides".to_owned()]
        }
        Tuned::Match { verdict, baselines, known } => {
            let attempt = if verdict.attempt { ", an attempt" } else { "" };
            let mut lines = vec![format!("outcome {ended}{attempt}: {}", verdict.level)];
            lines.extend(outcome::of(&verdict));
            for baseline in baselines.iter().filter_map(|at| detection.extension.baselines.get(*at)) {
                let facts: Vec<&str> = baseline.first.iter().map(|fact| fact.as_str()).collect();
                let raises = baseline.level.map_or_else(String::new, |level| format!(", and then {level}"));
                lines.push(format!("asks memory whether {} is new{raises}", facts.join(" with ")));
            }
            for known in known.iter().filter_map(|at| detection.extension.known.get(*at)) {
                let facts: Vec<&str> = known.known.iter().map(|fact| fact.as_str()).collect();
                lines.push(format!(
                    "asks memory whether {} is known from most days, and then one level lower",
                    facts.join(" with ")
                ));
            }
            if !detection.extension.alone {
                lines.push("only serves correlations".to_owned());
            }
            lines
        }
    }
}
