//! Pages that are made from the command's own help and from the tables of the documents.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, ensure};

use super::markdown::{cells, lines, sections};
use super::pages::Pages;
use super::place;
use crate::shell::{command, output, root, run, trailhound};

const CONTENTS: &str = include_str!("../../site/reference.md");

pub(super) fn pages() -> anyhow::Result<Pages> {
    Ok(Pages::from([
        ("reference/commands.md".to_owned(), commands()?),
        ("reference/index.md".to_owned(), CONTENTS.to_owned()),
        ("reference/settings.md".to_owned(), settings()?),
    ]))
}

/// Every command that has a man page, with its help.
fn commands() -> anyhow::Result<String> {
    let folder = root().join("target/site/man");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let trailhound = trailhound()?;
    run(command(&trailhound, &["man", &folder.to_string_lossy()]))?;
    let mut names = Vec::new();
    for page in fs::read_dir(&folder)? {
        let page = page?.file_name().to_string_lossy().into_owned();
        names.push(page.strip_suffix(".1").context("a man page of another section")?.to_owned());
    }
    names.sort();
    ensure!(names.len() > 10, "the command wrote {} man pages", names.len());
    let mut text = "# Commands\n\nEach with what `--help` says of it.\n".to_owned();
    for name in names {
        let words: Vec<&str> = name.split('-').skip(1).chain(["--help"]).collect();
        let mut help = command(&trailhound, &words);
        help.env("NO_COLOR", "1").env("COLUMNS", "80");
        // Help shows what is set, and a page is nobody's.
        help.env("TRAILHOUND_SETTINGS", "");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TRAILHOUND_") && name != "TRAILHOUND_SETTINGS" {
                help.env_remove(name);
            }
        }
        let _ =
            write!(text, "\n## {}\n\n```text\n{}\n```\n", name.replace('-', " "), output(help)?.trim_end());
    }
    Ok(text)
}

/// The settings of both functions, as their pages tell them.
fn settings() -> anyhow::Result<String> {
    let mut text = "# Settings of the functions\n\nEnvironment variables, which the Terraform modules set; \
        the inputs of [AWS](aws-module.md#inputs) and [Azure](azure-module.md#inputs) are what you write.\n"
        .to_owned();
    for (title, page) in [("AWS Lambda", "aws-lambda"), ("Azure Function", "azure-function")] {
        let document = place::text(&format!("docs/{page}.md"))?;
        let (_, parts) = sections(&document, "## ");
        let part = parts.iter().find(|(heading, _)| *heading == "Settings");
        let (_, part) = part.with_context(|| format!("docs/{page}.md: no settings"))?;
        let _ =
            write!(text, "\n## {title}\n\n[What else it does](../{page}.md).\n\n| variable | |\n|---|---|\n");
        for row in part.lines().filter_map(cells).filter(|row| row[0].starts_with('`')) {
            let (names, says) = (row[0], row[1..].join(" ").trim().to_owned());
            let _ = writeln!(text, "| {names} | {says} |");
        }
    }
    Ok(text)
}

/// The same page with a place to link to in each row that begins with one name in code.
pub(super) fn anchored(page: &str) -> String {
    let (mut out, mut known) = (String::with_capacity(page.len()), std::collections::BTreeSet::new());
    for (_, line, code) in lines(page) {
        let name = line.strip_prefix("| `").and_then(|rest| rest.split_once("` |")).filter(|_| !code);
        let plain =
            |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        match name {
            Some((name, rest)) if plain(name) && known.insert(name.to_owned()) => {
                let _ = writeln!(out, "| <span id=\"{name}\">`{name}`</span> |{rest}");
            }
            _ => {
                out += line;
                out += "\n";
            }
        }
    }
    out
}
