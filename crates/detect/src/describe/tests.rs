//! What every finding keeps to, checked on one match of each kind.

pub(super) mod fixture;

use serde_json::Value;

use super::*;
use fixture::{all, aws, azure, now};

fn finding(found: Match) -> (Finding, Value) {
    let finding = describe(found, &Product::new("cli"), now());
    let event = serde_json::from_str(&finding.json).expect("a finding is JSON");
    (finding, event)
}

#[test]
fn the_same_match_and_clock_give_the_same_bytes() {
    for found in all() {
        assert_eq!(finding(found.clone()).0.json, finding(found).0.json);
    }
}

#[test]
fn a_finding_is_one_line_within_64_kibibytes() {
    for found in all() {
        let (finding, _) = finding(found);
        assert!(!finding.json.contains(['\n', '\r']) && finding.json.len() <= MOST_BYTES);
    }
}

#[test]
fn ids_in_the_envelope_and_in_the_data_agree() {
    for found in all() {
        let (finding, event) = finding(found);
        assert_eq!(event["id"], finding.id);
        assert_eq!(event["data"]["metadata"]["uid"], finding.id);
        assert_eq!(event["data"]["finding_info"]["uid"], finding.uid);
        assert_eq!(event["ruleid"], finding.matched.rule_id());
        assert_eq!(event["origin"], finding.matched.origin);
        assert_eq!(event["severity"], finding.level().as_str());
        assert_eq!(event["severityid"], event["data"]["severity_id"]);
        assert_eq!(event["cloudaccount"], event["data"]["cloud"]["account"]["uid"]);
    }
}

#[test]
fn a_place_tells_findings_apart_only_where_the_event_has_no_id() {
    let at = |found: &Match, origin: &str| finding_uid(&Match { origin: origin.to_owned(), ..found.clone() });
    let named = aws();
    assert_eq!(at(&named, "a.json#1"), at(&named, "b.json#7"));
    let mut nameless = aws();
    nameless.facts.content = Some(nameless.facts.event_uid.clone());
    assert_ne!(at(&nameless, "a.json:1"), at(&nameless, "a.json:2"));
    assert_eq!(at(&nameless, "a.json:1"), at(&nameless, "a.json:1"));
}

#[test]
fn the_message_says_who_did_what_from_where() {
    let message = finding(aws()).1["data"]["message"].clone();
    assert_eq!(
        message,
        "OpsReadOnly/dana opened a tunnel to db.internal.example:5432 through i-0123456789abcdef0 from 203.0.113.45 \
         without MFA."
    );
    let message = finding(azure()).1["data"]["message"].clone();
    assert_eq!(
        message,
        "Service principal 77777777-8888-9999-0000-aaaaaaaaaaaa ran a script on vm-pay-01 with Run Command from \
         198.51.100.23."
    );
}

#[test]
fn every_finding_is_valid_in_every_schema_at_hand() {
    for found in all() {
        let (finding, event) = finding(found);
        if let Err(wrong) = trailhound_conformance::validate_finding(&finding.json) {
            panic!("{}:\n{}\n{event:#}", finding.matched.rule.name, wrong.join("\n"));
        }
    }
}
