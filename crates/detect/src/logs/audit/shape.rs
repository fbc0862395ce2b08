//! Directory audit as Event Hubs, Log Analytics and Graph have it.

use trailhound_sigma::json::Node;

use super::portal;
use crate::log_type::LogType;
use crate::logs::azure::entra::{event_hub, row, wrapped};
use crate::logs::least::{properties_say, says_any};
use crate::logs::log::Recognised;

const CATEGORY: &str = "AuditLogs";

pub(super) fn by_category<'d>(root: Node<'d>, category: &str) -> Option<Recognised<'d>> {
    let is_ours = category.eq_ignore_ascii_case(CATEGORY) || is_audit(root);
    is_ours.then(|| event_hub(root, LogType::EntraAudit))
}

/// Directory audit by its content: some exporters put the activity's own category at the top.
fn is_audit(root: Node<'_>) -> bool {
    const ENTRA: &str = "/providers/microsoft.aadiam";
    let end = |id: Node<'_>| {
        let id = id.raw();
        id.len()
            .checked_sub(ENTRA.len())
            .and_then(|at| id.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(ENTRA))
    };
    let of_entra = root.key("resourceId").is_some_and(end);
    let properties = root.key("properties");
    of_entra
        && properties.is_some_and(|properties| {
            ["activityDisplayName", "initiatedBy", "targetResources"]
                .iter()
                .any(|name| properties.key(name).is_some())
        })
}

/// Is an activity named?
pub(super) fn says_what(record: Node<'_>) -> bool {
    says_any(record, &["operationName"]) || properties_say(record, &["activityDisplayName"])
}

/// A row of a Log Analytics table, by its table or its columns; an object as Graph returns it.
pub(super) fn by_look(root: Node<'_>) -> Option<Recognised<'_>> {
    let has = |name: &str| root.key(name).is_some();
    let is_table = root.key("Type").is_some_and(|table| table.raw() == CATEGORY);
    // The row's own category is the activity's, such as RoleManagement.
    if is_table || (has("InitiatedBy") && has("TargetResources")) {
        return Some(Recognised::Like(LogType::EntraAudit, |root| row(root, CATEGORY, &[])));
    }
    if portal::is_row(root) {
        return Some(Recognised::Like(LogType::EntraAudit, portal::canonical));
    }
    let is_graph = has("activityDisplayName") && has("initiatedBy");
    is_graph.then_some(Recognised::Like(LogType::EntraAudit, |root| wrapped(root, CATEGORY)))
}
