//! Every finding that the shipped rules make of the samples, and of the corpus where it is at hand, keeps the alert
//! contract.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use trailhound_detect::describe::{Product, describe, notify};
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::rules::load_embedded;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

/// How many findings a folder's files make; all of them are checked.
fn check(pipeline: &Pipeline, folder: &Path) -> usize {
    let now: Timestamp = "2026-11-20T12:00:00Z".parse().expect("a time");
    let product = Product::new("cli");
    let mut count = 0;
    for file in files(folder) {
        let mut session = pipeline.delivery(&file.display().to_string(), now);
        session.push(&std::fs::read(&file).expect("a readable file"));
        for found in session.finish(Ending::Whole).matches {
            count += 1;
            let finding = describe(found, &product, now);
            if let Err(wrong) = trailhound_conformance::validate_finding(finding.json()) {
                panic!("{}:\n{}\n{}", finding.matched.from.origin, wrong.join("\n"), finding.json());
            }
            let subject = notify::subject(&finding);
            assert!(
                subject.len() <= notify::MOST_SUBJECT && subject.bytes().all(|b| (b' '..=b'~').contains(&b))
            );
        }
    }
    count
}

#[test]
fn every_finding_keeps_the_contract() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let loaded = load_embedded();
    assert_eq!(loaded.errors().count(), 0, "the shipped rules load");
    let pipeline = Pipeline::new(Arc::new(loaded.rules));
    assert!(check(&pipeline, &root.join("events")) > 20);
    match trailhound_conformance::shared_folder()
        .map(|shared| shared.join("corpus"))
        .filter(|path| path.is_dir())
    {
        Some(corpus) => assert!(check(&pipeline, &corpus) > 20),
        None => eprintln!("SKIPPED: no shared folder, so the corpus' findings are not checked"),
    }
}
