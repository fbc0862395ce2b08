//! The Activity Log in all its shapes: Event Hub, REST and its Python SDK, Log Analytics, alert webhooks.

use std::borrow::Cow;

use trailhound_sigma::json::{Document, Kind, Node};

use super::ecs;
use crate::log_type::LogType;
use crate::logs::json::{Object, embedded, folded};
use crate::logs::log::Recognised;
use crate::logs::node::word;

const OPERATION: &[&str] = &["operationName", "operation_name", "OperationNameValue", "OperationName"];
/// Canonical names and the others for the same, in order of preference.
const NAMES: &[(&str, &[&str])] = &[
    ("time", &["time", "eventTimestamp", "event_timestamp", "TimeGenerated", "EventSubmissionTimestamp"]),
    ("operationName", OPERATION),
    ("category", &["category", "CategoryValue", "Category", "eventSource", "event_source"]),
    ("resultType", &["resultType", "status", "ActivityStatusValue", "ActivityStatus"]),
    ("callerIpAddress", &["callerIpAddress", "CallerIpAddress"]),
    ("caller", &["caller", "Caller"]),
    ("correlationId", &["correlationId", "correlation_id", "CorrelationId"]),
    ("subscriptionId", &["subscriptionId", "subscription_id", "SubscriptionId"]),
    ("tenantId", &["tenantId", "tenant_id"]),
    ("level", &["level", "Level"]),
    ("eventDataId", &["eventDataId", "event_data_id", "EventDataId"]),
];
const RESOURCE: &[&str] = &["resourceId", "resource_id", "_ResourceId", "ResourceId", "resourceUri"];
const SUB_STATUS: &[&str] = &["subStatus", "sub_status", "ActivitySubstatusValue", "ActivitySubstatus"];
const AUTHORIZATION: &[&str] = &["authorization", "Authorization_d", "Authorization"];
const CLAIMS: &[&str] = &["claims", "Claims_d", "Claims"];
const PROPERTIES: &[&str] = &["properties", "Properties_d", "Properties"];
const REQUEST: &[&str] = &["httpRequest", "http_request", "HTTPRequest"];

/// Activity Log categories; the last three are those of log profiles, before diagnostic settings.
const CATEGORIES: &[&str] = &[
    "Administrative",
    "Policy",
    "Security",
    "ServiceHealth",
    "ResourceHealth",
    "Alert",
    "Autoscale",
    "Recommendation",
    "Write",
    "Delete",
    "Action",
];

pub(super) fn by_category<'d>(root: Node<'d>, category: &str) -> Option<Recognised<'d>> {
    CATEGORIES.iter().any(|name| name.eq_ignore_ascii_case(category)).then(|| shape(root))
}

pub(super) fn by_look(root: Node<'_>) -> Option<Recognised<'_>> {
    (is_rest(root) || is_log_analytics(root) || is_bare(root)).then(|| shape(root))
}

/// REST has `{value, localizedValue}`, or its own name for the time.
fn is_rest(root: Node<'_>) -> bool {
    let wrapped =
        |name: &str| root.key(name).is_some_and(|node| node.kind() == Kind::Object && word(node).is_some());
    let named = |name: &str| root.key(name).is_some_and(|node| word(node).is_some());
    wrapped("operationName")
        || wrapped("operation_name")
        || (named("eventTimestamp") && named("operationName"))
        || (named("event_timestamp") && named("operation_name"))
}

fn is_log_analytics(root: Node<'_>) -> bool {
    root.key("OperationNameValue").is_some()
        || root.key("Type").is_some_and(|node| node.raw() == "AzureActivity")
        || (root.key("OperationName").is_some()
            && (root.key("ActivityStatus").is_some() || root.key("ActivityStatusValue").is_some()))
}

/// An Event Hub record that lost its category.
fn is_bare(root: Node<'_>) -> bool {
    root.key("operationName").is_some_and(|node| node.kind() == Kind::String && node.raw().contains('/'))
        && ["resultType", "resourceId", "correlationId"].iter().any(|name| root.key(name).is_some())
}

/// In place where nothing is wrapped, folded into a string or named otherwise.
fn shape(root: Node<'_>) -> Recognised<'_> {
    let is_text = |name: &str| root.key(name).is_none_or(|node| node.kind() != Kind::Object);
    let in_place = root.key("operationName").is_some()
        && is_text("operationName")
        && is_text("category")
        && root.key("time").is_some()
        && root.key("status").is_none()
        && !is_in_words(root);
    if in_place {
        Recognised::As(LogType::AzureActivity)
    } else {
        Recognised::Like(LogType::AzureActivity, canonical)
    }
}

/// Could be an operation: `provider/type/verb`. People are told it in words of their own language.
fn is_operation(text: &str) -> bool {
    text.contains('/') && !text.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '\''))
}

/// Is the operation told in words alone, or not where it belongs?
pub(super) fn is_in_words(root: Node<'_>) -> bool {
    !OPERATION.iter().filter_map(|name| root.key(name).and_then(word)).any(|text| is_operation(&text))
}

