//! The sample deliveries under `events/`, and what each must and must not raise.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn scan(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_trailhound"))
        .arg("scan")
        .args(arguments)
        .current_dir(root())
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.lines().all(|line| line.contains(": no rule reads ")), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn each_sample_raises_what_it_is_for() {
    let mut files: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("events")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            continue;
        }
        let name = entry.file_name().into_string().unwrap();
        let raised = files.entry(name.clone()).or_default();
        for line in scan(&["--format", "ndjson", &format!("events/{name}")]).lines() {
            let finding: Value = serde_json::from_str(line).unwrap();
            let (rule, level) = (finding["ruleid"].as_str().unwrap(), finding["severity"].as_str().unwrap());
            *raised.entry(format!("{rule} {level}")).or_default() += 1;
        }
    }
    let mut listed = String::new();
    for (file, raised) in files {
        let _ = writeln!(listed, "{file}");
        for (what, count) in raised {
            let _ = writeln!(listed, "  {count} {what}");
        }
    }
    insta::assert_snapshot!(listed);
}

#[test]
fn the_table_reads_well() {
    let table = scan(&[
        "events/example-cloudtrail-session-manager.json",
        "events/example-eventhub-activity-run-command.json",
    ]);
    // The last line tells how long it took.
    let steady = table.trim_end().rsplit_once(". ").unwrap().0;
    insta::assert_snapshot!(steady);
}
