//! What newness does, one habit at a time.

use super::process::Process;
use super::world::{Hands, Happening, PIPELINE, What, World};
use crate::judge::Judging;
use crate::matched::{Level, Match};
use crate::outbox::Outbox;
use crate::ports::Clock;
use crate::remember::{History, Memory, MemoryStore, import};
use crate::state::testing::Down;
use crate::state::{Committed, Item, Key, StateError, StateStore, Write};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

fn session(id: usize, at: i64) -> Happening {
    Happening { id, at, actor: 1, target: 1, what: What::Session }
}

/// A world that is past learning.
fn known_world() -> World {
    let world = World::default();
    send(&world, &[Happening { actor: 9, target: 9, ..session(900, -30 * DAY) }]);
    world
}

fn send(world: &World, happenings: &[Happening]) -> Vec<Match> {
    let batch = happenings.iter().map(Happening::matched).collect();
    let sent = Process::start(world, "one".to_owned(), batch).run().expect("nothing kills it");
    sent.published.into_iter().map(|finding| finding.matched).collect()
}

fn words(found: &Match) -> Vec<&str> {
    found.verdict.newness.first.iter().map(String::as_str).collect()
}

#[test]
fn the_first_of_its_kind_is_raised_and_the_second_is_not() {
    let world = known_world();
    let first = send(&world, &[session(1, 0)]).remove(0);
    assert_eq!((words(&first), first.verdict.level), (vec!["actor-action", "target"], Level::Medium));
    let next = send(&world, &[Happening { target: 2, ..session(2, 2 * DAY) }]).remove(0);
    assert_eq!((words(&next), next.verdict.level), (vec!["target"], Level::Low));
    let known = send(&world, &[session(3, 3 * DAY)]).remove(0);
    assert_eq!((words(&known), known.verdict.level), (vec![], Level::Low));
    assert_eq!(known.verdict.newness.last_seen.len(), 2);
}

#[test]
fn what_was_not_seen_for_long_is_new_again() {
    let world = known_world();
    send(&world, &[session(1, 0)]);
    let again = send(&world, &[session(2, 11 * DAY)]).remove(0);
    assert_eq!(words(&again), ["actor-action", "target"]);
}

#[test]
fn what_raised_an_alert_vouches_for_nobody_for_its_guard_time() {
    let world = known_world();
    send(&world, &[session(1, 0)]);
    let soon = send(&world, &[session(2, HOUR / 2)]).remove(0);
    assert!(words(&soon).is_empty());
    let recent: Vec<&str> = soon.verdict.newness.recent.iter().map(|(word, _)| word.as_str()).collect();
    assert_eq!(recent, ["actor-action", "target"]);
    assert!(soon.verdict.newness.is_news("target"), "a suppression that spares what is new spares this");
    let later = send(&world, &[session(3, 2 * HOUR)]).remove(0);
    let recent: Vec<&str> = later.verdict.newness.recent.iter().map(|(word, _)| word.as_str()).collect();
    assert_eq!(recent, ["actor-action"], "the target's guard is an hour, the action's a day");
}

#[test]
fn attempts_are_told_what_is_new_and_teach_nothing() {
    let world = known_world();
    for id in 1..3 {
        let tried = send(&world, &[Happening { what: What::Denied, ..session(id, 0) }]).remove(0);
        assert_eq!(words(&tried), ["actor-action", "target"]);
        assert_eq!(tried.verdict.level, Level::Informational, "an attempt is not raised");
    }
    assert_eq!(words(&send(&world, &[session(3, HOUR)])[0]), ["actor-action", "target"]);
}

#[test]
fn a_new_account_is_learned_first_and_says_what_it_would_have_raised() {
    let world = World::default();
    let found = send(&world, &[session(1, 0)]).remove(0);
    assert!(words(&found).is_empty());
    assert_eq!(found.verdict.level, Level::Low);
    let learning = found.verdict.newness.learning.expect("it is being learned");
    assert_eq!(
        (learning.first.as_slice(), learning.level),
        (&["actor-action".to_owned(), "target".to_owned()][..], Level::Medium)
    );
    // The world's rules learn for a second.
    let later = Happening { actor: 2, ..session(2, 2) };
    assert_eq!(words(&send(&world, &[later])[0]), ["actor-action", "target"]);
}

