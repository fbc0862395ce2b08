//! Runs the tests of correlations.
//!
//! The events go through the pipeline, memory and outbox, three times: one by one as written, one by one the other way
//! round, and all at once. The verdict must not depend on that.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use trailhound_sigma::Level;

use super::episodes::{EpisodeTest, EpisodeTests, START};
use crate::describe::{Finding, Product};
use crate::outbox::Outbox;
use crate::pipeline::{Ending, Pipeline};
use crate::ports::{Clock, FindingSink, PublishError};
use crate::remember::{Memory, MemoryStore};
use crate::rules::RuleSet;
use crate::tally::Tally;

/// A test that did not go as expected.
#[derive(Debug)]
pub struct EpisodeFailure<'t> {
    /// The test.
    pub test: &'t EpisodeTest,
    /// What came out, and in which order of delivery.
    pub got: String,
}

impl fmt::Display for EpisodeFailure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { test, got } = self;
        write!(f, "'{}' expected {}", test.name, test.expect.as_str())?;
        if test.alerts > 1 {
            write!(f, " {} times", test.alerts)?;
        }
        if let Some(level) = test.level {
            write!(f, " at {level}")?;
        }
        if let Some(members) = test.members {
            write!(f, " of {members} events")?;
        }
        write!(f, ", got {got}")
    }
}

/// Where the tests of correlations are run.
pub struct Stage {
    pipeline: Pipeline,
    product: Product,
}

/// In which order the events of a test come.
#[derive(Clone, Copy)]
enum Delivery {
    AsWritten,
    OtherWayRound,
    Together,
}

impl Stage {
    /// A stage with these rules.
    pub fn new(rules: Arc<RuleSet>) -> Self {
        Self { pipeline: Pipeline::new(rules), product: Product::new("test") }
    }

    /// Runs the tests of a correlation; nothing means that all went as expected.
    pub fn run<'t>(&self, tests: &'t EpisodeTests) -> Vec<EpisodeFailure<'t>> {
        tests.tests.iter().filter_map(|test| self.failure(&tests.rule, test)).collect()
    }

    fn failure<'t>(&self, rule: &str, test: &'t EpisodeTest) -> Option<EpisodeFailure<'t>> {
        for (delivery, words) in [
            (Delivery::AsWritten, "as written"),
            (Delivery::OtherWayRound, "the other way round"),
            (Delivery::Together, "together"),
        ] {
            if test.ordered && !matches!(delivery, Delivery::AsWritten) {
                continue;
            }
            let mut alerts = self.play(test, delivery);
            alerts.retain(|alert| alert.rule == rule);
            let members = |alert: &Alert| test.members.is_none_or(|members| members == alert.members);
            let level = |alert: &Alert| test.level.is_none_or(|level| level == alert.level);
            let as_written = matches!(delivery, Delivery::AsWritten);
            let good = alerts.len() == test.alerts
                && alerts.iter().all(|alert| level(alert) && (!as_written || members(alert)));
            if !good {
                let told: Vec<String> = alerts
                    .iter()
                    .map(|alert| format!("{} of {} events", alert.level, alert.members))
                    .collect();
                let told = if told.is_empty() { "nothing".to_owned() } else { told.join(", ") };
                return Some(EpisodeFailure { test, got: format!("{told}, with the events {words}") });
            }
        }
        None
    }

    fn play(&self, test: &EpisodeTest, delivery: Delivery) -> Vec<Alert> {
        let memory = Memory::fleeting(MemoryStore::default());
        let sink = Heard::default();
        let outbox = Outbox {
            policy: self.pipeline.policy(),
            memory: &memory,
            sink: &sink,
            clock: &Started,
            claimant: "test",
            product: &self.product,
        };
        let mut events: Vec<&[u8]> = test.events.iter().map(Vec::as_slice).collect();
        if matches!(delivery, Delivery::OtherWayRound) {
            events.reverse();
        }
        let deliveries = match delivery {
            Delivery::Together => vec![events],
            _ => events.into_iter().map(|event| vec![event]).collect(),
        };
        for bodies in deliveries {
            let mut session = self.pipeline.delivery("test", Started.now());
            for body in bodies {
                session.push_body("test", body);
            }
            let finished = session.finish(Ending::Whole);
            pollster::block_on(outbox.remember_callers(&finished.callers));
            pollster::block_on(outbox.send(finished.matches, &mut Tally::default()));
        }
        sink.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Alert {
    rule: String,
    level: Level,
    members: usize,
}

/// Hears what is published.
#[derive(Default)]
struct Heard(Mutex<Vec<Alert>>);

impl FindingSink for Heard {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        let alert = |finding: &Finding| Alert {
            rule: finding.matched.rule.name.clone(),
            level: finding.level(),
            members: finding.matched.episode.as_ref().map_or(1, |episode| episode.count),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(findings.iter().map(alert));
        findings.iter().map(|_| Ok(())).collect()
    }
}

/// A clock that stands still where the events begin.
struct Started;

impl Clock for Started {
    fn now(&self) -> Timestamp {
        START.parse().unwrap_or(Timestamp::UNIX_EPOCH)
    }
}
