use std::fmt::Write as _;

use trailhound_sigma::{CompiledRule, ParseOptions, PlainFields, SigmaDocument};

use super::*;
use crate::describe::explain;
use crate::facts::NAMES;

/// A rule that asks every one of these fields for a marker, and finds one of them at least.
fn asking(paths: &[String], marker: &str) -> CompiledRule {
    let mut text =
        "title: t\nlogsource: {product: p}\ndetection:\n  keywords:\n    - 'canary*'\n  fields:\n".to_owned();
    for path in paths {
        let _ = write!(text, "    - '{path}|contains': {marker}\n    - '{path}': other\n");
    }
    text += "  condition: keywords or fields\n";
    match trailhound_sigma::parse("t.yml", &text, &ParseOptions::default()).map(|mut all| all.remove(0)) {
        Ok(SigmaDocument::Rule(rule)) => CompiledRule::compile(&rule, &PlainFields).unwrap(),
        other => panic!("{other:?}\n{text}"),
    }
}

#[test]
fn an_explanation_holds_back_what_its_finding_holds_back() {
    let canary = "canaryquietlysinging";
    let (mut held_back, mut told) = (0, 0);
    for record in RECORDS {
        let record = record();
        let mut paths = Vec::new();
        leaves(&record, "", &mut |path, _| paths.push(path.to_owned()));
        paths.dedup();
        let fields: Vec<String> =
            paths.iter().cloned().chain(NAMES.iter().map(|&name| name.to_owned())).collect();
        for path in &paths {
            let mut marked = record.clone();
            *leaf_mut(&mut marked, path, "").unwrap() += canary;
            let rule = asking(&fields, canary);
            let Ok(explanation) = testing::with(&marked.to_string(), |event| rule.explain(event)) else {
                continue;
            };
            let finding = finding_of(&marked, &[]);
            let met = |line: &str| line.rsplit_once(" met ").is_some_and(|(_, met)| met.contains(canary));
            let raw = explanation.to_string().lines().any(met);
            let lines = explain(&finding, &explanation);
            if lines.iter().any(|line| met(line)) {
                assert!(finding.json().contains(canary), "{path} is told here alone: {lines:#?}");
                told += 1;
            } else if raw {
                held_back += 1;
            }
        }
    }
    assert!(held_back > 30 && told > 30, "{held_back} were held back, {told} told");
}
