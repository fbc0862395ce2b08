//! How an intrusion may be divided.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::house::positives;
use crate::random::Random;

/// One way to divide it.
pub(crate) struct Division {
    pub(crate) name: &'static str,
    /// Events come in another order than they happened.
    pub(crate) reorders: bool,
    /// Events to deliveries.
    pub(crate) divide: fn(&[Value], &mut Random) -> Vec<Vec<u8>>,
    /// What `docs/limits.md` says where something is lost to it.
    pub(crate) limit: &'static str,
}

const fn free(name: &'static str, divide: fn(&[Value], &mut Random) -> Vec<Vec<u8>>) -> Division {
    Division { name, reorders: false, divide, limit: "no price at all" }
}

/// All of them.
pub(crate) const ALL: [Division; 12] = [
    free("deliveries", delivered),
    Division { name: "order", reorders: true, divide: order, limit: "no price at all" },
    free("delivered twice", twice),
    free("moved in time", moved),
    Division {
        name: "session names",
        limit: "by the mail address in their session's name",
        ..free("", session_names)
    },
    Division { name: "access keys", limit: "looks at one key", ..free("", access_keys) },
    free("user agents", user_agents),
    free("request ids", request_ids),
    free("others between", others_between),
    free("attempts between", attempts_between),
    Division { name: "roles", limit: "a role, user or application for every", ..free("", roles) },
    Division { name: "accounts", limit: "an account for every", ..free("", accounts) },
];

/// One after another in some deliveries.
fn delivered(events: &[Value], random: &mut Random) -> Vec<Vec<u8>> {
    let mut deliveries: Vec<Vec<u8>> = Vec::new();
    for event in events {
        let mut line = event.to_string().into_bytes();
        line.push(b'\n');
        match deliveries.last_mut().filter(|_| random.one_in(2)) {
            Some(last) => last.append(&mut line),
            None => deliveries.push(line),
        }
    }
    deliveries
}

fn alone(events: &[Value]) -> Vec<Vec<u8>> {
    events.iter().map(|event| event.to_string().into_bytes()).collect()
}

fn order(events: &[Value], random: &mut Random) -> Vec<Vec<u8>> {
    let mut events = events.to_vec();
    random.shuffle(&mut events);
    delivered(&events, random)
}

fn twice(events: &[Value], random: &mut Random) -> Vec<Vec<u8>> {
    let mut all = delivered(events, random);
    let again = all[random.below(all.len())].clone();
    all.insert(random.below(all.len() + 1), again);
    all
}

/// The places of time in records.
const TIMES: [&str; 5] =
    ["/eventTime", "/time", "/properties/createdDateTime", "/properties/activityDateTime", "/timestamp"];

/// Moves an event by some seconds.
fn later(event: &mut Value, seconds: i64) {
    let by = SignedDuration::from_secs(seconds);
    for path in TIMES {
        let Some(Value::String(text)) = event.pointer_mut(path) else { continue };
        if let Ok(at) = text.parse::<Timestamp>() {
            *text = (at + by).to_string();
        } else if let Ok(millis) = text.parse::<i64>() {
            *text = (millis + seconds * 1_000).to_string();
        }
    }
    if let Some(Value::String(text)) = event.pointer_mut("/UtcTime")
        && let Ok(at) = format!("{}Z", text.replace(' ', "T")).parse::<Timestamp>()
    {
        *text = (at + by).strftime("%F %T.000").to_string();
    }
}

fn moved(events: &[Value], random: &mut Random) -> Vec<Vec<u8>> {
    let mut events = events.to_vec();
    let by = i64::try_from(random.below(6 * 3_600)).expect("a few hours") - 3 * 3_600;
    for event in &mut events {
        later(event, by);
    }
    delivered(&events, random)
}

fn set(event: &mut Value, path: &str, change: impl FnOnce(&str) -> String) {
    if let Some(Value::String(text)) = event.pointer_mut(path) {
        *text = change(text);
    }
}

/// A session of its own for every event of a role.
fn session_names(events: &[Value], random: &mut Random) -> Vec<Vec<u8>> {
    let mut events = events.to_vec();
    for event in &mut events {
        let is_chosen = event["userIdentity"]["type"] == "AssumedRole"
            && !event["userIdentity"]["arn"].as_str().unwrap_or_default().contains("/i-");
        if is_chosen {
            let name = format!("b{}", random.next());
            let after = |text: &str, mark| {
                text.rsplit_once(mark).map_or_else(String::new, |(role, _)| format!("{role}{mark}{name}"))
            };
            set(event, "/userIdentity/arn", |arn| after(arn, '/'));
            set(event, "/userIdentity/principalId", |id| after(id, ':'));
        }
    }
    alone(&events)
}

fn access_keys(events: &[Value], random: &mut Random) -> Vec<Vec<u8>> {
    let mut events = events.to_vec();
    for event in &mut events {
        // Keys of a session are many; a user's are two.
        let is_session =
            event["userIdentity"]["accessKeyId"].as_str().is_some_and(|key| key.starts_with("ASIA"));
        if is_session {
            let key = format!("ASIA{:016X}", random.next());
            set(event, "/userIdentity/accessKeyId", |_| key);
        }
    }
    alone(&events)
}

fn user_agents(events: &[Value], random: &mut Random) -> Vec<Vec<u8>> {
    let mut events = events.to_vec();
    for event in &mut events {
        let name = format!("agent/{}", random.next());
        set(
            event,
            "/userAgent",
            |agent| if agent.contains("amazonaws.com") { agent.to_owned() } else { name },
        );
    }
    alone(&events)
}

