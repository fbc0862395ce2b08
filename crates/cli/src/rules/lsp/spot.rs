//! What stands at a place in a file of rules, by its indentation alone: a text that is being written can seldom be read.

use trailhound_sigma::LogSource;

use super::place::Spot;

/// Where somebody writes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Context<'t> {
    /// The line up to the place.
    pub(super) before: &'t str,
    /// The keys that lead there, outermost first; that of the line itself not among them.
    pub(super) keys: Vec<&'t str>,
    /// What the rule of that document reads.
    pub(super) source: LogSource,
}

/// The document that holds a line: from its first to behind its last.
fn document(lines: &[&str], line: usize) -> std::ops::Range<usize> {
    let is_end = |line: &&str| line.trim_end() == "---";
    let line = line.min(lines.len());
    let start = lines[..line].iter().rposition(&is_end).map_or(0, |at| at + 1);
    let end = lines[line..].iter().position(is_end).map_or(lines.len(), |at| at + line);
    start..end
}

fn indent(line: &str) -> usize {
    let text = line.trim_start_matches([' ', '-']);
    line.len() - text.len()
}

/// The key of a line, if it has one.
pub(super) fn key(line: &str) -> Option<&str> {
    let text = line.trim_start_matches([' ', '-']);
    let key = text.split(':').next()?.trim_matches(['"', '\'', ' ']);
    (text.contains(':') && !key.is_empty() && !text.starts_with('#')).then_some(key)
}

/// Where a place is.
pub(super) fn context(text: &str, spot: Spot) -> Context<'_> {
    let lines: Vec<&str> = text.lines().collect();
    let own = lines.get(spot.line).copied().unwrap_or_default();
    let document = document(&lines, spot.line);
    let mut keys = Vec::new();
    let mut deep = if own.trim().is_empty() { spot.byte } else { indent(own) };
    for line in lines[document.start..spot.line.min(lines.len())].iter().rev() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') || indent(line) >= deep {
            continue;
        }
        deep = indent(line);
        keys.extend(key(line));
    }
    keys.reverse();
    // In `{a: …, b` the key before the brace leads there.
    let before = own.get(..spot.byte).unwrap_or(own);
    if before.matches('{').count() > before.matches('}').count()
        && !before.trim_start().starts_with("sentence")
    {
        keys.extend(key(before));
    }
    Context { before, keys, source: source(&lines[document]) }
}

/// What a document's `logsource` says, however it is written.
fn source(lines: &[&str]) -> LogSource {
    let part = |name: &str| {
        lines.iter().find_map(|line| {
            let at = line.find(name)?;
            let begins = at == 0 || line[..at].ends_with([' ', '{', ',']);
            let rest = line[at + name.len()..].strip_prefix(':').filter(|_| begins)?;
            let value = rest.split([',', '}', '#']).next()?.trim().trim_matches(['"', '\'']);
            (!value.is_empty()).then_some(value)
        })
    };
    LogSource::new(part("product"), part("category"), part("service"))
}

/// The word at a place, and its bytes in the line.
pub(super) fn word(text: &str, spot: Spot) -> Option<(&str, std::ops::Range<usize>)> {
    let line = text.lines().nth(spot.line)?;
    let is_part = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let start = line[..spot.byte]
        .rfind(|c: char| !is_part(c))
        .map_or(0, |at| at + line[at..].chars().next().map_or(1, char::len_utf8));
    let end = line[spot.byte..].find(|c: char| !is_part(c)).map_or(line.len(), |at| at + spot.byte);
    (start < end).then(|| (&line[start..end], start..end))
}