/// The operation as its provider names it, wherever that stands; for what is deleted with another the authorization
/// names the other's, so that comes last.
fn operation(root: Node<'_>) -> Option<String> {
    let named = OPERATION.iter().filter_map(|name| root.key(name).and_then(word));
    // A clumsy table has quotes and blanks around it.
    let around = |c: char| c.is_whitespace() || matches!(c, '"' | '\'');
    let named = named.map(|text| text.trim_matches(around).to_owned()).find(|text| is_operation(text));
    let below = |names: &[&str], paths: &[&str]| {
        embedded(find(root, names)?, |node| {
            let text =
                paths.iter().find_map(|path| node.get(path).and_then(word).filter(|text| is_operation(text)));
            text.map(Cow::into_owned)
        })
    };
    // Privileged access to resources tells people what it did, and beside that the event's name.
    let event = || {
        embedded(find(root, PROPERTIES)?, |node| {
            let part = |name: &str| node.key(name).and_then(word).filter(|text| !text.is_empty());
            Some(format!("{}/{}", part("ResourceProviderName")?, part("EventName")?))
        })
    };
    named
        .or_else(|| below(PROPERTIES, &["message", "Content.message", "operationName", "operation"]))
        .or_else(|| event().filter(|text| is_operation(text)))
        .or_else(|| below(AUTHORIZATION, &["action"]))
        .or_else(|| below(&["identity"], &["authorization.action"]))
}

/// The object itself, where PowerShell puts it below `Content`.
fn content(node: Node<'_>) -> Node<'_> {
    node.key("Content").filter(|inner| inner.kind() == Kind::Object).unwrap_or(node)
}

/// The keys that the canonical form takes a value from as it stands, or from the `value` inside.
pub(super) fn spellings(key: &str) -> Option<Vec<&'static str>> {
    // Where there is no address, it comes from elsewhere.
    let (_, own) = NAMES.iter().find(|(name, _)| *name == key && *name != "callerIpAddress")?;
    Some([own, ecs::spellings(key)?].concat())
}

fn find<'d>(root: Node<'d>, names: &[&str]) -> Option<Node<'d>> {
    names.iter().find_map(|name| root.key(name).filter(|node| !node.is_null()))
}

/// The Event Hub shape of any of the others; what it has no name for is kept as it is.
fn canonical(root: Node<'_>) -> String {
    let mut record = Object::default();
    for (name, others) in NAMES {
        let found = others.iter().find_map(|other| {
            let node = root.key(other).filter(|node| !node.is_null())?;
            let is_word = node.kind() == Kind::Object && *name != "time";
            Some(if is_word { node.key("value")? } else { node })
        });
        if *name == "operationName"
            && let Some(operation) = operation(root)
        {
            record.text(name, &operation);
        } else if *name == "callerIpAddress" && found.is_none_or(|node| node.raw().is_empty()) {
            record.text_some(name, caller_address(root).as_deref());
        } else {
            record.copy_some(name, found);
        }
    }
    record.text_some("resourceId", resource(root).as_deref());
    let signature = root.key("resultSignature").and_then(Node::scalar).or_else(|| signature(root));
    record.text_some("resultSignature", signature.as_deref());
    let identity = identity(root);
    if !identity.is_empty() {
        record.nested("identity", identity);
    } else if let Some(other) =
        root.key("identity").filter(|node| matches!(node.kind(), Kind::String | Kind::Array))
    {
        record.copy("identity", other);
    }
    if let Some(properties) = find(root, PROPERTIES) {
        record.copy("properties", content(properties));
    }
    let known = |key: Node<'_>| {
        let is = |name: &&str| key.is_named(name);
        NAMES.iter().any(|(name, others)| is(name) || others.iter().any(is))
            || [RESOURCE, AUTHORIZATION, CLAIMS, PROPERTIES].iter().any(|names| names.iter().any(is))
            || ["resultSignature", "identity"].iter().any(is)
    };
    for (key, value) in root.entries() {
        if !known(key) {
            record.copy(&key.as_str().unwrap_or_default(), value);
        }
    }
    record.finish()
}

/// What stands in `identity`, and the two parts of it that other shapes have at the top.
fn identity(root: Node<'_>) -> Object {
    let mut object = Object::default();
    let held = root.key("identity");
    let text = held.and_then(folded);
    let inner = text.as_deref().and_then(|text| Document::parse(text).ok());
    let held = inner.as_ref().map(Document::root).or(held).filter(|node| node.kind() == Kind::Object);
    for (key, value) in held.into_iter().flat_map(Node::entries) {
        object.copy(&key.as_str().unwrap_or_default(), value);
    }
    for (name, names) in [("authorization", AUTHORIZATION), ("claims", CLAIMS)] {
        if held.is_some_and(|node| node.key(name).is_some()) {
            continue;
        }
        if let Some(node) = find(root, names).filter(|node| !node.raw().is_empty()) {
            object.copy(name, content(node));
        }
    }
    object
}

fn caller_address(root: Node<'_>) -> Option<String> {
    embedded(find(root, REQUEST)?, |request| {
        let address = ["clientIpAddress", "client_ip_address", "clientRequestIp"]
            .iter()
            .find_map(|name| request.key(name).and_then(Node::as_str).filter(|text| !text.is_empty()));
        address.map(Cow::into_owned)
    })
}

/// The resource; REST's `id` is the event's, below the resource's.
fn resource(root: Node<'_>) -> Option<String> {
    if let Some(id) = find(root, RESOURCE).and_then(Node::as_str).filter(|id| !id.is_empty()) {
        return Some(id.into_owned());
    }
    let id = root.key("id")?.as_str()?;
    if !id.to_ascii_lowercase().starts_with("/subscriptions/") {
        return None;
    }
    let end = id.to_ascii_lowercase().rfind("/events/").unwrap_or(id.len());
    Some(id[..end].to_owned())
}

/// `Failed.Forbidden`, as Event Hubs writes status and sub-status.
fn signature(root: Node<'_>) -> Option<Cow<'_, str>> {
    let sub = find(root, SUB_STATUS).and_then(word).filter(|sub| !sub.is_empty())?;
    let status =
        find(root, &["resultType", "status", "ActivityStatusValue", "ActivityStatus"]).and_then(word);
    Some(Cow::Owned(format!("{}.{sub}", status.unwrap_or_default())))
}
