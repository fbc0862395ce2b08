//! Published intrusions under `events/stories/`: each is told with one alert that names the right first link, machine
//! and actor.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn scan(file: &str) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_trailhound"))
        .args(["scan", "--format", "ndjson", file])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{file}: {}", String::from_utf8_lossy(&output.stderr));
    let findings = String::from_utf8(output.stdout).unwrap();
    findings.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

struct Story<'s> {
    file: &'s str,
    rule: &'s str,
    level: &'s str,
    first: Option<&'s str>,
    machine: Option<&'s str>,
    actor: &'s str,
}

fn stories(table: &str) -> Vec<Story<'_>> {
    let said = |cell: &'static str| move |text: &&str| *text != cell;
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| match line.split('\t').collect::<Vec<_>>().as_slice() {
            [file, rule, level, first, machine, actor, source, _what] => {
                assert!(source.starts_with("https://"), "{file} names no source");
                let (first, machine) = (Some(*first).filter(said("-")), Some(*machine).filter(said("-")));
                Story { file, rule, level, first, machine, actor }
            }
            other => panic!("{other:?}"),
        })
        .collect()
}

/// The names of what an alert is about.
fn targets(alert: &Value) -> Vec<&str> {
    let resources = alert["data"]["resources"].as_array().unwrap();
    let targets = resources.iter().filter(|resource| resource["role"] == "Target");
    targets.map(|resource| resource["name"].as_str().unwrap()).collect()
}

#[test]
fn each_published_intrusion_is_told_with_one_alert() {
    let table = std::fs::read_to_string(root().join("events/stories/stories.tsv")).unwrap();
    let stories = stories(&table);
    assert!(stories.len() >= 10, "there are {}", stories.len());
    for Story { file, rule, level, first, machine, actor } in stories {
        let findings = scan(&format!("events/stories/{file}.jsonl"));
        let alerts: Vec<_> = findings.iter().filter(|finding| finding["ruleid"] == rule).collect();
        let raised: Vec<_> =
            findings.iter().map(|finding| (&finding["ruleid"], &finding["severity"])).collect();
        let [alert] = alerts.as_slice() else { panic!("{file}: {raised:?}") };
        assert_eq!(alert["severity"], level, "{file}");
        let message = alert["data"]["message"].as_str().unwrap();
        assert!(message.contains(actor), "{file}: {message}");
        if let Some(first) = first {
            assert_eq!(
                alert["data"]["finding_info"]["related_events"][0]["title"], first,
                "{file}: {message}"
            );
        }
        if let Some(machine) = machine {
            assert!(targets(alert).contains(&machine), "{file}: {:?}", targets(alert));
        }
        let one_machine = !matches!(rule, "aws-ssh-key-on-several-machines");
        assert!(!one_machine || targets(alert).len() <= 1, "{file}: {:?}", targets(alert));
    }
}

#[test]
fn every_story_is_in_the_table() {
    let table = std::fs::read_to_string(root().join("events/stories/stories.tsv")).unwrap();
    let listed: Vec<String> = stories(&table).iter().map(|story| format!("{}.jsonl", story.file)).collect();
    for entry in std::fs::read_dir(root().join("events/stories")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "stories.tsv" || listed.contains(&name), "{name}");
    }
}
