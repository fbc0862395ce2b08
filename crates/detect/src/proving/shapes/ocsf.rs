//! Security Lake: CloudTrail as OCSF 1.1, class 6003, and 3002 for logins to the console.
//!
//! What goes where: <https://github.com/ocsf/examples/tree/main/mappings/markdown/AWS/v1.1.0/CloudTrail>. "Any fields not
//! present in an explicit mapping will be mapped to the unmapped object."

use std::net::IpAddr;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::carriers::each;
use super::form::{CLOUDTRAIL, Shape, at, delivery, set};

pub(super) const SHAPES: &[Shape] =
    &[delivery("security-lake", CLOUDTRAIL, |records| Some(each(records, activity)))];

/// OCSF's names for CloudTrail's.
const MAPPED: &[(&str, &str)] = &[
    ("userIdentity.accountId", "actor.user.account.uid"),
    ("userIdentity.accessKeyId", "actor.user.credential_uid"),
    ("userIdentity.userName", "actor.user.name"),
    ("userIdentity.type", "actor.user.type"),
    ("userIdentity.principalId", "actor.user.uid_alt"),
    ("userIdentity.arn", "actor.user.uid"),
    ("userIdentity.sessionContext.attributes.creationDate", "actor.session.created_time_dt"),
    ("userIdentity.sessionContext.sessionIssuer.arn", "actor.session.issuer"),
    ("userIdentity.invokedBy", "actor.invoked_by"),
    ("userIdentity.identityProvider", "actor.idp.name"),
    ("vpcEndpointId", "src_endpoint.uid"),
    ("requestID", "api.request.uid"),
    ("eventSource", "api.service.name"),
    ("apiVersion", "api.version"),
    ("eventName", "api.operation"),
    ("awsRegion", "cloud.region"),
    ("userAgent", "http_request.user_agent"),
    ("eventVersion", "metadata.product.version"),
    ("eventID", "metadata.uid"),
    ("eventType", "metadata.event_code"),
    ("eventTime", "time_dt"),
    ("errorCode", "api.response.error"),
    ("errorMessage", "api.response.message"),
    ("eventCategory", "metadata.product.feature.name"),
];

fn activity(record: &Value) -> Value {
    let mut event = json!({"class_uid": 6003, "class_name": "API Activity", "category_uid": 6,
        "category_name": "Application Activity", "severity_id": 1, "severity": "Informational",
        "metadata": {"product": {"name": "CloudTrail", "vendor_name": "AWS"}, "version": "1.1.0",
            "profiles": ["cloud", "datetime"]},
        "cloud": {"provider": "AWS"}});
    let mut rest = record.clone();
    for (from, to) in MAPPED {
        set(&mut event, to, at(record, from));
        take(&mut rest, from);
    }
    let used = at(record, "userIdentity.sessionContext.attributes.mfaAuthenticated");
    if let Some(used) = used.as_str() {
        event["actor"]["session"]["is_mfa"] = json!(used == "true");
    }
    take(&mut rest, "userIdentity.sessionContext.attributes.mfaAuthenticated");
    let is_login = record["eventName"] == "ConsoleLogin" && record["eventSource"] == "signin.amazonaws.com";
    // Of a login the response alone decides; what fails a condition gets the schema's default.
    let ended = match at(record, "responseElements.ConsoleLogin").as_str() {
        Some(ended @ ("Success" | "Failure")) if is_login => ended,
        _ if is_login => "Unknown",
        _ if record["errorCode"].is_string() => "Failure",
        _ => "Success",
    };
    event["status"] = json!(ended);
    event["status_id"] = json!(["Unknown", "Success", "Failure"].iter().position(|word| *word == ended));
    let source = record["sourceIPAddress"].as_str().unwrap_or_default();
    let place = if source.parse::<IpAddr>().is_ok() { "src_endpoint.ip" } else { "src_endpoint.domain" };
    set(&mut event, place, &record["sourceIPAddress"]);
    take(&mut rest, "sourceIPAddress");
    if let Ok(time) = record["eventTime"].as_str().unwrap_or_default().parse::<Timestamp>() {
        event["time"] = json!(time.as_millisecond());
    }
    if is_login {
        event["class_uid"] = json!(3002);
        event["class_name"] = json!("Authentication");
        event["category_uid"] = json!(3);
        set(&mut event, "dst_endpoint.svc_name", at(record, "additionalEventData.LoginTo"));
        take(&mut rest, "additionalEventData.LoginTo");
        if let Some(used) = at(record, "additionalEventData.MFAUsed").as_str() {
            event["is_mfa"] = json!(used == "Yes");
            take(&mut rest, "additionalEventData.MFAUsed");
        }
        if ended != "Unknown" {
            take(&mut rest, "responseElements.ConsoleLogin");
        }
    } else {
        for (from, to) in
            [("requestParameters", "api.request.data"), ("responseElements", "api.response.data")]
        {
            if record[from].is_object() {
                set(&mut event, to, &json!(record[from].to_string()));
            }
            take(&mut rest, from);
        }
    }
    if let Value::Array(resources) = &record["resources"] {
        let resources: Value = resources
            .iter()
            .map(|one| json!({"uid": one["ARN"], "owner": {"account": {"uid": one["accountId"]}}, "type": one["type"]}))
            .collect();
        event["resources"] = resources;
        take(&mut rest, "resources");
    }
    let mut unmapped = Map::new();
    flatten("", &rest, &mut unmapped);
    if !unmapped.is_empty() {
        event["unmapped"] = Value::Object(unmapped);
    }
    event
}

fn take(value: &mut Value, path: &str) {
    let (parent, name) = path.rsplit_once('.').unwrap_or(("", path));
    let place = if parent.is_empty() {
        Some(value)
    } else {
        value.pointer_mut(&format!("/{}", parent.replace('.', "/")))
    };
    if let Some(Value::Object(object)) = place {
        object.remove(name);
    }
}

/// `unmapped` is a map of text by path.
fn flatten(path: &str, value: &Value, into: &mut Map<String, Value>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(object) => {
            for (name, value) in object {
                flatten(&below(name), value, into);
            }
        }
        other => drop(into.insert(path.to_owned(), Value::String(super::text::plain(other)))),
    }
}
