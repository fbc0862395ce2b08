//! What stays the same from run to run: what is typed wins, then a variable, then the file.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use common::{Folder, err, out, trailhound};

const SAMPLE: &str = "events/example-cloudtrail-session-manager.json";

/// The command with these variables and none of the machine's own.
fn with(variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trailhound"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env_clear()
        .env("NO_COLOR", "1")
        .envs(variables.iter().copied())
        .output()
        .unwrap()
}

/// The levels that a scan tells.
fn told(variables: &[(&str, &str)], typed: &[&str]) -> Vec<String> {
    let output = with(variables, &[&["scan", "--format", "csv", SAMPLE], typed].concat());
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", err(&output));
    let csv = out(&output);
    let mut levels: Vec<String> = ["informational", "low", "medium", "high"]
        .map(str::to_owned)
        .into_iter()
        .filter(|level| csv.contains(&format!(",\"{level}\",")))
        .collect();
    levels.sort();
    levels
}

#[test]
fn what_is_typed_wins_over_a_variable_and_a_variable_over_the_file() {
    let folder = Folder::new();
    let file = folder.write("settings.toml", "min-level = \"high\"\n");
    let of_file = ("TRAILHOUND_SETTINGS", file.as_str());
    let of_variable = ("TRAILHOUND_MIN_LEVEL", "medium");
    assert!(told(&[], &[]).contains(&"informational".to_owned()));
    assert_eq!(told(&[of_file], &[]), ["high"]);
    assert_eq!(told(&[of_file, of_variable], &[]), ["high", "medium"]);
    let typed = told(&[of_file, of_variable], &["--min-level", "info"]);
    assert!(typed.contains(&"informational".to_owned()), "{typed:?}");
    // An empty variable says nothing, and an empty name of a file means none.
    assert_eq!(told(&[of_file, ("TRAILHOUND_MIN_LEVEL", "")], &[]), ["high"]);
    assert!(told(&[("TRAILHOUND_SETTINGS", "")], &[]).contains(&"informational".to_owned()));
}

#[test]
fn the_file_lies_in_the_configuration_of_the_user_and_never_beside_the_logs() {
    let folder = Folder::new();
    folder.write("config/trailhound/settings.toml", "min-level = \"high\"\n");
    let config = folder.path("config");
    if cfg!(unix) {
        assert_eq!(told(&[("XDG_CONFIG_HOME", &config), ("HOME", "/nonexistent")], &[]), ["high"]);
    }
    for name in ["settings.toml", "trailhound.toml", ".trailhound/settings.toml"] {
        folder.write(name, "min-level = \"critical\"\n");
    }
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(SAMPLE);
    let output = Command::new(env!("CARGO_BIN_EXE_trailhound"))
        .args(["scan", "--format", "csv", sample.to_str().unwrap()])
        .current_dir(folder.path(""))
        .env_clear()
        .env("HOME", "/nonexistent")
        .output()
        .unwrap();
    assert!(out(&output).contains("informational"), "{}", err(&output));
}

#[test]
fn paths_of_the_file_are_relative_to_it() {
    let folder = Folder::new();
    let rule = "title: A session\nid: 0f5e9d0c-6d0e-4f6e-8f0e-0a1b2c3d4e5f\nname: my-session\nstatus: experimental\n\
                logsource:\n  product: aws\n  service: cloudtrail\ndetection:\n  s:\n    eventName: StartSession\n  \
                condition: s\nlevel: low\n";
    folder.write("settings/mine/session.yml", rule);
    let file = folder.write("settings/settings.toml", "rules = [\"mine\"]\njobs = 1\n");
    let listed = with(&[("TRAILHOUND_SETTINGS", &file)], &["rules", "list"]);
    assert!(out(&listed).contains("my-session"), "{}", err(&listed));
    // Rules that are typed take the place of those that are set; who checks a folder checks that folder.
    let other =
        folder.write("other/other.yml", rule.replace("my-session", "other-session").replace("4e5f", "4e60"));
    let listed = out(&with(&[("TRAILHOUND_SETTINGS", &file)], &["rules", "list", "--rules", &other]));
    assert!(listed.contains("other-session") && !listed.contains("my-session"));
    let checked = with(&[("TRAILHOUND_SETTINGS", &file)], &["rules", "check", &other]);
    assert!(out(&checked).contains("1 file"), "{}", out(&checked));
}

