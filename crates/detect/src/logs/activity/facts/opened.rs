//! Whether a call opens a way to log in, as the body of the request or its answer says.

use std::ops::RangeInclusive;

use trailhound_sigma::json::{Document, Node};

use crate::logs::json::embedded;
use crate::logs::logins;
use crate::logs::node::texts_of;

pub(super) fn read(record: &Document<'_>, action: &str) -> Option<bool> {
    let of_body = |name: &str, read: fn(Node<'_>) -> Option<bool>| {
        embedded(record.get("properties")?.key_any_case(name)?, read)
    };
    if action.contains("/BASICPUBLISHINGCREDENTIALSPOLICIES/") {
        return of_body("requestbody", deployment_password);
    }
    let rules: fn(Node<'_>) -> Option<bool> = match action {
        "MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/SECURITYRULES/WRITE" => |rule| Some(opens(rule)),
        "MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/WRITE" => |group| {
            let rules = group.key_any_case("properties")?.key_any_case("securityRules")?;
            Some(rules.members().any(opens))
        },
        _ => return None,
    };
    ["requestbody", "responseBody"].iter().find_map(|body| of_body(body, rules))
}

/// Whether a site takes passwords for deployment.
fn deployment_password(policy: Node<'_>) -> Option<bool> {
    policy.key_any_case("properties")?.key_any_case("allow")?.as_bool()
}

/// Does a rule of a network security group let everybody come to a port for logins?
/// <https://learn.microsoft.com/en-us/azure/virtual-network/network-security-groups-overview#security-rules>
fn opens(rule: Node<'_>) -> bool {
    let Some(rule) = rule.key_any_case("properties") else { return false };
    let says = |name: &str, wanted: &str| {
        rule.key_any_case(name).and_then(Node::as_str).is_some_and(|told| told.eq_ignore_ascii_case(wanted))
    };
    let all = |one: &str, many: &str| -> Vec<String> {
        [one, many].iter().filter_map(|name| rule.key_any_case(name)).flat_map(texts_of).collect()
    };
    let is_for_all = all("sourceAddressPrefix", "sourceAddressPrefixes").iter().any(|prefix| {
        matches!(prefix.to_ascii_lowercase().as_str(), "*" | "any" | "internet")
            || logins::is_everybody(prefix)
    });
    let has_login_port = all("destinationPortRange", "destinationPortRanges")
        .iter()
        .filter_map(|ports| range(ports))
        .any(|ports| logins::are_among(&ports));
    let is_reached = !(says("protocol", "Icmp") || says("protocol", "Esp") || says("protocol", "Ah"));
    says("access", "Allow") && says("direction", "Inbound") && is_for_all && has_login_port && is_reached
}

fn range(ports: &str) -> Option<RangeInclusive<i64>> {
    if ports.trim() == "*" {
        return Some(0..=65_535);
    }
    let (from, to) = ports.split_once('-').unwrap_or((ports, ports));
    Some(from.trim().parse().ok()?..=to.trim().parse().ok()?)
}
