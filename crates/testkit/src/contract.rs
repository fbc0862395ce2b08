//! What both clouds' findings have in common with each other and with `trailhound scan`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Mutex;

use serde_json::Value;
use trailhound_conformance::validate_finding;

/// Is the command built, and from the sources as they are?
fn is_current(built: &Path) -> bool {
    let modified = |path: &Path| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    let (Some(at), Ok(sources)) = (modified(built), std::fs::read_to_string(built.with_extension("d")))
    else {
        return false;
    };
    let sources = sources.split_once(": ").map_or("", |(_, sources)| sources);
    sources.split_whitespace().all(|source| modified(Path::new(source)).is_some_and(|changed| changed <= at))
}

/// What `trailhound scan` finds in these bytes.
pub fn scan(program: &Path, body: &[u8]) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("records");
    std::fs::write(&file, body).expect("a file");
    scan_at(program, &file)
}

/// What `trailhound scan` finds at a path.
pub fn scan_at(program: &Path, path: &Path) -> Vec<Value> {
    let output = run(program, &["scan", "--format", "ndjson", &path.to_string_lossy()]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Runs the command, which is looked for beside the program under test, and built if it is not there as it is now.
pub fn run(program: &Path, arguments: &[&str]) -> Output {
    static BUILDING: Mutex<()> = Mutex::new(());
    let command = program.with_file_name("trailhound");
    let building = BUILDING.lock();
    if !is_current(&command) {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--package", "trailhound", "--bin", "trailhound"])
            .status();
        assert!(built.expect("cargo runs").success(), "the command builds");
    }
    drop(building);
    Command::new(command).args(arguments).env("NO_COLOR", "1").output().expect("the command runs")
}

/// The `data` of findings without processing times and the place they were read from, by finding id. Bytes that came
/// in a wrapper of their own (`own_bytes` false) have another hash and size.
pub fn comparable(findings: &[Value], own_bytes: bool) -> BTreeMap<String, Value> {
    let without = |object: &mut Value, names: &[&str]| {
        let object = object.as_object_mut().expect("an object");
        for name in names {
            object.remove(*name);
        }
    };
    findings
        .iter()
        .map(|finding| {
            let mut data = finding["data"].clone();
            let id = data["finding_info"]["uid"].as_str().expect("an id").to_owned();
            without(&mut data["metadata"], &["processed_time", "log_name", "logged_time"]);
            without(&mut data["metadata"]["product"], &["feature"]);
            without(&mut data["finding_info"], &["created_time"]);
            // The command looks for who is behind a session in all that is at hand, a function in what it kept.
            without(&mut data["unmapped"], &["behind", "case"]);
            // Nor does it join findings as they go out.
            if let Some(related) = data["finding_info"]["related_events"].as_array_mut() {
                related.retain(|event| event["type"] != "Finding that opened the case");
            }
            let message = data["message"].as_str().expect("a message");
            data["message"] = message.split(" Behind it: ").next().into();
            if !own_bytes {
                without(&mut data, &["raw_data_hash", "raw_data_size"]);
            }
            (id, data)
        })
        .collect()
}

/// Published findings keep the contract: every one valid, each id once, and the same as `scan` finds in the same
/// bytes.
pub fn assert_kept(published: &[Value], program: &Path, body: &[u8], own_bytes: bool) {
    for finding in published {
        if let Err(wrong) = validate_finding(&finding.to_string()) {
            panic!("{wrong:#?}\n{finding}");
        }
    }
    let scanned = scan(program, body);
    assert_eq!(published.len(), scanned.len());
    assert_eq!(comparable(published, own_bytes), comparable(&scanned, own_bytes));
    let envelope = |findings: &[Value]| -> BTreeMap<String, Value> {
        let of = |finding: &Value| {
            let mut envelope = finding.clone();
            for name in ["data", "origin", "casestep", "thread"] {
                envelope.as_object_mut().expect("an object").remove(name);
            }
            (finding["id"].as_str().expect("an id").to_owned(), envelope)
        };
        findings.iter().map(of).collect()
    };
    assert_eq!(envelope(published), envelope(&scanned));
}
