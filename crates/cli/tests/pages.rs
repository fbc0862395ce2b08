//! What the tutorials and the pages for analysts and authors show is what the command says: their blocks are run as they
//! stand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
}

/// A block of a page: its language, its line, and what stands in it.
fn blocks(page: &str) -> Vec<(String, usize, String)> {
    let (mut blocks, mut open) = (Vec::new(), None);
    for (at, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(language)) => open = Some((language.to_owned(), at + 1, String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some((_, _, text)), None) => text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    blocks
}

/// Runs the `sh` blocks of a page one after another in a folder with the samples; what a `text` block right behind one
/// shows has to come in its order, with `…` for what is left out. Says what is not so.
fn faults(page: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for name in ["events", "rules"] {
        std::os::unix::fs::symlink(root().join(name), folder.path().join(name)).unwrap();
    }
    let bin = Path::new(env!("CARGO_BIN_EXE_trailhound")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let (mut faults, mut said) = (Vec::new(), String::new());
    for (language, line, text) in blocks(page) {
        match language.as_str() {
            "sh" => {
                let mut sh = Command::new("sh");
                sh.args(["-euc", &text]).current_dir(folder.path()).env("PATH", &path).env("NO_COLOR", "1");
                let output = sh.env("TZ", "UTC").output().unwrap();
                said = String::from_utf8(output.stdout).unwrap();
                if !output.status.success() {
                    faults.push(format!("line {line}: {}", String::from_utf8_lossy(&output.stderr)));
                }
            }
            "text" => {
                let mut rest = said.lines();
                for shown in text.lines().filter(|shown| shown.trim() != "…") {
                    if !rest.any(|said| said == shown) {
                        faults.push(format!("line {line}: not said in this order: {shown}\n{said}"));
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    faults
}

/// The pages that are run, each with the fewest outputs that it shows.
const RUN: [(&str, usize); 6] = [
    ("context", 2),
    ("first-case", 6),
    ("first-finding", 3),
    ("first-rule", 5),
    ("investigating", 6),
    ("workbench", 3),
];

/// What a page shows and cannot be run in a test: how to come by the command that the test has.
const INSTALLS: &str = "$ cargo install --path crates/cli\n";

/// Lines that call the command where no test runs them.
fn not_run(page: &str) -> Vec<String> {
    let blocks = blocks(page).into_iter();
    let aside =
        blocks.filter(|(language, _, text)| !["sh", "text"].contains(&&**language) && text != INSTALLS);
    let lines = aside.flat_map(|(_, line, text)| {
        let called = text.lines().map(|said| said.trim_start_matches("$ ").to_owned()).collect::<Vec<_>>();
        called
            .into_iter()
            .filter(|said| said.starts_with("trailhound ") || said.starts_with("cargo "))
            .map(move |said| format!("line {line}: {said}"))
    });
    lines.collect()
}

#[test]
fn what_the_pages_show_is_what_the_command_says() {
    for (name, least) in RUN {
        let page = fs::read_to_string(root().join(format!("docs/{name}.md"))).unwrap();
        let shown = blocks(&page).iter().filter(|(language, ..)| language == "text").count();
        assert!(shown >= least, "docs/{name}.md shows {shown} outputs");
        let faults = [faults(&page), not_run(&page)].concat();
        assert!(faults.is_empty(), "docs/{name}.md, {}", faults.join("\n"));
    }
}

#[test]
fn a_page_that_shows_something_else_is_caught() {
    let ran = "```sh\ntrailhound rules list\n```\n";
    assert_eq!(faults(ran), [""; 0]);
    assert_eq!(faults("```sh\ntrailhound rulez list\n```\n").len(), 1);
    assert_eq!(faults(&format!("{ran}```text\nno such rule\n```\n")).len(), 1);
    assert_eq!(not_run(ran), [""; 0]);
    assert_eq!(not_run("```console\n$ trailhound rules list\n```\n"), ["line 1: trailhound rules list"]);
}
