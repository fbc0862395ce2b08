//! What the caller may choose, or the cloud may write otherwise, without doing anything else.

use serde_json::{Map, Value, json};

use crate::random::Random;

/// One way to say it otherwise.
pub(crate) struct Rewrite {
    pub(crate) name: &'static str,
    /// The event names itself as before.
    pub(crate) keeps_id: bool,
    /// Says whether there was anything to do.
    pub(crate) apply: fn(&mut Value, &mut Random) -> bool,
}

const fn same(name: &'static str, apply: fn(&mut Value, &mut Random) -> bool) -> Rewrite {
    Rewrite { name, keeps_id: true, apply }
}

/// All of them.
pub(crate) const ALL: [Rewrite; 17] = [
    same("session name", session_name),
    same("user agent", user_agent),
    same("access key", access_key),
    same("address spelled as IPv6", mapped_address),
    same("document as an ARN", document_arn),
    same("document in another case", document_case),
    same("padding", padding),
    same("tags", tags),
    same("free text", free_text),
    same("request id", request_id),
    same("versions", versions),
    same("nothing said with null", nulls),
    same("resource id in another case", resource_case),
    same("operation in another case", operation_case),
    Rewrite { name: "extension's name", keeps_id: false, apply: extension_name },
    same("spaces in a command line", spaces),
    same("program in another case", program_case),
];

fn is_cloudtrail(event: &Value) -> bool {
    event.get("eventSource").is_some() && event.get("userIdentity").is_some()
}

fn is_activity(event: &Value) -> bool {
    event.get("operationName").is_some()
        && event.get("resourceId").is_some()
        && event["category"] == "Administrative"
}

fn word(random: &mut Random) -> String {
    let letters: Vec<char> = ('a'..='z').collect();
    (0..4 + random.below(12)).map(|_| *random.pick(&letters)).collect()
}

/// The object under a name, if the record has one.
fn object<'v>(event: &'v mut Value, name: &str) -> Option<&'v mut Map<String, Value>> {
    event.get_mut(name)?.as_object_mut()
}

/// Changes a text where there is one; what it returns is whether it did.
#[expect(clippy::needless_pass_by_value, reason = "as `get_mut` answers")]
fn text(value: Option<&mut Value>, change: impl FnOnce(&str) -> Option<String>) -> bool {
    let Some(Value::String(text)) = value else { return false };
    match change(text) {
        Some(changed) => {
            let differs = *text != changed;
            *text = changed;
            differs
        }
        None => false,
    }
}

fn session_name(event: &mut Value, random: &mut Random) -> bool {
    // EC2 and not the caller names the session of an instance.
    let says =
        |member: &str, mark| event["userIdentity"][member].as_str().is_some_and(|id| id.contains(mark));
    let is_instance = says("arn", "/i-") || says("principalId", ":i-");
    if event["userIdentity"]["type"] != "AssumedRole" || is_instance {
        return false;
    }
    let name = word(random);
    let after = |text: &str, mark: char| Some(format!("{}{mark}{name}", text.rsplit_once(mark)?.0));
    let principal = text(event.pointer_mut("/userIdentity/principalId"), |id| after(id, ':'));
    text(event.pointer_mut("/userIdentity/arn"), |arn| after(arn, '/')) && principal
}

fn user_agent(event: &mut Value, random: &mut Random) -> bool {
    let agents =
        ["aws-cli/2.15.0", "Mozilla/5.0 (X11; Linux x86_64)", "HashiCorp Terraform/1.9", "Boto3/1.34", "x"];
    is_cloudtrail(event)
        && text(event.get_mut("userAgent"), |agent| {
            // What a service says that calls in somebody's name is the service's.
            let is_service = agent.ends_with(".amazonaws.com") || agent.contains("Jersey");
            (!is_service).then(|| (*random.pick(&agents)).to_owned())
        })
}

fn access_key(event: &mut Value, random: &mut Random) -> bool {
    text(event.pointer_mut("/userIdentity/accessKeyId"), |key| {
        (key.len() == 20).then(|| format!("{}{:016X}", &key[..4], random.next()))
    })
}

fn mapped_address(event: &mut Value, random: &mut Random) -> bool {
    let place = *random.pick(&["sourceIPAddress", "callerIpAddress"]);
    text(event.get_mut(place), |address| {
        let v4: std::net::Ipv4Addr = address.parse().ok()?;
        let [a, b, c, d] = v4.octets();
        Some(match random.below(3) {
            0 => format!("::ffff:{v4}"),
            1 => format!("::FFFF:{v4}"),
            _ => format!("0:0:0:0:0:ffff:{:x}:{:x}", u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])),
        })
    })
}

