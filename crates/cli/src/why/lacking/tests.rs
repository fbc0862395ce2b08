use trailhound_sigma::{ParseOptions, SigmaDocument, parse};

use super::*;

fn correlation(body: &str) -> Correlation {
    let text = format!("title: t\ncorrelation:\n  rules: [a, b]\n  timespan: 10m\n  {body}\n");
    match parse("t.yml", &text, &ParseOptions::default()).unwrap().remove(0) {
        SigmaDocument::Correlation(correlation) => correlation,
        other => panic!("{other:?}"),
    }
}

/// Events of rules, each at a minute.
fn told(body: &str, came: &[(i64, &str)]) -> Option<String> {
    let at = |minute: &i64| Timestamp::from_second(minute * 60).unwrap();
    let came: Vec<_> = came.iter().map(|(minute, rule)| (at(minute), (*rule).to_owned())).collect();
    lacking(&RuleSet::default(), &correlation(body), &came)
}

#[test]
fn a_count_lacks_what_did_not_come_in_time() {
    let body = "type: event_count\n  condition: {gte: 4}";
    let near = [(30, "a"), (0, "a"), (9, "b"), (10, "a"), (21, "a")];
    assert_eq!(
        told(body, &near).unwrap(),
        "3 of 4 came within the time span; 1 event more would have to come"
    );
    assert_eq!(told(body, &[(0, "a"), (1, "a"), (2, "b"), (10, "a")]), None);
    assert!(told(&body.replace("gte: 4", "gt: 4"), &[(0, "a")]).unwrap().starts_with("1 of 5 came"));
    assert_eq!(told(&body.replace("gte: 4", "lt: 4"), &near), None);
}

#[test]
fn a_sequence_lacks_the_rules_of_which_nothing_came() {
    let body = "type: temporal";
    assert_eq!(told(body, &[(0, "a"), (11, "b")]).unwrap(), "within the time span nothing came of b");
    assert_eq!(told(body, &[(0, "a"), (10, "b")]), None);
    let either = told("type: temporal\n  condition: a and not b", &[(0, "b")]).unwrap();
    assert!(either.ends_with("nothing came of a, as its condition has it"), "{either}");
    assert_eq!(told("type: value_count\n  condition: {field: x, gte: 4}", &[(0, "a")]), None);
}
