//! What somebody does on most days, and what it takes to be taken for that.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};

use super::newness::Accept;
use super::world::{Hands, began, pipeline};
use crate::describe::{Product, describe};
use crate::matched::{Level, Match};
use crate::outbox::Outbox;
use crate::pipeline::{Ending, Pipeline};
use crate::ports::Clock;
use crate::remember::{Entry, History, Memory, MemoryStore, import};
use crate::state::{ItemKind, Key, StateStore, Value, Write};
use crate::tally::Tally;

/// One of the steps by which something high is completed, none of which has a baseline.
fn several(name: &str, kind: &str, condition: &str) -> String {
    format!(
        r"
title: Several
id: 00000000-0000-4000-8000-0000000001b1
name: several-{name}
correlation:
  type: {kind}
  rules: [habit-step]
  group-by: [n.actor.key]
  timespan: 10m
  {condition}
  generate: true
level: high
trailhound: {{takes: successes}}"
    )
}

/// Something is made and removed again, which asks for more than context.
const REMOVED: &str = r"
title: Removed
id: 00000000-0000-4000-8000-0000000001b2
name: removed
correlation:
  type: temporal_ordered
  rules: [habit-own, habit-gone]
  group-by: [n.actor.key]
  timespan: 24h
  generate: true
level: high
trailhound: {takes: successes, least: low}";

/// A rule of each level, with a family of its own, that knows habits, and one that does not.
pub(super) static HABITS: LazyLock<Pipeline> = LazyLock::new(|| {
    let rule = |n: u8, name: &str, level: &str, more: &str| {
        format!(
            r"
title: Habit
id: 00000000-0000-4000-8000-0000000001a{n}
name: habit-{name}
logsource: {{product: aws, service: cloudtrail}}
detection:
  selection: {{eventName: Habit{name}}}
  condition: selection
level: {level}
trailhound:
  family: habit-{name}
{more}"
        )
    };
    let known = "  baseline:
    - {first: [actor, action], within: 30d, learning: 1s, level: high}
    - {first: [actor, target], within: 30d, learning: 1s, level: high}
    - {known: [actor, document, kind]}";
    let all = [
        rule(1, "medium", "medium", known),
        rule(2, "high", "high", known),
        rule(3, "critical", "critical", known),
        rule(4, "alarm", "high", ""),
        rule(5, "step", "low", ""),
        rule(
            6,
            "hour",
            "high",
            "  baseline:
    - {first: [actor, action], within: 30d, learning: 1s, level: high}
    - {known: [actor, operation, kind]}
    - {known: [actor, document, kind]}",
        ),
        several("count", "event_count", "condition: {gte: 2}"),
        rule(7, "own", "low", known),
        rule(8, "gone", "low", ""),
        REMOVED.to_owned(),
    ];
    pipeline(&all.join("\n---"))
});

pub(super) struct Nights {
    pub(super) memory: Memory<MemoryStore>,
    pub(super) clock: Hands,
    pub(super) count: std::cell::Cell<u32>,
}

/// Day 0 is a Wednesday in March; the account is known for long.
impl Nights {
    pub(super) fn new() -> Self {
        let nights = Self::in_new_account();
        let since = began().checked_sub(SignedDuration::from_hours(24 * 90)).unwrap();
        nights.import(&[Entry::Learning {
            scope: "111122223333".to_owned(),
            since,
            events: 100,
            done: true,
            alarms: crate::remember::Alarms::default(),
        }]);
        nights
    }

    pub(super) fn in_new_account() -> Self {
        let memory = Memory::lasting(MemoryStore::default());
        let clock = Hands::default();
        clock.wait(10 * 86_400);
        Self { memory, clock, count: std::cell::Cell::default() }
    }

    pub(super) fn import(&self, entries: &[Entry]) {
        pollster::block_on(import(self.memory.store(), entries, self.clock.now(), |_| {})).unwrap();
    }

