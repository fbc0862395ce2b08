//! Who is told to be behind a session, derived again from the keys that its records hand out.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::channels::Alert;
use crate::truth::Records;

/// What stands behind it in a sentence.
const AFTER: [&str; 5] = [". Not seen ", ". New since ", ". Last seen ", ". Still learning ", ". As on "];
const TOLD: &str = " Behind it: ";

/// Keys that were handed out: who asked, with which key, and the role and account that act with it.
#[derive(Default)]
pub(crate) struct Keys {
    handed: BTreeMap<String, (String, Option<String>, String)>,
    identities: Vec<String>,
}

impl Keys {
    /// Notes what an object hands out, if it is a record that does.
    pub(crate) fn note(&mut self, record: &Value) {
        let text = |path: &str| record.pointer(path).and_then(Value::as_str);
        if let Some(resource) = record.get("xms_mirid").and_then(Value::as_str) {
            self.identities.push(resource.to_lowercase());
        }
        let (Some(key), Some(arn)) = (
            text("/responseElements/credentials/accessKeyId"),
            text("/responseElements/assumedRoleUser/arn"),
        ) else {
            return;
        };
        let asker = text("/userIdentity/userName").or(text("/userIdentity/arn")).unwrap_or_default();
        let asker = asker.split_once(":assumed-role/").map_or(asker, |(_, session)| session);
        let parts: Vec<&str> = arn.split([':', '/']).collect();
        let by = format!("role {} in {}", parts[parts.len() - 2], parts[4]);
        let own = text("/userIdentity/accessKeyId").map(str::to_owned);
        self.handed.insert(key.to_owned(), (asker.to_owned(), own, by));
    }

    fn behind(&self, key: &str) -> Option<String> {
        let (mut root, mut own, first) = self.handed.get(key)?.clone();
        let mut roles = vec![first];
        while let Some((asker, key, role)) = own.as_ref().and_then(|own| self.handed.get(own)).cloned() {
            roles.push(role);
            (root, own) = (asker, key);
        }
        roles.reverse();
        Some(format!("{root}, by way of {}", roles.join(", ")))
    }
}

/// Whoever is told to be behind it without the records' bearing that out, and whoever is and is not told.
pub(crate) fn untrue_behind(alert: &Alert, records: &Records) -> Vec<String> {
    let data = &alert.event["data"];
    let message = data["message"].as_str().unwrap_or_default();
    let told = message.split_once(TOLD).map(|(_, rest)| {
        let end = AFTER.iter().filter_map(|after| rest.find(after)).min();
        end.map_or_else(|| rest.trim_end_matches('.'), |end| &rest[..end])
    });
    let key = data.pointer("/evidences/0/actor/session/credential_uid").and_then(Value::as_str);
    let borne = key.and_then(|key| records.keys.behind(key));
    let mut wrong = Vec::new();
    match (told, borne) {
        (Some(told), Some(borne)) if told != borne => {
            wrong.push(format!("'{told}' is told to be behind it, and '{borne}' is"));
        }
        (Some(told), None) => {
            let machine = told.strip_suffix(", whose own identity it is").map(str::to_lowercase);
            let is_one =
                machine.is_some_and(|name| records.keys.identities.iter().any(|id| id.ends_with(&name)));
            if !is_one {
                wrong.push(format!("'{told}' is told to be behind it, and no record says so"));
            }
        }
        (None, None) if records.are_of_one_call() && records.keys.identities.len() == 1 => {
            wrong.push("whose own identity it is goes untold".to_owned());
        }
        // Of several people nobody alone is behind it.
        (None, Some(borne))
            if data["finding_info"]["related_events"].as_array().is_some_and(|all| all.len() == 1) =>
        {
            wrong.push(format!("'{borne}' is behind it, and not told"));
        }
        _ => {}
    }
    let attribute = &data["unmapped"]["behind"];
    if let Some(actor) = attribute["actor"].as_str().filter(|actor| !records.bears(actor)) {
        wrong.push(format!("{actor} is told to be behind it, and is in no record"));
    }
    for event in
        attribute["by_way_of"].as_array().into_iter().flatten().filter_map(|link| link["event"].as_str())
    {
        if !records.bears(event) {
            wrong.push(format!("the hand-out {event} is in no record"));
        }
    }
    wrong
}

/// A record of a role's session with the two calls before it by which a user came to it; nothing for other records.
pub(crate) fn handed(event: &str, at: usize) -> Option<String> {
    let mut event: Value = serde_json::from_str(event).ok()?;
    let arn = event.pointer("/userIdentity/arn")?.as_str()?.to_owned();
    if event["userIdentity"]["type"] != "AssumedRole" || !arn.contains(":assumed-role/") {
        return None;
    }
    let (key, first) = (format!("ASIAEXAMPLEB{at:08}"), format!("ASIAEXAMPLEA{at:08}"));
    event["userIdentity"]["accessKeyId"] = key.as_str().into();
    let between = format!("arn:aws:sts::999988887777:assumed-role/between{at}/on-the-way");
    let user = json!({"type": "IAMUser", "userName": format!("operator{at}"), "accountId": "111122223333",
        "arn": format!("arn:aws:iam::111122223333:user/operator{at}"), "accessKeyId": "AKIAIOSFODNN7EXAMPLE"});
    let role =
        json!({"type": "AssumedRole", "arn": between, "accountId": "999988887777", "accessKeyId": first});
    let record = |asker: Value, key: &str, arn: &str, n: usize| {
        json!({"eventVersion": "1.09", "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole",
            "eventTime": event["eventTime"], "awsRegion": "eu-west-1", "sourceIPAddress": "192.0.2.7",
            "eventID": format!("00000000-0000-4000-9000-{:012x}", at * 2 + n), "recipientAccountId": "111122223333",
            "userIdentity": asker, "requestParameters": {"roleArn": "arn:aws:iam::999988887777:role/some"},
            "responseElements": {"credentials": {"accessKeyId": key},
                "assumedRoleUser": {"assumedRoleId": "AROAEXAMPLE:any", "arn": arn}}})
    };
    let all = [record(user, &first, &between, 0), record(role, &key, &arn, 1), event.clone()];
    Some(all.map(|record| record.to_string()).join("\n"))
}
