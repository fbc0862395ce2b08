//! The site as it was built: where each link leads, and what would be fetched from elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::Context as _;

/// What is known of a page.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// What a link may name behind `#`.
    pub(super) anchors: BTreeSet<String>,
    links: Vec<String>,
    /// What a browser would fetch to show it.
    fetched: Vec<String>,
}

/// Pages by their file below the site's folder.
pub(super) type Site = BTreeMap<String, Page>;

pub(super) fn read(out: &Path) -> anyhow::Result<Site> {
    let (mut site, mut folders) = (Site::new(), vec![out.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let at = path.strip_prefix(out)?.to_string_lossy().into_owned();
                let page = if super::pages::is_page(&path) {
                    page(&fs::read_to_string(&path)?)
                } else {
                    Page::default()
                };
                site.insert(at, page);
            }
        }
    }
    Ok(site)
}

/// What is read of the text of a page.
pub(super) fn page(html: &str) -> Page {
    let mut page = Page::default();
    for tag in html.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
        page.anchors.extend(attribute(tag, "id"));
        match tag.split([' ', '\n']).next() {
            Some("a") => page.links.extend(attribute(tag, "href")),
            Some("link") => page.fetched.extend(attribute(tag, "href")),
            Some("script" | "img" | "iframe" | "source" | "video") => {
                page.fetched.extend(attribute(tag, "src"));
            }
            _ => {}
        }
    }
    page
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}

/// Links that lead nowhere, and what is asked of another host.
pub(super) fn faults(site: &Site) -> Vec<String> {
    let mut faults = Vec::new();
    for (at, page) in site.iter().filter(|(at, _)| *at != "404.html") {
        let abroad = page.fetched.iter().filter(|from| from.contains("//"));
        faults.extend(abroad.map(|from| format!("{at}: asks another host: {from}")));
        let own =
            page.links.iter().chain(&page.fetched).filter(|link| !link.contains(':') && !link.contains("//"));
        for link in own {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let named = if path.is_empty() { at.clone() } else { resolve(at, path) };
            match site.get(&named) {
                None => faults.push(format!("{at}: no such page: {link}")),
                Some(to) if !anchor.is_empty() && !to.anchors.contains(anchor) => {
                    faults.push(format!("{at}: no such place on the page: {link}"));
                }
                Some(_) => {}
            }
        }
    }
    faults
}

/// The file that a path of a page names.
fn resolve(at: &str, path: &str) -> String {
    let mut parts: Vec<&str> = at.split('/').collect();
    parts.pop();
    for part in path.split('?').next().unwrap_or_default().split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let named = parts.join("/");
    match named.rsplit('/').next() {
        Some(last) if last.contains('.') => named,
        _ if named.is_empty() => "index.html".to_owned(),
        _ => format!("{named}/index.html"),
    }
}