fn request_ids(events: &[Value], random: &mut Random) -> Vec<Vec<u8>> {
    let mut events = events.to_vec();
    for event in &mut events {
        let id = format!("0a0b0c0d-0001-4000-8000-{:012x}", random.next() >> 16);
        set(event, "/requestID", |_| id);
    }
    alone(&events)
}

/// What other rules speak of, by other people, before each event.
fn others_between(events: &[Value], random: &mut Random) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for event in alone(events) {
        for _ in 0..4 {
            let other = random.pick(positives()).event.to_string();
            // Of somebody else, in both clouds, under another correlation id and on another machine: months later on the same
            // one would make all else late.
            let other = other.replace("111122223333", "999988887777").replace("dana", "somebody");
            let other = other.replace("alice", "somebody").replace("0000000000a1", "0000000000e9");
            let other = other.replace("00000000c0de", "00000000e0de");
            all.push(other.replace("vm-shop-0", "vm-shop-7").replace("VM-SHOP-0", "VM-SHOP-7").into_bytes());
        }
        all.push(event);
    }
    all
}

/// Denied copies of each event, before it.
fn attempts_between(events: &[Value], random: &mut Random) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for event in events {
        if event.get("eventSource").is_some() {
            for _ in 0..3 {
                let mut denied = event.clone();
                denied["errorCode"] = "AccessDenied".into();
                denied["eventID"] = format!("00000000-0000-4000-8000-{:012x}", random.next() >> 16).into();
                all.push(denied);
            }
        }
        all.push(event.clone());
    }
    alone(&all)
}

/// Another role, user, person or application for every event.
fn roles(events: &[Value], _: &mut Random) -> Vec<Vec<u8>> {
    let swap = |(at, event): (usize, &Value)| {
        let mut event = event.clone();
        for name in ["userIdentity", "identity"] {
            if let Some(identity) = event.get_mut(name) {
                renamed(identity, at);
            }
        }
        set(&mut event, "/properties/userPrincipalName", |name| format!("p{at}{name}"));
        set(&mut event, "/properties/userId", |id| format!("{at}{}", &id[1.min(id.len())..]));
        event.to_string().into_bytes()
    };
    events.iter().enumerate().map(swap).collect()
}

fn renamed(value: &mut Value, at: usize) {
    match value {
        Value::String(text) if text.contains(['/', '@']) && !text.starts_with("http") => {
            *text = format!("{text}-{at}");
        }
        Value::String(text) if text.len() == 36 || text.starts_with("ARO") || text.starts_with("AID") => {
            *text = format!("{}{at:02}", &text[..text.len() - 2]);
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::Array(members) => members.iter_mut().for_each(|member| renamed(member, at)),
        Value::Object(entries) => entries
            .iter_mut()
            .filter(|(key, _)| *key != "accountId" && *key != "type")
            .for_each(|(_, value)| renamed(value, at)),
    }
}

/// Another account or subscription for every event.
fn accounts(events: &[Value], _: &mut Random) -> Vec<Vec<u8>> {
    let swap = |(at, event): (usize, &Value)| {
        let account = format!("{:012}", 444_400_000_000_u64 + at as u64);
        let subscription = format!("00000000-0000-0000-0000-{:012}", 700 + at);
        let text = event.to_string().replace("111122223333", &account);
        text.replace("00000000-0000-0000-0000-000000000001", &subscription).into_bytes()
    };
    events.iter().enumerate().map(swap).collect()
}

/// Machines by some ways in turn, one every so many seconds.
pub(crate) fn tour(ways: &[&str], machines: usize, every: i64, key: &str) -> Vec<Vec<u8>> {
    let who = json!({
        "type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/dana", "accountId": "111122223333",
        "principalId": "AIDAEXAMPLE", "userName": "dana", "accessKeyId": key,
    });
    let one = |n: usize| {
        let mut event = first(ways[n % ways.len()]);
        aim(&mut event, &format!("i-{n:017x}"));
        event["userIdentity"] = who.clone();
        event["eventTime"] = "2026-03-18T00:00:00Z".into();
        event["eventID"] = format!("00000000-0000-4000-8000-{n:012}").into();
        later(&mut event, i64::try_from(n).expect("a few") * every);
        event.to_string().into_bytes()
    };
    (0..machines).map(one).collect()
}

/// What a rule speaks of, by somebody, done.
fn first(rule: &str) -> Value {
    let all = positives().iter().filter(|positive| positive.rule == rule);
    let mut plain = all.filter(|positive| {
        positive.event["userIdentity"].is_object() && positive.event["errorCode"].is_null()
    });
    plain.next().unwrap_or_else(|| panic!("no test of {rule}")).event.clone()
}

/// The same on another machine, with what runs code there.
fn aim(event: &mut Value, machine: &str) {
    for name in ["target", "instanceId"] {
        set(event, &format!("/requestParameters/{name}"), |_| machine.to_owned());
    }
    let asked = &mut event["requestParameters"];
    if asked.get("instanceIds").is_some() {
        asked["instanceIds"] = json!([machine]);
    }
    match event["eventName"].as_str() {
        Some("StartAutomationExecution") => {
            event["requestParameters"] = json!({"documentName": "AWSSupport-ExecuteEC2Rescue", "parameters": {"InstanceId": [machine]}});
        }
        Some("CreateAssociation") => {
            event["requestParameters"] = json!({"name": "AWS-RunShellScript", "instanceId": machine});
        }
        _ => {}
    }
}
