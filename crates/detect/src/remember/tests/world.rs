//! A small world for histories: rules that remember, events to make matches of, and a store that breaks.

use std::collections::HashMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, LazyLock, Mutex};
use std::task::{Context, Poll, Waker};

use jiff::{SignedDuration, Timestamp};

use crate::describe::{Finding, Product};
use crate::matched::Match;
use crate::outbox::{Outbox, Sent};
use crate::pipeline::Pipeline;
use crate::ports::{
    Clock, Committed, FindingSink, Item, Key, Kind, PublishError, StateError, StateStore, Write,
};
use crate::remember::window::Member;
use crate::remember::{Memory, MemoryStore};
use crate::rules::{RuleFile, load};
use crate::tally::Tally;

const RULES: &str = r"
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
pub(super) static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| {
    let loaded = load(&[RuleFile { path: "world.yml".to_owned(), text: RULES.to_owned() }]);
    let wrong: Vec<String> = loaded.errors().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Pipeline::new(Arc::new(loaded.rules))
});

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
        session.finish().matches.remove(0)
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
        found.facts.target.ids = vec![format!("i-{}", self.target)];
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
#[derive(Default)]
pub(super) struct World {
    pub(super) store: MemoryStore,
    pub(super) published: Mutex<Vec<Finding>>,
    pub(super) arrivals: Mutex<HashMap<Key, Vec<Member>>>,
    pub(super) operations: Mutex<u64>,
    pub(super) clock: Hands,
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
    death: Option<Death>,
    step: Mutex<u64>,
}

impl<'w> Link<'w> {
    fn new(world: &'w World, death: Option<Death>) -> Self {
        Self { world, death, step: Mutex::default() }
    }

    async fn take<T>(&self, effect: impl FnOnce(Done) -> T) -> T {
        yield_once().await;
        let step = {
            let mut step = self.step.lock().unwrap();
            *step += 1;
            *step
        };
        let dies = self.death.filter(|death| death.step == step);
        let answer = effect(dies.map_or(Done::All, |death| death.done));
        if dies.is_some() {
            std::future::pending::<()>().await;
        }
        answer
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
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        self.take(|done| {
            *self.world.operations.lock().unwrap() += 1;
            let answers = pollster::block_on(self.world.store.commit(done.of(writes)))?;
            let mut arrivals = self.world.arrivals.lock().unwrap();
            for (write, answer) in writes.iter().zip(&answers) {
                if write.key.kind == Kind::Window && matches!(answer, Committed::Done(_)) {
                    let value: serde_json::Value = serde_json::from_str(&write.value).unwrap();
                    let known = arrivals.entry(write.key.clone()).or_default();
                    let members: Vec<Member> = serde_json::from_value(value["m"].clone()).unwrap();
                    for member in members {
                        if !known.contains(&member) {
                            known.push(member);
                        }
                    }
                }
            }
            Ok(answers)
        })
        .await
    }
}

impl FindingSink for Link<'_> {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        self.take(|done| {
            self.world.published.lock().unwrap().extend(done.of(findings).iter().cloned());
            findings.iter().map(|_| Ok(())).collect()
        })
        .await
    }
}

/// A process at work on one delivery.
pub(super) struct Process<'w>(Pin<Box<dyn Future<Output = Sent> + 'w>>);

impl<'w> Process<'w> {
    /// A process without memory of its own, as after a start.
    pub(super) fn start(world: &'w World, name: String, batch: Vec<Match>, death: Option<Death>) -> Self {
        Self(Box::pin(async move {
            let memory = Memory::lasting(Link::new(world, death));
            let product = Product::new("test");
            let outbox = Outbox {
                pipeline: &PIPELINE,
                memory: &memory,
                sink: memory.store(),
                clock: &world.clock,
                claimant: &name,
                product: &product,
            };
            let mut tally = Tally::default();
            let sent = outbox.send(batch, &mut tally).await;
            assert!(tally.balances(), "{tally:?}");
            sent
        }))
    }

    /// Lets it do one step; `Some` once it is done.
    pub(super) fn step(&mut self) -> Option<Sent> {
        match pin!(&mut self.0).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(sent) => Some(sent),
            Poll::Pending => None,
        }
    }

    /// Lets it run until it is done, or dead: it waits for nothing else.
    pub(super) fn run(mut self) -> Option<Sent> {
        (0..200).find_map(|_| self.step())
    }
}