    pub(super) fn matched(&self, rule: &str, day: i64, change: impl FnOnce(&mut Match)) -> Match {
        let record = format!(
            r#"{{"eventVersion":"1.09","eventSource":"world.example.com","eventName":"Habit{rule}","eventTime":"2026-03-18T00:00:00Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","recipientAccountId":"111122223333","eventID":"0","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana","accountId":"111122223333","userName":"dana"}}}}"#
        );
        let mut session = HABITS.delivery("world", began());
        session.push(record.as_bytes());
        let mut found = session.finish(Ending::Whole).matches.remove(0);
        self.count.set(self.count.get() + 1);
        found.facts.event_uid = format!("event-{}", self.count.get());
        found.facts.time = began().checked_add(SignedDuration::from_hours(24 * day + 3)).ok();
        found.facts.document = Some("Deploy".to_owned());
        found.facts.target.ids = vec!["i-1".to_owned()].into();
        found.facts.target.kind = "AWS::EC2::Instance".to_owned();
        change(&mut found);
        found
    }

    pub(super) fn send(&self, found: Match) -> Option<Match> {
        self.publish(found).into_iter().next()
    }

    /// All that is told with it.
    pub(super) fn publish(&self, found: Match) -> Vec<Match> {
        let product = Product::new("test");
        let outbox = Outbox {
            policy: HABITS.policy(),
            memory: &self.memory,
            sink: &Accept,
            clock: &self.clock,
            claimant: "one",
            product: &product,
        };
        let sent = pollster::block_on(outbox.send(vec![found], &mut Tally::default()));
        assert_eq!(sent.state_unavailable, None);
        sent.published.into_iter().map(|finding| finding.matched).collect()
    }

    /// What is told of one more, on a day.
    pub(super) fn tell(&self, rule: &str, day: i64, change: impl FnOnce(&mut Match)) -> Match {
        self.send(self.matched(rule, day, change)).expect("told")
    }

    pub(super) fn level(&self, rule: &str, day: i64) -> Level {
        self.tell(rule, day, |_| {}).verdict.level
    }

    /// Its days, none of which is looked at.
    pub(super) fn learn(&self, rule: &str, days: impl IntoIterator<Item = i64>) {
        for day in days {
            self.level(rule, day);
        }
    }

    /// Thirty days, the first of which alarmed: from the eighth on they count.
    pub(super) fn used_to(rule: &str) -> Self {
        let nights = Self::new();
        nights.learn(rule, 0..30);
        nights
    }
}

fn on(document: &str) -> impl FnOnce(&mut Match) {
    move |found| found.facts.document = Some(document.to_owned())
}

#[test]
fn it_is_one_level_lower_and_says_on_how_many_days() {
    let nights = Nights::used_to("medium");
    let found = nights.tell("medium", 30, |_| {});
    assert_eq!(found.verdict.level, Level::Low);
    let last = found.verdict.adjustments.last().unwrap();
    assert_eq!((last.from, last.because.as_str()), (Level::Medium, "as on 14 of the last 14 days"));
    let base = &found.verdict.score.parts[0];
    assert_eq!((base.because.as_str(), base.points), ("level low", 20));
    let finding = describe(found, &Product::new("test"), began());
    assert!(finding.message().ends_with(" As on 14 of the last 14 days."), "{}", finding.message());
}

