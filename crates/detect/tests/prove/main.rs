//! Every rule can fire: a record is made for it, put into every shape, and run through the pipeline.
//!
//! What cannot be made, or is lost in a shape, stands in `reasons.tsv`. `TRAILHOUND_PROVE_SHAPES` says in how many of
//! its shapes each shipped rule is proved, or `all`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use trailhound_detect::proving::{Firing, Proof, Prover, shapes};
use trailhound_detect::rules::{EMBEDDED, Loaded, Loading, RuleFile, load_as};

/// Shapes in which each shipped rule is proved, unless the environment asks for more.
const SHAPES: usize = 6;

/// Rules alone, those that are switched off switched on.
fn loaded(files: &[RuleFile]) -> Loaded {
    let files: Vec<RuleFile> = files
        .iter()
        .map(|file| RuleFile {
            path: file.path.clone(),
            text: file.text.replace("enabled: false", "enabled: true"),
        })
        .collect();
    load_as(&files, Loading { shipped: false, ..Loading::default() })
}

fn proofs(files: &[RuleFile], within: &[String]) -> Vec<Proof> {
    let loaded = loaded(files);
    let errors: Vec<String> = loaded.errors().map(ToString::to_string).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let rules = Arc::new(loaded.rules);
    let mut prover = Prover::new(Arc::clone(&rules));
    if !within.is_empty() {
        prover = prover.within(within).expect("shapes");
    }
    rules.detections().iter().map(|detection| prover.prove(detection)).collect()
}

fn folder(name: &str) -> Vec<RuleFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/prove").join(name);
    let mut files: Vec<_> =
        std::fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    let read = |path: &std::path::PathBuf| RuleFile {
        path: path.file_name().expect("a name").to_string_lossy().into_owned(),
        text: std::fs::read_to_string(path).expect("a rule"),
    };
    files.iter().map(read).collect()
}

fn of<'p>(proofs: &'p [Proof], rule: &str) -> &'p Proof {
    proofs.iter().find(|proof| proof.rule == rule).unwrap_or_else(|| panic!("no rule {rule}"))
}

/// Why a rule is not proved, by rule and shape; `*` where no record can be made.
fn reasons() -> BTreeMap<(&'static str, &'static str), &'static str> {
    let row = |line: &'static str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [rule, shape, reason] = cells[..] else { panic!("not three cells: {line}") };
        assert!(reason.len() > 20, "{line}");
        ((rule, shape), reason)
    };
    include_str!("reasons.tsv").lines().skip(1).map(row).collect()
}

#[test]
fn every_shipped_rule_fires_in_every_shape() {
    let files: Vec<RuleFile> = EMBEDDED
        .iter()
        .map(|file| RuleFile { path: file.path.to_owned(), text: file.text.to_owned() })
        .collect();
    let names: Vec<String> = shapes::all().iter().map(|shape| shape.name.to_owned()).collect();
    let budget = std::env::var("TRAILHOUND_PROVE_SHAPES").unwrap_or_else(|_| SHAPES.to_string());
    let loaded = loaded(&files);
    let rules = Arc::new(loaded.rules);
    let all = Prover::new(Arc::clone(&rules));
    let reasons = reasons();
    let (mut wrong, mut used) = (Vec::new(), BTreeSet::new());
    for (at, detection) in rules.detections().iter().enumerate() {
        let proof = match budget.parse::<usize>() {
            Err(_) => all.prove(detection),
            // Others for each rule, so that together they are all of them.
            Ok(some) => {
                let from = at * some;
                let within: Vec<String> =
                    names.iter().cycle().skip(from % names.len()).take(some).cloned().collect();
                all.within(&within).expect("shapes").prove(detection)
            }
        };
        let mut tell = |shape: &str, reason: Option<&String>| match reasons
            .keys()
            .find(|row| **row == (proof.rule.as_str(), shape))
        {
            Some(row) => drop(used.insert(*row)),
            None => wrong.push(format!("{} in {shape}: {}", proof.rule, reason.map_or("", String::as_str))),
        };
        match proof.verdict {
            Firing::Unproven => tell("*", proof.reason.as_ref()),
            _ => proof.silent().for_each(|silent| tell(silent.shape, silent.reason.as_ref())),
        }
        if proof.verdict == Firing::Cannot && proof.shapes.is_empty() {
            wrong.push(format!("{} cannot: {}", proof.rule, proof.reason.as_deref().unwrap_or_default()));
        }
    }
    let is_whole = budget.parse::<usize>().is_err();
    for row in reasons.keys().filter(|row| !used.contains(*row) && (is_whole || row.1 == "*")) {
        wrong.push(format!("{} in {} is proved now: strike it off reasons.tsv", row.0, row.1));
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What public rules ask for that once loaded and never fired.
#[test]
fn rules_of_ones_own_fire_in_every_shape() {
    let proofs = proofs(&folder("mine"), &[]);
    assert!(proofs.len() >= 19, "{}", proofs.len());
    let not: Vec<String> = proofs
        .iter()
        .filter(|proof| proof.verdict != Firing::Fires)
        .map(|proof| {
            let silent = proof.silent().map(|silent| format!("{}: {:?}", silent.shape, silent.reason));
            let silent: Vec<String> = silent.collect();
            format!("{} {:?} {:?} {silent:#?}", proof.rule, proof.verdict, proof.reason)
        })
        .collect();
    assert!(not.is_empty(), "{} wrong:\n{}", not.len(), not.join("\n"));
}

#[test]
fn what_cannot_fire_is_told() {
    let proofs = proofs(&folder("never"), &[]);
    let contradiction = of(&proofs, "contradiction");
    assert_eq!(contradiction.verdict, Firing::Unproven, "{contradiction:?}");
    let other = of(&proofs, "another-system");
    assert_eq!(other.verdict, Firing::Cannot, "{other:?}");
    assert!(other.reason.as_deref().is_some_and(|reason| reason.contains("another system")), "{other:?}");
    let lost = of(&proofs, "a-field-that-few-shapes-carry");
    assert_eq!(lost.verdict, Firing::Partly, "{lost:?}");
    let silent: Vec<&str> = lost.silent().map(|silent| silent.shape).collect();
    assert!(silent.contains(&"sentinel-csv") && !silent.contains(&"trail"), "{silent:?}");
    let outcome = of(&proofs, "an-outcome-that-never-is");
    assert_eq!(outcome.verdict, Firing::Unproven, "{outcome:?}");
    assert!(outcome.reason.as_deref().is_some_and(|reason| reason.contains("n.outcome")), "{outcome:?}");
}

/// A literal that a closed set never holds is refused before it could be proved.
#[test]
fn what_a_closed_field_never_holds_is_refused() {
    let text = "title: never\nlogsource: {product: azure, service: signinlogs}\ndetection: {s: {SigninType: Interactively}, condition: s}\n";
    let loaded = loaded(&[RuleFile { path: "never.yml".to_owned(), text: text.to_owned() }]);
    let told: Vec<String> = loaded.errors().map(ToString::to_string).collect();
    assert!(told.len() == 1 && told[0].contains("SignInLogs"), "{told:?}");
}

/// A rule that is blind to what it asks for is seen.
#[test]
fn a_rule_of_another_operation_is_not_taken_for_proof() {
    let files = folder("mine");
    let all = proofs(&files, &["gzip".to_owned()]);
    assert!(
        all.iter().all(|proof| proof.shapes.iter().all(|shape| ["plain", "gzip"].contains(&shape.shape)))
    );
    let record = |rule: &str| of(&all, rule).record.clone().expect("a record");
    assert_ne!(record("audit-category-roles"), record("audit-category-policy"));
}
