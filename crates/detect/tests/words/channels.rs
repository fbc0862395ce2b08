//! What is told beside the sentence, in the finding's other attributes and in what people are sent, derived again from
//! the records.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::truth::Records;

/// An alert as it goes out everywhere.
#[derive(Clone)]
pub(crate) struct Alert {
    pub(crate) event: Value,
    pub(crate) subject: String,
    pub(crate) mail: String,
    pub(crate) chat: Value,
}

static GUID: LazyLock<Regex> =
    LazyLock::new(|| regex(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"));
static SESSION: LazyLock<Regex> = LazyLock::new(|| regex(r"--session-id (\S+)"));
static SPAN: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"within (?:(a moment)|(\d+) (second|minute|hour|day)s?(?: (\d+) (second|minute|hour)s?)?)")
});
static AFTER: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:(a moment)|(\d+) (second|minute|hour|day)s?(?: (\d+) (second|minute|hour)s?)?) after\b|after (?:(a moment)|(\d+) (second|minute|hour|day)s?(?: (\d+) (second|minute|hour)s?)?)",
    )
});

fn regex(text: &str) -> Regex {
    Regex::new(text).expect("a regular expression")
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// Everything told beside the sentence that the records do not bear out.
pub(crate) fn untrue_beside(alert: &Alert, records: &Records) -> Vec<String> {
    let mut wrong = Vec::new();
    attributes(alert, records, &mut wrong);
    episode(alert, records, &mut wrong);
    for_people(alert, records, &mut wrong);
    wrong
}

/// So many seconds are told in a sentence, from a group of a pattern on, and how much may have been added to round them up.
fn told_seconds(told: &regex::Captures<'_>, from: usize) -> Option<(i64, i64)> {
    let long = |unit: &str| match unit {
        "second" => 1,
        "minute" => 60,
        "hour" => 3_600,
        _ => 86_400,
    };
    let part = |at: usize| {
        let number: i64 = told.get(at)?.as_str().parse().ok()?;
        Some((number, long(told.get(at + 1)?.as_str())))
    };
    let (many, unit) = part(from)?;
    let (more, less) = part(from + 2).unwrap_or((0, 1));
    let rounded = if unit == 86_400 {
        3_600
    } else if unit == 3_600 {
        60
    } else {
        1
    };
    Some((many * unit + more * less, rounded))
}

/// Are so many seconds what is told?
fn is_told((told, rounded): (i64, i64), seconds: i64) -> bool {
    (0..rounded).contains(&(told - seconds))
}

fn attributes(alert: &Alert, records: &Records, wrong: &mut Vec<String>) {
    let event = &alert.event;
    let mut borne = |what: &str, value: &str| {
        // What a record does not name is told in our own words, and one without an id has a digest for one.
        let is_ours = matches!(value, "" | "unknown" | "process start") || is_digest(value);
        // A verb and what it is done to stand apart in a record of Kubernetes.
        if !is_ours && !records.bears(value) && !value.split(' ').all(|word| records.bears(word)) {
            wrong.push(format!("{what} {value} is in no record"));
        }
    };
    for pointer in [
        "/data/cloud/account/uid",
        "/data/cloud/region",
        "/data/api/operation",
        "/data/evidences/0/actor/user/uid",
        "/data/evidences/0/actor/session/uid",
        "/data/evidences/0/actor/session/issuer",
        "/data/evidences/0/src_endpoint/ip",
        "/data/evidences/0/dst_endpoint/hostname",
        "/data/evidences/0/uid",
    ] {
        borne(pointer, text(event, pointer));
    }
    for observable in event["data"]["observables"].as_array().into_iter().flatten() {
        let value = text(observable, "/value");
        if !records.selects(value) {
            borne("the observable", value);
        }
    }
    let machine = text(event, "/subject").split_once('/').map_or("", |(_, machine)| machine);
    borne("the subject's machine", &decoded(machine));
    let is_of_one = records.are_of_one_call();
    let failed = records.failed();
    let title = text(event, "/data/finding_info/title");
    let is_attempt = title.contains(" attempt: ");
    if is_of_one && is_attempt && !failed {
        wrong.push("the title tells an attempt, and the record a success".to_owned());
    }
    if is_of_one && !is_attempt && failed && text(event, "/ruleid").ends_with(".attempt") {
        wrong.push("the title tells a success of what failed".to_owned());
    }
    if is_of_one && failed && text(event, "/data/unmapped/outcome") == "success" {
        wrong.push("the outcome is told as a success, and the record says that it failed".to_owned());
    }
    let levels = ["", "Informational", "Low", "Medium", "High", "Critical"];
    let severity = event["data"]["severity_id"].as_u64().unwrap_or_default();
    let risk = event["data"]["risk_level_id"].as_u64().unwrap_or_default();
    if severity != risk + 1
        || levels[usize::try_from(severity).unwrap_or_default()] != event["data"]["severity"]
    {
        wrong.push("severity and risk level contradict each other".to_owned());
    }
}

/// Times and members.
fn episode(alert: &Alert, records: &Records, wrong: &mut Vec<String>) {
    let data = &alert.event["data"];
    let sentence = text(data, "/message");
    if data["unmapped"]["time_unknown"] != true {
        for pointer in ["/time", "/start_time", "/end_time"] {
            let at = data.pointer(pointer).and_then(Value::as_i64);
            if let Some(at) = at.filter(|at| !records.times.contains(at)) {
                wrong.push(format!("{pointer} {at} is the time of no record"));
            }
        }
    }
    let members = data["finding_info"]["related_events"].as_array().cloned().unwrap_or_default();
    let of_members = |key: &str| members.iter().map(|member| &member[key]).cloned().collect::<Vec<_>>();
    for uid in of_members("uid").iter().filter_map(Value::as_str) {
        if !records.bears(uid) && !is_digest(uid) {
            wrong.push(format!("the related event {uid} is in no record"));
        }
    }
    let times: BTreeSet<i64> = of_members("created_time").iter().filter_map(Value::as_i64).collect();
    if let Some(at) = times.iter().find(|at| members.len() > 1 && !records.times.contains(at)) {
        wrong.push(format!("a related event's time {at} is that of no record"));
    }
    let count = data["count"].as_u64().and_then(|count| usize::try_from(count).ok()).unwrap_or_default();
    let is_whole = data["metadata"]["is_truncated"] != true && count < 50;
    // One event may have been found by several rules.
    let listed: BTreeSet<String> = of_members("uid").iter().map(Value::to_string).collect();
    if is_whole && count != listed.len() {
        wrong.push(format!("{count} events are told and {} are listed", listed.len()));
    }
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return };
    // Where not all are listed, or some are several themselves, there is when they began.
    let at = |key: &str| data[key].as_i64().unwrap_or_default();
    let is_long = |seconds| is_told(seconds, (at("end_time") - at("start_time")) / 1_000);
    if let Some(told) = SPAN.captures(sentence) {
        let seconds = told_seconds(&told, 2).unwrap_or((0, 1));
        // A sequence may begin after others of its events.
        let is_so =
            is_long(seconds) || is_whole && times.iter().any(|at| is_told(seconds, (last - at) / 1_000));
        if !is_so {
            wrong.push(format!("{} is told of {} seconds", &told[0], (last - first) / 1_000));
        }
    }
    if let Some(told) = AFTER.captures(sentence)
        && members.len() > 1
    {
        let seconds = told_seconds(&told, 2).or_else(|| told_seconds(&told, 7)).unwrap_or((0, 1));
        if !is_long(seconds) && !times.iter().any(|at| is_told(seconds, (last - at) / 1_000)) {
            wrong.push(format!("{} is told, and no two of its events lie so far apart", &told[0]));
        }
    }
}