#[test]
fn what_is_only_told_when_new_is_context_until_enough_is_known() {
    let world = known_world();
    let context = |id: usize, actor: u8, at: i64| Happening { actor, what: What::Context, ..session(id, at) };
    let level = |found: &[Match]| found[0].verdict.level;
    let early = send(&world, &[context(1, 1, 0)]);
    assert_eq!(level(&early), Level::Informational, "one event is not enough to know an account");
    assert_eq!(early[0].verdict.newness.learning.as_ref().map(|learning| learning.level), Some(Level::High));
    send(&world, &[session(2, 1)]);
    assert_eq!(level(&send(&world, &[context(3, 2, 2)])), Level::High, "somebody else, after three events");
    assert_eq!(level(&send(&world, &[context(4, 2, 2 * DAY)])), Level::Informational, "and then it is known");
    let tried = send(&world, &[Happening { actor: 2, ..session(5, 3 * DAY) }]);
    assert_eq!(words(&tried[0]), ["actor-action", "target"], "another action is another combination");
}

#[test]
fn without_memory_levels_are_as_the_rules_have_them() {
    let memory = Memory::fleeting(MemoryStore::default());
    let clock = &Hands::default();
    let judging = Judging { memory: &memory, policy: PIPELINE.policy(), claimant: "one", clock };
    let found = Happening { what: What::Context, ..session(1, 0) }.matched();
    let judged = pollster::block_on(judging.judge(vec![found]));
    assert_eq!(judged.ready[0].verdict.level, Level::High);
    assert!(!judged.ready[0].verdict.newness.knows_anything());
}

#[test]
fn history_ends_learning_and_makes_known() {
    let world = World::default();
    let mut history = History::default();
    history.add(PIPELINE.rules(), &session(1, -DAY).matched());
    history.add(PIPELINE.rules(), &Happening { what: What::Denied, actor: 5, ..session(2, -DAY) }.matched());
    let entries = history.into_entries(world.clock.now(), true);
    for _ in 0..2 {
        pollster::block_on(import(&world.store, &entries, world.clock.now(), |_| {})).unwrap();
    }
    assert!(words(&send(&world, &[session(1, -DAY)])[0]).is_empty(), "history itself is not news");
    assert!(words(&send(&world, &[session(3, 0)])[0]).is_empty());
    assert_eq!(
        words(&send(&world, &[Happening { actor: 2, ..session(4, 0) }])[0]),
        ["actor-action", "target"]
    );
}

#[test]
fn a_store_that_cannot_be_asked_leaves_levels_as_they_are() {
    let memory = Memory::lasting(Down);
    let clock = &Hands::default();
    let judging = Judging { memory: &memory, policy: PIPELINE.policy(), claimant: "one", clock };
    let judged = pollster::block_on(judging.judge(vec![session(1, 0).matched()]));
    let found = &judged.ready[0];
    assert!(found.verdict.newness.unavailable);
    assert_eq!((found.verdict.level, words(found)), (Level::Low, vec![]));
    assert_eq!(judged.unavailable.as_deref(), Some("no answer"));
}

#[test]
fn a_matching_event_costs_three_operations_cold_and_two_warm_and_its_alert_one() {
    let world = known_world();
    let cost = |batch: &[Happening]| {
        let before = *world.operations.lock().unwrap();
        send(&world, batch);
        *world.operations.lock().unwrap() - before
    };
    assert_eq!(cost(&[session(1, 0)]), 3, "a process that knows nothing yet");
    let many: Vec<Happening> = (10..60).map(|id| session(id, i64::try_from(id).unwrap() * 60)).collect();
    assert_eq!(cost(&many), 3, "fifty events together");
    let late = Happening { what: What::Prepare, ..session(100, -60) };
    assert_eq!(cost(&[late]), 4, "one more for an alert that it completes");

    let store = Counting { inner: World::default().store, ..Counting::default() };
    let memory = Memory::lasting(&store);
    let (clock, product) = (Hands::default(), crate::describe::Product::new("test"));
    let outbox = Outbox {
        policy: PIPELINE.policy(),
        memory: &memory,
        sink: &Accept,
        clock: &clock,
        claimant: "one",
        product: &product,
    };
    let mut costs = Vec::new();
    for id in 1..4 {
        let found = session(id, i64::try_from(id).unwrap()).matched();
        pollster::block_on(outbox.send(vec![found], &mut crate::tally::Tally::default()));
        costs.push(std::mem::take(&mut *store.operations.lock().unwrap()));
    }
    assert_eq!(costs, [3, 2, 2], "what it asks for again it has at hand");
}

#[derive(Default)]
struct Counting {
    inner: MemoryStore,
    operations: std::sync::Mutex<u64>,
}

impl StateStore for Counting {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        *self.operations.lock().unwrap() += 1;
        self.inner.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        *self.operations.lock().unwrap() += 1;
        self.inner.commit(writes).await
    }
}

pub(super) struct Accept;

impl crate::ports::FindingSink for Accept {
    async fn publish(
        &self,
        findings: &[crate::describe::Finding],
    ) -> Vec<Result<(), crate::ports::PublishError>> {
        findings.iter().map(|_| Ok(())).collect()
    }
}
