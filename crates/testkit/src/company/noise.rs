//! What is told of the company in a week.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use trailhound_detect::describe::{Finding, Product};
use trailhound_detect::matched::{Level, Match};
use trailhound_detect::outbox::Outbox;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::Clock;
use trailhound_detect::remember::{Entry, History, Memory, import};
use trailhound_detect::rules::load_embedded;
use trailhound_detect::tally::Tally;

use super::attacks::Attack;
use super::shelf::Shelf;
use super::work::{Company, Happening, midnight};
use super::{JUDGED, LEARNED, Size, attacks};
use crate::accept::Accept;

/// So many records come together.
const TOGETHER: usize = 20;
/// The day of the attacks: a Wednesday.
const ATTACKED: i64 = LEARNED + 2;

/// Findings by rule and level.
pub type Counts = BTreeMap<(String, Level), u64>;

/// How many are at medium or above.
pub fn medium(counts: &Counts) -> u64 {
    counts.iter().filter(|((_, level), _)| *level >= Level::Medium).map(|(_, count)| count).sum()
}

/// A company with three weeks behind it and one to be judged.
pub struct Noise {
    pipeline: Pipeline,
    learned: Vec<Entry>,
    week: Vec<Vec<Happening>>,
    attacks: Vec<Attack>,
}

/// Do rules know habits?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Habits {
    /// As they are shipped.
    Known,
    /// Their `known:` is switched off.
    Unknown,
}

impl Noise {
    /// Plays a company up to its last week, under the shipped rules.
    pub fn of(size: Size) -> Self {
        let rules = Arc::new(load_embedded().rules);
        let pipeline = Pipeline::new(Policy::new(Arc::clone(&rules)));
        let mut company = Company::new(size);
        let mut history = History::default();
        for day in 0..LEARNED {
            for (_, found) in deliveries(&pipeline, &company.day(day), Habits::Known) {
                for found in &found {
                    history.add(&rules, found);
                }
            }
        }
        let week = (LEARNED..LEARNED + JUDGED).map(|day| company.day(day)).collect();
        let attacks = attacks::all(&mut company, ATTACKED);
        let learned = history.into_entries(midnight(LEARNED), true);
        Self { pipeline, learned, week, attacks }
    }

    /// What is told of the week without memory of the weeks before, nobody attacking.
    pub fn without_baselines(&self) -> Counts {
        block_on(async {
            counted(&self.told(&Memory::fleeting(Shelf::default()), &self.week, Habits::Known).await)
        })
    }

    /// What is told of it with baselines, nobody attacking.
    pub fn with_baselines(&self, habits: Habits) -> Counts {
        block_on(async { counted(&self.told(&self.memory().await, &self.week, habits).await) })
    }

    /// Each attack, and the rules that told something of it at high or above.
    pub fn attacks(&self) -> Vec<(&'static str, Vec<String>)> {
        self.attacks.iter().map(|attack| (attack.name, block_on(self.told_of(attack)))).collect()
    }

    async fn told_of(&self, attack: &Attack) -> Vec<String> {
        let day = usize::try_from(ATTACKED - LEARNED).unwrap_or_default();
        let mut days = self.week[..=day].to_vec();
        days[day].extend(attack.records.iter().cloned());
        days[day].sort();
        let told = self.told(&self.memory().await, &days, Habits::Known).await;
        let is_of_it = |finding: &&Finding| {
            let found = &finding.matched;
            let id = found.facts.correlation_id.as_ref().unwrap_or(&found.facts.event_uid);
            found.verdict.level >= Level::High && attack.records.iter().any(|(_, record)| record.contains(id))
        };
        let mut rules: Vec<String> =
            told.iter().filter(is_of_it).map(|finding| finding.matched.rule_id()).collect();
        rules.sort();
        rules.dedup();
        rules
    }

    async fn memory(&self) -> Memory<Shelf> {
        let memory = Memory::lasting(Shelf::default());
        import(memory.store(), &self.learned, midnight(LEARNED), |_| {}).await.expect("it is in memory");
        memory
    }

    async fn told(&self, memory: &Memory<Shelf>, days: &[Vec<Happening>], habits: Habits) -> Vec<Finding> {
        let product = Product::new("noise");
        let mut told = Vec::new();
        for day in days {
            for (at, found) in deliveries(&self.pipeline, day, habits) {
                let clock = Then(at);
                let outbox = Outbox {
                    policy: self.pipeline.policy(),
                    memory,
                    sink: &Accept,
                    clock: &clock,
                    claimant: "noise",
                    product: &product,
                };
                told.extend(outbox.send(found, &mut Tally::default()).await.published);
            }
        }
        told
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
}

/// What deliveries of records match, and when they came.
fn deliveries(pipeline: &Pipeline, day: &[Happening], habits: Habits) -> Vec<(Timestamp, Vec<Match>)> {
    let delivered = |some: &[Happening]| {
        let at = some.last().map_or(Timestamp::UNIX_EPOCH, |(at, _)| *at);
        let mut session = pipeline.delivery("company", at);
        for (_, record) in some {
            session.push(record.as_bytes());
            session.push(b"\n");
        }
        let mut matches = session.finish(Ending::Whole).matches;
        if habits == Habits::Unknown {
            for found in &mut matches {
                found.asked.known.clear();
            }
        }
        (at, matches)
    };
    day.chunks(TOGETHER).map(delivered).collect()
}

fn counted(told: &[Finding]) -> Counts {
    let mut counts = Counts::default();
    for finding in told {
        let found = &finding.matched;
        *counts.entry((found.rule_id(), found.verdict.level)).or_default() += 1;
    }
    counts
}

struct Then(Timestamp);

impl Clock for Then {
    fn now(&self) -> Timestamp {
        self.0
    }
}
