//! A page for each rule, to which findings link, from `docs/detections.md`: its address is that of the folder and the rule's
//! name.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::Context as _;

use super::markdown::{cells, sections};
use super::pages::Pages;
use super::place::from;
use crate::shell::root;

const FILE: &str = "docs/detections.md";

/// The heading below which what only serves correlations is listed.
const STEPS: &str = "Steps";

pub(super) fn pages(detections: &str) -> anyhow::Result<Pages> {
    let (overview, rules) = sections(detections, "## ");
    let (rows, files) = (rows(&overview), files()?);
    let (mut pages, mut index) = (Pages::new(), overview.clone());
    for (name, text) in rules {
        if name == STEPS {
            let _ = write!(index, "## {STEPS}\n{text}");
            continue;
        }
        let row = rows.get(name).with_context(|| format!("{FILE}: {name} is not in its overview"))?;
        let file = files.get(name).with_context(|| format!("rules: no file has the rule {name}"))?;
        pages.insert(format!("detections/{name}.md"), from(FILE, &page(name, &text, row, file)));
    }
    pages.insert("detections/index.md".to_owned(), from(FILE, &index));
    Ok(pages)
}

/// The rows of the overview: catalogue number, level, techniques, log source or span.
fn rows(overview: &str) -> BTreeMap<&str, [&str; 4]> {
    let row = |line| {
        let [name, rest @ ..] = &*cells(line)? else { return None };
        let name = name.strip_prefix('[')?.split_once(']')?.0;
        Some((name, <[&str; 4]>::try_from(rest).ok()?))
    };
    overview.lines().filter_map(row).collect()
}

/// The file of each rule, by the line that names it.
fn files() -> anyhow::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    for folder in fs::read_dir(root().join("rules"))? {
        let folder = folder?.path();
        for file in fs::read_dir(&folder)? {
            let file = file?.path();
            let named = fs::read_to_string(&file)?;
            let names = named.lines().filter_map(|line| line.strip_prefix("name: "));
            let at = file.strip_prefix(root())?.to_string_lossy().into_owned();
            files.extend(names.map(|name| (name.trim().to_owned(), at.clone())));
        }
    }
    Ok(files)
}

/// A rule's page: its parts, which begin in bold in the document, have headings here.
fn page(name: &str, text: &str, [catalogue, level, techniques, reads]: &[&str; 4], file: &str) -> String {
    let technique =
        |id: &str| format!("[{id}](https://attack.mitre.org/techniques/{}/)", id.replace('.', "/"));
    let techniques: Vec<String> = techniques.split(' ').map(technique).collect();
    let mut parts = text.trim().splitn(2, "\n\n");
    let (lead, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let (title, lead) = bold(lead).unwrap_or((name, lead));
    let mut page = format!(
        "# {title}\n\n`{name}`\n\n{lead}\n\n| catalogue | level | techniques | log source or span |\n|---|---|---|---|\n\
         | {catalogue} | {level} | {} | {reads} |\n\n",
        techniques.join(" ")
    );
    for part in rest.split("\n\n") {
        let _ = match bold(part) {
            Some((title, text)) => write!(page, "## {title}\n\n{}\n\n", capital(text)),
            None => write!(page, "{part}\n\n"),
        };
    }
    let _ = write!(
        page,
        "## The rule itself\n\n[{file}](../{file}). What it makes of records of yours:\n\n\
         ```console\n$ trailhound why {name} logs/\n```\n"
    );
    page
}

/// What stands in bold at the start of a paragraph, and the rest of it.
fn bold(paragraph: &str) -> Option<(&str, &str)> {
    let (title, rest) = paragraph.strip_prefix("**")?.split_once("**")?;
    Some((title.trim_end_matches('.'), rest.trim()))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
