//! The documentation site, built from `docs/`, the rules, the runbooks and the command's own help into `target/site/out`.
//!
//! Pages are what `docs/` holds, in another order and with links that hold on the site; what is generated is made from what a
//! check keeps true. Nothing on the site comes from another host.

mod alarms;
mod indent;
mod known;
mod links;
mod look;
mod markdown;
mod pages;
mod place;
mod reference;
mod rules;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::ensure;

use crate::shell::{command, root, run};
use crate::tools;
use pages::{Pages, is_page};

const CONFIG: &str = include_str!("../site/zensical.toml");
const STYLE: &str = include_str!("../site/extra.css");
const SCRIPT: &str = include_str!("../site/extra.js");

/// Where the site is made, and where it lies then.
fn folder() -> PathBuf {
    root().join("target/site")
}

/// Builds it and says where it is; links and names are checked in any case.
pub(crate) fn build() -> anyhow::Result<()> {
    let pages = pages()?;
    let Some(python) = generator() else {
        println!("SKIPPED the site: PyPI does not give its generator (xtask/site/requirements.txt)");
        return Ok(());
    };
    stage(&pages)?;
    let mut zensical = command(python.join("bin/zensical"), &["build", "--clean"]);
    zensical.current_dir(folder()).env("NO_COLOR", "1");
    run(zensical)?;
    mend(&folder().join("out"))?;
    let site = links::read(&folder().join("out"))?;
    let mut faults = links::faults(&site);
    faults.extend(known::faults(&site)?);
    ensure!(faults.is_empty(), "{}\n{} faults of the site", faults.join("\n"), faults.len());
    let pages = site.keys().filter(|at| is_page(Path::new(at))).count();
    println!("{pages} pages, no dead link, every name has its place: target/site/out");
    Ok(())
}

/// Where a machine has no network, the rest of what must hold is still looked at.
fn generator() -> Option<PathBuf> {
    tools::site().inspect_err(|error| eprintln!("{error:#}")).ok()
}

/// Builds it and looks at every page in a browser.
pub(crate) fn check() -> anyhow::Result<()> {
    build()?;
    look::at(&folder().join("out"))
}

/// All pages: those of `docs/` and beside, and those that are made.
fn pages() -> anyhow::Result<Pages> {
    let mut pages = place::pages()?;
    let (detections, runbooks) = (place::text("docs/detections.md")?, place::text("docs/runbooks.md")?);
    pages.extend(rules::pages(&detections)?);
    pages.extend(alarms::pages(&runbooks)?);
    let linked = place::linked(pages)?;
    Ok(linked.into_iter().chain(reference::pages()?).map(|(at, text)| (at, indent::four(&text))).collect())
}

/// A column without a heading has a cell there, and no heading that says nothing.
fn mend(folder: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            mend(&path)?;
        } else if is_page(&path) {
            let page = fs::read_to_string(&path)?;
            fs::write(&path, page.replace("<th></th>", "<td></td>"))?;
        }
    }
    Ok(())
}

fn stage(pages: &Pages) -> anyhow::Result<()> {
    let docs = folder().join("docs");
    if docs.exists() {
        fs::remove_dir_all(&docs)?;
    }
    for (at, text) in pages {
        let file = docs.join(at);
        fs::create_dir_all(file.parent().unwrap_or(&docs))?;
        fs::write(file, reference::anchored(text))?;
    }
    fs::create_dir_all(docs.join("images"))?;
    for image in fs::read_dir(root().join("docs/images"))? {
        let image = image?;
        fs::copy(image.path(), docs.join("images").join(image.file_name()))?;
    }
    fs::write(docs.join("extra.css"), STYLE)?;
    fs::write(docs.join("extra.js"), SCRIPT)?;
    let list = |folder: &str| {
        let own = pages.keys().filter(|at| at.starts_with(folder) && !at.ends_with("/index.md"));
        let entry = |at: &String| {
            let name = at.trim_start_matches(folder).trim_end_matches(".md");
            format!("{{ \"{name}\" = \"{at}\" }}")
        };
        own.map(entry).collect::<Vec<_>>().join(", ")
    };
    let config =
        CONFIG.replace("@detections@", &list("detections/")).replace("@runbooks@", &list("runbooks/"));
    let lost = pages.keys().filter(|at| !config.contains(&format!("\"{at}\""))).map(String::as_str);
    let lost: Vec<&str> = lost.collect();
    ensure!(lost.is_empty(), "without a line in xtask/site/zensical.toml: {}", lost.join(", "));
    fs::write(folder().join("zensical.toml"), config)?;
    Ok(())
}
