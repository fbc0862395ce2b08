//! Correlations from a seed, with what they are over, and events in time to try them on.

use fastrand::Rng;
use serde_json::{Value, json};

/// Rules with one correlation over them, and events with their times in seconds.
#[derive(Debug)]
pub struct Stream {
    pub yaml: String,
    pub events: Vec<(i64, Value)>,
    /// The kind of the correlation.
    pub kind: &'static str,
    rules: usize,
}

impl Stream {
    /// The same for rsigma 0.23, which takes `temporal` without a condition for any of its rules; the specification wants
    /// all of them.
    pub fn yaml_for_rsigma(&self) -> String {
        match self.kind {
            "temporal" => format!("{}  condition: {{gte: {}}}\n", self.yaml, self.rules),
            _ => self.yaml.clone(),
        }
    }
}

const KINDS: [&str; 4] = ["event_count", "value_count", "temporal", "temporal_ordered"];
const OPERATORS: [&str; 5] = ["gte", "gt", "lte", "lt", "eq"];
/// When the first event is.
const BEGINNING: i64 = 1_795_000_000;

/// Two or three rules, often a filter over some of them, and one correlation that groups by up to two fields, under their
/// own names or an alias.
pub fn stream(rng: &mut Rng) -> Stream {
    let rules = 2 + rng.usize(..2);
    let mut documents: Vec<String> = (0..rules).map(rule).collect();
    if rng.u8(..3) == 0 {
        documents.push(filter(rng, rules));
    }
    let kind = KINDS[rng.usize(..KINDS.len())];
    documents.push(correlation(rng, kind, rules));
    let span = 1 + rng.i64(0..40);
    let documents: Vec<String> =
        documents.into_iter().map(|document| document.replace("SPAN", &span.to_string())).collect();
    let mut now = BEGINNING;
    // Within a second rsigma knows no order, we that of arrival.
    let soonest = i64::from(kind == "temporal_ordered");
    let events = (0..12 + rng.usize(..30)).map(|_| {
        // Often at one second, often at the very end of the window.
        now += match rng.u8(..6) {
            0 | 1 => soonest,
            2 => span,
            3 => span + 1,
            _ => rng.i64(soonest..span + 2),
        };
        (now, event(rng))
    });
    let events = events.collect();
    Stream { yaml: documents.join("---\n"), events, kind, rules }
}

/// No event matches two of them: to rsigma such an event is two, to us one. Their titles are their names, since rsigma's
/// filters know a rule by its id or title.
fn rule(at: usize) -> String {
    let value = ["one", "two", "three"][at];
    format!(
        "title: r{at}\nid: 6f3e2987-db24-4c78-a860-00000000000{at}\nname: r{at}\nlogsource: {{product: p}}\ndetection:\n  s: {{what: {value}}}\n  condition: s\n"
    )
}

fn filter(rng: &mut Rng, rules: usize) -> String {
    let over: Vec<String> = (0..rules).filter(|_| rng.bool()).map(|at| format!("r{at}")).collect();
    let over = if over.is_empty() { vec!["r0".to_owned()] } else { over };
    format!(
        "title: known\nlogsource: {{product: p}}\nfilter:\n  rules: [{}]\n  known: {{user: carol}}\n  condition: not known\n",
        over.join(", ")
    )
}

fn correlation(rng: &mut Rng, kind: &str, rules: usize) -> String {
    let names: Vec<String> = (0..rules).map(|at| format!("r{at}")).collect();
    let over = match rng.u8(..4) {
        0 if kind.ends_with("count") => vec![names[0].clone()],
        _ => names,
    };
    let (group, aliases) = match rng.u8(..5) {
        0 => (String::new(), String::new()),
        1 => ("  group-by: [user]\n".to_owned(), String::new()),
        2 => ("  group-by: [user, host]\n".to_owned(), String::new()),
        3 => ("  group-by: [host]\n".to_owned(), String::new()),
        _ => {
            let fields: Vec<String> = over
                .iter()
                .map(|name| format!("      {name}: {}\n", if rng.bool() { "user" } else { "caller" }))
                .collect();
            ("  group-by: [who]\n".to_owned(), format!("  aliases:\n    who:\n{}", fields.concat()))
        }
    };
    let operator = OPERATORS[if rng.bool() { 0 } else { rng.usize(..OPERATORS.len()) }];
    let number = 1 + rng.u8(..4);
    let condition = match kind {
        "event_count" => format!("  condition: {{{operator}: {number}}}\n"),
        "value_count" => format!("  condition: {{field: host, {operator}: {number}}}\n"),
        _ => String::new(),
    };
    format!(
        "title: joined\nid: 6f3e2987-db24-4c78-a860-0000000000ff\ncorrelation:\n  type: {kind}\n  rules: [{}]\n{group}{aliases}  timespan: SPANs\n{condition}",
        over.join(", ")
    )
}

fn event(rng: &mut Rng) -> Value {
    let any = |rng: &mut Rng, of: &[&str]| of[rng.usize(..of.len())].to_owned();
    json!({
        "what": any(rng, &["one", "two", "three", "four"]),
        "user": any(rng, &["alice", "bob", "carol"]),
        "caller": any(rng, &["alice", "bob", "carol"]),
        "host": any(rng, &["web", "db", "app", "mail"]),
    })
}
