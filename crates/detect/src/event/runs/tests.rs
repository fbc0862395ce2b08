use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::*;
use crate::facts::Actor;
use crate::log_type::LogType;

const T0: i64 = 1_773_828_000;

fn record(kind: OutcomeKind, seconds: i64, who: &str) -> Facts {
    let mut facts = Facts::new(LogType::AzureActivity);
    facts.time = Timestamp::from_second(T0 + seconds).ok();
    facts.outcome.kind = kind;
    facts.actor = Actor { key: who.to_owned(), display: format!("{who}@example.com"), ..Actor::default() };
    facts.event_uid = digest::of_parts(&[kind.as_str(), &seconds.to_string(), who]);
    facts
}

use OutcomeKind::{Accepted, Denied, Failed, Success};

#[test]
fn records_of_one_operation_are_one_run_in_any_order() {
    let all = [record(Accepted, 0, "a"), record(Success, 1_800, "a"), record(Success, 1_800, "")];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let mut runs = OperationRuns::default();
        for at in order {
            assert_eq!(runs.join(&all[at]), None, "{order:?}");
        }
    }
    let mut runs = OperationRuns::default();
    assert_eq!(runs.join(&record(Failed, 60, "a")), None, "a failure that comes before its Accept");
    assert_eq!(runs.join(&record(Accepted, 1, "a")), None);
}

#[test]
fn another_day_another_caller_and_another_end_are_another_run() {
    let mut runs = OperationRuns::default();
    assert_eq!(runs.join(&record(Denied, 0, "alice")), None);
    let mallory = runs.join(&record(Success, 30, "mallory"));
    let next_day = runs.join(&record(Success, 86_400, "mallory"));
    let at_once = runs.join(&record(Success, 86_430, "mallory"));
    let all = [&mallory, &next_day, &at_once];
    assert!(all.iter().all(|run| run.is_some()));
    assert!(mallory != next_day && next_day != at_once && mallory != at_once);
    assert_eq!(
        runs.join(&record(Success, 86_430, "mallory")),
        at_once,
        "the same record again is the same run"
    );
    assert_eq!(
        runs.join(&record(Success, 60, "alice")),
        None,
        "a success after an attempt is the try come to its end"
    );
    assert!(runs.join(&record(Denied, 90, "alice")).is_some(), "a failure after a success is another");
}

#[test]
fn one_step_from_two_addresses_is_two_runs_and_two_steps_may_be_one() {
    let from = |kind, seconds, address: &str| {
        let mut facts = record(kind, seconds, "a");
        facts.source.ip = address.parse().ok();
        facts.event_uid = digest::of_parts(&[&facts.event_uid, address]);
        facts
    };
    for kind in [Success, Failed, Accepted] {
        let mut runs = OperationRuns::default();
        assert_eq!(runs.join(&from(kind, 0, "203.0.113.45")), None);
        let other = runs.join(&from(kind, 1, "198.51.100.66"));
        assert!(other.is_some(), "{kind:?}");
        assert_eq!(runs.join(&from(kind, 1, "198.51.100.66")), other, "the same record again");
        assert_eq!(runs.join(&from(kind, 0, "")), None, "a copy that lacks its address");
    }
    // What was taken on from there has come to its end, wherever that is written.
    let mut runs = OperationRuns::default();
    runs.join(&from(Accepted, 0, "203.0.113.45"));
    let other = runs.join(&from(Accepted, 1, "198.51.100.66"));
    assert_eq!(runs.join(&from(Success, 60, "198.51.100.66")), other);
    assert_eq!(runs.join(&from(Success, 61, "192.0.2.1")), None);
}

#[test]
fn nearness_has_no_edge() {
    let hours = |n: i64| n * 3_600;
    for begin in [0, 3_599, 86_399, 7_200] {
        let mut runs = OperationRuns::default();
        assert_eq!(runs.join(&record(Accepted, begin, "a")), None);
        assert_eq!(runs.join(&record(Success, begin + hours(4), "a")), None);
    }
    let mut runs = OperationRuns::default();
    runs.join(&record(Accepted, 0, "a"));
    assert!(runs.join(&record(Success, hours(4) + 1, "a")).is_some());
    assert_eq!(NEAR, SignedDuration::from_hours(4));
}

#[test]
fn a_caller_named_by_id_here_and_by_name_there_is_one() {
    let mut runs = OperationRuns::default();
    runs.join(&record(Accepted, 0, "a"));
    let mut by_name = record(Success, 9, "");
    by_name.actor.key = "A@example.com".to_owned();
    assert_eq!(runs.join(&by_name), None);
    let mut other = record(Success, 9, "b");
    other.actor.display = "a@example.com".to_owned();
    assert!(
        OperationRuns::default().join(&other).is_none() && runs.join(&other).is_some(),
        "a name vouches for no other id"
    );
}

proptest! {
    /// However records under one id come, no success of one person is ever taken for another person's, nor two
    /// successes for one, and the same record again changes nothing.
    #[test]
    fn nothing_under_a_borrowed_id_is_hidden(
        drawn in proptest::collection::vec((0_usize..3, 0_i64..200_000, 0_usize..3), 1..24),
    ) {
        let records: Vec<Facts> = drawn
            .iter()
            .map(|(kind, at, who)| record([Accepted, Success, Denied][*kind], at * 10, ["a", "b", "c"][*who]))
            .collect();
        let mut runs = OperationRuns::default();
        let joined: Vec<Option<String>> = records.iter().map(|record| runs.join(record)).collect();
        for (one, run) in records.iter().zip(&joined) {
            for (other, its) in records.iter().zip(&joined) {
                if run != its || one.event_uid == other.event_uid {
                    continue;
                }
                prop_assert_eq!(&one.actor.key, &other.actor.key);
                prop_assert!(one.outcome.kind != other.outcome.kind || one.time == other.time);
            }
        }
        let known = runs.clone();
        for record in &records {
            runs.join(record);
        }
        prop_assert_eq!(runs, known);
    }
}
