//! Findings at high against habits, wherever they come from.

use super::routine::{HABITS, Nights};
use crate::judge::Judging;
use crate::matched::{Level, Match};
use crate::remember::learning;
use crate::state::StateStore;

impl Nights {
    /// The steps of a correlation, on a day.
    fn steps(&self, day: i64) -> Vec<Match> {
        (0..2).map(|_| self.matched("step", day, |_| {})).collect()
    }

    /// The alarms that are kept of the account.
    fn has_alarms(&self) -> bool {
        let key = learning::key("111122223333");
        let item = pollster::block_on(self.memory.store().load(&[key])).unwrap().remove(0);
        item.is_some_and(|item| item.value.as_str().contains("alarms"))
    }
}

#[test]
fn an_alert_of_a_correlation_stands_against_habits_as_a_finding_does() {
    let nights = Nights::used_to("medium");
    assert_eq!(nights.level("medium", 30), Level::Low);
    for found in nights.steps(30) {
        nights.send(found);
    }
    assert_eq!(nights.level("medium", 31), Level::Medium, "in functions");

    let nights = Nights::used_to("medium");
    let nights = Nights { memory: nights.memory.in_one_run(), ..nights };
    let (memory, clock) = (&nights.memory, &nights.clock);
    let judging = Judging { memory, policy: HABITS.policy(), claimant: "one", clock };
    let alerts = pollster::block_on(judging.correlate(nights.steps(30))).ready;
    assert_eq!(alerts.len(), 1);
    assert_eq!(nights.level("medium", 31), Level::Medium, "in one run");
}

#[test]
fn what_is_made_on_most_days_is_removed_without_an_alert() {
    let is_told = |nights: &Nights, document: &str| {
        nights.publish(nights.matched("own", 30, |found| found.facts.document = Some(document.to_owned())));
        let told = nights.publish(nights.matched("gone", 30, |_| {}));
        told.iter().any(|found| found.rule.name == "removed")
    };
    assert!(!is_told(&Nights::used_to("own"), "Deploy"));
    assert!(is_told(&Nights::used_to("own"), "Other"), "another document is no habit");
    assert!(is_told(&Nights::new(), "Deploy"), "nor what was not seen before");
}

#[test]
fn the_first_event_of_an_account_may_be_an_alarm() {
    for rule in ["high", "alarm"] {
        let nights = Nights::in_new_account();
        nights.level(rule, 0);
        assert!(nights.has_alarms(), "{rule}");
    }
}

#[test]
fn a_time_that_is_still_to_come_takes_no_alarm_away() {
    let nights = Nights::used_to("medium");
    nights.learn("medium", 30..50);
    nights.level("alarm", 50);
    nights.tell("alarm", 4_000, |found| found.facts.actor.key = "other".to_owned());
    nights.tell("alarm", 4_000, |_| {});
    assert_eq!(nights.level("medium", 51), Level::Medium);
}

#[test]
fn of_several_habits_all_must_be_usual_for_a_finding_to_say_nothing() {
    let nights = Nights::used_to("medium");
    nights.learn("hour", 0..30);
    nights.learn("medium", 30..40);
    assert_eq!(nights.level("medium", 40), Level::Low, "neither is new");
    nights.tell("hour", 40, |found| found.facts.document = Some("Other".to_owned()));
    assert_eq!(nights.level("medium", 41), Level::Medium, "the operation is usual, and the document is not");
}

#[test]
fn a_file_with_days_that_no_calendar_has_is_read_without_harm() {
    let nights = Nights::used_to("medium");
    let of = |day: i64| {
        format!(
            r#"{{"kind":"learning","scope":"111122223333","since":"2026-01-01T00:00:00Z","events":1,"done":true,"alarms":[["a","",[{day},1]]]}}"#
        )
    };
    for day in [i64::from(i32::MIN), i64::from(i32::MAX), i64::from(i32::MIN)] {
        nights.import(&[serde_json::from_str(&of(day)).unwrap()]);
    }
    nights.level("alarm", 30);
    assert_eq!(nights.level("medium", 31), Level::Medium);
}
