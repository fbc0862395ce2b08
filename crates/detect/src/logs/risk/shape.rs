//! Risk detections as Event Hubs, Log Analytics and Graph have them.

use trailhound_sigma::json::Node;

use crate::log_type::LogType;
use crate::logs::azure::entra::{event_hub, row, wrapped};
use crate::logs::least::properties_say;
use crate::logs::log::Recognised;

const USERS: &str = "UserRiskEvents";
const SERVICE_PRINCIPALS: &str = "ServicePrincipalRiskEvents";

pub(super) fn by_category<'d>(root: Node<'d>, category: &str) -> Option<Recognised<'d>> {
    let is_ours = [USERS, SERVICE_PRINCIPALS].iter().any(|name| name.eq_ignore_ascii_case(category));
    is_ours.then(|| event_hub(root, LogType::EntraRisk))
}

/// Is a risk named?
pub(super) fn says_what(record: Node<'_>) -> bool {
    properties_say(record, &["riskEventType", "riskType", "riskState", "riskLevel"])
}

/// A row of a Log Analytics table, by its table or its columns; an object as Graph returns it.
pub(super) fn by_look(root: Node<'_>) -> Option<Recognised<'_>> {
    let has = |name: &str| root.key(name).is_some();
    let is_table = root
        .key("Type")
        .is_some_and(|table| ["AADUserRiskEvents", "AADServicePrincipalRiskEvents"].contains(&table.raw()));
    if is_table || (has("RiskEventType") && has("RiskLevel")) {
        return Some(Recognised::Like(LogType::EntraRisk, |root| row(root, USERS, &[])));
    }
    let is_graph = has("riskEventType") && has("riskLevel");
    is_graph.then_some(Recognised::Like(LogType::EntraRisk, |root| wrapped(root, USERS)))
}
