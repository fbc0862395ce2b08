//! What is read of Markdown: its headings and its links, outside code.

use std::ops::Range;

/// Lines with whether they are code of a fence or open or close one.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str, bool)> {
    let mut fence: Option<&str> = None;
    text.lines().enumerate().map(move |(at, line)| {
        let start = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| start.starts_with(mark));
        match (fence, mark) {
            (None, Some(mark)) => fence = Some(mark),
            (Some(open), Some(mark)) if open == mark => fence = None,
            (open, _) => return (at + 1, line, open.is_some()),
        }
        (at + 1, line, true)
    })
}

/// Where in a line the targets of its links stand.
pub(super) fn targets(line: &str) -> Vec<Range<usize>> {
    let (mut found, mut code, mut at) = (Vec::new(), false, 0);
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with('`') {
            code = !code;
        }
        let end = rest.strip_prefix("](").filter(|_| !code).and_then(|rest| rest.find(')'));
        if let Some(end) = end {
            found.push(at + 2..at + 2 + end);
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    found
}

/// A text by its headings of one level: what stands before the first, then each heading with what stands below it.
pub(super) fn sections<'a>(text: &'a str, mark: &str) -> (String, Vec<(&'a str, String)>) {
    let (mut head, mut sections): (String, Vec<(&str, String)>) = (String::new(), Vec::new());
    for (_, line, code) in lines(text) {
        if let Some(title) = line.strip_prefix(mark).filter(|_| !code) {
            sections.push((title, String::new()));
        } else {
            let below = sections.last_mut().map_or(&mut head, |(_, below)| below);
            *below += line;
            *below += "\n";
        }
    }
    (head, sections)
}

/// The cells of a row of a table, if it is one.
pub(super) fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(row.split(" | ").map(str::trim).collect())
}
