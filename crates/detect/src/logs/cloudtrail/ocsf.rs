//! CloudTrail as Security Lake writes it: OCSF API Activity (6003), and Authentication (3002) for logins.
//!
//! What OCSF has no name for stands in `unmapped`, as text by path. Versions differ in where the actor's ids stand.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use jiff::Timestamp;
use trailhound_sigma::json::{Document, Kind, Node};

use crate::log_type::LogType;
use crate::logs::ecs::{copy_first, leaves};
use crate::logs::json::Object;
use crate::logs::log::Recognised;
use crate::logs::members::{ObjectMember, any_folded, unfolded};
use crate::logs::node::text_of;

const TOP: &[(&str, &[&str])] = &[
    ("eventVersion", &["metadata.product.version"]),
    ("eventSource", &["api.service.name"]),
    ("eventName", &["api.operation"]),
    ("awsRegion", &["cloud.region"]),
    ("sourceIPAddress", &["src_endpoint.ip", "src_endpoint.domain", "src_endpoint.svc_name"]),
    ("userAgent", &["http_request.user_agent"]),
    ("errorCode", &["api.response.error"]),
    ("errorMessage", &["api.response.message"]),
    ("requestID", &["api.request.uid"]),
    ("eventID", &["metadata.uid"]),
    ("eventType", &["metadata.event_code"]),
    ("eventCategory", &["metadata.product.feature.name"]),
    ("apiVersion", &["api.version"]),
    ("vpcEndpointId", &["src_endpoint.uid"]),
];
const IDENTITY: &[(&str, &[&str])] = &[
    ("type", &["actor.user.type"]),
    ("accountId", &["actor.user.account.uid", "actor.user.account_uid"]),
    ("userName", &["actor.user.name"]),
    ("accessKeyId", &["actor.user.credential_uid"]),
    ("invokedBy", &["actor.invoked_by"]),
    ("identityProvider", &["actor.idp.name"]),
    ("sessionContext.attributes.creationDate", &["actor.session.created_time_dt"]),
    ("sessionContext.sessionIssuer.arn", &["actor.session.issuer"]),
];
/// Members of which `unmapped` may hold parts, with what stands for them elsewhere.
const BODIES: &[(&str, &str)] = &[
    ("requestParameters", "api.request.data"),
    ("responseElements", "api.response.data"),
    ("additionalEventData", ""),
    ("serviceEventDetails", ""),
    ("tlsDetails", ""),
];

/// Its objects; tables keep them as text.
const OBJECTS: &[ObjectMember] = &[
    ObjectMember::object("metadata", &[]),
    ObjectMember::object("api", &[]),
    ObjectMember::object("cloud", &[]),
    ObjectMember::object("actor", &[]),
    ObjectMember::object("src_endpoint", &[]),
    ObjectMember::object("dst_endpoint", &[]),
    ObjectMember::object("http_request", &[]),
    ObjectMember::either("unmapped", &[]),
];

