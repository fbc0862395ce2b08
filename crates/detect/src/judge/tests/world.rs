//! A small world for histories: rules that remember, events to make matches of, and a store that breaks.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};
use std::task::Poll;

use jiff::{SignedDuration, Timestamp};

use crate::describe::Finding;
use crate::matched::Match;
use crate::pipeline::{Ending, Pipeline};
use crate::policy::Policy;
use crate::ports::{Clock, FindingSink, PublishError};
use crate::remember::group::{Base, Group, WindowId};
use crate::remember::window::Member;
use crate::remember::{MemoryStore, alone};
use crate::rules::{RuleFile, load};
use crate::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Value, Write};

pub(super) const RULES: &str = r"
title: Session
id: 00000000-0000-4000-8000-0000000000a1
name: world-session
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventName: WorldSession}
  condition: selection
level: low
trailhound:
  family: world
  baseline:
    - {first: [actor, action], within: 10d, learning: 1s, level: medium}
    - {first: [actor, target], within: 10d, learning: 1s, guard: 1h, level: low}
---
title: Preparation
id: 00000000-0000-4000-8000-0000000000a2
name: world-prepare
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventName: WorldPrepare}
  condition: selection
level: low
---
title: Context
id: 00000000-0000-4000-8000-0000000000a3
name: world-context
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventName: WorldContext}
  condition: selection
level: high
trailhound:
  family: world-context
  baseline:
    - {first: [actor, action], within: 10d, learning: 1s, enough: 3, level: high}
  require_first: true
---
title: Many targets
id: 00000000-0000-4000-8000-0000000000b1
name: world-burst
correlation:
  type: value_count
  rules: [world-session]
  group-by: [n.actor.key]
  timespan: 60m
  condition: {field: n.target.ids, gte: 3}
  generate: true
level: high
trailhound: {takes: successes}
---
title: Prepared
id: 00000000-0000-4000-8000-0000000000b2
name: world-prepared
correlation:
  type: temporal_ordered
  rules: [world-prepare, world-session]
  group-by: [n.actor.key]
  timespan: 30m
  generate: true
level: high
trailhound: {takes: successes}
---
title: Tried
id: 00000000-0000-4000-8000-0000000000b3
name: world-tried
correlation:
  type: event_count
  rules: [world-session]
  group-by: [n.actor.key]
  timespan: 30m
  condition: {gte: 3}
  generate: true
level: medium
trailhound: {takes: attempts}
";

/// The shipped rules, with those of this world.
pub(super) static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| pipeline(RULES));

/// The shipped rules, with others.
pub(super) fn policy(rules: &str) -> Policy {
    let loaded = load(&[RuleFile { path: "world.yml".to_owned(), text: rules.to_owned() }]);
    let wrong: Vec<String> = loaded.errors().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Policy::new(Arc::new(loaded.rules))
}

