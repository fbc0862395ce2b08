//! Windows of somebody busy: what is no longer kept as a member counts as if it were.

use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;
use trailhound_sigma::Correlation;

use super::windows::{add, correlation, is_met, member};
use crate::remember::alone::Alone;
use crate::remember::group::{Group, WindowId};
use crate::remember::window::{Count, Fired, Member, Window};
use crate::rules::{MOST_COUNTED, MOST_MEMBERS};
use crate::state::Value;

const SECOND: i64 = 1_000;
/// Of the correlations below.
const SPAN: i64 = 1_800 * SECOND;

fn correlations() -> Vec<Correlation> {
    [
        "type: event_count\ncondition: {gte: 300}",
        "type: event_count\ncondition: {gte: 270, lte: 290}",
        "type: value_count\ncondition: {field: x, gte: 2}",
        "type: value_count\ncondition: {field: x, gt: 180}",
        "type: temporal",
        "type: temporal_ordered",
        "type: temporal_ordered\ncondition: (a or b) and c",
        "type: value_sum\ncondition: {field: x, gte: 15000}",
        "type: value_avg\ncondition: {field: x, lt: 20}",
        "type: value_median\ncondition: {field: x, gte: 60}",
        "type: value_percentile\ncondition: {field: x, gte: 60}",
    ]
    .map(correlation)
    .into()
}

/// Members in order of time: long runs of the same, and now and then something else.
fn burst() -> impl Strategy<Value = Vec<Member>> {
    let run = (1..300_usize, 0..3_usize, 0..100_u8, any::<bool>(), 0..5_i64);
    prop::collection::vec(run, 1..4).prop_map(|runs| {
        let (mut members, mut at) = (Vec::new(), 0);
        for (length, rule, value, varies, step) in runs {
            for n in 0..length {
                at += step * SECOND;
                let value = if varies { value.wrapping_add(n.to_le_bytes()[0]) } else { value };
                members.push(member(members.len(), at, rule, value));
            }
        }
        members.sort_by_key(|member| (member.at, member.rule, member.event));
        members
    })
}

/// Which members bring an alert, as an oracle has it that keeps them all.
fn offline(members: &[Member], correlation: &Correlation) -> Vec<usize> {
    let (mut alerts, mut last) = (Vec::new(), i64::MIN);
    for (n, member) in members.iter().enumerate() {
        let from = members[..=n].partition_point(|other| other.at < member.at - SPAN);
        if is_met(correlation, &members[from..=n]) {
            if last == i64::MIN || member.at - last > SPAN {
                alerts.push(n);
            }
            last = member.at;
        }
    }
    alerts
}

/// The window as another process finds it in a store.
fn elsewhere(window: Window) -> Window {
    let (mut group, id) = (Group::default(), WindowId::of(""));
    group.adopt(id, window, Timestamp::MAX);
    let value = Value::from(Value::of(group).as_str());
    value.record::<Group>().and_then(|group| group.get(id)).expect("a window").clone()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_busy_window_counts_as_if_all_were_kept(members in burst(), moves in 1..500_usize) {
        for correlation in correlations() {
            let (mut window, mut alerts) = (Window::default(), Vec::new());
            for (n, member) in members.iter().enumerate() {
                if n % moves == moves - 1 {
                    window = elsewhere(window);
                }
                if !add(&mut window, member.clone(), &correlation).is_empty() {
                    alerts.push(n);
                }
            }
            prop_assert!(window.members().count() <= MOST_MEMBERS + 64);
            prop_assert_eq!(alerts, offline(&members, &correlation), "{:?}", correlation.kind);
        }
    }
}

#[test]
fn members_that_take_much_room_are_counted_too() {
    let correlation = correlation("type: event_count\ncondition: {gte: 240}");
    let mut window = Window::default();
    for n in 0..240 {
        let mut member = member(n, i64::try_from(n).unwrap() * 100, 0, 1);
        Arc::make_mut(&mut member.told).targets = vec!["i-\"0123456789".repeat(80)];
        window = elsewhere(window);
        let fired = add(&mut window, member, &correlation);
        assert_eq!(fired.len(), usize::from(n == 239), "{n}");
    }
    assert!(window.members().count() < 200);
}

#[test]
fn an_alert_tells_how_many_there_are_though_they_are_not_kept() {
    let correlation = correlation("type: value_count\ncondition: {field: x, gte: 2}");
    for (before, count) in [
        (3_000, Count { members: 3_001, events: Some(3_001), or_more: false }),
        (MOST_COUNTED + 2_000, Count { members: MOST_COUNTED, events: Some(MOST_COUNTED), or_more: true }),
    ] {
        let mut window = Window::default();
        for n in 0..before {
            let at = i64::try_from(n).unwrap() * 100;
            assert_eq!(add(&mut window, member(n, at, 0, 1), &correlation), []);
        }
        window = elsewhere(window);
        let last = member(before, i64::try_from(before).unwrap() * 100, 0, 2);
        let fired: Vec<Fired> = add(&mut window, last.clone(), &correlation);
        assert_eq!((fired.len(), fired[0].members.len()), (1, MOST_MEMBERS));
        assert_eq!(fired[0].count, count);
        let again = add(&mut window, last, &correlation);
        assert_eq!(again[0].count, fired[0].count, "told once more, it is told alike");
    }
}

#[test]
fn a_window_that_the_version_before_kept_is_read() {
    const OLD: &str = r#"{"v":1,"m":[{"e":"00000000000000000000000000000000","u":"0","t":0,"l":"CloudTrail","r":0,"v":["1"],"x":["i-1"],"a":"dana"},{"e":"00000000000000000000000000000001","u":"1","t":60000,"l":"CloudTrail","r":0,"v":["2"]}],"a":[{"from":60000,"to":60000,"anchor":"00000000000000000000000000000000","trigger":"00000000000000000000000000000001"}]}"#;
    let correlation = correlation("type: value_count\ncondition: {field: x, gte: 2}");
    let mut window = Window::from(Value::from(OLD).record::<Alone>().expect("a window"));
    assert!(window.owes());
    let again = add(&mut window, member(1, 60_000, 0, 2), &correlation);
    assert_eq!((again.len(), again[0].members.len()), (1, 2));
}
