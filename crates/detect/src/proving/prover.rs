//! Proves that a rule can fire: makes a record that ought to meet it, puts that into every shape in which its log is
//! known to come, and runs each through the whole pipeline.

mod bases;
mod constructed;
mod facts;
mod place;
#[cfg(test)]
mod tests;
mod verdict;
mod why;

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::shapes::{self, KnownMembers, Log, Shape};
use super::{Tests, parse_all, shipped};
use crate::pipeline::{Ending, Pipeline};
use crate::rules::{Detection, RuleSet};
pub use verdict::Firing;

/// Proves rules of a set.
pub struct Prover {
    pipeline: Arc<Pipeline>,
    shapes: Vec<Shape>,
    known: Arc<KnownMembers>,
}

/// What came of a rule.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// Its name.
    pub rule: String,
    /// Where it stands.
    pub file: String,
    /// In a word.
    pub verdict: Firing,
    /// Why, where it does not fire everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The record that was made for it, in its log's own form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Value>,
    /// Every shape that can hold the record.
    pub shapes: Vec<InShape>,
}

/// What came of a rule in one shape.
#[derive(Clone, Debug, Serialize)]
pub struct InShape {
    /// The shape's name; `plain` is the log's own form.
    pub shape: &'static str,
    /// Does it fire?
    pub verdict: Firing,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a log's own form is called among shapes.
pub const PLAIN: &str = "plain";

impl Prover {
    /// Of these rules, in every shape.
    pub fn new(rules: Arc<RuleSet>) -> Self {
        Self { pipeline: Arc::new(Pipeline::new(rules)), shapes: shapes::all(), known: Arc::new(known()) }
    }

    /// In these shapes alone; a name that no shape has is handed back.
    pub fn within(&self, names: &[String]) -> Result<Self, String> {
        let is_none = |name: &&String| *name != PLAIN && self.shapes.iter().all(|shape| shape.name != **name);
        if let Some(name) = names.iter().find(is_none) {
            return Err(name.clone());
        }
        let mut shapes = self.shapes.clone();
        shapes.retain(|shape| names.iter().any(|name| name == shape.name));
        Ok(Self { pipeline: Arc::clone(&self.pipeline), shapes, known: Arc::clone(&self.known) })
    }

    /// What comes of a rule of the set.
    pub fn prove(&self, detection: &Detection) -> Proof {
        let mut proof = Proof {
            rule: detection.info.name.clone(),
            file: detection.rule.meta.file.clone(),
            verdict: Firing::Off,
            reason: None,
            record: None,
            shapes: Vec::new(),
        };
        if !detection.extension.enabled {
            return proof;
        }
        match constructed::record(detection) {
            Err(not) => {
                proof.verdict = not.verdict;
                proof.reason = Some(not.reason);
                proof.record = not.record;
            }
            Ok(record) => {
                proof.shapes = self.in_shapes(detection, &record);
                proof.sum();
                proof.record = Some(record);
            }
        }
        proof
    }

    fn in_shapes(&self, detection: &Detection, record: &Value) -> Vec<InShape> {
        let mut all = vec![self.in_one(detection, PLAIN, &[record.to_string().into_bytes()])];
        let log = Log::of(record);
        for shape in self.shapes.iter().filter(|shape| shape.logs.contains(&log)) {
            let deliveries = shape.deliveries(&self.known, log, record);
            if !deliveries.is_empty() {
                all.push(self.in_one(detection, shape.name, &deliveries));
            }
        }
        all
    }

    /// Every delivery has to make it fire.
    fn in_one(&self, detection: &Detection, shape: &'static str, deliveries: &[Vec<u8>]) -> InShape {
        let silent = deliveries.iter().find(|bytes| !self.fires(detection, bytes));
        let verdict = if silent.is_some() { Firing::Cannot } else { Firing::Fires };
        InShape { shape, verdict, reason: silent.map(|bytes| why::not(detection, bytes)) }
    }

    fn fires(&self, detection: &Detection, bytes: &[u8]) -> bool {
        let mut session = self.pipeline.delivery("proof", Timestamp::UNIX_EPOCH);
        session.push(bytes);
        session.finish(Ending::Whole).matches.iter().any(|found| found.rule.name == detection.info.name)
    }
}

impl Proof {
    /// Of a file that is not loaded, and so cannot fire.
    pub fn refused(file: &str, reason: String) -> Self {
        let (rule, file) = (file.to_owned(), file.to_owned());
        Self { rule, file, verdict: Firing::Cannot, reason: Some(reason), record: None, shapes: Vec::new() }
    }

    /// The shapes in which it does not fire.
    pub fn silent(&self) -> impl Iterator<Item = &InShape> {
        self.shapes.iter().filter(|shape| shape.verdict != Firing::Fires)
    }

    fn sum(&mut self) {
        let silent = self.silent().count();
        let reason = self.silent().next().and_then(|shape| shape.reason.clone());
        self.reason = reason;
        self.verdict = match silent {
            0 => Firing::Fires,
            all if all == self.shapes.len() => Firing::Cannot,
            _ => Firing::Partly,
        };
    }
}

/// A record that a rule matches, in its log's own form, or why there is none.
pub(super) fn record(detection: &Detection) -> Result<Value, String> {
    constructed::record(detection).map_err(|not| not.reason)
}

/// The members that records are known to have: those of the tests beside the shipped rules.
fn known() -> KnownMembers {
    let mut records = Vec::new();
    for tests in parse_all(&shipped()) {
        let Ok(Tests::Rule(tests)) = tests else { continue };
        let of = tests.tests.iter().filter_map(|test| serde_json::from_slice::<Value>(&test.event).ok());
        records.extend(of.map(|record| (Log::of(&record), record)));
    }
    KnownMembers::from(records.iter().map(|(log, record)| (*log, record)))
}
