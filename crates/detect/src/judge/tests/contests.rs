//! What others write between two steps, or a store that fails there.

use std::sync::{Arc, LazyLock};

use super::newness::Accept;
use super::process::{Host, Process, host};
use super::world::{Happening, RULES, Trouble, What, World, pipeline, policy};
use crate::describe::{Product, describe};
use crate::log_type::LogType;
use crate::matched::Level;
use crate::outbox::{Outbox, Sent};
use crate::pipeline::Pipeline;
use crate::ports::Clock;
use crate::remember::desk::Desk;
use crate::remember::group::Group;
use crate::remember::learning::{self, LearningClock};
use crate::remember::{Memory, claims};
use crate::state::{Key, StateStore, Write};
use crate::tally::Tally;

const DAY: i64 = 86_400;
const ACCOUNT: &str = "111122223333";

fn session(id: usize, at: i64) -> Happening {
    Happening { id, at, actor: 1, target: 1, what: What::Session }
}

/// A world whose account is no longer learned.
fn known(world: World) -> World {
    send(&world, "opening", &[Happening { actor: 99, target: 99, ..session(999, -60 * DAY) }]);
    world.published.lock().unwrap().clear();
    world
}

fn send(world: &World, name: &str, batch: &[Happening]) -> Sent {
    let batch = batch.iter().map(Happening::matched).collect();
    Process::start(world, name.to_owned(), batch).run().expect("nothing kills it")
}

/// Has two processes send one event each, in every order of their first ten steps.
fn in_every_order(world: impl Fn() -> World, first: &Happening, second: &Happening, check: impl Fn(&World)) {
    for order in 0..1_u32 << 10 {
        let world = world();
        let start = |name: &str, happening: &Happening| {
            Some(Process::start(&world, name.to_owned(), vec![happening.matched()]))
        };
        let mut both = [start("one", first), start("two", second)];
        for turn in 0..10 {
            let running = &mut both[usize::from(order >> turn & 1 == 1)];
            if running.as_mut().is_some_and(|process| process.step().is_some()) {
                *running = None;
            }
        }
        for process in both.into_iter().flatten() {
            process.run().expect("nothing kills it");
        }
        check(&world);
    }
}

fn events_counted(world: &World) -> u64 {
    let key = learning::key(ACCOUNT);
    let item = pollster::block_on(world.store.load(std::slice::from_ref(&key))).unwrap().remove(0);
    let mut desk = Desk::default();
    desk.place(key.clone(), item, world.clock.now());
    desk.read::<LearningClock>(&key).unwrap().expect("a clock").told().1
}

fn alerts(world: &World) -> Vec<String> {
    let published = world.published.lock().unwrap();
    let alerts = published.iter().filter(|finding| finding.matched.episode.is_some());
    alerts.map(|finding| finding.matched.rule.name.clone()).collect()
}

/// Where processes have written windows.
fn groups(world: &World) -> Vec<Key> {
    world.groups.lock().unwrap().iter().cloned().collect()
}

#[test]
fn an_event_is_counted_once_however_often_it_is_decided() {
    for by_scope in [false, true] {
        let world = || known(World { by_scope, ..World::default() });
        in_every_order(world, &session(1, 0), &session(2, 60), |world| assert_eq!(events_counted(world), 3));
    }
}

#[test]
fn a_window_holds_what_was_decided_last() {
    const NEWS: &str = "
---
title: News
id: 00000000-0000-4000-8000-0000000000b9
name: world-news
correlation:
  type: event_count
  rules: [world-session]
  group-by: [n.actor.key]
  timespan: 30m
  condition: {gte: 2}
  generate: true
level: high
trailhound: {least: medium}
";
    static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| pipeline(&format!("{RULES}{NEWS}")));
    // Of two events only one is the first, and so of medium level, whoever comes first.
    for by_scope in [false, true] {
        let world = || known(World { pipeline: &PIPELINE, by_scope, ..World::default() });
        in_every_order(world, &session(1, 0), &session(2, 60), |world| {
            assert_eq!(alerts(world), Vec::<String>::new());
        });
    }
}

#[test]
fn an_alert_that_is_kept_back_is_not_owed() {
    static QUIET: LazyLock<Pipeline> =
        LazyLock::new(|| Pipeline::new(policy(RULES).at_least(Level::Critical)));
    let world = || {
        let world = known(World { pipeline: &QUIET, ..World::default() });
        send(&world, "before", &[session(1, 0), Happening { target: 2, ..session(2, 10) }]);
        world
    };
    in_every_order(world, &Happening { target: 3, ..session(3, 20) }, &session(4, 30), |world| {
        let keys = groups(world);
        assert!(!keys.is_empty());
        for item in pollster::block_on(world.store.load(&keys)).unwrap().into_iter().flatten() {
            let group: serde_json::Value = serde_json::from_str(item.value.as_str()).unwrap();
            let windows = group["w"].as_array().expect("windows").iter();
            let mut alerted = windows.filter_map(|window| window["a"].as_array()).flatten();
            assert!(alerted.all(|alerted| alerted["published"] == true), "{group}");
        }
    });
}