#[test]
fn everything_wrong_is_named_with_its_place() {
    let folder = Folder::new();
    let text = "min-level = \"loud\"\n# a remark\n  min_level = \"low\"\njobs = [1]\nsuppressions = \"\"\n";
    let file = folder.write("settings.toml", text);
    let output =
        with(&[("TRAILHOUND_SETTINGS", &file), ("TRAILHOUND_FAIL_ON", "loudest")], &["scan", SAMPLE]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(out(&output), "");
    let said = err(&output);
    for words in [
        format!("{file}:3:3: no setting is called 'min_level'; there are rules, "),
        format!("{file}:4:8: write jobs = \"value\""),
        format!("{file}:5:16: write suppressions = \"path\""),
        "TRAILHOUND_FAIL_ON: fail-on cannot be 'loudest': write informational".to_owned(),
    ] {
        assert!(said.contains(&words), "{words}\n{said}");
    }
    let file = folder.write("level.toml", "\nmin-level = \"loud\"\n");
    let said = err(&with(&[("TRAILHOUND_SETTINGS", &file)], &["scan", SAMPLE]));
    assert!(
        said.contains(&format!("{file}:2:13: min-level cannot be 'loud': write informational")),
        "{said}"
    );
    let file = folder.write("torn.toml", "jobs = 1\nmin-level = \"low\n");
    let said = err(&with(&[("TRAILHOUND_SETTINGS", &file)], &["scan", SAMPLE]));
    assert!(said.contains(&format!("{file}:2:")), "{said}");
    let said = err(&with(&[("TRAILHOUND_SETTINGS", "/nonexistent/settings.toml")], &["scan", SAMPLE]));
    assert!(said.contains("TRAILHOUND_SETTINGS names it"), "{said}");

    // What needs no setting works all the same, and the doctor says what is wrong.
    let broken = [("TRAILHOUND_SETTINGS", file.as_str()), ("AWS_EC2_METADATA_DISABLED", "true")];
    assert!(with(&broken, &["completions", "bash"]).status.success());
    assert!(with(&broken, &["scan", "--help"]).status.success());
    let doctor = with(&broken, &["doctor"]);
    assert_eq!(doctor.status.code(), Some(1), "{}", err(&doctor));
    assert!(out(&doctor).contains("WRONG   settings"), "{}", out(&doctor));
}

#[test]
fn a_baseline_that_is_set_can_be_read_only() {
    let folder = Folder::new();
    let baseline = folder.path("usual.baseline");
    let learn = with(&[], &["baseline", "learn", "--to", &baseline, "events"]);
    assert!(learn.status.success(), "{}", err(&learn));
    let before = std::fs::read(&baseline).unwrap();
    let set = [("TRAILHOUND_BASELINE", baseline.as_str())];
    let output = with(&set, &["scan", "--read-only", SAMPLE]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert_eq!(std::fs::read(&baseline).unwrap(), before);
    let output = with(&[], &["scan", "--read-only", SAMPLE]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("name one with --baseline"), "{}", err(&output));
}

/// The variables in a text.
fn variables(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
    words.filter(|word| word.starts_with("TRAILHOUND_")).map(str::to_owned).collect()
}

#[test]
fn the_page_lists_what_help_lists() {
    let help = out(&trailhound(&["--help"]));
    let mut of_help = BTreeMap::new();
    let mut lines = help.lines();
    while let Some(line) = lines.next() {
        if let Some((key, _)) = line.strip_prefix("  ").and_then(|line| line.split_once(" = ")) {
            of_help.insert(key.to_owned(), variables(lines.next().unwrap()));
        }
    }
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
    let page = std::fs::read_to_string(page).unwrap();
    let of_page: BTreeMap<String, BTreeSet<String>> = page
        .lines()
        .filter_map(|line| {
            let (key, rest) = line.strip_prefix("| `")?.split_once("` | ")?;
            Some((key.to_owned(), variables(rest)))
        })
        .collect();
    assert!(of_help.len() > 10, "{help}");
    assert_eq!(of_page, of_help);
}