pub(super) fn pipeline(rules: &str) -> Pipeline {
    Pipeline::new(policy(rules))
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Happening {
    pub(super) id: usize,
    /// Seconds since the world began.
    pub(super) at: i64,
    pub(super) actor: u8,
    pub(super) target: u8,
    pub(super) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum What {
    Session,
    Denied,
    Prepare,
    Context,
}

pub(super) fn began() -> Timestamp {
    "2026-03-18T00:00:00Z".parse().unwrap()
}

/// The match of each kind that happenings are made from.
static TEMPLATES: LazyLock<HashMap<What, Match>> = LazyLock::new(|| {
    let of = |name: &str, error: &str| {
        let record = format!(
            r#"{{"eventVersion":"1.09","eventSource":"world.example.com","eventName":"{name}",{error}"eventTime":"2026-03-18T00:00:00Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","recipientAccountId":"111122223333","eventID":"0","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333","userName":"dana"}},"requestParameters":{{"target":"i-0"}}}}"#
        );
        let mut session = PIPELINE.delivery("world", began());
        session.push(record.as_bytes());
        session.finish(Ending::Whole).matches.remove(0)
    };
    HashMap::from([
        (What::Session, of("WorldSession", "")),
        (What::Denied, of("WorldSession", r#""errorCode":"AccessDenied","#)),
        (What::Prepare, of("WorldPrepare", "")),
        (What::Context, of("WorldContext", "")),
    ])
});

impl Happening {
    pub(super) fn matched(&self) -> Match {
        let mut found = TEMPLATES[&self.what].clone();
        found.facts.event_uid = format!("event-{}", self.id);
        found.facts.time = began().checked_add(SignedDuration::from_secs(self.at)).ok();
        found.facts.actor.key = format!("actor-{}", self.actor);
        found.facts.target.ids = vec![format!("i-{}", self.target)].into();
        found.facts.target.names.clone_from(&found.facts.target.ids);
        found
    }

    pub(super) fn event(&self) -> String {
        crate::remember::newness::event_of(&self.matched().facts)
    }
}

/// A clock that tests move.
#[derive(Default)]
pub(super) struct Hands(Mutex<i64>);

impl Hands {
    pub(super) fn wait(&self, seconds: i64) {
        *self.0.lock().unwrap() += seconds;
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        let later = SignedDuration::from_hours(24 * 60) + SignedDuration::from_secs(*self.0.lock().unwrap());
        began().checked_add(later).unwrap()
    }
}

/// What outlives processes: the store, what was published, and in which order windows grew.
pub(super) struct World {
    pub(super) pipeline: &'static Pipeline,
    /// Writes to a scope are done together or not at all, as Table Storage does.
    pub(super) by_scope: bool,
    pub(super) store: MemoryStore,
    pub(super) published: Mutex<Vec<Finding>>,
    pub(super) arrivals: Mutex<HashMap<WindowId, Vec<Member>>>,
    /// Where windows are.
    pub(super) groups: Mutex<BTreeSet<Key>>,
    pub(super) operations: Mutex<u64>,
    pub(super) clock: Hands,
}

impl Default for World {
    fn default() -> Self {
        Self::new_to_this_version().known_to_this_version()
    }
}

impl World {
    /// A store that versions before may have written to.
    pub(super) fn new_to_this_version() -> Self {
        Self {
            pipeline: &PIPELINE,
            by_scope: false,
            store: MemoryStore::default(),
            published: Mutex::default(),
            arrivals: Mutex::default(),
            groups: Mutex::default(),
            operations: Mutex::default(),
            clock: Hands::default(),
        }
    }

    /// A group as another process reads it.
    pub(super) fn group(&self, text: &str) -> Group {
        let Some(name) = Base::named_in(text) else {
            return Value::from(text).record::<Group>().unwrap().clone();
        };
        let key = Key { kind: ItemKind::Base, scope: String::new(), name };
        let base = pollster::block_on(self.store.load(std::slice::from_ref(&key))).unwrap().remove(0);
        let base = base.expect("a base is there before it is named");
        let base = Base::of(&key.name, base.value.as_str(), base.expires_at).unwrap();
        Group::on(&Arc::new(base), text).unwrap()
    }

    /// A store in which nothing is left of versions before.
    fn known_to_this_version(self) -> Self {
        let value = r#"{"v":1,"at":0}"#.into();
        let since = Write { key: alone::since(), replaces: None, value, expires_at: Timestamp::MAX };
        pollster::block_on(self.store.commit(&[since])).unwrap();
        self
    }

    fn commit(&self, writes: &[Write]) -> Vec<Committed> {
        let keys: Vec<Key> = writes.iter().map(|write| write.key.clone()).collect();
        let there = pollster::block_on(self.store.load(&keys)).unwrap();
        let fits = |write: &Write, item: &Option<Item>| {
            write.replaces == item.as_ref().map(|item| item.version.clone())
        };
        let torn = writes.iter().zip(&there).filter(|(write, item)| self.by_scope && !fits(write, item));
        let torn: Vec<&str> = torn.map(|(write, _)| write.key.scope.as_str()).collect();
        let one = |write: &Write| {
            if torn.contains(&write.key.scope.as_str()) {
                return Committed::Refused;
            }
            pollster::block_on(self.store.commit(std::slice::from_ref(write))).unwrap().remove(0)
        };
        writes.iter().map(one).collect()
    }
}

/// What goes wrong for a process.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trouble {
    pub(super) death: Option<Death>,
    /// The step at which the store gives an error instead.
    pub(super) fault: Option<u64>,
    /// Which of every eight findings the sink refuses, a bit for each.
    pub(super) refused: u8,
}

/// When a process dies: at which of its steps, and how much of the step has effect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Death {
    pub(super) step: u64,
    pub(super) done: Done,
}

/// How much of a step is done: a store may write items one by one, a sink take findings so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    Nothing,
    Half,
    All,
}

impl Done {
    fn of<T>(self, all: &[T]) -> &[T] {
        match self {
            Self::Nothing => &[],
            Self::Half => &all[..all.len() / 2],
            Self::All => all,
        }
    }
}

/// A process's way to the world: every step lets others go first, and one may be its last.
pub(super) struct Link<'w> {
    pub(super) world: &'w World,
    trouble: Mutex<Trouble>,
    step: Mutex<u64>,
}

