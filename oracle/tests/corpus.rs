//! Our rules over the corpus: both engines agree on every record, or a listed difference says why.

use std::path::{Path, PathBuf};

use serde_json::Value;
use trailhound_oracle::verdict::Both;
use walkdir::WalkDir;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// The folder of shared test data; beside the repository unless the environment names another.
fn corpus() -> PathBuf {
    let beside = || repository().join("../shared");
    std::env::var_os("TRAILHOUND_SHARED").map_or_else(beside, PathBuf::from).join("corpus")
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    walk.map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|e| e == extension))
        .collect()
}

/// What a shape's wrapping is, so that rules see the record as a detection pipeline would.
fn record(value: Value) -> Value {
    match value.get("detail") {
        Some(detail) if value.get("detail-type").is_some() => detail.clone(),
        _ => value,
    }
}

#[test]
fn rules_agree_on_the_corpus() {
    let records: Vec<(PathBuf, usize, String, Value)> = files(&corpus(), "jsonl")
        .into_iter()
        .flat_map(|path| {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.into_iter().enumerate().map(move |(n, line)| (path.clone(), n + 1, line))
        })
        .filter_map(|(path, line, text)| {
            let value = record(serde_json::from_str(&text).ok()?);
            Some((path, line, value.to_string(), value))
        })
        .collect();
    let rules: Vec<(PathBuf, Both)> = files(&repository().join("rules"), "yml")
        .into_iter()
        .filter(|path| !path.to_string_lossy().ends_with(".tests.yml"))
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            let detects = text.lines().any(|line| line.starts_with("detection:"));
            detects.then(|| {
                let both = Both::read(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                (path, both)
            })
        })
        .collect();
    if records.is_empty() || rules.is_empty() {
        eprintln!(
            "SKIPPED: {} records, {} rules; set TRAILHOUND_SHARED to the shared folder",
            records.len(),
            rules.len()
        );
        return;
    }
    let mut matches = 0;
    let mut differing = Vec::new();
    for (rule, both) in &rules {
        for (file, line, text, value) in &records {
            let (ours, theirs) = both.ask(text, value).unwrap();
            matches += u64::from(ours);
            if ours != theirs {
                let (rule, file) = (rule.display(), file.display());
                differing.push(format!("{rule}: ours {ours}, theirs {theirs} on {file}:{line}"));
            }
        }
    }
    println!("{} rules over {} records: {matches} matches", rules.len(), records.len());
    assert!(differing.is_empty(), "{} differ:\n{}", differing.len(), differing.join("\n"));
}