#[test]
fn many_at_work_on_one_account_publish_once_each() {
    let world = known(World { by_scope: true, ..World::default() });
    for round in 0..2 {
        let all = (0..14_u8).map(|n| {
            let event = Happening { actor: 10 + n, target: n, ..session(n.into(), n.into()) };
            Some(Process::start(&world, format!("{round}-{n}"), vec![event.matched()]))
        });
        let mut all: Vec<Option<Process<'_>>> = all.collect();
        for _ in 0..200 {
            for process in &mut all {
                if process.as_mut().is_some_and(|process| process.step().is_some()) {
                    *process = None;
                }
            }
        }
        assert!(all.iter().all(Option::is_none));
        world.clock.wait(30);
    }
    assert_eq!(world.published.lock().unwrap().len(), 14);
}

/// Two steps on one machine.
const PLANTED: &str = "
---
title: Planted
id: 00000000-0000-4000-8000-0000000000c9
name: world-planted
correlation:
  type: temporal_ordered
  rules: [world-session, world-prepare]
  group-by: [n.target.ids]
  timespan: 30m
  generate: true
level: critical
trailhound: {takes: successes}
";

#[test]
fn the_last_of_many_machines_is_in_its_group_and_what_is_left_out_is_told() {
    static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| pipeline(&format!("{RULES}{PLANTED}")));
    for (decoys, left_out) in [(50, 0), (999, 0), (1_499, 500)] {
        let world = known(World { pipeline: &PIPELINE, ..World::default() });
        let mut many = session(1, 0).matched();
        many.facts.target.ids = (0..decoys).map(|n| format!("i-decoy-{n}")).collect();
        many.facts.target.ids.to_mut().push("i-1".to_owned());
        let mut tally = Tally::default();
        let memory = Memory::lasting(&world.store);
        let (clock, product) = (&world.clock, &Product::new("test"));
        let (policy, claimant) = (world.pipeline.policy(), "one");
        let outbox = Outbox { policy, memory: &memory, sink: &Accept, clock, claimant, product };
        pollster::block_on(outbox.send(vec![many], &mut tally));
        assert_eq!(tally.truncated, left_out, "{decoys} decoys");
        let run = Happening { what: What::Prepare, ..session(2, 60) };
        let sent = pollster::block_on(outbox.send(vec![run.matched()], &mut tally));
        let told = sent.published.iter().map(|finding| &finding.matched);
        let planted: Vec<_> = told.filter(|told| told.rule.name == "world-planted").collect();
        assert_eq!(planted.len(), usize::from(left_out == 0), "{decoys} decoys");
        for told in planted {
            let target = &told.facts.target;
            assert_eq!(target.ids, ["i-1"], "{decoys} decoys");
            assert_eq!((&target.names, target.count), (&target.ids, 1));
        }
    }
}

#[test]
fn a_step_that_came_late_is_not_told_as_the_last() {
    static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| pipeline(&format!("{RULES}{PLANTED}")));
    for late in [false, true] {
        let world = known(World { pipeline: &PIPELINE, ..World::default() });
        let steps = [session(1, 0), Happening { what: What::Prepare, ..session(2, 60) }];
        let order = if late { [1, 0] } else { [0, 1] };
        for at in order {
            send(&world, "one by one", std::slice::from_ref(&steps[at]));
        }
        let published = world.published.lock().unwrap();
        let told = published.iter().find(|finding| finding.matched.rule.name == "world-planted").unwrap();
        let sentence = told.message();
        assert_eq!(sentence.starts_with("Planted: 2 events of "), late, "{sentence}");
        assert!(sentence.contains(" within 1 minute"), "{sentence}");
        assert_eq!(told.matched.facts.target.ids, ["i-1"], "late: {late}");
    }
}

/// Deliveries that come in side by side, as one invocation brings them, to hosts over one slow store: each is a step
/// ahead of the others in turn.
fn side_by_side(world: &World, hosts: usize, deliveries: u8) -> Vec<Sent> {
    let hosts: Vec<Host<'_>> = (0..hosts).map(|_| host(world)).collect();
    let mut all: Vec<Option<Process<'_>>> = (0..deliveries)
        .map(|n| {
            let event = Happening { target: n, ..session(n.into(), n.into()) };
            let host = Arc::clone(&hosts[usize::from(n) % hosts.len()]);
            Some(Process::on(host, format!("delivery {n}"), vec![event.matched()], Trouble::default()))
        })
        .collect();
    let mut sent = Vec::new();
    for _ in 0..20_000 {
        for process in &mut all {
            if let Some(done) = process.as_mut().and_then(Process::step) {
                sent.push(done);
                *process = None;
            }
        }
    }
    assert!(all.iter().all(Option::is_none), "all come to an end");
    sent
}

