//! `known:`, what somebody does on most days, which lowers a match by one level.

use trailhound_sigma::yaml::Yaml;
use trailhound_sigma::{FieldMap, LogSource, Report};

use super::baseline::{Baseline, FirstFact, facts};
use super::guard::{Guard, holds};
use super::words::unknown_key;
use crate::event::Event;

/// What lowers a match by one level once somebody is used to do it.
#[derive(Debug)]
pub struct KnownLowers {
    /// The facts that together are what is done, beside the operation.
    pub known: Vec<FirstFact>,
    /// Asked only where this matches.
    pub when: Option<Guard>,
    /// But not where this does.
    pub unless: Option<Guard>,
}

pub(super) const KEYS: [&str; 3] = ["known", "when", "unless"];
const WHICH: &str = "say whose it is, what is done and to what kind of target: `known: [actor, document, kind]`, or \
                     `operation` where there is no document";

impl KnownLowers {
    /// Is it asked about this event?
    pub fn asks(&self, event: &Event<'_>) -> bool {
        holds(self.when.as_ref(), self.unless.as_ref(), event)
    }

    pub(super) fn read(
        node: &Yaml,
        source: &LogSource,
        fields: &dyn FieldMap,
        report: &mut Report,
    ) -> Option<Self> {
        let mut known = Self { known: Vec::new(), when: None, unless: None };
        for (key, value) in node.expect_map(report)? {
            match key.text().unwrap_or_default() {
                "known" => {
                    known.known = facts(value, report);
                    let has = |fact| known.known.contains(&fact);
                    let does = has(FirstFact::Document) || has(FirstFact::Operation);
                    if !(known.known.is_empty() || has(FirstFact::Actor) && does && has(FirstFact::Kind)) {
                        report.error(value, "too little to know somebody's habit by").help(WHICH);
                    }
                }
                "when" => known.when = Guard::read(value, source, fields, report),
                "unless" => known.unless = Guard::read(value, source, fields, report),
                other => unknown_key(key, other, &KEYS, report),
            }
        }
        Some(known)
    }

    /// Days are kept with the sight of an actor and an action, so there must be one.
    pub(super) fn needs(node: &Yaml, baselines: &[Baseline], report: &mut Report) {
        if !baselines.iter().any(Baseline::is_of_action) {
            report
                .error(node, "`known` without a baseline of actor and action")
                .help("the days are kept with what that keeps: add `first: [actor, action]`");
        }
    }
}
