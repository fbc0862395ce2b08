//! The recipes for other tools are run as they stand, in the tools that they are for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use trailhound_testkit::tools::skip;

fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
}

/// The blocks of the page: language and text.
fn blocks() -> Vec<(String, String)> {
    let page = fs::read_to_string(root().join("docs/recipes.md")).unwrap();
    let (mut blocks, mut open) = (Vec::new(), None);
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language.to_owned(), String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, text)), None) => text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    blocks
}

/// Where the command and the pinned tools are found.
fn path() -> String {
    let bin = Path::new(env!("CARGO_BIN_EXE_trailhound")).parent().unwrap();
    let python = std::env::var("TRAILHOUND_PYTHON").ok();
    let tools = python.and_then(|python| Some(Path::new(&python).parent()?.display().to_string()));
    let own = std::env::var("PATH").unwrap_or_default();
    [bin.display().to_string()].into_iter().chain(tools).chain([own]).collect::<Vec<_>>().join(":")
}

fn sh(text: &str, folder: &Path) -> Output {
    let mut sh = Command::new("sh");
    sh.args(["-euc", text]).current_dir(folder).env("PATH", path()).env("NO_COLOR", "1");
    sh.env("TRAILHOUND_SETTINGS", "").env("TZ", "UTC").output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Runs what needs no other tool and the recipes of one; what each said.
fn run(tool: &str) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    if !sh(&format!("command -v {tool}"), folder.path()).status.success() {
        skip(&format!("recipes for {tool}: it is not installed"));
        return None;
    }
    std::os::unix::fs::symlink(root().join("events"), folder.path().join("events")).unwrap();
    let mut all = Vec::new();
    for (language, text) in blocks() {
        if language == "sh" {
            said(&sh(&text, folder.path()));
        } else if language == tool {
            all.push(said(&sh(&text, folder.path())));
        }
    }
    Some(all)
}

#[test]
fn recipes_for_jq_say_what_was_found() {
    let Some(all) = run("jq") else { return };
    let [grave, techniques, addresses] = all.as_slice() else { panic!("{all:#?}") };
    assert!(grave.contains("aws-ssm-session-tunnel\tdana@example.com\ti-0123456789abcdef1"), "{grave}");
    assert!(grave.lines().all(|line| line.split('\t').count() == 5), "{grave}");
    assert!(
        techniques.lines().next().unwrap().trim().split(' ').nth(1).unwrap().starts_with('T'),
        "{techniques}"
    );
    assert!(addresses.contains("203.0.113.45"), "{addresses}");
}

#[test]
fn recipes_for_duckdb_say_what_was_found() {
    let Some(all) = run("duckdb") else { return };
    let [rules, around, alone] = all.as_slice() else { panic!("{all:#?}") };
    assert!(rules.contains("aws-ssm-session-shell") && rules.contains("2026-03-18 09:01:00"), "{rules}");
    assert!(around.contains("ssm:StartSession") && around.contains("203.0.113.45"), "{around}");
    assert!(alone.contains("records"), "{alone}");
}

#[test]
fn what_timesketch_is_given_is_what_it_asks_for() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(root().join("events"), folder.path().join("events")).unwrap();
    for (_, text) in blocks().iter().filter(|(language, _)| language == "sh") {
        said(&sh(text, folder.path()));
    }
    let mut rows = csv::Reader::from_path(folder.path().join("timesketch.csv")).unwrap();
    let header: Vec<String> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    for column in ["message", "datetime", "timestamp_desc", "level", "findings", "behind"] {
        assert!(header.iter().any(|name| name == column), "{column}: {header:?}");
    }
    let at = header.iter().position(|name| name == "datetime").unwrap();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert!(rows.len() > 50, "{}", rows.len());
    assert!(rows.iter().all(|row| row[at].parse::<jiff::Timestamp>().is_ok()));
}
