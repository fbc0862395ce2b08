//! `cases`: what one did is one case, and what two did is two, whatever they call themselves.

mod campaign;
#[path = "../common/mod.rs"]
mod common;
mod corpus;
mod stories;

use std::collections::BTreeMap;

use campaign::{Campaign, PEOPLE, Twist};
use common::{Folder, err, out, trailhound};
use serde_json::Value;

/// How many records of ordinary work there are unless `TRAILHOUND_CAMPAIGN` says otherwise.
const BENIGN: usize = 3_000;

/// The cases of some inputs, whatever their level.
pub(crate) fn cases(arguments: &[&str]) -> Vec<Value> {
    let output = trailhound(&[&["cases", "--format", "ndjson"], arguments].concat());
    assert!(output.status.success(), "{}", err(&output));
    out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The id of the event that a step is of, by the place of its record.
fn event_of(step: &Value, files: &BTreeMap<String, String>) -> String {
    let (file, line) = step["origin"].as_str().unwrap().rsplit_once(':').unwrap();
    let record = files[file].lines().nth(line.parse::<usize>().unwrap() - 1).unwrap();
    let record: Value = serde_json::from_str(record).unwrap();
    record["eventID"].as_str().unwrap().to_owned()
}

/// What is wrong with the cases that are made of a campaign.
fn faults(benign: usize, people: &[&str; 12], twist: Twist) -> Vec<String> {
    let campaign = Campaign::of(benign, people, twist);
    let folder = Folder::new();
    let files: BTreeMap<String, String> = campaign
        .files
        .iter()
        .map(|(account, text)| (folder.write(&format!("{account}.jsonl"), text), text.clone()))
        .collect();
    let paths: Vec<&str> = files.keys().map(String::as_str).collect();
    let all = cases(&paths);
    let mut wrong = Vec::new();
    if all.len() != 2 {
        let heads: Vec<_> = all.iter().map(|case| &case["headline"]).collect();
        wrong.push(format!("{} cases: {heads:?}", all.len()));
    }
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for case in &all {
        let who = case["who"][0].as_str().unwrap();
        let attacker = people[..2].iter().find(|name| who.starts_with(*name));
        let Some(attacker) = attacker else {
            wrong.push(format!("it comes from {who}"));
            continue;
        };
        let way = format!(
            "{attacker}, by way of role hub in 222233334444, role team in 333344445555, role ops in "
        );
        if !who.starts_with(&way) {
            wrong.push(format!("the way is told as {who}"));
        }
        for step in case["story"].as_array().unwrap() {
            let event = event_of(step, &files);
            match campaign.attacks.get(&event) {
                Some(own) if own == attacker => *told.entry(attacker).or_default() += 1,
                own => wrong.push(format!("{own:?} did {} and not {attacker}", step["message"])),
            }
        }
        let times: Vec<_> =
            case["story"].as_array().unwrap().iter().map(|step| step["time"].as_str()).collect();
        if !times.is_sorted() {
            wrong.push("the story is out of order".to_owned());
        }
    }
    if told.len() != 2 || told.values().any(|count| *count < 9) {
        wrong.push(format!("told are {told:?}"));
    }
    wrong
}

#[test]
fn a_campaign_is_told_as_its_two_cases_whatever_people_are_called() {
    let benign =
        std::env::var("TRAILHOUND_CAMPAIGN").ok().and_then(|most| most.parse().ok()).unwrap_or(BENIGN);
    assert_eq!(faults(benign, &PEOPLE, Twist::default()), [""; 0]);
    let mut swapped = PEOPLE;
    swapped.swap(0, 2);
    swapped.swap(1, 0);
    assert_eq!(faults(benign.min(BENIGN), &swapped, Twist::default()), [""; 0]);
}

#[test]
fn a_campaign_that_is_told_otherwise_is_caught() {
    let open = Twist { without_a_link: true, ..Twist::default() };
    assert_ne!(faults(100, &PEOPLE, open), [""; 0]);
    let together = Twist { one_address: true, ..Twist::default() };
    assert_ne!(faults(100, &PEOPLE, together), [""; 0]);
}

#[test]
fn cases_are_told_alike_however_they_are_read() {
    let all = cases(&["--min-level", "informational", "events"]);
    assert!(all.len() > 5, "{}", all.len());
    assert_eq!(all, cases(&["--min-level", "informational", "--jobs", "1", "events"]));
    for case in &all {
        for name in ["case", "level", "because", "headline"] {
            assert!(case[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {case:#}");
        }
    }
    let mut findings: Vec<&str> = all
        .iter()
        .flat_map(|case| case["story"].as_array().unwrap())
        .map(|step| step["finding"].as_str().unwrap())
        .collect();
    let told = findings.len();
    findings.sort_unstable();
    findings.dedup();
    assert_eq!(findings.len(), told, "no finding is in two cases");
    let scanned = out(&trailhound(&["scan", "--format", "ndjson", "events"])).lines().count();
    assert_eq!(told, scanned, "and none is in none");
    for format in ["text", "markdown"] {
        let told = out(&trailhound(&["cases", "--format", format, "events"]));
        let grave = cases(&["events"]);
        for case in &grave {
            assert!(told.contains(case["case"].as_str().unwrap()), "{format}: {case:#}");
        }
    }
}
