//! The detector as it is run, and the events it is tried with.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use serde_json::Value;
use trailhound_detect::describe::{Finding, Product, describe};
use trailhound_detect::matched::{Level, Match};
use trailhound_detect::outbox::Outbox;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::ports::{Clock, FindingSink, PublishError};
use trailhound_detect::proving::{EpisodeTests, Expect, Tests, parse_all, shipped};
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::rules::{EMBEDDED, Loading, RuleFile, load_as};
use trailhound_detect::tally::Tally;

/// Takes every finding.
struct Accept;

impl FindingSink for Accept {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        findings.iter().map(|_| Ok(())).collect()
    }
}

/// Stands still.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        now()
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-03-18T12:00:00Z".parse().expect("a time")
}

/// The product with every shipped rule written another way.
pub(crate) fn with_rules(written: &dyn Fn(&str) -> String) -> Pipeline {
    let switched_on = EMBEDDED.iter().map(|file| RuleFile {
        path: file.path.to_owned(),
        text: written(&file.text.replace("enabled: false", "enabled: true")),
    });
    let loading = Loading { shipped: false, ..Loading::default() };
    let loaded = load_as(&switched_on.collect::<Vec<_>>(), loading);
    assert_eq!(loaded.errors().count(), 0, "the shipped rules load");
    Pipeline::new(Arc::new(loaded.rules))
}

/// The product as it ships, with every rule switched on.
pub(crate) fn pipeline() -> &'static Pipeline {
    static PIPELINE: OnceLock<Pipeline> = OnceLock::new();
    PIPELINE.get_or_init(|| with_rules(&|text| text.to_owned()))
}

/// What rules find in a delivery.
pub(crate) fn matches(pipeline: &Pipeline, bytes: &[u8]) -> Vec<Match> {
    let mut session = pipeline.delivery("delivery.json", now());
    session.push(bytes);
    session.finish(Ending::Whole).matches
}

/// And what is told of it.
pub(crate) fn findings(bytes: &[u8]) -> Vec<Finding> {
    let product = Product::new("adversary");
    matches(pipeline(), bytes).into_iter().map(|found| describe(found, &product, now())).collect()
}

/// An alert of a correlation, or of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Alert {
    pub(crate) rule: String,
    pub(crate) level: Level,
}

/// What deliveries come to, one after another, in a process that remembers.
pub(crate) fn alerts(pipeline: &Pipeline, deliveries: &[Vec<u8>]) -> Vec<Alert> {
    let memory = Memory::fleeting(MemoryStore::default());
    let product = Product::new("adversary");
    let outbox = Outbox {
        policy: pipeline.policy(),
        memory: &memory,
        sink: &Accept,
        clock: &Noon,
        claimant: "one",
        product: &product,
    };
    let mut all = Vec::new();
    for bytes in deliveries {
        let mut session = pipeline.delivery("delivery.json", now());
        session.push(bytes);
        let finished = session.finish(Ending::Whole);
        pollster::block_on(outbox.remember_callers(&finished.callers));
        let mut tally = Tally::default();
        let sent = pollster::block_on(outbox.send(finished.matches, &mut tally));
        assert!(tally.balances(), "{tally:?}");
        all.extend(
            sent.published
                .iter()
                .map(|finding| Alert { rule: finding.matched.rule.name.clone(), level: finding.level() }),
        );
    }
    all.sort();
    all
}

/// An event that a rule speaks of.
pub(crate) struct Positive {
    pub(crate) rule: String,
    pub(crate) test: String,
    pub(crate) event: Value,
}

fn tests() -> &'static (Vec<Positive>, Vec<EpisodeTests>) {
    static TESTS: OnceLock<(Vec<Positive>, Vec<EpisodeTests>)> = OnceLock::new();
    TESTS.get_or_init(|| {
        let (mut events, mut episodes) = (Vec::new(), Vec::new());
        for tests in parse_all(&shipped()) {
            match tests.expect("a shipped tests file reads") {
                Tests::Correlation(tests) => episodes.push(tests),
                Tests::Rule(tests) => events.extend(tests.tests.into_iter().filter_map(|test| {
                    let speaks = matches!(test.expect, Expect::Match | Expect::Attempt);
                    let event = serde_json::from_slice(&test.event).ok().filter(|_| speaks)?;
                    Some(Positive { rule: tests.rule.clone(), test: test.name, event })
                })),
            }
        }
        (events, episodes)
    })
}

/// The events of all rules' tests that expect something.
pub(crate) fn positives() -> &'static [Positive] {
    &tests().0
}

/// The tests of correlations.
pub(crate) fn episodes() -> &'static [EpisodeTests] {
    &tests().1
}
