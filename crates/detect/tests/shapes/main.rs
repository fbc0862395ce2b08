//! The finding does not depend on the shape: what the product says of an event is the same however the event comes.
//!
//! The expected verdict is not written anywhere: it is what the product makes of the plain record. What a shape has no
//! place for stands in `losses.tsv`, with the sentence of that shape's documentation, and `docs/shapes.md` tells it.
//! `TRAILHOUND_SHAPES_EVENTS=all` tries every event; `TRAILHOUND_SHAPES_ONLY=name,name` tries and tells some shapes.

mod absent;
mod events;
mod prove;
mod reading;
mod tables;
mod verdict;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use serde_json::Value;
use trailhound_detect::proving::shapes::{self, Log, Shape};

/// Losses may become fewer; more of them is for a review to grant.
const LOSSES: usize = 2;

/// Says something whether or not the test fails.
fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn only() -> Option<Vec<String>> {
    let names = std::env::var("TRAILHOUND_SHAPES_ONLY").ok()?;
    Some(names.split(',').map(str::to_owned).collect())
}

#[test]
fn the_finding_does_not_depend_on_the_shape() {
    let mut shapes = shapes::all();
    if let Some(only) = only() {
        shapes.retain(|shape| only.iter().any(|name| shape.name.starts_with(name.as_str())));
    }
    let chosen = prove::chosen(prove::each());
    let proof = prove::run(&shapes, &chosen);
    let (losses, pending) = (tables::losses(), tables::pending());

    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    let mut reds: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for ((shape, log), cell) in &proof {
        for (event, difference) in &cell.red {
            let mut explained = false;
            for loss in losses.iter().filter(|loss| loss.explains(shape, difference)) {
                used.insert(loss.clone());
                explained = true;
            }
            if !explained {
                reds.entry((shape, log.name())).or_default().push(format!(
                    "  {event}: {} {}: due '{}', got '{}'",
                    difference.rule, difference.field, difference.due, difference.got
                ));
            }
        }
    }
    let sum = |of: fn(&prove::Cell) -> usize| proof.values().map(of).sum::<usize>();
    tell(&format!(
        "{} shapes × {} events: {} deliveries, {} verdicts, {} findings due; {} of {} shapes and logs pending",
        shapes.len(),
        chosen.len(),
        sum(|cell| cell.deliveries),
        sum(|cell| cell.verdicts),
        sum(|cell| cell.due),
        reds.len(),
        proof.len(),
    ));
    for ((shape, log), lines) in &reds {
        let is_pending = pending.iter().any(|row| row.shape == *shape && row.log == *log);
        if !is_pending || only().is_some() {
            let more = if only().is_some() { usize::MAX } else { 8 };
            let lines: Vec<&str> = lines.iter().map(String::as_str).take(more).collect();
            tell(&format!(
                "{shape} × {log}: {} differences\n{}",
                reds[&(*shape, *log)].len(),
                lines.join("\n")
            ));
        }
        if !is_pending {
            wrong.push(format!("{shape} × {log}"));
        }
    }
    if only().is_none() {
        for row in &pending {
            if !reds.contains_key(&(row.shape.as_str(), row.log.as_str())) {
                wrong.push(format!("{} × {} is right now: strike it off pending.tsv", row.shape, row.log));
            }
        }
        for loss in losses.iter().filter(|loss| !used.contains(loss)) {
            wrong.push(format!(
                "{} {} {} is no loss: strike it off losses.tsv",
                loss.shape, loss.rule, loss.field
            ));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_shape_is_told_of() {
    let named: Vec<String> = shapes::all().iter().map(|shape| shape.name.to_owned()).collect();
    let told: Vec<String> = tables::shapes().into_iter().map(|row| row.shape).collect();
    assert_eq!(named, told, "shapes.tsv says what each shape is, in their order");
    assert!(named.len() >= 25);
    for row in tables::shapes() {
        assert!(row.sentence.ends_with('.') && row.address.starts_with("https://"), "{row:?}");
    }
}

#[test]
fn losses_become_fewer() {
    let losses = tables::losses();
    let count = losses.len();
    assert_eq!(
        count, LOSSES,
        "a new loss wants a review; where there are fewer, LOSSES says so, that they stay so"
    );
    let shapes = tables::shapes();
    for loss in losses {
        assert!(shapes.iter().any(|row| row.shape == loss.shape), "no such shape: {loss:?}");
        assert!(
            loss.field == "finding" || verdict::FIELDS.contains(&&*loss.field),
            "no such field: {loss:?}"
        );
        assert!(loss.sentence.len() > 20 && loss.address.starts_with("https://"), "{loss:?}");
    }
    for row in tables::pending() {
        assert!(!row.reason.is_empty() && shapes.iter().any(|known| known.shape == row.shape), "{row:?}");
    }
}

/// The events say something, and enough of it: every shipped rule but those that ask memory is among what is due.
#[test]
fn every_rule_is_due_something() {
    let chosen = prove::chosen(2);
    let due: BTreeSet<&str> =
        chosen.iter().flat_map(|at| &prove::due()[*at]).map(|found| found.rule.as_str()).collect();
    let tested: BTreeSet<&str> = events::all()
        .iter()
        .map(|event| event.rule.as_str())
        .filter(|rule| !rule.starts_with("example-"))
        .collect();
    let silent: Vec<&&str> = tested.difference(&due).collect();
    assert!(silent.is_empty(), "rules of which nothing is due: {silent:?}");
    for log in Log::OWN {
        assert!(chosen.iter().any(|at| events::all()[*at].log == log), "no event of {log:?}");
    }
}

/// Copies of an event hold more or less of it, and are never taken for two events that one id is claimed for.
#[test]
fn no_shape_of_an_event_contradicts_another() {
    let mut wrong = BTreeSet::new();
    // What is not read right yet is another matter.
    let pending = tables::pending();
    let is_read =
        |shape: &str| !pending.iter().any(|row| row.shape == shape && row.log == Log::CloudTrail.name());
    let shapes: Vec<Shape> = shapes::all().into_iter().filter(|shape| is_read(shape.name)).collect();
    for at in prove::chosen(1).into_iter().filter(|at| events::all()[*at].log == Log::CloudTrail) {
        let event = &events::all()[at];
        for shape in shapes.iter().filter(|shape| shape.logs.contains(&Log::CloudTrail)) {
            let mut copies = vec![event.record.to_string().into_bytes()];
            copies.extend(deliveries(shape, Log::CloudTrail, &event.record));
            if verdict::told(&copies).iter().any(|rule| rule == "trail-integrity") {
                wrong.insert(format!("{} of {}/{}", shape.name, event.rule, event.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Each shape can fail: with what the rules ask for taken out of the record first, the verdict is another.
#[test]
fn every_shape_can_fail() {
    let mut blind = Vec::new();
    for shape in shapes::all() {
        let sees = prove::chosen(1)
            .into_iter()
            .filter(|at| {
                let event = &events::all()[*at];
                shape.logs.contains(&event.log) && event.log != Log::Foreign && !prove::due()[*at].is_empty()
            })
            .any(|at| {
                let mut spoiled = events::all()[at].record.clone();
                spoil(&mut spoiled);
                let log = events::all()[at].log;
                deliveries(&shape, log, &spoiled)
                    .iter()
                    .any(|bytes| !verdict::differences(&prove::due()[at], &verdict::of(bytes)).is_empty())
            });
        if !sees {
            blind.push(shape.name);
        }
    }
    assert!(blind.is_empty(), "nothing makes these fail: {blind:?}");
}

/// What stands in the members that rules ask for becomes other words; the record keeps its outline.
fn spoil(record: &mut Value) {
    for name in ["requestParameters", "userIdentity", "identity", "properties", "Image", "CommandLine"] {
        if let Some(value) = record.get_mut(name) {
            blur(value);
        }
    }
}

fn blur(value: &mut Value) {
    match value {
        Value::Object(object) => object.values_mut().for_each(blur),
        Value::Array(list) => list.clear(),
        Value::String(text) => "x".clone_into(text),
        _ => {}
    }
}

fn deliveries(shape: &Shape, log: Log, record: &Value) -> Vec<Vec<u8>> {
    shape.deliveries(events::known(), log, record)
}
