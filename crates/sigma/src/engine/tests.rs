use super::*;
use crate::LogSource;
use crate::json::Document;

fn engine(text: &str) -> Engine {
    let mut builder = Engine::builder();
    builder.add("made.yml", text).unwrap_or_else(|wrong| panic!("{wrong}"));
    builder.build().unwrap_or_else(|wrong| panic!("{wrong}"))
}

fn rule(name: &str, detection: &str) -> String {
    format!(
        "title: {name}\nname: {name}\nlogsource: {{product: p}}\ndetection: {{s: {detection}, condition: s}}\n"
    )
}

fn titles(hits: &[Hit<'_>]) -> Vec<String> {
    let title = |hit: &Hit<'_>| match hit {
        Hit::Rule(own) => own.rule().meta.title.clone(),
        Hit::Correlation { correlation, group, events } => {
            format!("{} {group:?} {events:?}", correlation.meta.title)
        }
    };
    hits.iter().map(title).collect()
}

/// What each event leads to, one a minute.
fn run(engine: &Engine, events: &[&str]) -> Vec<Vec<String>> {
    let mut correlator = engine.correlator();
    let take = |(minute, text): (i64, &&str)| {
        let event = Document::parse(text).unwrap();
        titles(&correlator.take(&event, minute * 60_000))
    };
    (0..).zip(events).map(take).collect()
}

#[test]
fn rules_come_in_the_order_added_and_filters_narrow_them() {
    let text = [
        rule("one", "{a: x}"),
        rule("two", "{a|contains: x}"),
        "title: f\nlogsource: {product: p}\nfilter: {rules: [two], s: {b: admin}, condition: not s}\n"
            .to_owned(),
    ];
    let engine = engine(&text.join("---\n"));
    let names = |event: &str| -> Vec<String> {
        let event = Document::parse(event).unwrap();
        engine.matching(&event).map(|own| own.rule().meta.title.clone()).collect()
    };
    assert_eq!(names(r#"{"a":"X"}"#), ["one", "two"]);
    assert_eq!(names(r#"{"a":"X","b":"admin"}"#), ["one"]);
    let event = Document::parse(r#"{"a":"x"}"#).unwrap();
    let other = LogSource { product: Some("q".to_owned()), ..LogSource::default() };
    assert_eq!(engine.matching_from(&other, &event).count(), 0);
}

#[test]
fn groups_are_apart_and_a_window_begins_anew() {
    let text = [
        rule("denied", "{error: denied}"),
        "title: burst\ncorrelation: {type: event_count, rules: denied, group-by: [user], timespan: 5m, condition: {gte: 2}}\n".to_owned(),
    ];
    let engine = engine(&text.join("---\n"));
    let (alice, bob) = (r#"{"error":"denied","user":"alice"}"#, r#"{"error":"denied","user":"bob"}"#);
    let nobody = r#"{"error":"denied"}"#;
    let told = run(&engine, &[alice, bob, alice, alice, nobody, nobody, nobody, bob, bob]);
    let burst = |text: &str| vec![format!("burst {text}")];
    assert_eq!(told[2], burst("[\"alice\"] [0, 2]"));
    assert_eq!(told[7], [""; 0], "six minutes ago is too long");
    assert_eq!(told[8], burst("[\"bob\"] [7, 8]"));
    assert_eq!(told.concat().len(), 2, "{told:?}");
}

#[test]
fn correlations_feed_correlations_by_raw_fields() {
    let text = [
        rule("fail", "{error: denied}"),
        rule("success", "{error: none}"),
        "title: many\nname: many\ncorrelation: {type: event_count, rules: [fail], group-by: [user], timespan: 5m, condition: {gte: 2}}\n".to_owned(),
        "title: in after all\ncorrelation: {type: temporal_ordered, rules: [many, success], group-by: [user], timespan: 10m, generate: true}\n".to_owned(),
    ];
    let engine = engine(&text.join("---\n"));
    let event = |error: &str, user: &str| format!(r#"{{"error":"{error}","user":"{user}"}}"#);
    let events = [event("denied", "a"), event("denied", "a"), event("none", "b"), event("none", "a")];
    let told = run(&engine, &events.each_ref().map(String::as_str));
    assert_eq!(
        told[1],
        ["many [\"a\"] [0, 1]"],
        "a correlation that generates leaves what it looks at alone"
    );
    assert_eq!(told[2], ["success"]);
    assert_eq!(told[3], ["success", "in after all [\"a\"] [1, 3]"]);
}

#[test]
fn all_faults_are_told_at_once() {
    let mut builder = Engine::builder();
    builder
        .add(
            "a.yml",
            "title: c\ncorrelation: {type: event_count, rules: none, timespan: 5m, condition: {gte: 2}}",
        )
        .unwrap();
    builder
        .add(
            "b.yml",
            "title: f\nlogsource: {product: p}\nfilter: {rules: [gone], s: {b: 1}, condition: not s}",
        )
        .unwrap();
    let wrong = builder.build().unwrap_err().to_string();
    assert!(wrong.contains("a.yml:2") && wrong.contains("b.yml:3"), "{wrong}");
}

#[test]
fn a_window_is_bounded_and_says_so() {
    let text = [
        rule("any", "{a: 1}"),
        "title: never\ncorrelation: {type: value_sum, rules: any, timespan: 1d, condition: {field: n, gte: 1000000}}\n".to_owned(),
    ];
    let engine = engine(&text.join("---\n"));
    let mut correlator = engine.correlator();
    let event = Document::parse(r#"{"a":1,"n":0}"#).unwrap();
    for time in 0..1_010 {
        assert_eq!(correlator.take(&event, time).len(), 0);
    }
    assert_eq!(correlator.dropped(), 10);
}