fn document_arn(event: &mut Value, random: &mut Random) -> bool {
    let region = event["awsRegion"].as_str().unwrap_or("eu-west-1").to_owned();
    text(event.pointer_mut("/requestParameters/documentName"), |name| {
        let arn = format!("arn:aws:ssm:{region}::document/{name}");
        name.starts_with("AWS-").then(|| if random.one_in(2) { format!("{arn}:1") } else { arn })
    })
}

fn document_case(event: &mut Value, random: &mut Random) -> bool {
    text(event.pointer_mut("/requestParameters/documentName"), |name| {
        name.starts_with("AWS-")
            .then(|| if random.one_in(2) { name.to_lowercase() } else { name.to_uppercase() })
    })
}

fn padding(event: &mut Value, random: &mut Random) -> bool {
    let bulk = word(random).repeat(1 + random.below(200));
    let place = *random.pick(&["requestParameters", "properties"]);
    let inside = random.one_in(2);
    let room = if inside { object(event, place) } else { event.as_object_mut() };
    room.is_some_and(|room| {
        room.insert(format!("zz{}", word(random)), json!({ "a": [bulk, 1, null] })).is_none()
    })
}

fn tags(event: &mut Value, random: &mut Random) -> bool {
    if !is_cloudtrail(event) {
        return false;
    }
    let tags = json!([{"key": word(random), "value": "maintenance"}]);
    object(event, "requestParameters").is_some_and(|request| {
        let has = request.contains_key("tags") || request.contains_key("tagSpecificationSet");
        !has && request.insert("tags".to_owned(), tags).is_none()
    })
}

fn free_text(event: &mut Value, random: &mut Random) -> bool {
    if event["eventSource"] != "ssm.amazonaws.com" {
        return false;
    }
    let name = *random.pick(&["comment", "reason"]);
    let said = *random.pick(&["routine patching", "terraform apply", "approved by security"]);
    object(event, "requestParameters")
        .is_some_and(|request| request.insert(name.to_owned(), said.into()).is_none())
}

fn request_id(event: &mut Value, random: &mut Random) -> bool {
    let id = format!("0a0b0c0d-0001-4000-8000-{:012x}", random.next() >> 16);
    is_cloudtrail(event)
        && event.as_object_mut().is_some_and(|event| {
            event.insert("requestID".to_owned(), id.into());
            true
        })
}

fn versions(event: &mut Value, random: &mut Random) -> bool {
    let version = *random.pick(&["1.05", "1.08", "1.09", "1.10", "1.11"]);
    is_cloudtrail(event) && text(event.get_mut("eventVersion"), |_| Some(version.to_owned()))
}

fn nulls(event: &mut Value, random: &mut Random) -> bool {
    if !is_cloudtrail(event) {
        return false;
    }
    let names = [
        "errorCode",
        "errorMessage",
        "additionalEventData",
        "responseElements",
        "vpcEndpointId",
        "tlsDetails",
    ];
    let name = *random.pick(&names);
    event.as_object_mut().is_some_and(|event| {
        !event.contains_key(name) && event.insert(name.to_owned(), Value::Null).is_none()
    })
}

fn resource_case(event: &mut Value, random: &mut Random) -> bool {
    is_activity(event)
        && text(event.get_mut("resourceId"), |id| {
            Some(if random.one_in(2) { id.to_lowercase() } else { id.to_uppercase() })
        })
}

fn operation_case(event: &mut Value, random: &mut Random) -> bool {
    is_activity(event)
        && text(event.get_mut("operationName"), |name| {
            Some(if random.one_in(2) { name.to_lowercase() } else { name.to_uppercase() })
        })
}

fn extension_name(event: &mut Value, random: &mut Random) -> bool {
    let names = ["AzureMonitorLinuxAgent", "MicrosoftMonitoringAgent", "enablevmaccess", "x"];
    // Where nothing but the name is there, the name may raise the level.
    let is_told = ["requestbody", "responseBody"].iter().any(|body| event["properties"].get(body).is_some());
    is_activity(event)
        && is_told
        && text(event.get_mut("resourceId"), |id| {
            let at = id.to_lowercase().find("/extensions/")? + "/extensions/".len();
            Some(format!("{}{}", &id[..at], random.pick(&names)))
        })
}

fn spaces(event: &mut Value, random: &mut Random) -> bool {
    text(event.get_mut("CommandLine"), |line| {
        // Inside quotes a space means itself.
        let is_plain = !line.contains(['"', '\'', '`', '^', '\\']);
        is_plain.then(|| line.replace(' ', if random.one_in(2) { "  " } else { " \t" }))
    })
}

fn program_case(event: &mut Value, random: &mut Random) -> bool {
    text(event.get_mut("Image"), |image| {
        // Windows alone does not mind.
        let is_windows = image.contains(":\\");
        is_windows.then(|| if random.one_in(2) { image.to_lowercase() } else { image.to_uppercase() })
    })
}
