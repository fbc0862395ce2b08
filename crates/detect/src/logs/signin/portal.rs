//! Sign-ins as the Entra portal exports them: one column a property, named and valued for people.
//! <https://learn.microsoft.com/entra/identity/monitoring-health/howto-download-logs>

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Node;

use crate::logs::azure::entra::{decapitalised, wrapped_json};
use crate::logs::dotted::Nested;
use crate::logs::json::quoted;

const COLUMNS: &[(&str, &str)] = &[
    ("Date", "createdDateTime"),
    ("Request ID", "id"),
    ("Correlation ID", "correlationId"),
    ("User ID", "userId"),
    ("User", "userDisplayName"),
    ("Username", "userPrincipalName"),
    ("User type", "userType"),
    ("Service principal ID", "servicePrincipalId"),
    ("Service principal name", "servicePrincipalName"),
    ("Unique token identifier", "uniqueTokenIdentifier"),
    ("Application", "appDisplayName"),
    ("Application ID", "appId"),
    ("Resource", "resourceDisplayName"),
    ("Resource ID", "resourceId"),
    ("Resource tenant ID", "resourceTenantId"),
    ("Home tenant ID", "homeTenantId"),
    ("IP address", "ipAddress"),
    ("User agent", "userAgent"),
    ("Sign-in error code", "status.errorCode"),
    ("Failure reason", "status.failureReason"),
    ("Client app", "clientAppUsed"),
    ("Device ID", "deviceDetail.deviceId"),
    ("Browser", "deviceDetail.browser"),
    ("Operating System", "deviceDetail.operatingSystem"),
    ("Join Type", "deviceDetail.trustType"),
    ("Session ID", "sessionId"),
    ("Autonomous system  number", "autonomousSystemNumber"),
];
/// Whose values are Graph's in words: `Device Code` for `deviceCode`.
const WORDED: &[(&str, &str)] = &[
    ("Authentication Protocol", "authenticationProtocol"),
    ("Authentication requirement", "authenticationRequirement"),
    ("Original transfer method", "originalTransferMethod"),
    ("Incoming token type", "incomingTokenType"),
    ("Cross tenant access type", "crossTenantAccessType"),
    ("Conditional Access", "conditionalAccessStatus"),
];

pub(super) fn is_row(root: Node<'_>) -> bool {
    ["Request ID", "Sign-in error code"].iter().all(|name| root.key(name).is_some())
}

pub(super) fn canonical(root: Node<'_>) -> String {
    let mut properties = Nested::default();
    let value = |column: &str| root.key(column).and_then(Node::scalar);
    for (column, path) in COLUMNS {
        if let Some(text) = value(column) {
            properties.put(path, quoted(&text));
        }
    }
    for (column, path) in WORDED {
        if let Some(text) = value(column) {
            properties.put(path, quoted(&in_one(&text)));
        }
    }
    if let Some(place) = value("Location") {
        // `Bellevue, Washington, US`.
        let mut parts = place.rsplit(',').map(str::trim);
        let country = parts.next().filter(|part| part.len() == 2);
        for (name, part) in [("countryOrRegion", country), ("state", parts.next()), ("city", parts.next())] {
            if let Some(part) = part.filter(|part| !part.is_empty()) {
                properties.put(&format!("location.{name}"), quoted(part));
            }
        }
    }
    wrapped_json(&properties.json(), "SignInLogs")
}

/// `Single-factor authentication` in one word; what is one already stays.
fn in_one(words: &str) -> String {
    let mut parts = words.split([' ', '-']);
    let first = parts.next().unwrap_or_default();
    let is_short = first.chars().all(|c| !c.is_lowercase());
    let first = if is_short { first.to_lowercase() } else { decapitalised(first) };
    parts.fold(first, |mut all, part| {
        let mut chars = part.chars();
        all.extend(chars.next().into_iter().flat_map(char::to_uppercase).chain(chars));
        all
    })
}
