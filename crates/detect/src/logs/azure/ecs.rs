//! The Azure integration's documents: snake case in place of camel case.

use trailhound_sigma::json::{Kind, Node};

use crate::logs::ecs::{copy_first, leaves};
use crate::logs::json::{Object, verbatim};

/// Names that mere change of case does not give back.
const NAMES: &[(&str, &str)] = &[
    ("created_at", "createdDateTime"),
    ("risk_level_during_signin", "riskLevelDuringSignIn"),
    ("risk_event_types_v2", "riskEventTypes_v2"),
    ("applied_conditional_access_policies", "appliedConditionalAccessPolicies"),
    ("is_risky", "isRisky"),
];

/// A record of a log whose members stand below `properties`: what it has at the top, the path of the others and the
/// category.
pub(in crate::logs) fn canonical(
    root: Node<'_>,
    top: &[(&str, &[&str])],
    path: &str,
    category: &str,
) -> String {
    let mut record = Object::default();
    // Of two the last counts, so this is only for records that lost theirs.
    record.text("category", category);
    copy_first(root, top, &mut record);
    let leaves = leaves(root);
    let mut properties = Object::default();
    copy_first(
        root,
        &[
            ("ipAddress", &["source.ip"]),
            ("userAgent", &["user_agent.original"]),
            ("autonomousSystemNumber", &["source.as.number"]),
            ("location.countryOrRegion", &["source.geo.country_iso_code"]),
        ],
        &mut properties,
    );
    for (name, value) in &leaves {
        if let Some(rest) = name.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')) {
            // Lists that the integration numbers: `target_resources.0.display_name`.
            let name = camel(&rest.replace(".0.", "."));
            match value.kind() {
                Kind::Array => properties.json(&name, &list(*value)),
                _ => properties.copy(&name, *value),
            }
        }
    }
    record.nested("properties", properties);
    record.finish()
}

/// A list with the names of its objects' members in our spelling.
fn list(list: Node<'_>) -> String {
    let members: Vec<String> = list.members().map(member).collect();
    format!("[{}]", members.join(","))
}

fn member(node: Node<'_>) -> String {
    match node.kind() {
        Kind::Array => list(node),
        Kind::Object => {
            let mut object = Object::default();
            for (key, value) in node.entries() {
                object.json(&camel_part(&key.as_str().unwrap_or_default()), &member(value));
            }
            object.finish()
        }
        _ => verbatim(node).into_owned(),
    }
}

/// `service_request_id` to `serviceRequestId`, part by part of a dotted path.
pub(in crate::logs) fn camel(path: &str) -> String {
    let parts: Vec<_> = path.split('.').map(camel_part).collect();
    parts.join(".")
}

fn camel_part(name: &str) -> String {
    if let Some((_, ours)) = NAMES.iter().find(|(theirs, _)| *theirs == name) {
        return (*ours).to_owned();
    }
    let mut words = name.split('_');
    let mut out = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut chars = word.chars();
        out.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(chars.as_str());
    }
    out
}
