//! A secret in any string of a record leaves nowhere, whatever its shape, its place and the way out: the list of exceptions
//! is empty. What an analyst needs leaves as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use trailhound_detect::account::{Account, finding_line};
use trailhound_detect::describe::{Finding, Product, describe, escape, notify};
use trailhound_detect::event::Facts;
use trailhound_detect::pipeline::Ending;

use crate::house::{matches, now, pipeline, positives};
use crate::random::{Random, cases};

/// Cases, unless the environment asks for more.
const CASES: usize = 700;
/// Shapes of secrets; `§` stands around what must not leave.
const SHAPES: &str = include_str!("../../src/describe/gate/tests/shapes.txt");

fn shapes() -> Vec<(String, Vec<String>)> {
    let lines = SHAPES.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| (line.replace('§', ""), line.split('§').skip(1).step_by(2).map(str::to_owned).collect()))
        .collect()
}

/// The strings of a record, by their paths.
fn strings(value: &Value, path: &str, all: &mut Vec<String>) {
    match value {
        Value::String(_) => all.push(path.to_owned()),
        Value::Array(members) => {
            members.iter().enumerate().for_each(|(at, member)| strings(member, &format!("{path}/{at}"), all));
        }
        Value::Object(entries) => entries.iter().for_each(|(key, value)| {
            strings(value, &format!("{path}/{}", key.replace('~', "~0").replace('/', "~1")), all);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// All that a finding becomes, by the way out.
fn ways_out(finding: &Finding) -> Vec<(&'static str, String)> {
    let shown = finding.shown().into_iter().map(|(path, value)| format!("{path}={value}"));
    let words = [finding.title(), finding.message(), finding.target()]
        .into_iter()
        .chain(shown)
        .collect::<Vec<_>>()
        .join("\n");
    vec![
        ("CloudEvent", finding.json().to_owned()),
        ("subject", notify::subject(finding)),
        ("mail", notify::email(finding)),
        ("chat", notify::amazon_q(finding)),
        ("attributes", format!("{:?}", notify::attributes(finding))),
        ("log line", finding_line(finding, now()).to_string()),
        ("HTML", escape::html(&words)),
        ("CSV", escape::csv_cell(&words)),
        ("Markdown", escape::markdown_code(&words)),
        ("Slack", escape::slack(&words)),
        ("words", words),
    ]
}

/// What leaves of a delivery with these bytes.
fn leaving(bytes: &[u8], clean: bool) -> (usize, Vec<(&'static str, String)>) {
    let product = Product::new("leak");
    let mut session = pipeline().delivery("delivery.json", now());
    session.push(bytes);
    let finished = session.finish(Ending::Whole);
    let account = Account { tally: finished.tally, ..Account::default() };
    let mut all = vec![("accounting line", account.line(now()).to_string())];
    let count = finished.matches.len();
    for found in finished.matches {
        if clean {
            all.extend(ways_out(&describe(found, &product, now())));
        } else {
            all.push(("a match as it is", format!("{:?} {:?}", found.facts, found.excerpt)));
        }
    }
    (count, all)
}

#[derive(Default)]
struct Tried {
    /// Cases in which something was found all the same.
    told: usize,
    shapes: BTreeSet<usize>,
    fields: BTreeSet<String>,
    leaks: BTreeMap<String, String>,
}

fn try_all(cases: std::ops::Range<usize>, clean: bool) -> Tried {
    let shapes = shapes();
    let mut tried = Tried::default();
    for case in cases {
        let mut random = Random::of(case);
        let positive = &positives()[random.below(positives().len())];
        let (shape, secrets) = &shapes[case % shapes.len()];
        let mut paths = Vec::new();
        strings(&positive.event, "", &mut paths);
        let path = random.pick(&paths);
        let mut event = positive.event.clone();
        let Some(Value::String(text)) = event.pointer_mut(path) else { continue };
        *text = match random.below(3) {
            0 => shape.clone(),
            1 => format!("{text} {shape}"),
            _ => format!("{text}\n{shape}\n"),
        };
        let (count, out) = leaving(event.to_string().as_bytes(), clean);
        tried.told += usize::from(count > 0);
        tried.shapes.insert(case % shapes.len());
        tried.fields.insert(path.clone());
        for (way, text) in out {
            let Some(secret) = secrets.iter().find(|secret| text.contains(secret.as_str())) else { continue };
            // The id of a key, where keys are named, is who it was.
            if path.ends_with("/accessKeyId") && secret.starts_with("AKIA") {
                continue;
            }
            let place = format!("{path} by {way}");
            tried
                .leaks
                .entry(place)
                .or_insert_with(|| format!("case {case}: {} {secret} of {shape:?}", positive.rule));
        }
    }
    tried
}

#[test]
fn no_secret_leaves_by_any_way() {
    let cases = cases(CASES);
    let is_whole = cases.len() >= CASES;
    let Tried { told, shapes, fields, leaks } = try_all(cases, true);
    eprintln!("{told} told, {} shapes, {} fields", shapes.len(), fields.len());
    let lines: Vec<String> = leaks.iter().map(|(place, what)| format!("{place}: {what}")).collect();
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), lines.join("\n"));
    assert!(!is_whole || (shapes.len() >= 120 && fields.len() >= 100 && told >= CASES / 4));
}

/// Without the gate nearly every field leaks.
#[test]
fn without_the_gate_it_leaks() {
    assert!(try_all(0..200, false).leaks.len() > 20);
}

/// The facts by which an analyst goes on.
fn needed(facts: &Facts) -> Vec<(&'static str, String)> {
    let mut all = vec![
        ("event", facts.event_uid.clone()),
        ("actor", facts.actor.key.clone()),
        ("account", facts.scope.account.clone()),
        ("action", facts.action.key.clone()),
    ];
    let texts = |name, texts: &[String]| texts.iter().map(|text| (name, text.clone())).collect::<Vec<_>>();
    all.extend(texts("target", &facts.target.ids));
    all.extend(texts("machine", &facts.target.names));
    let some = [
        ("resource", &facts.resource),
        ("document", &facts.document),
        ("session", &facts.session_id),
        ("command", &facts.command_id),
        ("request", &facts.request_id),
        ("correlation", &facts.correlation_id),
        ("key", &facts.key_fingerprint),
        ("issuer", &facts.actor.issuer),
    ];
    all.extend(some.into_iter().filter_map(|(name, text)| Some((name, text.clone()?))));
    all.extend(facts.source.ip.map(|ip| ("address", ip.to_string())));
    all
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

/// Of a thousand findings of the corpus at most one loses something that is no secret.
#[test]
fn what_an_analyst_needs_leaves_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("TRAILHOUND_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let folders = [root.join("events"), shared.join("corpus")];
    let product = Product::new("leak");
    let (mut count, mut lost) = (0_usize, Vec::new());
    for file in folders.iter().flat_map(|folder| files(folder)) {
        let bytes = std::fs::read(&file).expect("a readable file");
        for found in matches(pipeline(), &bytes) {
            count += 1;
            let before = needed(&found.facts);
            let finding = describe(found, &product, now());
            let after = needed(&finding.matched.facts);
            if before != after {
                let gone: Vec<_> = before.iter().filter(|fact| !after.contains(fact)).collect();
                lost.push(format!("{} {}: {gone:?}", file.display(), finding.matched.rule.name));
            }
        }
    }
    eprintln!("{} of {count} findings lose something", lost.len());
    assert!(count > 50 && lost.len() * 1_000 <= count, "{}", lost.join("\n"));
}