#[test]
fn it_takes_ten_of_fourteen_days_and_one_that_long_ago() {
    let level = |days: &[i64], day| {
        let nights = Nights::new();
        // Long known, so that nothing is new, by another document.
        nights.tell("medium", -20, on("Other"));
        nights.learn("medium", days.iter().copied());
        nights.level("medium", day)
    };
    let from = |first: i64, days: &[i64]| days.iter().map(|day| first + day).collect::<Vec<_>>();
    let ten = [0, 1, 2, 3, 4, 7, 8, 9, 10, 11];
    assert_eq!(level(&from(0, &ten), 14), Level::Low, "every working day of two weeks");
    assert_eq!(level(&from(0, &ten[1..]), 14), Level::Medium, "nine days");
    assert_eq!(
        level(&from(0, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), 13),
        Level::Medium,
        "thirteen days"
    );
    assert_eq!(level(&from(0, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 14), Level::Medium, "one busy day");
    assert_eq!(level(&(0..30).collect::<Vec<_>>(), 40), Level::Medium, "it stopped a while ago");
}

#[test]
fn what_is_new_in_any_way_is_not_lowered() {
    let nights = Nights::used_to("medium");
    let elsewhere = |found: &mut Match| found.facts.target.ids = vec!["i-9".to_owned()].into();
    assert_eq!(nights.tell("medium", 30, elsewhere).verdict.level, Level::High, "a machine it was never on");
    let nights = Nights::used_to("medium");
    nights.tell("medium", 30, elsewhere);
    let soon = nights.tell("medium", 30, elsewhere);
    assert_eq!(soon.verdict.level, Level::Medium, "nor what is new since then");
    assert_eq!(soon.verdict.newness.routine, None);
}

#[test]
fn another_document_kind_of_target_way_or_actor_is_another_habit() {
    let nights = Nights::used_to("medium");
    assert_eq!(nights.level("medium", 30), Level::Low);
    let kind: fn(&mut Match) = |found| found.facts.target.kind = "AWS::ECS::Task".to_owned();
    let fleet: fn(&mut Match) = |found| found.facts.target.count = 40;
    let service: fn(&mut Match) =
        |found| found.facts.source.service = Some("cloudformation.amazonaws.com".to_owned());
    let document: fn(&mut Match) = |found| found.facts.document = Some("Deploy2".to_owned());
    let nothing: fn(&mut Match) = |found| found.facts.document = None;
    for (what, change) in
        [("kind", kind), ("fleet", fleet), ("service", service), ("document", document), ("none", nothing)]
    {
        assert_eq!(nights.tell("medium", 30, change).verdict.level, Level::Medium, "{what}");
    }
    let other = nights.tell("medium", 30, |found| found.facts.actor.key = "other".to_owned());
    assert_eq!(other.verdict.level, Level::High, "somebody new");
}

#[test]
fn by_one_level_and_never_a_critical() {
    let nights = Nights::new();
    nights.learn("high", 0..30);
    assert_eq!(nights.level("high", 30), Level::Medium);
    let nights = Nights::new();
    nights.learn("critical", 0..30);
    let found = nights.tell("critical", 30, |_| {});
    assert_eq!((found.verdict.level, found.verdict.newness.routine), (Level::Critical, None));
}

#[test]
fn a_week_about_a_finding_at_high_by_the_same_credentials_does_not_count() {
    let after = |alarm: i64, day: i64| {
        let nights = Nights::used_to("medium");
        nights.learn("medium", 30..45);
        nights.level("alarm", alarm);
        nights.learn("medium", 45..day);
        nights.level("medium", day)
    };
    assert_eq!(after(44, 45), Level::Medium, "the day after");
    assert_eq!(after(44, 61), Level::Medium, "nine days that count");
    assert_eq!(after(44, 62), Level::Low, "ten of them");
    let nights = Nights::used_to("medium");
    nights.tell("alarm", 29, |found| found.facts.actor.key = "other".to_owned());
    assert_eq!(nights.level("medium", 30), Level::Low, "somebody else's is nothing against it");
    // More actors than are kept apart stand against everybody.
    for n in 0..80 {
        nights.tell("alarm", 30, |found| found.facts.actor.key = format!("other {n}"));
    }
    assert_eq!(nights.level("medium", 31), Level::Medium);
}

#[test]
fn what_is_high_every_night_stands_against_others_only_until_it_is_usual() {
    let nights = Nights::used_to("medium");
    nights.learn("high", 30..41);
    assert_eq!(nights.level("medium", 41), Level::Medium, "something high began that is not usual");
    let nights = Nights::new();
    for day in 0..60 {
        nights.level("high", day);
        nights.level("medium", day);
    }
    assert_eq!((nights.level("high", 60), nights.level("medium", 60)), (Level::Medium, Level::Low));
}

#[test]
fn what_was_refused_or_came_by_a_way_that_nobody_vouches_for_teaches_nothing_and_is_not_lowered() {
    let refused = |found: &mut Match| found.verdict.attempt = true;
    let unvouched = |found: &mut Match| found.from.unvouched = true;
    let nights = Nights::used_to("medium");
    assert_eq!(nights.tell("medium", 30, refused).verdict.newness.routine, None);
    assert_eq!(nights.tell("medium", 30, unvouched).verdict.newness.routine, None);
    let nights = Nights::new();
    for day in 0..30 {
        nights.tell("medium", day, refused);
        nights.send(nights.matched("medium", day, unvouched));
    }
    let found = nights.tell("medium", 30, |_| {});
    assert_eq!((found.verdict.level, found.verdict.newness.routine), (Level::High, None));
}

#[test]
fn history_teaches_it_and_carries_it() {
    let nights = Nights::in_new_account();
    let mut history = History::default();
    for day in 0..21 {
        for rule in ["medium", "high"] {
            history.add(HABITS.rules(), &nights.matched(rule, day, |_| {}));
        }
    }
    let entries = history.into_entries(nights.clock.now(), true);
    let lines: Vec<String> = entries.iter().map(|entry| serde_json::to_string(entry).unwrap()).collect();
    let read: Vec<Entry> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(read, entries);
    nights.import(&read);
    nights.import(&read);
    assert_eq!((nights.level("medium", 21), nights.level("high", 21)), (Level::Low, Level::Medium));

    // An alarm in it says the same as one that was told.
    let nights = Nights::in_new_account();
    let mut history = History::default();
    for day in 0..21 {
        history.add(HABITS.rules(), &nights.matched("medium", day, |_| {}));
    }
    history.add(HABITS.rules(), &nights.matched("alarm", 15, |_| {}));
    nights.import(&history.into_entries(nights.clock.now(), true));
    assert_eq!(nights.level("medium", 21), Level::Medium);
}

#[test]
fn an_event_delivered_again_is_told_the_same_way() {
    let nights = Nights::used_to("medium");
    let found = nights.matched("medium", 30, |_| {});
    let judge = || {
        let (memory, clock) = (&nights.memory, &nights.clock);
        let judging = crate::judge::Judging { memory, policy: HABITS.policy(), claimant: "one", clock };
        let verdict = pollster::block_on(judging.judge(vec![found.clone()])).ready.remove(0).verdict;
        (verdict.level, verdict.adjustments, verdict.newness.routine)
    };
    let first = judge();
    nights.learn("medium", 31..34);
    nights.clock.wait(60);
    assert_eq!((first.0, judge()), (Level::Low, first), "a process died before it was out");
}

#[test]
fn items_of_versions_before_are_read_and_theirs_can_read_these() {
    let nights = Nights::used_to("medium");
    let found = nights.matched("medium", 30, |_| {});
    let detection = HABITS.rules().named("habit-medium").unwrap();
    let keys: Vec<Key> = crate::remember::newness::combinations(&found, detection)
        .into_iter()
        .map(|combination| combination.key)
        .collect();
    let store = nights.memory.store();
    let item = pollster::block_on(store.load(&keys[..1])).unwrap().remove(0).unwrap();
    let mut value: serde_json::Value = serde_json::from_str(item.value.as_str()).unwrap();
    assert_eq!(value["v"], 1, "the shape has the version that it had");
    assert!(value["days"].as_object_mut().is_some_and(|days| days.len() == 1), "{value}");
    assert!(item.value.as_str().len() < 1_024, "a write unit: {}", item.value.as_str().len());
    value.as_object_mut().unwrap().remove("days");
    assert_eq!(keys[0].kind, ItemKind::Seen);
    let value = Value::from(value.to_string().as_str());
    let write =
        Write { key: keys[0].clone(), replaces: Some(item.version), value, expires_at: Timestamp::MAX };
    pollster::block_on(store.commit(&[write])).unwrap();
    assert_eq!(nights.level("medium", 30), Level::Medium, "it is known, and its days are not");
}
