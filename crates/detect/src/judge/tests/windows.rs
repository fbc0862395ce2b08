//! Windows against an oracle that sees all events at once and in order.

use jiff::Timestamp;
use proptest::prelude::*;
use trailhound_sigma::{Correlation, Member as SigmaMember, ParseOptions, SigmaDocument, parse};

use crate::event::LogType;
use crate::remember::group::{Group, MOST_BYTES, WindowId};
use crate::remember::window::{Counted, EventId, Fired, LATENESS, Measure, Member, MemberTold, Window};
use crate::rules::Demand;
use crate::state::Value;

const MINUTE: i64 = 60_000;
const SPAN: i64 = 30 * MINUTE;

pub(super) fn correlation(body: &str) -> Correlation {
    let text = format!(
        "title: c\nname: c\ncorrelation:\n  rules: [a, b, c]\n  timespan: 30m\n  group-by: [who]\n  {}\n",
        body.replace('\n', "\n  ")
    );
    match parse("c.yml", &text, &ParseOptions::default()).unwrap().remove(0) {
        SigmaDocument::Correlation(correlation) => correlation,
        other => panic!("{other:?}"),
    }
}

fn correlations() -> Vec<Correlation> {
    [
        "type: event_count\ncondition: {gte: 3}",
        "type: value_count\ncondition: {field: x, gt: 2}",
        "type: temporal",
        "type: temporal\ncondition: a and (b or c)",
        "type: temporal_ordered",
        "type: temporal_ordered\ncondition: a and c",
        "type: value_sum\ncondition: {field: x, gte: 12}",
    ]
    .map(correlation)
    .into()
}

pub(super) fn member(n: usize, at: i64, rule: usize, value: u8) -> Member {
    Member {
        event: EventId::of(&format!("{n:032x}")),
        at,
        rule,
        values: Some([Counted::of(&value.to_string())].into()),
        told: MemberTold::new(n.to_string(), LogType::CloudTrail, Vec::new(), String::new(), false).into(),
    }
}

/// What comes of a member.
pub(super) fn add(window: &mut Window, member: Member, correlation: &Correlation) -> Vec<Fired> {
    let demand = Demand::of(correlation);
    window.add(member, &Measure { correlation, demand: &demand, room: MOST_BYTES / 2 }, false).fired
}

/// Do the members of a window meet the correlation together?
pub(super) fn is_met(correlation: &Correlation, members: &[Member]) -> bool {
    let texts: Vec<(String, Vec<String>)> = members
        .iter()
        .map(|member| {
            let values = member.values.as_deref().unwrap_or_default();
            (member.event.to_string(), values.iter().map(|value| value.text.to_string()).collect())
        })
        .collect();
    let members: Vec<SigmaMember<'_>> = members
        .iter()
        .zip(&texts)
        .map(|(member, (event, values))| SigmaMember { event, rule: member.rule, values })
        .collect();
    correlation.is_met(&members)
}

/// Bursts too far apart for a late event to join them, and too short to fall apart while it is missing.
fn bursts() -> impl Strategy<Value = Vec<Member>> {
    let burst = prop::collection::vec((0..30_i64, 0..3_usize, 0..6_u8), 0..8);
    prop::collection::vec(burst, 1..4).prop_map(|bursts| {
        let far = 3 * SPAN + 2 * LATENESS;
        let mut members = Vec::new();
        for (burst, events) in (0..).zip(bursts) {
            for (at, rule, value) in events {
                members.push(member(members.len(), burst * far + at * MINUTE, rule, value));
            }
        }
        members
    })
}

