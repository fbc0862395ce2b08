use super::*;
use crate::{ParseOptions, SigmaDocument};

fn read(body: &str) -> Result<Correlation, String> {
    let body = body.replace('\n', "\n  ");
    let text = format!("title: c\nname: c\ncorrelation:\n  {body}\nlevel: high\ngenerate: true\n");
    match crate::parse("c.yml", &text, &ParseOptions::default()) {
        Ok(mut documents) => match documents.remove(0) {
            SigmaDocument::Correlation(correlation) => Ok(correlation),
            other => panic!("{other:?}"),
        },
        Err(error) => Err(error.to_string()),
    }
}

const COUNT: &str =
    "type: event_count\nrules: [a, b]\ngroup-by: [user]\ntimespan: 90m\ncondition: {gt: 10, lte: 20}";

#[test]
fn a_count_is_read() {
    let correlation = read(COUNT).unwrap();
    assert_eq!(correlation.kind, CorrelationKind::EventCount);
    assert_eq!(correlation.timespan, Duration::from_mins(90));
    assert_eq!(
        correlation.condition,
        Threshold::Figure(vec![(Comparison::Greater, 10.0), (Comparison::AtMost, 20.0)])
    );
    assert!(correlation.generate);
    assert_eq!(correlation.meta.level, Some(crate::Level::High));
}

#[test]
fn every_kind_is_read() {
    for (name, kind) in CorrelationKind::ALL {
        let condition = match kind {
            CorrelationKind::ValuePercentile => "{field: x, gte: 1, percentile: 95}",
            kind if kind.reads_field() => "{field: [x, y], gte: 1.5}",
            _ => "{gte: 2}",
        };
        let body = format!("type: {name}\nrules: [a, b]\ntimespan: 5m\ncondition: {condition}");
        assert_eq!(read(&body).unwrap().kind, kind, "{name}");
        assert_eq!(kind.as_str(), name);
    }
}

#[test]
fn temporal_kinds_want_every_rule_or_an_expression() {
    let body = "type: temporal_ordered\nrules: [a, b]\ngroup-by: [who]\ntimespan: 5m\naliases:\n  who: {a: user, b: actor.id}";
    let correlation = read(body).unwrap();
    assert_eq!(correlation.condition, Threshold::Figure(vec![(Comparison::AtLeast, 2.0)]));
    assert_eq!(correlation.aliases[0].fields[1].1, "actor.id");
    let either = read("type: temporal\nrules: [a, b]\ntimespan: 5m\ncondition: a and not b").unwrap();
    assert!(
        matches!(either.condition, Threshold::Rules(condition) if condition.to_string() == "a and not b")
    );
}

#[test]
fn faults_are_told() {
    for (body, says) in [
        (COUNT.replace("event_count", "event_cuont"), "did you mean `event_count`?"),
        (COUNT.replace("90m", "soon"), "the timespan is no length of time"),
        (COUNT.replace("90m", "0m"), "the timespan is no length of time"),
        (COUNT.replace("[a, b]", "[]"), "looks at no rules"),
        (COUNT.replace("condition: {gt: 10, lte: 20}", "x: 1"), "a correlation has no `x`"),
        (COUNT.replace("gt: 10", "more: 10"), "the condition of `event_count` has no `more`"),
        (COUNT.replace("gt: 10", "field: x"), "the condition of `event_count` has no `field`"),
        (COUNT.replace("gt: 10", "gt: ten"), "expected a number, found a string"),
        (COUNT.replace("{gt: 10, lte: 20}", "a and b"), "so its condition is a comparison"),
        (COUNT.replace("event_count", "value_count"), "`value_count` needs a field"),
        (format!("{COUNT}\naliases: {{who: {{c: x}}}}"), "does not look at `c`"),
        (format!("{COUNT}\ntimeframe: 5m"), "are one thing"),
        ("type: temporal\nrules: [a]\ntimespan: 5m\ncondition: b".into(), "there is no selection `b`"),
    ] {
        let error = read(&body).unwrap_err();
        assert!(error.contains(says), "{body}\n{error}");
    }
}

#[test]
fn references_lead_somewhere_and_never_back() {
    let named = |name: &str, rules: &str| {
        let mut correlation = read(&COUNT.replace("[a, b]", rules)).unwrap();
        correlation.meta.name = Some(name.to_owned());
        correlation
    };
    let loops = [named("one", "[two]"), named("two", "[one]")];
    let told = |correlations: &[Correlation]| -> Vec<String> {
        check_correlations(correlations, &[]).iter().map(ToString::to_string).collect()
    };
    assert!(told(&loops)[0].contains("leads back"));
    let chain = [named("one", "[two]"), named("two", "[three]")];
    let error = &told(&chain)[0];
    assert!(error.contains("there is no rule `three`") && !error.contains("warning"), "{error}");
}

#[test]
fn an_id_names_its_correlation_in_any_case() {
    let mut inner = read(COUNT).unwrap();
    inner.meta.name = None;
    inner.meta.id = Some("00000000-0000-4000-8000-00000000000a".to_owned());
    inner.rules.clear();
    let outer = read(&COUNT.replace("[a, b]", "[00000000-0000-4000-8000-00000000000A]")).unwrap();
    assert_eq!(check_correlations(&[outer, inner], &[]), []);
}

#[test]
fn a_missing_rule_matters_where_the_others_do_not_suffice() {
    let there = |name: &str| {
        let mut correlation = read(COUNT).unwrap();
        (correlation.meta.name, correlation.rules) = (Some(name.to_owned()), Vec::new());
        correlation
    };
    let temporal = "type: temporal\nrules: [a, gone]\ntimespan: 5m";
    for (body, is_error) in [
        (COUNT.replace("[a, b]", "[a, gone]"), false),
        (COUNT.replace("[a, b]", "[gone]"), true),
        (temporal.to_owned(), true),
        (format!("{temporal}\ncondition: a or gone"), false),
        (format!("{temporal}\ncondition: a and gone"), true),
        (format!("{temporal}\ncondition: a and not gone"), false),
        (format!("{temporal}\ncondition: 1 of them"), false),
    ] {
        let told = check_correlations(&[read(&body).unwrap(), there("a")], &[]);
        let errors = told.iter().filter(|told| told.severity == crate::Severity::Error).count();
        assert!(told.iter().any(|told| told.message == "there is no rule `gone`"), "{body}");
        assert_eq!(errors > 0, is_error, "{body}: {told:?}");
    }
}

#[test]
fn without_a_percentile_it_is_the_share_of_a_value() {
    let correlation = |compare: &str| {
        read(&COUNT.replace("event_count", "value_percentile").replace("gt: 10, lte: 20", compare)).unwrap()
    };
    let (events, values): (Vec<String>, Vec<[String; 1]>) =
        (0..100).map(|n| (n.to_string(), [if n == 7 { "rare.exe" } else { "usual.exe" }.to_owned()])).unzip();
    let members = |most: usize| -> Vec<Member<'_>> {
        let of = |n: usize| Member { event: &events[n], rule: 0, values: &values[n] };
        (0..most).map(of).collect()
    };
    assert!(correlation("field: image, lte: 1").is_met(&members(100)));
    assert!(!correlation("field: image, lte: 1").is_met(&members(99)));
    assert!(!correlation("field: image, lte: 1").is_met(&members(7)));
    assert!(correlation("field: image, gt: 98").is_met(&members(100)));
    assert!(!correlation("field: image, gt: 1, lt: 98").is_met(&members(100)));
}
