//! Baselines from history: what is learned ahead, kept in a file, and carried from one store to another.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::days::{Day, day};
use super::desk::Desk;
use super::learning::{self, LearningClock};
use super::memory::{CONTESTS, contested};
use super::newness::{combinations, expiry, habits};
use super::routine::{Alarms, Habits};
use super::seen::Seen;
use crate::matched::{Level, Match};
use crate::rules::RuleSet;
use crate::state::{Item, ItemKind, Key, StateError, StateStore};

/// So many items are written together.
const TOGETHER: usize = 100;

/// One entry of a baseline, in the form that files carry: one JSON object a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Entry {
    /// A combination of facts that was seen.
    Seen {
        /// The account, subscription or tenant.
        scope: String,
        /// The digest it is kept under.
        name: String,
        /// The facts, for people.
        what: String,
        /// The hour in which it was last seen.
        last: Timestamp,
        /// When it may be forgotten.
        expires: Timestamp,
        /// What the actor does of it on which days, where that is kept.
        #[serde(default, skip_serializing_if = "Habits::is_empty")]
        days: Habits,
    },
    /// Since when an account is learned.
    Learning {
        /// The account, subscription or tenant.
        scope: String,
        /// Time of its earliest event.
        since: Timestamp,
        /// How many events were seen.
        events: u64,
        /// Its history is complete: there is no time left to wait for.
        done: bool,
        /// Findings at high, about which nothing is taken for usual.
        #[serde(default, skip_serializing_if = "Alarms::is_empty")]
        alarms: Alarms,
    },
}

impl Entry {
    /// Reads an item of a store; nothing for what is no part of a baseline.
    pub fn of(key: &Key, item: &Item) -> Result<Option<Self>, StateError> {
        let mut desk = Desk::default();
        desk.place(key.clone(), Some(item.clone()), Timestamp::MIN);
        let scope = key.scope.clone();
        Ok(match key.kind {
            ItemKind::Seen => desk.read::<Seen>(key)?.map(|seen| Self::Seen {
                scope,
                name: key.name.clone(),
                last: seen.last(),
                what: seen.what.clone(),
                expires: item.expires_at,
                days: seen.days.clone(),
            }),
            ItemKind::Learning => desk.read::<LearningClock>(key)?.map(|clock| {
                let (since, events, done) = clock.told();
                Self::Learning { scope, since, events, done, alarms: clock.alarms.clone() }
            }),
            ItemKind::Claim
            | ItemKind::Caller
            | ItemKind::Operation
            | ItemKind::Window
            | ItemKind::Group
            | ItemKind::Base
            | ItemKind::Trial
            | ItemKind::Case
            | ItemKind::Session
            | ItemKind::Source => None,
        })
    }

    /// The account, subscription or tenant.
    pub fn scope(&self) -> &str {
        match self {
            Self::Seen { scope, .. } | Self::Learning { scope, .. } => scope,
        }
    }

    fn key(&self) -> Key {
        match self {
            Self::Seen { scope, name, .. } => {
                Key { kind: ItemKind::Seen, scope: scope.clone(), name: name.clone() }
            }
            Self::Learning { scope, .. } => learning::key(scope),
        }
    }

    /// Adds what this says to what a store knows.
    fn merge(&self, desk: &mut Desk, today: Day) -> Result<(), StateError> {
        let key = self.key();
        match self {
            Self::Seen { what, last, expires, days, .. } => {
                let mut seen: Seen = desk.read(&key)?.cloned().unwrap_or_default();
                seen.learn(what, *last);
                seen.days.merge(days, today);
                desk.write(&key, seen, *expires);
            }
            Self::Learning { scope, since, events, done, alarms } => {
                let clock: Option<&LearningClock> = desk.read(&key)?;
                let mut clock = clock.cloned().unwrap_or_else(|| LearningClock::since(scope, *since));
                // The same history again brings no more events.
                let (_, known, _) = clock.told();
                clock.add(*since, events.saturating_sub(known));
                clock.alarms.merge(alarms, today);
                if *done {
                    clock.end();
                }
                desk.write(&key, clock, Timestamp::MAX);
            }
        }
        Ok(())
    }
}

