//! What a delivery is found to say, and how two verdicts differ.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use trailhound_detect::describe::{Finding, Product, describe};
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::Outbox;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::ports::{FindingSink, PublishError, SystemClock};
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::rules::{EMBEDDED, Loading, RuleFile, load_as};
use trailhound_detect::tally::Tally;

/// What must not depend on the shape.
pub(crate) const FIELDS: [&str; 9] =
    ["attempt", "level", "outcome", "techniques", "actor", "target", "source", "time", "id"];

/// One finding, in so many words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Found {
    pub(crate) rule: String,
    /// In the order of [`FIELDS`].
    pub(crate) words: Vec<String>,
}

/// Everything found in a delivery.
pub(crate) type Verdict = Vec<Found>;

/// Something that two verdicts do not agree on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    pub(crate) rule: String,
    /// One of [`FIELDS`], or `finding` where it is there in only one of them.
    pub(crate) field: &'static str,
    pub(crate) due: String,
    pub(crate) got: String,
}

impl Difference {
    /// Says less than what is due, and nothing else.
    pub(crate) fn is_less(&self) -> bool {
        match self.field {
            // An id that is lost is another.
            "id" => true,
            "level" => {
                self.got.parse::<trailhound_detect::matched::Level>().ok()
                    < self.due.parse::<trailhound_detect::matched::Level>().ok()
            }
            _ => self.got.is_empty() || self.got == "unknown",
        }
    }
}

fn pipeline() -> &'static Pipeline {
    static PIPELINE: OnceLock<Pipeline> = OnceLock::new();
    PIPELINE.get_or_init(|| with_rules(&|text| text.to_owned()))
}

/// The product with every shipped rule written another way.
pub(crate) fn with_rules(written: &dyn Fn(&str) -> String) -> Pipeline {
    // Rules that are switched off as shipped are proved too.
    let switched_on = EMBEDDED.iter().map(|file| RuleFile {
        path: file.path.to_owned(),
        text: written(&file.text.replace("enabled: false", "enabled: true")),
    });
    let loading = Loading { shipped: false, ..Loading::default() };
    let loaded = load_as(&switched_on.collect::<Vec<_>>(), loading);
    assert_eq!(loaded.errors().count(), 0, "the shipped rules load");
    Pipeline::new(Arc::new(loaded.rules))
}

/// The rules of what is told of one delivery after another.
pub(crate) fn told(deliveries: &[Vec<u8>]) -> Vec<String> {
    let memory = Memory::fleeting(MemoryStore::default()).in_one_run();
    let product = Product::new("scan");
    let outbox = Outbox {
        policy: pipeline().policy(),
        memory: &memory,
        sink: &Accept,
        clock: &SystemClock,
        claimant: "one",
        product: &product,
    };
    let mut told = Vec::new();
    for bytes in deliveries {
        let mut session = pipeline().delivery("delivery.json", Timestamp::UNIX_EPOCH);
        session.push(bytes);
        let sent =
            pollster::block_on(outbox.send(session.finish(Ending::Whole).matches, &mut Tally::default()));
        told.extend(sent.published.into_iter().map(|finding| finding.matched.rule.name.clone()));
    }
    told
}

struct Accept;

impl FindingSink for Accept {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        findings.iter().map(|_| Ok(())).collect()
    }
}

/// What the product makes of a delivery.
pub(crate) fn of(bytes: &[u8]) -> Verdict {
    by(pipeline(), bytes)
}

/// What it makes of it under these rules.
pub(crate) fn by(pipeline: &Pipeline, bytes: &[u8]) -> Verdict {
    let now: Timestamp = "2026-11-20T12:00:00Z".parse().expect("a time");
    let mut session = pipeline.delivery("delivery.json", now);
    session.push(bytes);
    let finished = session.finish(Ending::Whole);
    let mut verdict: Verdict = finished.matches.into_iter().map(|found| words(found, now)).collect();
    verdict.sort();
    verdict
}

fn words(found: Match, now: Timestamp) -> Found {
    let finding = describe(found, &Product::new("scan"), now);
    let found = &finding.matched;
    let (facts, actor, target) = (&found.facts, &found.facts.actor, &found.facts.target);
    let mut targets: Vec<String> = target.ids.iter().map(|id| id.to_lowercase()).collect();
    targets.extend(target.names.iter().map(|name| name.to_lowercase()));
    targets.sort();
    targets.dedup();
    let source = facts.source.ip.map(|ip| ip.to_string()).or_else(|| facts.source.service.clone());
    let mut techniques: Vec<&str> = found.techniques().collect();
    techniques.sort_unstable();
    let words = vec![
        if found.verdict.attempt { "attempt".to_owned() } else { String::new() },
        found.verdict.level.to_string(),
        facts.outcome.kind.as_str().to_owned(),
        techniques.join(" "),
        [actor.key.as_str(), actor.kind.as_str(), actor.display.as_str()].join("|"),
        targets.join(" "),
        source.unwrap_or_default(),
        facts.time.map(|time| time.to_string()).unwrap_or_default(),
        finding.uid.clone(),
    ];
    Found { rule: found.rule.name.clone(), words }
}

/// How `got` differs from what is due, record by record.
pub(crate) fn differences(due: &[Found], got: &[Found]) -> Vec<Difference> {
    let mut left: Vec<&Found> = got.iter().collect();
    let mut open: Vec<&Found> = Vec::new();
    for found in due {
        match left.iter().position(|other| between(found, other).is_empty()) {
            Some(at) => drop(left.remove(at)),
            None => open.push(found),
        }
    }
    let mut all = Vec::new();
    let only = |found: &Found, due: &str, got: &str| Difference {
        rule: found.rule.clone(),
        field: "finding",
        due: due.to_owned(),
        got: got.to_owned(),
    };
    for found in open {
        let nearest = left
            .iter()
            .enumerate()
            .filter(|(_, other)| other.rule == found.rule)
            .min_by_key(|(_, other)| between(found, other).len())
            .map(|(at, _)| at);
        match nearest {
            Some(at) => all.extend(between(found, left.remove(at))),
            None => all.push(only(found, "found", "")),
        }
    }
    all.extend(left.into_iter().map(|found| only(found, "", "found")));
    all
}

fn between(due: &Found, got: &Found) -> Vec<Difference> {
    if due.rule != got.rule {
        return vec![Difference {
            rule: due.rule.clone(),
            field: "finding",
            due: due.rule.clone(),
            got: got.rule.clone(),
        }];
    }
    let pairs = due.words.iter().zip(&got.words).zip(FIELDS);
    pairs
        // What is due has no id where the event has none of its own.
        .filter(|((due, got), field)| due != got && !(*field == "id" && due.is_empty()))
        .map(|((due_word, got_word), field)| Difference {
            rule: due.rule.clone(),
            field,
            due: due_word.clone(),
            got: got_word.clone(),
        })
        .collect()
}
