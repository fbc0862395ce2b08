//! What every finding keeps to, checked on one match of each kind.

pub(super) mod fixture;

use serde_json::Value;

use super::*;
use crate::matched::Level;
use fixture::{all, aws, azure, host, now, text};

fn finding(found: Match) -> (Finding, Value) {
    let finding = describe(found, &Product::new("cli"), now());
    let event = serde_json::from_str(finding.json()).expect("a finding is JSON");
    (finding, event)
}

#[test]
fn the_same_match_and_clock_give_the_same_bytes() {
    for found in all() {
        assert_eq!(finding(found.clone()).0.json(), finding(found).0.json());
    }
}

#[test]
fn a_finding_that_nobody_reads_is_not_written() {
    for found in all() {
        let finding = describe(found, &Product::new("cli"), now());
        let (_, _, _) = (finding.title(), finding.message(), finding.level());
        assert!(finding.json.get().is_none());
        let copy = finding.clone();
        assert_eq!(copy.json(), finding.json());
    }
}

#[test]
fn a_finding_is_one_line_within_64_kibibytes() {
    for found in all() {
        let (finding, _) = finding(found);
        assert!(!finding.json().contains(['\n', '\r']) && finding.json().len() <= MOST_BYTES);
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
        assert_eq!(event["origin"], finding.matched.from.origin);
        assert_eq!(event["severity"], finding.level().as_str());
        assert_eq!(event["severityid"], event["data"]["severity_id"]);
        assert_eq!(event["cloudaccount"], event["data"]["cloud"]["account"]["uid"]);
    }
}

#[test]
fn a_place_tells_findings_apart_only_where_the_event_has_no_id() {
    let at = |found: &Match, origin: &str| {
        let mut found = found.clone();
        found.from.origin = origin.to_owned();
        found.uid().to_owned()
    };
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
        if let Err(wrong) = trailhound_conformance::validate_finding(finding.json()) {
            panic!("{}:\n{}\n{event:#}", finding.matched.rule.name, wrong.join("\n"));
        }
    }
}

#[test]
fn a_command_to_ten_thousand_machines_fits_and_says_how_many() {
    let mut found = aws();
    let ids: Vec<String> = (0..10_000).map(|n| format!("i-{n:017x}")).collect();
    found.facts.target.ids = ids.clone().into();
    found.facts.target.names = ids.clone().into();
    found.facts.target.count = 10_000;
    found.excerpt.shown = vec![("requestParameters.instanceIds".to_owned(), ids.into())];
    let (finding, event) = finding(found);
    let data = &event["data"];
    assert!(finding.json().len() <= MOST_BYTES, "{}", finding.json().len());
    assert_eq!(data["resources"].as_array().unwrap().len(), 50);
    assert_eq!(data["evidences"][0]["api"]["request"]["data"]["instanceIds"].as_array().unwrap().len(), 50);
    assert_eq!(data["metadata"]["is_truncated"], true);
    assert!(data["metadata"]["untruncated_size"].as_u64().unwrap() > 1_000, "{}", data["metadata"]);
    assert_eq!(data["unmapped"]["target_count"], 10_000);
    assert_eq!(data["count"], 1);
    trailhound_conformance::validate_finding(finding.json()).unwrap();
}

#[test]
fn a_finding_that_loses_nothing_does_not_say_it_did() {
    for found in all() {
        let metadata = finding(found).1["data"]["metadata"].clone();
        assert!(metadata.get("is_truncated").is_none(), "{metadata}");
    }
}

/// Every string of the facts at once as long and as hostile as it gets.
#[test]
fn no_record_can_make_a_finding_too_large_or_invalid() {
    let long = "\u{202e}\u{1b}🦮\\\"".repeat(150);
    for mut found in all() {
        let facts = &mut found.facts;
        let more = || Some(long.clone());
        for slot in [
            &mut facts.document,
            &mut facts.document_account,
            &mut facts.extension_type,
            &mut facts.session_id,
            &mut facts.request_id,
            &mut facts.reason,
            &mut facts.log_version,
            &mut facts.log_name,
            &mut facts.actor.uid,
            &mut facts.actor.principal_id,
            &mut facts.actor.name,
            &mut facts.actor.session,
            &mut facts.actor.issuer,
            &mut facts.actor.credential_uid,
            &mut facts.actor.account,
            &mut facts.actor.source_identity,
            &mut facts.actor.app_id,
            &mut facts.actor.role,
            &mut facts.actor.invoked_by,
            &mut facts.source.user_agent,
            &mut facts.source.service,
            &mut facts.source.cli_command,
            &mut facts.scope.region,
            &mut facts.scope.partition,
            &mut facts.scope.tenant,
            &mut facts.scope.resource_group,
            &mut facts.outcome.code,
            &mut facts.outcome.message,
        ] {
            *slot = more();
        }
        facts.event_uid.clone_from(&long);
        facts.original_time.clone_from(&long);
        facts.actor.display.clone_from(&long);
        facts.actor.type_name.clone_from(&long);
        facts.action.operation.clone_from(&long);
        facts.action.service.clone_from(&long);
        facts.scope.account.clone_from(&long);
        facts.target.kind.clone_from(&long);
        facts.target.ids = vec![long.clone(); 200].into();
        facts.target.names.to_mut().clear();
        facts.target.selectors = vec![long.clone(); 200];
        found.from.delivery.clone_from(&long);
        found.from.origin.clone_from(&long);
        found.excerpt.shown = (0..100)
            .map(|n| (format!("requestParameters.{long}{n}"), vec![long.clone(); 12].into()))
            .collect();
        let (finding, _) = finding(found);
        trailhound_conformance::validate_finding(finding.json()).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
    }
}