/// The id of an event that has none.
fn is_digest(uid: &str) -> bool {
    uid.len() >= 32 && uid.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn for_people(alert: &Alert, records: &Records, wrong: &mut Vec<String>) {
    let sentence = text(&alert.event, "/data/message");
    if alert.mail.lines().next() != Some(sentence) {
        wrong.push("the mail begins with another sentence".to_owned());
    }
    let fact = |name: &str| {
        let line = alert.mail.lines().find(|line| line.starts_with(name))?;
        Some(line[name.len()..].trim().to_owned())
    };
    for name in ["Account  ", "Region  "] {
        if let Some(value) = fact(name).filter(|value| !records.bears(value)) {
            wrong.push(format!("the mail's {} {value} is in no record", name.trim()));
        }
    }
    if let Some(value) =
        fact("From  ").filter(|value| !records.bears(value.split(" (").next().unwrap_or_default()))
    {
        wrong.push(format!("the mail's address {value} is in no record"));
    }
    if let Some(value) = fact("When  ") {
        let at = value.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond);
        if at.is_ok_and(|at| !records.times.contains(&at)) {
            wrong.push(format!("the mail's time {value} is that of no record"));
        }
    }
    if let Some(value) = fact("Target  ")
        && !value.contains([' ', '…'])
        && !records.bears(&value)
    {
        wrong.push(format!("the mail's target {value} is in no record"));
    }
    for line in alert.mail.lines().filter(|line| line.contains("https://") && line.contains(".console.")) {
        for id in GUID.find_iter(line).filter(|id| !records.bears(id.as_str())) {
            wrong.push(format!("a link leads to {}, which is in no record", id.as_str()));
        }
    }
    if let Some(session) = SESSION.captures(&alert.mail).filter(|told| !records.bears(&told[1])) {
        wrong.push(format!("a command ends the session {}, which is in no record", &session[1]));
    }
    let account = alert.subject.rsplit(" | ").next().unwrap_or_default();
    if alert.subject.matches(" | ").count() > 1 && !account.contains("\\u{") && !records.bears(account) {
        wrong.push(format!("the subject's account {account} is in no record"));
    }
    let description = text(&alert.chat, "/content/description");
    let said = description.lines().next().unwrap_or_default().trim_matches(['`', ' ']);
    if said != sentence.trim_matches(['`', ' ']) {
        wrong.push("the chat card says another sentence".to_owned());
    }
    for resource in alert.chat["metadata"]["relatedResources"].as_array().into_iter().flatten() {
        let resource = resource.as_str().unwrap_or_default();
        if !records.bears(resource) && !records.selects(resource) {
            wrong.push(format!("the chat card's resource {resource} is in no record"));
        }
    }
}

/// Percent-encoded text as it was.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = (*first == b'%').then(|| std::str::from_utf8(tail.get(..2)?).ok()).flatten();
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
