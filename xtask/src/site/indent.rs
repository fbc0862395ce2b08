//! What stands below a list item is indented by four, as the site's generator wants it; the documents indent it by what its
//! marker is wide, as GitHub does.

use super::markdown::lines;

/// Where the text of a list item begins, if a line begins one.
fn marker(line: &str) -> Option<usize> {
    let start = line.trim_start();
    let digits = start.len() - start.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let mark = match (digits, start.as_bytes().get(digits)?) {
        (0, b'-' | b'*' | b'+') => 1,
        (1.., b'.' | b')') => digits + 1,
        _ => return None,
    };
    let rest = &start[mark..];
    let blanks = rest.len() - rest.trim_start().len();
    (blanks > 0).then_some(line.len() - start.len() + mark + blanks)
}

pub(super) fn four(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Where the text of each item begins that a line may stand in; the line before, and whether it was code.
    let (mut items, mut before, mut was_code) = (Vec::<usize>::new(), "", false);
    for (_, line, code) in lines(text) {
        if line.trim().is_empty() {
            out += "\n";
            (before, was_code) = (line, code);
            continue;
        }
        let own = line.len() - line.trim_start().len();
        let marker = marker(line).filter(|_| !code);
        // A line that goes on with a paragraph may stand further left than the item it belongs to, and code is not read.
        let inside = code && was_code;
        if !inside && (before.trim().is_empty() || marker.is_some() || code || was_code) {
            while items.last().is_some_and(|begin| own < *begin) {
                items.pop();
            }
        }
        let follows_text = !before.trim().is_empty() && !was_code && !before.starts_with(' ');
        if marker.is_some() && items.is_empty() && follows_text && self::marker(before).is_none() {
            out += "\n";
        }
        let base = items.last().copied().unwrap_or_default();
        out += &" ".repeat(4 * items.len() + own.saturating_sub(base));
        out += line.trim_start();
        out += "\n";
        items.extend(marker);
        (before, was_code) = (line, code);
    }
    out
}
