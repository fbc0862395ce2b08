//! One escape for each channel. Each makes text visible first, so that no caller can forget to.

use std::fmt::Write;

use super::visible::visible;

#[cfg(test)]
mod tests;

/// For terminals, log lines and plain-text mail.
pub fn plain(text: &str) -> String {
    visible(text).into_owned()
}

/// A Markdown code span: nothing in it links, mentions or formats, for its fence is longer than any run of
/// backticks inside.
pub fn markdown_code(text: &str) -> String {
    let text = visible(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    if text.is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest + 1);
    // A space keeps a backtick at either end from joining the fence.
    let space = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// Text of an HTML element or a quoted attribute.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '`' => out.push_str("&#96;"),
            c => out.push(c),
        }
    }
    out
}

/// The text of a cell of a CSV file, for its writer to quote; what a spreadsheet would take for a formula gets an apostrophe.
pub fn csv_cell(text: &str) -> String {
    // A tab or line break at the start would be a danger too, but comes out of `visible` spelled.
    csv_told(visible(text).into_owned())
}

/// The same of a text that was made visible when it was told, and would be spelled twice.
pub fn csv_told(mut cell: String) -> String {
    const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    if cell.trim_start().starts_with(FORMULA) {
        cell.insert(0, '\'');
    }
    cell
}

/// A mail subject: printable ASCII, at most `most` characters.
pub fn subject(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible(text).chars() {
        match c {
            '…' => out.push_str("..."),
            ' '..='~' => out.push(c),
            c => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
        }
    }
    if out.len() > most {
        out.truncate(most.saturating_sub(3));
        out.push_str(&"..."[..most.min(3)]);
    }
    out
}

/// Text of a chat message in Slack's markup, where `<` begins links and mentions.
pub fn slack(text: &str) -> String {
    visible(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
