//! `As on 12 of the last 14 days` is what the records of those days say, counted here by themselves.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;
use trailhound_detect::remember::{Memory, MemoryStore};

use crate::house::{House, tested};

static TOLD: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\bAs on (\d+) of the last (\d+) days\.").expect("a pattern"));

/// What is told of a day does not agree with the days on which it happened, all counted from one.
fn untrue(finding: &Value, before: &[usize], day: usize) -> Option<String> {
    let message = finding["data"]["message"].as_str().unwrap_or_default();
    let routine = &finding["data"]["unmapped"]["newness"]["routine"];
    let because = finding["data"]["unmapped"]["adjustments"].to_string();
    let number = |text: &str| text.parse::<usize>().unwrap_or_default();
    let told = TOLD.captures(message).map(|told| (number(&told[1]), number(&told[2])));
    let fields = || Some((routine["days"].as_u64()?, routine["of"].as_u64()?));
    if told.map(|(days, of)| (days as u64, of as u64)) != fields() {
        return Some(format!("the sentence says {told:?}, the field {routine}"));
    }
    if let Some((days, of)) = told {
        let so_many = before.iter().filter(|then| (day - of..day).contains(then)).count();
        if so_many != days {
            return Some(format!("{days} of {of} days are told, and there were {so_many}"));
        }
        if !because.contains(&format!("as on {days} of the last {of} days")) {
            return Some(format!("no adjustment says so: {because}"));
        }
    }
    None
}

#[test]
fn days_are_told_as_they_were() {
    let house = House::new();
    let events = tested();
    let is_run = |event: &&String| event.contains("SendCommand") && event.contains("RunShellScript");
    let event = events.iter().find(|event| is_run(event) && !event.contains("errorCode")).expect("one");
    let mut record: Value = serde_json::from_str(event).expect("JSON");
    let memory = Memory::lasting(MemoryStore::default());
    let (mut before, mut told, mut caught) = (Vec::new(), 0, 0);
    for day in 1..90 {
        // Now and then it rests, for two days or for six.
        if day % 9 == 0 || day % 9 == 4 || (50..56).contains(&day) {
            continue;
        }
        let date = jiff::civil::date(2026, 1, 1).saturating_add(jiff::Span::new().days(day));
        record["eventTime"] = format!("{date}T02:00:00Z").into();
        record["eventID"] = format!("00000000-0000-4000-8000-{day:012}").into();
        let day = usize::try_from(day).expect("counted from one");
        for finding in house.remembered(&memory, "usual", record.to_string().as_bytes()) {
            let mut json: Value = serde_json::from_str(finding.json()).expect("a finding is JSON");
            if json["ruleid"] != "aws-ssm-run-command" {
                continue;
            }
            assert_eq!(untrue(&json, &before, day), None, "{}", json["data"]["message"]);
            let message = json["data"]["message"].as_str().unwrap_or_default().to_owned();
            if TOLD.is_match(&message) {
                told += 1;
                let other = TOLD.replace(&message, "As on 14 of the last 14 days.");
                let is_other = *other != *message;
                json["data"]["message"] = other.into_owned().into();
                caught += usize::from(!is_other || untrue(&json, &before, day).is_some());
            }
        }
        before.push(day);
    }
    assert!(told > 20, "it became usual {told} times");
    assert_eq!(caught, told);
}
