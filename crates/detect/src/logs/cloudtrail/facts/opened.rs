//! Whether a change of a firewall lets everybody come to a port for logins.
//!
//! Each permission is judged by itself: a web port for everybody beside a login port for a private network opens no way
//! in.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Document, Kind, Node};

use crate::logs::logins;
use crate::logs::node::Texts;

/// As far as the parameters go, whose names tell the calls apart: what is taken away reads like what is given. Nothing
/// for calls without permissions.
pub(super) fn read(record: &Document<'_>) -> Option<bool> {
    let parameters = record.get("requestParameters")?;
    let mut permissions: Vec<(Node<'_>, &PermissionNames)> = Vec::new();
    let mut add = |path: &str, names: &'static PermissionNames| {
        permissions.extend(
            parameters.get(path).map(members).unwrap_or_default().into_iter().map(|one| (one, names)),
        );
    };
    add("ipPermissions.items", &EC2);
    add("ModifySecurityGroupRulesRequest.SecurityGroupRule", &CHANGED);
    add("portInfo", &LIGHTSAIL);
    add("portInfos", &LIGHTSAIL);
    if parameters.get("cidrIp").is_some() {
        permissions.push((parameters, &EC2));
    }
    (!permissions.is_empty()).then(|| permissions.into_iter().any(|(one, names)| opens(one, names)))
}

/// How a service names the parts of a permission.
struct PermissionNames {
    protocol: &'static str,
    from: &'static str,
    to: &'static str,
    networks: &'static [&'static str],
    /// Other ways to say who may come; where none is there, and no network, everybody may.
    others: Option<&'static [&'static str]>,
}

const EC2: PermissionNames = PermissionNames {
    protocol: "ipProtocol",
    from: "fromPort",
    to: "toPort",
    networks: &["cidrIp", "ipRanges.items.cidrIp", "ipv6Ranges.items.cidrIpv6"],
    others: None,
};
const CHANGED: PermissionNames = PermissionNames {
    protocol: "SecurityGroupRule.IpProtocol",
    from: "SecurityGroupRule.FromPort",
    to: "SecurityGroupRule.ToPort",
    networks: &["SecurityGroupRule.CidrIpv4", "SecurityGroupRule.CidrIpv6"],
    others: None,
};
const LIGHTSAIL: PermissionNames = PermissionNames {
    protocol: "protocol",
    from: "fromPort",
    to: "toPort",
    networks: &["cidrs", "ipv6Cidrs"],
    others: Some(&["cidrListAliases"]),
};

/// A list's members, or the one that stands without a list.
fn members(node: Node<'_>) -> Vec<Node<'_>> {
    if node.kind() == Kind::Array { node.members().collect() } else { vec![node] }
}

fn opens(permission: Node<'_>, names: &PermissionNames) -> bool {
    let networks: Vec<String> = names.networks.iter().flat_map(|name| permission.list(name)).collect();
    let is_for_all = names.others.is_some_and(|others| {
        networks.is_empty() && others.iter().all(|name| permission.list(name).is_empty())
    });
    (is_for_all || networks.iter().any(|network| logins::is_everybody(network)))
        && has_login_port(permission, names)
}

fn has_login_port(permission: Node<'_>, names: &PermissionNames) -> bool {
    let protocol = permission.string(names.protocol).unwrap_or_default().to_ascii_lowercase();
    // Tables of numbers write whole ones with a point.
    let whole = |text: String| text.strip_suffix(".0").unwrap_or(&text).parse::<i64>().ok();
    let port = |name: &str| permission.string(name).and_then(whole);
    match protocol.as_str() {
        "-1" | "all" => true,
        // Remote desktop comes over both.
        "" | "tcp" | "6" | "udp" | "17" => match (port(names.from), port(names.to)) {
            (Some(from), Some(to)) => logins::are_among(&(from..=to)),
            _ => false,
        },
        _ => false,
    }
}
