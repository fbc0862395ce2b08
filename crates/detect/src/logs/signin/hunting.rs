//! Sign-ins in Defender's hunting tables, `AADSignInEventsBeta` and `EntraIdSignInEvents`: Graph's properties under other
//! names, its words as numbers.
//! <https://learn.microsoft.com/defender-xdr/advanced-hunting-aadsignineventsbeta-table>

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Node;

use crate::logs::azure::entra::wrapped_json;
use crate::logs::dotted::Nested;
use crate::logs::json::{quoted, verbatim};

const COLUMNS: &[(&str, &str)] = &[
    ("Timestamp", "createdDateTime"),
    ("RequestId", "id"),
    ("CorrelationId", "correlationId"),
    ("SessionId", "sessionId"),
    ("Application", "appDisplayName"),
    ("ApplicationId", "appId"),
    ("AccountUpn", "userPrincipalName"),
    ("AccountObjectId", "userId"),
    ("AccountDisplayName", "userDisplayName"),
    ("ResourceDisplayName", "resourceDisplayName"),
    ("ResourceId", "resourceId"),
    ("ResourceTenantId", "resourceTenantId"),
    ("IPAddress", "ipAddress"),
    ("UserAgent", "userAgent"),
    ("ClientAppUsed", "clientAppUsed"),
    ("ErrorCode", "status.errorCode"),
    ("Country", "location.countryOrRegion"),
    ("State", "location.state"),
    ("City", "location.city"),
    ("DeviceName", "deviceDetail.displayName"),
    ("AadDeviceId", "deviceDetail.deviceId"),
    ("EntraIdDeviceId", "deviceDetail.deviceId"),
    ("OSPlatform", "deviceDetail.operatingSystem"),
    ("Browser", "deviceDetail.browser"),
    ("DeviceTrustType", "deviceDetail.trustType"),
    ("AuthenticationRequirement", "authenticationRequirement"),
    ("AuthenticationProcessingDetails", "authenticationProcessingDetails"),
    ("NetworkLocationDetails", "networkLocationDetails"),
    ("RiskEventTypes", "riskEventTypes_v2"),
];
/// Numbers, and Graph's words for them.
type WordTable = &'static [(&'static str, &'static str)];

const LEVELS: WordTable = &[("0", "none"), ("1", "none"), ("10", "low"), ("50", "medium"), ("100", "high")];
const STATES: WordTable = &[
    ("0", "none"),
    ("1", "confirmedSafe"),
    ("2", "remediated"),
    ("3", "dismissed"),
    ("4", "atRisk"),
    ("5", "confirmedCompromised"),
];
/// Columns whose numbers are Graph's words.
const WORDED: &[(&str, &str, WordTable)] = &[
    ("RiskLevelDuringSignIn", "riskLevelDuringSignIn", LEVELS),
    ("RiskLevelAggregated", "riskLevelAggregated", LEVELS),
    ("RiskState", "riskState", STATES),
];

/// A row of what users do; `AADSpnSignInEventsBeta` has no account.
pub(super) fn is_row(root: Node<'_>) -> bool {
    ["AccountUpn", "ApplicationId", "ErrorCode", "LogonType"].iter().all(|name| root.key(name).is_some())
}

pub(super) fn canonical(root: Node<'_>) -> String {
    let mut properties = Nested::default();
    let value = |column: &str| root.key(column).filter(|node| !node.is_null() && !node.raw().is_empty());
    for (column, path) in COLUMNS {
        if let Some(node) = value(column) {
            properties.put(path, verbatim(node).into_owned());
        }
    }
    for (column, path, words) in WORDED {
        if let Some(text) = value(column).and_then(Node::scalar) {
            let word = words.iter().find(|(number, _)| *number == text).map_or(&*text, |(_, word)| word);
            properties.put(path, quoted(word));
        }
    }
    let kind = value("LogonType").map(Node::raw).unwrap_or_default().to_ascii_lowercase();
    let category =
        if kind.contains("noninteractive") { "NonInteractiveUserSignInLogs" } else { "SignInLogs" };
    wrapped_json(&properties.json(), category)
}
