//! A record that says the same in other words keeps rule, level and id.

mod rewrite;
mod written;

use std::collections::BTreeMap;

use serde_json::Value;
use trailhound_detect::describe::{Product, describe};
use trailhound_detect::pipeline::Pipeline;

use crate::house::{self, matches, now, pipeline, positives};
use crate::random::{Random, cases};
use rewrite::{ALL, Rewrite};
use written::written;

/// Cases, unless the environment asks for more.
const CASES: usize = 1_500;
/// So many rewritings meet in one record at most.
const TOGETHER: usize = 3;

/// Rule, level and id of what is found.
type Found = Vec<(String, String, String)>;

fn found(pipeline: &Pipeline, text: &str, keeps_id: bool) -> Found {
    let product = Product::new("evade");
    let mut all: Found = matches(pipeline, text.as_bytes())
        .into_iter()
        .map(|found| {
            let finding = describe(found, &product, now());
            let id = if keeps_id { finding.uid.clone() } else { String::new() };
            (finding.matched.rule_id(), finding.level().to_string(), id)
        })
        .collect();
    all.sort();
    all
}

/// Where records of the several logs have an id of their own; what has none is known by its bytes.
const IDS: [&str; 6] = [
    "/eventID",
    "/EventRecordID",
    "/properties/id",
    "/identity/authorization/action",
    "/insertId",
    "/auditID",
];

/// What a case does to which record, and what came of it where that was not the same.
fn tried(pipeline: &Pipeline, rewrites: &[Rewrite], case: usize) -> (Vec<&'static str>, Option<String>) {
    let mut random = Random::of(case);
    let positive = &positives()[case % positives().len()];
    let plain = positive.event.to_string();
    let mut event = positive.event.clone();
    let mut done = Vec::new();
    let mut keeps_id = IDS.iter().any(|path| positive.event.pointer(path).is_some());
    for _ in 0..=random.below(TOGETHER) {
        let rewrite = random.pick(rewrites);
        if (rewrite.apply)(&mut event, &mut random) {
            done.push(rewrite.name);
            keeps_id &= rewrite.keeps_id;
        }
    }
    let text = written(&event, &mut random);
    let (due, got) = (found(house::pipeline(), &plain, keeps_id), found(pipeline, &text, keeps_id));
    let said = (due != got).then(|| {
        format!(
            "case {case}: {} '{}' by {done:?}\n  due {due:?}\n  got {got:?}\n  {text}",
            positive.rule, positive.test
        )
    });
    (done, said)
}

#[test]
fn another_way_to_say_it_is_the_same_finding() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    let cases = cases(CASES);
    let is_whole = cases.len() >= CASES;
    for case in cases {
        let (done, said) = tried(pipeline(), &ALL, case);
        for name in done {
            *counts.entry(name).or_default() += 1;
        }
        wrong.extend(said);
    }
    eprintln!("{counts:?}");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
    let idle: Vec<&str> =
        ALL.iter().map(|rewrite| rewrite.name).filter(|name| !counts.contains_key(name)).collect();
    assert!(!is_whole || idle.is_empty(), "never done: {idle:?}");
}

/// What does change the meaning is seen, and so is a rule that goes by how something is written.
#[test]
fn a_way_out_is_noticed() {
    let renamed = Rewrite {
        name: "another operation",
        keeps_id: true,
        apply: |event, _| {
            let Some(name) = event.get_mut("eventName") else { return false };
            *name = Value::from("ListCommands");
            true
        },
    };
    let all = 0..positives().len();
    assert!(all.clone().any(|case| tried(pipeline(), std::slice::from_ref(&renamed), case).1.is_some()));
    let naive = house::with_rules(&|text| {
        text.replace("{n.document_owner: aws}", "{requestParameters.documentName|startswith: AWS-}")
    });
    assert!(all.into_iter().any(|case| tried(&naive, &ALL, case).1.is_some()));
}
