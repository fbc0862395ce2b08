//! What a value inside another looks like, before anybody reads it.

use trailhound_sigma::json::{Kind, Node};

use crate::decode::encoded;

/// Among records, could this be one that we do not know? Times and labels are none.
pub(super) fn could_be_record(member: Node<'_>) -> bool {
    match member.kind() {
        Kind::Object => member.raw().len() > 2,
        Kind::String => {
            let text = member.as_str().unwrap_or_default();
            text.contains(['{', '<']) || encoded::bytes(text.trim()).is_some()
        }
        _ => false,
    }
}

/// An answer or an envelope without anything in it?
pub(super) fn holds_nothing(root: Node<'_>) -> bool {
    const LISTS: &[&str] = &[
        "Records",
        "records",
        "value",
        "Events",
        "events",
        "logEvents",
        "hits",
        "results",
        "result",
        "rows",
        "Rows",
        "datarows",
        "items",
        "data",
        "QueryResultRows",
        "auditEvents",
    ];
    let mut lists = root.entries().filter(|(key, _)| LISTS.iter().any(|list| key.raw() == *list));
    lists.any(|(_, value)| match value.kind() {
        Kind::Array => value.members().next().is_none(),
        Kind::Object => holds_nothing(value),
        _ => false,
    }) && root.entries().all(|(_, value)| value.kind() != Kind::Array || value.members().next().is_none())
}