impl<'w> Link<'w> {
    pub(super) fn to(world: &'w World) -> Self {
        Self { world, trouble: Mutex::default(), step: Mutex::default() }
    }

    pub(super) fn begin(&self, trouble: Trouble) {
        *self.trouble.lock().unwrap() = trouble;
        *self.step.lock().unwrap() = 0;
    }

    async fn take<T>(&self, effect: impl FnOnce(Done) -> T) -> Option<T> {
        yield_once().await;
        let step = {
            let mut step = self.step.lock().unwrap();
            *step += 1;
            *step
        };
        let trouble = *self.trouble.lock().unwrap();
        if trouble.fault == Some(step) {
            return None;
        }
        let dies = trouble.death.filter(|death| death.step == step);
        let answer = effect(dies.map_or(Done::All, |death| death.done));
        if dies.is_some() {
            std::future::pending::<()>().await;
        }
        Some(answer)
    }
}

async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(
        |_| if std::mem::replace(&mut yielded, true) { Poll::Ready(()) } else { Poll::Pending },
    )
    .await;
}

impl StateStore for Link<'_> {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.take(|_| {
            *self.world.operations.lock().unwrap() += 1;
            pollster::block_on(self.world.store.load(keys))
        })
        .await
        .unwrap_or_else(|| Err(StateError("injected".to_owned())))
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        self.take(|done| {
            *self.world.operations.lock().unwrap() += 1;
            let answers = self.world.commit(done.of(writes));
            let mut arrivals = self.world.arrivals.lock().unwrap();
            for (write, answer) in writes.iter().zip(&answers) {
                let is_done = matches!(answer, Committed::Done(_));
                if write.key.kind != ItemKind::Group || write.key == alone::since() || !is_done {
                    continue;
                }
                self.world.groups.lock().unwrap().insert(write.key.clone());
                // As another process reads it.
                for (id, window) in self.world.group(write.value.as_str()).windows() {
                    let known = arrivals.entry(id).or_default();
                    for member in window.members() {
                        if !known.contains(member) {
                            known.push(member.clone());
                        }
                    }
                }
            }
            answers
        })
        .await
        .ok_or_else(|| StateError("injected".to_owned()))
    }
}

impl FindingSink for Link<'_> {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        let refused = self.trouble.lock().unwrap().refused;
        self.take(|done| {
            let mut published = self.world.published.lock().unwrap();
            let mut answer = |(n, finding): (usize, &Finding)| {
                if refused >> (n % 8) & 1 == 1 {
                    return Err(PublishError::Transient("throttled".to_owned()));
                }
                published.push(finding.clone());
                Ok(())
            };
            done.of(findings).iter().enumerate().map(&mut answer).collect()
        })
        .await
        .unwrap_or_else(|| {
            findings.iter().map(|_| Err(PublishError::Transient("injected".to_owned()))).collect()
        })
    }
}
