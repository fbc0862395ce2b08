//! What lies in wait, from a seed, and what must come of it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use trailhound_detect::event::Provider;
use trailhound_detect::pipeline::Ending;

use super::rules::pipeline;
use crate::faults::{Lie, Rng, StoreFaults};
use crate::records;

/// The key of the operator's session.
const KEY: &str = "ASIAEXAMPLEEXAMPLE12";

/// Bodies from a seed, in any source's form, and how much goes wrong.
#[derive(Clone, Debug)]
pub struct Script {
    /// The seed.
    pub seed: u64,
    /// What senders wrote: sessions of one operator, now and then who was handed the role that they act in, commands of many people, quiet records, and some that are broken.
    pub bodies: Vec<Vec<u8>>,
    /// How many faults.
    pub faults: u32,
    /// What the store does beside.
    pub store: StoreFaults,
    /// How long the sink is down at first.
    pub outage: Duration,
    /// Who lies, for those who check the checks.
    pub lie: Option<Lie>,
}

/// What must come of a script.
#[derive(Debug, Default)]
pub struct Expected {
    /// Findings of single events, by id.
    pub findings: BTreeSet<String>,
    /// Correlations that are met, once each: everything happens at one moment.
    pub episodes: Vec<&'static str>,
    /// The bytes of what cannot be read.
    pub rejects: BTreeSet<Vec<u8>>,
    /// Records of each body.
    pub records: Vec<u64>,
    /// Findings of a session that every body hands out first which they stand in,
    pub named_at_once: BTreeSet<String>,
    /// and those that no such body does.
    pub named_before: BTreeSet<String>,
}

impl Script {
    /// The script of a seed.
    pub fn of(seed: u64, store: StoreFaults) -> Self {
        let mut rng = Rng::new(seed);
        let bodies = (0..2 + rng.below(6)).map(|at| body(&mut rng, at)).collect();
        let outage = if rng.one_in(5) { rng.below(400) } else { 0 };
        Self {
            seed,
            bodies,
            faults: u32::try_from(rng.below(14)).expect("small"),
            store,
            outage: Duration::from_secs(outage),
            lie: None,
        }
    }

    /// What must come of it.
    pub fn expected(&self) -> Expected {
        let mut want = Expected::default();
        let (mut sessions, mut aided, mut unaided) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for body in &self.bodies {
            let (findings, rejects, records) = of_body(body);
            let of_sessions = findings.iter().filter(|(_, log)| **log == Provider::Aws);
            let of_sessions: BTreeSet<String> = of_sessions.map(|(uid, _)| uid.clone()).collect();
            let (is_first, is_there) = hands_out(body);
            // What breaks off before it is reached hands nothing out.
            for all in
                [is_there.then_some(&mut aided), (!is_first).then_some(&mut unaided)].into_iter().flatten()
            {
                all.extend(of_sessions.iter().cloned());
            }
            sessions.extend(of_sessions);
            want.findings.extend(findings.into_keys());
            want.rejects.extend(rejects);
            want.records.push(records);
        }
        want.named_at_once = aided.difference(&unaided).cloned().collect();
        want.named_before = unaided.difference(&aided).cloned().collect();
        // Each session is of the same operator on another machine, and each command by somebody else.
        let bursts = [("machines-in-a-burst", 3), ("machines-in-a-burst-many", 10)];
        want.episodes =
            bursts.into_iter().filter(|(_, least)| sessions.len() >= *least).map(|(name, _)| name).collect();
        want
    }
}

/// The findings of a body with the cloud they are of, its rejects, and how many records it has.
pub(super) fn of_body(body: &[u8]) -> (BTreeMap<String, Provider>, Vec<Vec<u8>>, u64) {
    let mut session = pipeline().delivery("body", Timestamp::UNIX_EPOCH);
    session.push(body);
    let done = session.finish(Ending::Whole);
    let rules = pipeline().rules();
    let alerts = |name: &str| !rules.is_silent(name) && !rules.is_shadow(name);
    let told = done.matches.iter().filter(|found| alerts(&found.rule.name));
    let findings = told.map(|found| (found.uid().to_owned(), found.facts.provider)).collect();
    (findings, done.rejects.into_iter().map(|reject| reject.body).collect(), done.tally.records)
}

/// Is the operator's session handed out in a body before all else, and is it at all?
fn hands_out(body: &[u8]) -> (bool, bool) {
    let mut session = pipeline().delivery("body", Timestamp::UNIX_EPOCH);
    session.push(body);
    let matches = session.finish(Ending::Whole).matches;
    let mut handed = matches.iter().map(|found| found.facts.handed_out.is_some());
    let is_first = handed.next().unwrap_or_default();
    (is_first, is_first || handed.any(|handed| handed))
}

fn body(rng: &mut Rng, at: u64) -> Vec<u8> {
    let mut body = match rng.below(7) {
        0 => format!("no json, number {at}"),
        1..=3 => {
            // Ids overlap between bodies: two trails write the same events.
            let mut records: Vec<String> = (0..=rng.below(8)).map(|_| operator(rng)).collect();
            // Without another roll of the dice.
            if rng.clone().one_in(3) {
                let first = rng.clone().one_in(2);
                records.insert(if first { 0 } else { records.len() }, records::assumed(KEY).to_string());
            }
            format!("{{\"Records\":[{}]}}", records.join(","))
        }
        _ => json!({ "records": (0..=rng.below(2)).flat_map(|_| command(rng)).collect::<Vec<_>>() })
            .to_string(),
    };
    if rng.one_in(8) {
        body.truncate(body.len() * 3 / 4);
    }
    body.into_bytes()
}

fn operator(rng: &mut Rng) -> String {
    let record = |id, name| {
        let mut record = records::ssm(id, name, "2026-03-18T10:15:30Z", id);
        record["userIdentity"]["accessKeyId"] = KEY.into();
        record.to_string()
    };
    match rng.below(5) {
        0 => record(rng.below(1_000_000) + 1_000, "DescribeInstanceInformation"),
        1 if rng.one_in(4) => "{\"eventVersion\": oops}".to_owned(),
        _ => record(rng.below(12), "StartSession"),
    }
}

/// Some of the records of one command, whose beginning alone is nothing to tell.
fn command(rng: &mut Rng) -> Vec<Value> {
    let n = rng.below(9);
    let of = |results: &[&str]| results.iter().map(|result| records::run_command(n, result)).collect();
    match rng.below(4) {
        0 => of(&["Start"]),
        1 => of(&["Accept", "Success"]),
        _ => of(&["Success"]),
    }
}