/// By the product that its metadata names.
pub(super) fn event(root: Node<'_>) -> Option<Recognised<'_>> {
    root.key("class_uid")?;
    let metadata = root.key("metadata")?;
    let is_ours = match metadata.kind() {
        Kind::String => metadata.raw().contains("CloudTrail"),
        _ => metadata.get("product.name")?.as_str()?.eq_ignore_ascii_case("CloudTrail"),
    };
    is_ours.then_some(Recognised::Like(LogType::CloudTrail, whole))
}

fn whole(root: Node<'_>) -> String {
    let unfolded = any_folded(root, OBJECTS).then(|| unfolded(root, OBJECTS));
    let document = unfolded.as_deref().and_then(|text| Document::parse(text).ok());
    canonical(document.as_ref().map_or(root, Document::root))
}

fn canonical(root: Node<'_>) -> String {
    let unmapped = unmapped(root);
    let mut record = Object::default();
    copy_first(root, TOP, &mut record);
    record.text_some("eventTime", time(root).as_deref());
    record.text_some("errorCode", failure(root).as_deref());
    record.nested("userIdentity", identity(root, &unmapped));
    for (name, elsewhere) in BODIES {
        let whole = root.get(elsewhere).filter(|node| !elsewhere.is_empty() && !node.is_null());
        if let Some(body) = whole {
            record.unfold(name, body);
            continue;
        }
        let mut body = below(&unmapped, name);
        login(root, name, &mut body);
        if !body.is_empty() {
            record.nested(name, body);
        }
    }
    let is_part = |path: &str| path.split_once('.').is_some_and(|(head, _)| is_member(head));
    for (path, value) in unmapped.iter().filter(|(path, _)| !is_part(path)) {
        record.unfold(path, *value);
    }
    record.finish()
}

/// Why a call failed that has no error in its answer.
fn failure(root: Node<'_>) -> Option<String> {
    let said = |path: &str| root.get(path).and_then(text_of);
    let is_failure = root.key("class_uid").is_none_or(|class| class.as_i64() != Some(3002))
        && said("api.response.error").is_none()
        && (said("status").is_some_and(|status| status == "Failure")
            || said("status_id").is_some_and(|status| status == "2"));
    is_failure.then(|| {
        said("status_code").or_else(|| said("status_detail")).unwrap_or_else(|| "Failure".to_owned())
    })
}

fn is_member(head: &str) -> bool {
    head == "userIdentity" || BODIES.iter().any(|(name, _)| *name == head)
}

/// A map by path, or pairs of path and value.
fn unmapped(root: Node<'_>) -> Vec<(String, Node<'_>)> {
    match root.key("unmapped") {
        Some(unmapped) if unmapped.kind() == Kind::Object => leaves(unmapped),
        Some(unmapped) => unmapped.members().filter_map(pair).collect(),
        None => Vec::new(),
    }
}

fn pair(pair: Node<'_>) -> Option<(String, Node<'_>)> {
    let mut members = pair.members();
    Some((members.next()?.as_str()?.into_owned(), members.next()?))
}

fn below(unmapped: &[(String, Node<'_>)], head: &str) -> Object {
    let mut object = Object::default();
    for (path, value) in unmapped {
        if let Some(rest) = path.strip_prefix(head).and_then(|rest| rest.strip_prefix('.')) {
            object.unfold(rest, *value);
        }
    }
    object
}

fn identity(root: Node<'_>, unmapped: &[(String, Node<'_>)]) -> Object {
    // What is written last counts, so OCSF's own words come after.
    let mut identity = below(unmapped, "userIdentity");
    copy_first(root, IDENTITY, &mut identity);
    for path in ["actor.user.uid", "actor.user.uuid", "actor.user.uid_alt"] {
        let Some(id) = root.get(path).filter(|id| id.kind() == Kind::String) else { continue };
        identity.copy(if id.raw().starts_with("arn:") { "arn" } else { "principalId" }, id);
    }
    let used =
        ["actor.session.is_mfa", "actor.session.mfa"].iter().find_map(|path| root.get(path)?.as_bool());
    identity.text_some(
        "sessionContext.attributes.mfaAuthenticated",
        used.map(|used| if used { "true" } else { "false" }),
    );
    identity
}

/// What Authentication has names for.
fn login(root: Node<'_>, member: &str, body: &mut Object) {
    if root.key("class_uid").is_none_or(|class| class.raw() != "3002") {
        return;
    }
    let text = |path: &str| root.get(path).and_then(Node::as_str);
    match member {
        "responseElements" => {
            let ended = text("status").filter(|status| matches!(&**status, "Success" | "Failure"));
            body.text_some("ConsoleLogin", ended.as_deref());
        }
        "additionalEventData" => {
            let used = ["is_mfa", "mfa"].iter().find_map(|name| root.key(name)?.as_bool());
            body.text_some("MFAUsed", used.map(|used| if used { "Yes" } else { "No" }));
            body.text_some("LoginTo", text("dst_endpoint.svc_name").as_deref());
        }
        _ => {}
    }
}

/// The readable time, or milliseconds since 1970.
fn time(root: Node<'_>) -> Option<Cow<'_, str>> {
    if let Some(time) = root.key("time_dt").and_then(Node::as_str) {
        return Some(time);
    }
    let milliseconds = root.key("time")?.scalar()?.parse().ok()?;
    Timestamp::from_millisecond(milliseconds).ok().map(|time| Cow::Owned(time.to_string()))
}