#[test]
fn deliveries_side_by_side_lose_no_episode_and_tell_none_twice() {
    for (hosts, by_scope) in [(1, false), (1, true), (4, true)] {
        let world = known(World { by_scope, ..World::default() });
        let sent = side_by_side(&world, hosts, 40);
        let unavailable: Vec<_> = sent.iter().filter_map(|sent| sent.state_unavailable.clone()).collect();
        assert_eq!(unavailable, Vec::<String>::new(), "the store answers");
        assert_eq!(alerts(&world), ["world-burst"], "{hosts} hosts");
        let items = pollster::block_on(world.store.load(&groups(&world))).unwrap();
        let groups: Vec<Group> =
            items.iter().flatten().map(|item| world.group(item.value.as_str())).collect();
        let windows = groups.iter().flat_map(Group::windows);
        let members = windows.map(|(_, window)| window.members().count());
        assert_eq!(members.max(), Some(40), "no event is lost");
    }
}

#[test]
fn a_window_of_another_version_is_told() {
    for what in [What::Session, What::Prepare] {
        let world = known(World::default());
        send(&world, "before", &[session(1, 0)]);
        for key in groups(&world) {
            let item = pollster::block_on(world.store.load(std::slice::from_ref(&key))).unwrap().remove(0);
            let item = item.expect("a window");
            let (replaces, value) = (Some(item.version), r#"{"v":2}"#.into());
            let write = Write { key, replaces, value, expires_at: item.expires_at };
            pollster::block_on(world.store.commit(&[write])).unwrap();
        }
        let sent = send(&world, "after", &[Happening { what, ..session(2, 5) }]);
        assert!(sent.state_unavailable.is_some_and(|words| words.contains("of another version")), "{what:?}");
    }
}

/// Keeps a claim alive, as a function does whose topic is slow.
fn renew(world: &World, name: &str, happening: &Happening) {
    let now = world.clock.now();
    let finding = describe(happening.matched(), &Product::new("test"), now);
    pollster::block_on(Memory::lasting(&world.store).renew(name, &[&finding.matched], now)).unwrap();
}

#[test]
fn a_claim_that_is_kept_alive_says_what_it_said() {
    let world = known(World::default());
    let mut found = session(1, 0).matched();
    (found.facts.log, found.facts.content) = (LogType::CloudTrail, None);
    // A finding tells less of it than was claimed.
    found.facts.target.ids = vec!["ghp_16C7e42F292c6912E7710c838347Ae178B4a".to_owned()].into();
    found.facts.target.names.clone_from(&found.facts.target.ids);
    let key = claims::key(&found);
    let claim = || {
        let item = pollster::block_on(world.store.load(std::slice::from_ref(&key))).unwrap().remove(0);
        serde_json::from_str::<serde_json::Value>(item.expect("claimed").value.as_str()).unwrap()
    };
    let mut process = Process::on(host(&world), "one".to_owned(), vec![found.clone()], Trouble::default());
    for _ in 0..3 {
        assert!(process.step().is_none());
    }
    let before = claim();
    world.clock.wait(3);
    let now = world.clock.now();
    let finding = describe(found, &Product::new("test"), now);
    assert!(finding.json().contains("[REDACTED]"));
    pollster::block_on(Memory::lasting(&world.store).renew("one", &[&finding.matched], now)).unwrap();
    let after = claim();
    assert!(before["telling"]["facts"].is_array(), "{before}");
    assert_eq!(before["telling"], after["telling"]);
    assert!(before["at"].as_i64() < after["at"].as_i64(), "{after}");
}

#[test]
fn an_alert_that_was_decided_goes_out_though_the_store_fails() {
    // The claim, the finding, windows, the record, what it was refused for, the record, the alert, the record.
    for fault in [5, 6, 8] {
        let world = known(World::default());
        send(&world, "before", &[session(1, 0)]);
        let late = Happening { what: What::Prepare, ..session(2, -60) };
        let trouble = Trouble { fault: Some(fault), ..Trouble::default() };
        let mut process = Process::on(host(&world), "late".to_owned(), vec![late.matched()], trouble);
        // Before the finding is recorded as published, its claim is another.
        for _ in 0..2 {
            assert!(process.step().is_none());
        }
        world.clock.wait(3);
        renew(&world, "late", &late);
        process.run().expect("nothing kills it");
        assert_eq!(alerts(&world), ["world-prepared"], "the store fails at step {fault}");
    }
}