#[test]
fn data_is_the_same_whatever_path_and_product() {
    let strip = |mut event: Value| {
        for pointer in [
            "/data/metadata/log_name",
            "/data/metadata/processed_time",
            "/data/metadata/product/feature",
            "/data/finding_info/created_time",
            "/data/raw_data_hash",
            "/data/raw_data_size",
        ] {
            *event.pointer_mut(pointer).unwrap() = Value::Null;
        }
        event["data"].clone()
    };
    let here = strip(finding(aws()).1);
    let mut other = aws();
    other.from.origin = "eventhub://example/hub/0@7".to_owned();
    other.from.delivery.clone_from(&other.from.origin);
    other.from.raw_hash = "11".repeat(32);
    other.from.raw_size = 7;
    let there = describe(other, &Product::new("aws-lambda"), now() + jiff::SignedDuration::from_secs(99));
    assert_eq!(here, strip(serde_json::from_str(there.json()).unwrap()));
}

#[test]
fn an_attempt_is_told_in_title_message_and_detail_under_its_rules_name() {
    let mut found = aws();
    found.verdict.attempt = true;
    found.facts.outcome.kind = crate::event::OutcomeKind::Denied;
    found.facts.outcome.code = text("AccessDenied");
    let (_, event) = finding(found);
    let data = &event["data"];
    assert_eq!(event["ruleid"], "aws-ssm-session-tunnel.attempt");
    assert_eq!(data["finding_info"]["analytic"]["uid"], "aws-ssm-session-tunnel");
    assert_eq!(
        data["finding_info"]["title"],
        "Denied attempt: Port forwarding opened through Session Manager"
    );
    assert_eq!(data["status_detail"], "Denied: AccessDenied");
    assert_eq!(data["unmapped"]["attempt"], true);
}

#[test]
fn what_moved_level_and_score_is_listed() {
    let mut found = aws();
    found.verdict.adjustments = vec![crate::matched::Adjustment {
        from: Level::Medium,
        to: Level::High,
        because: "a jump host".to_owned(),
    }];
    found.verdict.suppressions = vec![crate::matched::AppliedSuppression {
        id: "SUP-7".to_owned(),
        action: "tag",
        reason: "known tunnel".to_owned(),
    }];
    found.verdict.newness.first = vec!["network".to_owned()];
    found.verdict.newness.unavailable = true;
    let (finding, event) = finding(found);
    let unmapped = &event["data"]["unmapped"];
    assert_eq!(unmapped["risk_parts"][1], serde_json::json!({"name": "a person without MFA", "points": 10}));
    assert_eq!(unmapped["adjustments"][0]["because"], "a jump host");
    assert_eq!(unmapped["suppressions_applied"][0]["id"], "SUP-7");
    assert_eq!(unmapped["newness"]["first_seen"][0], "network");
    assert_eq!(unmapped["state_unavailable"], true);
    trailhound_conformance::validate_finding(finding.json()).unwrap();
}

#[test]
fn a_hosts_cloud_is_that_of_its_agent_and_said_to_be_so() {
    let (_, event) = finding(host());
    assert_eq!(event["source"], "urn:trailhound:host:web-01");
    assert_eq!(event["data"]["cloud"]["provider"], "Azure");
    assert_eq!(event["data"]["cloud"]["account"]["uid"], "unknown");
    assert_eq!(event["data"]["unmapped"]["cloud_basis"], "agent");
    let cloud = |image: &str, line: &str| {
        let mut found = host();
        let process = found.facts.process.as_mut().unwrap();
        process.image = text(image);
        process.command_line = text(line);
        process.parent_image = None;
        let data = finding(found).1["data"].clone();
        format!(
            "{} {}",
            data["cloud"]["provider"].as_str().unwrap(),
            data["unmapped"]["cloud_basis"].as_str().unwrap()
        )
    };
    assert_eq!(cloud("/usr/bin/aws", "aws ssm start-session"), "AWS tool");
    assert_eq!(cloud(r"C:\\Windows\\cmd.exe", r#""C:\\CLI2\\az.cmd" login"#), "Azure tool");
    assert_eq!(cloud("/usr/bin/python3", "python3 -Im azure.cli login"), "Azure tool");
    assert_eq!(cloud("/usr/bin/bash", "bash -c /var/lib/amazon/ssm/x/_script.sh"), "AWS agent");
    assert_eq!(cloud("/usr/bin/gcloud", "gcloud auth login"), "AWS assumed");
}

#[test]
fn sources_name_account_and_region_or_what_there_is() {
    let source = |found: Match| finding(found).1["source"].as_str().unwrap().to_owned();
    assert_eq!(source(aws()), "urn:trailhound:aws:111122223333:eu-west-1");
    assert_eq!(source(azure()), "urn:trailhound:azure:00000000-1111-2222-3333-444444444444");
    let mut odd = aws();
    odd.facts.scope.region = text("eu west\u{202e}:1");
    assert_eq!(source(odd), "urn:trailhound:aws:111122223333:eu%20west%E2%80%AE%3A1");
}

#[test]
fn a_record_without_a_time_takes_the_clocks_and_says_so() {
    let mut found = aws();
    found.facts.time = Some("1970-01-01T00:00:07Z".parse().unwrap());
    let (_, event) = finding(found);
    assert_eq!(event["data"]["time"], now().as_millisecond());
    assert_eq!(event["data"]["unmapped"]["time_unknown"], true);
}

#[test]
fn a_finding_reads_like_this() {
    insta::assert_json_snapshot!(finding(aws()).1);
    insta::assert_json_snapshot!(finding(azure()).1);
}