/// How many episodes there are when all members are known.
pub(super) fn offline(members: &[Member], correlation: &Correlation) -> usize {
    let span = i64::try_from(correlation.timespan.as_millis()).unwrap();
    let mut all = members.to_vec();
    all.sort_by_key(|member| (member.at, member.rule, member.event));
    let mut ends: Vec<i64> = all.iter().map(|member| member.at).collect();
    ends.dedup();
    ends.retain(|end| {
        let window: Vec<Member> =
            all.iter().filter(|member| (end - span..=*end).contains(&member.at)).cloned().collect();
        is_met(correlation, &window)
    });
    (0..ends.len()).filter(|&n| n == 0 || ends[n] - ends[n - 1] > span).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_delivery_does_not_matter(
        members in bursts(),
        late in prop::collection::vec(0..LATENESS, 32),
        again in prop::collection::vec(any::<bool>(), 32),
    ) {
        for correlation in correlations() {
            let mut order: Vec<usize> = (0..members.len()).collect();
            order.sort_by_key(|&n| members[n].at + late[n]);
            let mut window = Window::default();
            let mut alerts = Vec::new();
            for &n in &order {
                for fired in add(&mut window, members[n].clone(), &correlation) {
                    prop_assert!(is_met(&correlation, &fired.members));
                    alerts.push(fired.anchor);
                }
                if again[n] {
                    // Delivered again it says the same again, and changes nothing.
                    let before = window.clone();
                    for fired in add(&mut window, members[n].clone(), &correlation) {
                        prop_assert!(alerts.contains(&fired.anchor));
                    }
                    prop_assert_eq!(&before, &window);
                }
            }
            prop_assert_eq!(alerts.len(), offline(&members, &correlation), "{:?}", correlation.kind);
        }
    }
}

#[test]
fn the_ends_of_a_window_belong_to_it() {
    let correlation = correlation("type: event_count\ncondition: {gte: 2}");
    for (gap, alerts) in [(SPAN, 1), (SPAN + 1, 0)] {
        let mut window = Window::default();
        assert!(add(&mut window, member(1, 0, 0, 0), &correlation).is_empty());
        assert_eq!(add(&mut window, member(2, gap, 0, 0), &correlation).len(), alerts, "{gap}");
    }
}

#[test]
fn an_alert_is_owed_until_it_is_accepted() {
    let correlation = correlation("type: event_count\ncondition: {gte: 2}");
    let mut window = Window::default();
    add(&mut window, member(1, 0, 0, 0), &correlation);
    let fired = add(&mut window, member(2, MINUTE, 0, 0), &correlation).remove(0);
    // Days later the event comes again, because nobody had acknowledged it.
    let much_later = 72 * 60 * MINUTE;
    add(&mut window, member(3, much_later, 0, 0), &correlation);
    assert_eq!(add(&mut window, member(2, MINUTE, 0, 0), &correlation).first(), Some(&fired));
    assert!(window.owes());
    let demand = Demand::of(&correlation);
    window.published(
        &fired.anchor,
        &Measure { correlation: &correlation, demand: &demand, room: MOST_BYTES / 2 },
    );
    assert!(!window.owes());
    assert_eq!(add(&mut window, member(2, MINUTE, 0, 0), &correlation), []);
}

/// What is written of a window that is alone in its group.
fn text(window: Window) -> String {
    let mut group = Group::default();
    group.adopt(WindowId::of(""), window, Timestamp::MAX);
    Value::of(group).as_str().to_owned()
}

#[test]
fn a_window_stays_small_whatever_goes_into_it() {
    let correlation = correlation("type: value_count\ncondition: {field: x, gte: 100}");
    let mut window = Window::default();
    for n in 0..5_000 {
        add(&mut window, member(n, i64::try_from(n).unwrap(), 0, 1), &correlation);
    }
    let text = text(window);
    assert!(text.len() < 30_000, "{}", text.len());
}

#[test]
fn a_window_fits_into_an_item_whatever_its_members_say() {
    let correlation = correlation("type: value_count\ncondition: {field: x, gt: 100000}");
    let mut window = Window::default();
    for n in 0..200 {
        let mut member = member(n, i64::try_from(n).unwrap(), 0, 0);
        // Each character takes six in JSON.
        member.values =
            Some((0..64).map(|value| Counted::of(&format!("{value}{n}{}", "\u{1}".repeat(120)))).collect());
        add(&mut window, member, &correlation);
    }
    let text = text(window);
    assert!(text.len() > MOST_BYTES / 2 && text.len() < MOST_BYTES, "{}", text.len());
}
