//! Baselines, as a person makes and uses them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn trailhound(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trailhound")).args(arguments).env("NO_COLOR", "1").output().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn out(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", err(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn session(id: u16, day: u8, user: &str, target: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-{day:02}T10:15:30Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","userAgent":"aws-cli/2.22.0","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-00000000{id:04}","eventType":"AwsApiCall","eventCategory":"Management","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{user}","accountId":"111122223333","userName":"{user}"}},"requestParameters":{{"target":"{target}"}},"responseElements":{{"sessionId":"{user}-0a1b2c3d4e5f6{id:04}"}}}}"#
    )
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, lines: &[String]) -> String {
        fs::write(self.path(name), lines.join("\n")).unwrap();
        self.path(name)
    }

    /// Three weeks in which dana opened a shell on one machine each day.
    fn history(&self) -> String {
        let days: Vec<String> =
            (1..=20).map(|day| session(day.into(), day, "dana", "i-0aaaaaaaaaaaaaaa1")).collect();
        self.write("history.jsonl", &days)
    }
}

fn findings(output: &Output) -> Vec<Value> {
    out(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn first_seen(finding: &Value) -> Vec<&str> {
    let first = finding["data"]["unmapped"]["newness"]["first_seen"].as_array();
    first.into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn a_baseline_learned_from_history_tells_what_is_new() {
    let folder = Folder::new();
    let (history, baseline) = (folder.history(), folder.path("usual.baseline"));
    let learned = trailhound(&["baseline", "learn", "--to", &baseline, &history]);
    assert!(err(&learned).contains("learned into"), "{}", err(&learned));
    assert_eq!(out(&learned), "");
    let today = folder.write(
        "today.jsonl",
        &[
            session(101, 21, "dana", "i-0aaaaaaaaaaaaaaa1"),
            session(102, 21, "dana", "i-0bbbbbbbbbbbbbbb2"),
            session(103, 21, "mallory", "i-0aaaaaaaaaaaaaaa1"),
            session(104, 21, "mallory", "i-0aaaaaaaaaaaaaaa1"),
        ],
    );
    let scan = || trailhound(&["scan", "--format", "ndjson", "--baseline", &baseline, &today]);
    let found = findings(&scan());
    let told: Vec<(&str, Vec<&str>)> =
        found.iter().map(|f| (f["severity"].as_str().unwrap(), first_seen(f))).collect();
    assert_eq!(
        told,
        [
            ("informational", vec![]),
            ("medium", vec!["target"]),
            ("medium", vec!["actor-action", "target", "network", "client"]),
            ("low", vec![]),
        ]
    );
    assert!(found[2]["data"]["message"].as_str().unwrap().contains("Not seen in the "), "{}", found[2]);
    assert!(
        found[0]["data"]["message"].as_str().unwrap().contains("As on 14 of the last 14 days"),
        "{}",
        found[0]
    );
    assert_eq!(
        findings(&scan()).iter().map(first_seen).collect::<Vec<_>>(),
        told.iter().map(|(_, first)| first.clone()).collect::<Vec<_>>(),
        "scanning again says the same"
    );
    let without = findings(&trailhound(&["scan", "--format", "ndjson", &today]));
    assert!(without.iter().all(|finding| first_seen(finding).is_empty() && finding["severity"] == "low"));
}

#[test]
fn a_new_baseline_learns_and_says_so() {
    let folder = Folder::new();
    let baseline = folder.path("new.baseline");
    let scanned = trailhound(&["scan", "--format", "ndjson", "--baseline", &baseline, &folder.history()]);
    assert!(err(&scanned).contains("is new"), "{}", err(&scanned));
    let found = findings(&scanned);
    assert!(found.iter().all(|finding| first_seen(finding).is_empty()));
    let learning = &found[0]["data"]["unmapped"]["newness"]["learning"];
    assert_eq!(learning["would_be"], "medium", "{learning}");
    assert!(
        found[0]["data"]["message"]
            .as_str()
            .unwrap()
            .contains("Still learning this account until 2026-03-15")
    );
    // Learning ended by itself after 14 days of events.
    let today = folder.write("today.jsonl", &[session(103, 21, "mallory", "i-0aaaaaaaaaaaaaaa1")]);
    let found = findings(&trailhound(&["scan", "--format", "ndjson", "--baseline", &baseline, &today]));
    assert_eq!(first_seen(&found[0]), ["actor-action", "target", "network", "client"]);
}

#[test]
fn a_baseline_travels_as_json_lines() {
    let folder = Folder::new();
    let (one, two) = (folder.path("one.baseline"), folder.path("two.baseline"));
    trailhound(&["baseline", "learn", "--to", &one, &folder.history()]);
    let export = folder.path("export.ndjson");
    out(&trailhound(&["baseline", "export", &one, "--output", &export]));
    for _ in 0..2 {
        out(&trailhound(&["baseline", "import", &export, "--to", &two]));
    }
    let lines = |baseline: &str| -> BTreeSet<String> {
        out(&trailhound(&["baseline", "export", baseline])).lines().map(str::to_owned).collect()
    };
    assert_eq!(lines(&one), lines(&two));
    let shown = out(&trailhound(&["baseline", "show", &two]));
    assert!(
        shown.contains("111122223333  learned from history, 20 events since 2026-03-01T10:15:30Z"),
        "{shown}"
    );
    assert!(shown.contains("actor-target"), "{shown}");
    let account = out(&trailhound(&["baseline", "show", &two, "--account", "111122223333"]));
    assert!(account.contains("user/dana | i-0aaaaaaaaaaaaaaa1"), "{account}");
}

#[test]
fn what_is_wrong_is_said_with_a_way_out() {
    let folder = Folder::new();
    let says = |arguments: &[&str], words: &[&str]| {
        let output = trailhound(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", err(&output));
        for word in words {
            assert!(err(&output).contains(word), "{arguments:?}: {}", err(&output));
        }
    };
    let absent = folder.path("absent.baseline");
    says(&["baseline", "show", &absent], &["no such baseline", "baseline learn"]);
    let text = folder.write("text.baseline", &["not a database".to_owned()]);
    says(&["baseline", "show", &text], &["text.baseline"]);
    says(&["scan", "--baseline", &text, &folder.history()], &["text.baseline"]);
    let baseline = folder.path("one.baseline");
    trailhound(&["baseline", "learn", "--to", &baseline, &folder.history()]);
    says(
        &["baseline", "show", &baseline, "--account", "999"],
        &["nothing is known of account 999", "111122223333"],
    );
    let broken =
        folder.write("broken.ndjson", &["{\"kind\":\"seen\"}".to_owned(), "{\"kind\":\"other\"}".to_owned()]);
    says(
        &["baseline", "import", &broken, "--to", &baseline],
        &["nothing was imported", "broken.ndjson:1", "broken.ndjson:2"],
    );
    says(&["baseline", "learn", "--to", &baseline, &folder.path("nowhere")], &["nowhere"]);
}

/// The corpus in two halves, each file by its lines; nothing without the shared folder.
fn halves(folder: &Folder) -> Option<(Vec<[String; 3]>, [PathBuf; 2])> {
    let shared = std::env::var_os("TRAILHOUND_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from)
        .join("corpus");
    let Ok(labels) = fs::read_to_string(shared.join("labels.tsv")) else {
        eprintln!("SKIPPED: no corpus at {}; set TRAILHOUND_SHARED to have it", shared.display());
        return None;
    };
    let labels: Vec<[String; 3]> = labels
        .lines()
        .skip(1)
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            [columns[0], columns[1], columns[5]].map(str::to_owned)
        })
        .collect();
    let halves = [1, 2].map(|half| folder.0.path().join(half.to_string()));
    let files: BTreeSet<&String> = labels.iter().map(|[file, ..]| file).collect();
    for file in files {
        let text = fs::read_to_string(shared.join(file)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let (first, second) = lines.split_at(lines.len() / 2);
        for (half, lines) in halves.iter().zip([first, second]) {
            let path = half.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, lines.join("\n")).unwrap();
        }
    }
    Some((labels, halves))
}

#[test]
fn the_noise_of_the_corpus_falls_by_four_fifths_and_nothing_is_lost() {
    let folder = Folder::new();
    let Some((labels, [first, second])) = halves(&folder) else { return };
    let baseline = folder.path("corpus.baseline");
    let second = second.to_str().unwrap();
    let learned = trailhound(&["baseline", "learn", "--to", &baseline, first.to_str().unwrap()]);
    assert!(learned.status.success(), "{}", err(&learned));

    let verdict = |origin: &str| -> Option<&str> {
        let (file, line) = origin.rsplit_once(':')?;
        let file = file.strip_prefix(second)?.trim_start_matches('/');
        let of_file: Vec<&[String; 3]> = labels.iter().filter(|[other, ..]| other == file).collect();
        let line: usize = line.parse().ok()?;
        Some(&of_file.get(of_file.len() / 2 + line - 1)?[2])
    };
    let count = |extra: &[&str]| {
        let scanned = trailhound(&[&["scan", "--format", "ndjson"], extra, &[second]].concat());
        let mut noise = BTreeSet::new();
        let mut positives = BTreeSet::new();
        for finding in findings(&scanned) {
            let origin = finding["origin"].as_str().unwrap().to_owned();
            let level = finding["severityid"].as_u64().unwrap();
            match verdict(&origin) {
                Some("background") if level >= 3 => drop(noise.insert(origin)),
                Some("positive") if level >= 2 => drop(positives.insert(origin)),
                _ => {}
            }
        }
        (noise.len(), positives)
    };
    let (noise_without, positives_without) = count(&[]);
    let (noise_with, positives_with) = count(&["--baseline", &baseline]);
    eprintln!(
        "second half of the corpus, background at medium or above: {noise_without} without a baseline, {noise_with} \
         with; positives {} and {}",
        positives_without.len(),
        positives_with.len()
    );
    assert!(positives_with.is_superset(&positives_without), "{positives_without:?} {positives_with:?}");
    assert!(noise_with * 5 <= noise_without, "{noise_with} of {noise_without}");
}