/// What history holds, gathered before it is written.
#[derive(Debug, Default)]
pub struct History {
    seen: BTreeMap<Key, Remembered>,
    clocks: BTreeMap<String, (Timestamp, u64)>,
    alarms: BTreeSet<Alarm>,
    /// The first and the last event that was learned from.
    pub span: Option<(Timestamp, Timestamp)>,
    /// How many events that were.
    pub events: u64,
}

#[derive(Debug)]
struct Remembered {
    what: String,
    last: Timestamp,
    within: SignedDuration,
    days: Habits,
}

/// A day with matches at high.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Alarm {
    scope: String,
    root: String,
    day: Day,
    /// What it is a case of, and where the days of that are kept.
    habits: Option<(Key, Vec<String>)>,
}

impl History {
    /// Learns from a match. What was denied or failed, or does not say when it happened, teaches nothing.
    pub fn add(&mut self, rules: &RuleSet, found: &Match) {
        let (Some(detection), Some(at)) = (rules.named(&found.rule.name), found.facts.time) else { return };
        let (combinations, habits) = (combinations(found, detection), habits(found, detection));
        let of_action = combinations.iter().find(|one| one.baseline.is_of_action());
        if found.verdict.level >= Level::High && !rules.is_silent(&found.rule.name) {
            let (scope, root) = (found.facts.scope.account.clone(), found.facts.actor.key.clone());
            let habits = of_action.map(|one| (one.key.clone(), habits.clone()));
            self.alarms.insert(Alarm { scope, root, day: day(at), habits });
        }
        if found.verdict.attempt || combinations.is_empty() {
            return;
        }
        self.events += 1;
        self.span = Some(self.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        let (since, events) = self.clocks.entry(found.facts.scope.account.clone()).or_insert((at, 0));
        *since = at.min(*since);
        *events += 1;
        for combination in combinations {
            let within = combination.baseline.within;
            let (what, days) = (combination.what, Habits::default());
            let known = self.seen.entry(combination.key).or_insert_with(|| Remembered {
                what,
                last: at,
                within,
                days,
            });
            known.last = known.last.max(at);
            if combination.baseline.is_of_action() {
                for habit in &habits {
                    known.days.add(habit, at);
                }
            }
        }
    }

    /// How many combinations are known, and in how many accounts.
    pub fn size(&self) -> (usize, usize) {
        (self.seen.len(), self.clocks.len())
    }

    /// What was learned. `done` says that the history is long enough for the rest to be news.
    pub fn into_entries(self, now: Timestamp, done: bool) -> Vec<Entry> {
        let mut alarms: BTreeMap<String, Alarms> = BTreeMap::new();
        for Alarm { scope, root, day: its, habits } in self.alarms {
            let (known, habits) = match &habits {
                Some((key, names)) => (self.seen.get(key), names.as_slice()),
                None => (None, [].as_slice()),
            };
            if !root.is_empty() && !known.is_some_and(|known| known.days.are_usual(habits)) {
                alarms.entry(scope).or_default().add(&root, habits, its, day(now));
            }
        }
        let clocks = self.clocks.into_iter().map(|(scope, (since, events))| {
            let alarms = alarms.remove(&scope).unwrap_or_default();
            Entry::Learning { scope, since, events, done, alarms }
        });
        let seen = self.seen.into_iter().map(|(Key { scope, name, .. }, known)| Entry::Seen {
            scope,
            name,
            what: known.what,
            last: known.last,
            expires: expiry(known.last, now, known.within),
            days: known.days,
        });
        clocks.chain(seen).collect()
    }
}

/// Adds entries to a store, whatever it knows already. Doing so again changes nothing.
pub async fn import<Store: StateStore>(
    store: &Store,
    entries: &[Entry],
    now: Timestamp,
    mut progress: impl FnMut(usize),
) -> Result<(), StateError> {
    for (n, some) in entries.chunks(TOGETHER).enumerate() {
        let mut keys: Vec<Key> = some.iter().map(Entry::key).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut contests = 0;
        loop {
            let mut desk = Desk::default();
            for (key, item) in keys.iter().zip(store.load(&keys).await?) {
                desk.place(key.clone(), item, now);
            }
            for entry in some {
                entry.merge(&mut desk, day(now))?;
            }
            let writes = desk.writes();
            if writes.is_empty() || desk.settle(&writes, store.commit(&writes).await?) {
                break;
            }
            contests += 1;
            if contests == CONTESTS {
                return Err(contested());
            }
        }
        progress(n * TOGETHER + some.len());
    }
    Ok(())
}
