//! A page for each alarm from `docs/runbooks.md`, and an overview to whose rows alarms link: their address ends in
//! `#<cloud>-<alarm>`.

use std::fmt::Write as _;

use anyhow::ensure;

use super::markdown::sections;
use super::pages::Pages;
use super::place::from;

const FILE: &str = "docs/runbooks.md";

/// Brings who followed an alarm's link to its page.
const GO: &str = "<script>\nconst go = location.hash.slice(1);\n\
    if (/^(aws|azure)-[a-z-]+$/.test(go)) location.replace(go + \"/\");\n</script>\n";

pub(super) fn pages(runbooks: &str) -> anyhow::Result<Pages> {
    let (head, clouds) = sections(runbooks, "## ");
    let (mut pages, mut index) = (Pages::new(), head);
    for (title, text) in clouds {
        let _ = writeln!(index, "## {title}");
        let (lead, alarms) = sections(&text, "### ");
        index += &lead;
        if alarms.is_empty() {
            continue;
        }
        index += "| alarm | what it says |\n|---|---|\n";
        for (name, text) in alarms {
            let summary = text.trim().split("\n\n").next().unwrap_or_default().replace('\n', " ");
            let _ = writeln!(index, "| <span id=\"{name}\">[{name}](#{name})</span> | {summary} |");
            let page = text.replace("<!-- /pages -->", "");
            pages.insert(format!("runbooks/{name}.md"), from(FILE, &format!("# {name}\n{page}")));
        }
        index += "\n";
    }
    ensure!(!pages.is_empty(), "{FILE}: no alarm has a section");
    index += GO;
    pages.insert("runbooks/index.md".to_owned(), from(FILE, &index));
    Ok(pages)
}
