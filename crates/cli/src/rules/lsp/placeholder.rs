//! `%placeholders%` where `expand` takes them: by the names that files beside the rules give.

use serde_json::{Value, json};

use super::files::Files;
use super::place::{Spot, range};
use super::spot::Context;

/// A constant, in the protocol.
const CONSTANT: u8 = 21;

/// What may stand where somebody began a placeholder; `None` where nobody did.
pub(super) fn complete(files: &Files, text: &str, spot: Spot, at: &Context<'_>) -> Option<Vec<Value>> {
    let begun = at.before.rfind('%').filter(|_| at.before.matches('%').count() % 2 == 1)?;
    let is_expanded = |key: &str| key.split('|').skip(1).any(|modifier| modifier.trim() == "expand");
    let own = at.before[..begun].trim_start_matches([' ', '-', '{']).split(": ").next().unwrap_or_default();
    let last = at.keys.last().copied().unwrap_or_default();
    if !at.keys.contains(&"detection") || !(is_expanded(own) || is_expanded(last)) {
        return None;
    }
    // A closing one that is there already is written over.
    let rest = text.lines().nth(spot.line)?.get(spot.byte..).unwrap_or_default();
    let end = spot.byte + usize::from(rest.starts_with('%'));
    let range = range(text, spot.line, begun..end);
    let item = |(name, stands_for): (String, String)| {
        let label = format!("%{name}%");
        let edit = json!({"range": range, "newText": label});
        json!({"label": label, "kind": CONSTANT, "detail": stands_for, "filterText": label, "textEdit": edit})
    };
    Some(files.placeholder_names().into_iter().map(item).collect())
}
