//! Where a file of the repository stands on the site, and links that follow it there.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::markdown::{lines, targets};
use super::pages::Pages;
use crate::shell::root;

/// Where the repository is read by people.
const REPOSITORY: &str = "https://github.com/trailhound/trailhound";

/// Files beside `docs/` that are pages.
const BESIDE: [(&str, &str); 8] = [
    ("ARCHITECTURE.md", "design/architecture.md"),
    ("CHANGELOG.md", "reference/changelog.md"),
    ("CONTRIBUTING.md", "developing/contributing.md"),
    ("SECURITY.md", "design/security.md"),
    ("infra/aws/README.md", "reference/aws-module.md"),
    ("infra/aws/UPGRADING.md", "reference/aws-upgrading.md"),
    ("infra/azure/README.md", "reference/azure-module.md"),
    ("infra/azure/UPGRADING.md", "reference/azure-upgrading.md"),
];

/// Documents that are many pages on the site: each section one, below a folder.
const MANY: [(&str, &str); 2] = [("docs/detections.md", "detections/"), ("docs/runbooks.md", "runbooks/")];

/// Where the pages of a file's sections begin to stand, for those who make them.
const ORIGIN: &str = "<!-- from ";

/// Reads a file of the repository.
pub(super) fn text(file: &str) -> anyhow::Result<String> {
    fs::read_to_string(root().join(file)).with_context(|| file.to_owned())
}

/// A page that tells which file its links are relative to.
pub(super) fn from(file: &str, text: &str) -> String {
    format!("{ORIGIN}{file} -->\n{text}")
}

/// Every file that is one page, its links as they are.
pub(super) fn pages() -> anyhow::Result<Pages> {
    let mut pages = Pages::new();
    for (file, at) in one_to_one()? {
        pages.insert(at, from(&file, &text(&file)?));
    }
    Ok(pages)
}

/// Files and where they stand, those of [`MANY`] left out.
fn one_to_one() -> anyhow::Result<BTreeMap<String, String>> {
    let mut files: BTreeMap<String, String> =
        BESIDE.map(|(file, at)| (file.to_owned(), at.to_owned())).into_iter().collect();
    for folder in ["docs", "docs/developing"] {
        for entry in fs::read_dir(root().join(folder))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let file = format!("{folder}/{name}");
            let markdown = Path::new(&name).extension().is_some_and(|extension| extension == "md");
            if markdown && MANY.iter().all(|(many, _)| *many != file) {
                let at = file.trim_start_matches("docs/").to_owned();
                files.insert(file, at);
            }
        }
    }
    Ok(files)
}

/// The same pages with links that hold on the site: to its pages, or to the repository. A link to a file that is not there is
/// a fault.
pub(super) fn linked(pages: Pages) -> anyhow::Result<Pages> {
    let (files, mut faults, mut linked) = (one_to_one()?, Vec::new(), Pages::new());
    for (at, text) in pages {
        let (file, text) = text
            .strip_prefix(ORIGIN)
            .and_then(|rest| rest.split_once(" -->\n"))
            .with_context(|| format!("{at}: does not tell its file"))?;
        let mut follow = |number: usize, target: &str| {
            target_on_site(&files, file, &at, target).unwrap_or_else(|| {
                faults.push(format!("{file}:{number}: no such file: {target}"));
                target.to_owned()
            })
        };
        linked.insert(at.clone(), relinked(text, &mut follow));
    }
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    Ok(linked)
}

/// A text with its links replaced.
fn relinked(text: &str, follow: &mut dyn FnMut(usize, &str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, line, code) in lines(text) {
        let mut done = 0;
        for range in targets(line).into_iter().filter(|_| !code) {
            out += &line[done..range.start];
            out += &follow(number, &line[range.clone()]);
            done = range.end;
        }
        out += &line[done..];
        out += "\n";
    }
    out
}

/// What a link of a file becomes on a page; `None` where the file it names is not there.
pub(super) fn target_on_site(
    files: &BTreeMap<String, String>,
    file: &str,
    at: &str,
    target: &str,
) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        let own = ["/blob/main/", "/tree/main/"].iter().find_map(|kind| {
            target
                .strip_prefix(REPOSITORY)?
                .strip_prefix(kind)
                .map(|path| path.split('#').next().unwrap_or(path))
        });
        return own.is_none_or(|path| root().join(path).exists()).then(|| target.to_owned());
    }
    let (path, anchor) = target.split_once('#').map_or((target, None), |(path, anchor)| (path, Some(anchor)));
    let named = if path.is_empty() { file.to_owned() } else { normal(Path::new(file).parent()?, path)? };
    let fragment = anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
    if let Some((_, folder)) = MANY.iter().find(|(many, _)| *many == named) {
        let page = anchor.map_or_else(|| "index".to_owned(), str::to_owned);
        return Some(relative(at, &format!("{folder}{page}.md")));
    }
    if let Some(there) = files.get(&named) {
        return Some(format!("{}{fragment}", relative(at, there)));
    }
    let there = root().join(&named);
    if let Some(image) = named.strip_prefix("docs/images/") {
        return there.exists().then(|| relative(at, &format!("images/{image}")));
    }
    let kind = if there.is_dir() { "tree" } else { "blob" };
    there.exists().then(|| format!("{REPOSITORY}/{kind}/main/{named}{fragment}"))
}

/// A path without `.` and `..`; `None` where it leaves the repository.
fn normal(folder: &Path, path: &str) -> Option<String> {
    let joined = folder.join(path);
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.to_str()?.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The way from one page to another.
fn relative(from: &str, to: &str) -> String {
    format!("{}{to}", "../".repeat(from.matches('/').count()))
}
