use serde_json::json;

use crate::event::testing::{facts, merged, with};
use crate::facts::{ActorKind, OutcomeKind};

#[test]
fn a_row_of_the_event_history_is_refused_with_the_way_out() {
    let row = json!({"Event name": "StartSession", "Event time": "2026-11-20T09:00:00Z", "User name": "dana",
        "Event source": "ssm.amazonaws.com", "AWS region": "eu-central-1", "AWS access key": "ASIAEXAMPLE"});
    let error = with(&row.to_string(), |_| ()).unwrap_err();
    assert!(error.detail.contains("event history"), "{error:?}");
}

#[test]
fn who_and_what_in_a_form_that_nobody_reads_is_not_taken_for_absent() {
    for member in ["userIdentity", "requestParameters"] {
        let record = json!({"eventName": "StartSession", "eventSource": "ssm.amazonaws.com", member: "[object Object]"});
        let error = with(&record.to_string(), |_| ()).unwrap_err();
        assert!(error.detail.starts_with(member), "{error:?}");
    }
}

#[test]
fn what_was_taken_out_is_absent_and_the_rest_is_told() {
    let record = json!({"eventName": "StartSession", "eventSource": "ssm.amazonaws.com",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/dana", "userName": "dana"},
        "requestParameters": {"target": "i-0123456789abcdef0"}});
    for answer in ["<redacted>", "(hidden)", "[object Object]", "{Root, 1111}"] {
        let facts =
            facts(&merged(&record, &json!({"responseElements": answer, "additionalEventData": answer})));
        assert_eq!(facts.target.ids, ["i-0123456789abcdef0"], "{answer}");
        assert_eq!(facts.actor.display, "dana", "{answer}");
    }
    for taken in ["<redacted>", "{PII Removed}"] {
        let facts = facts(&merged(&record, &json!({"userIdentity": taken, "requestParameters": taken})));
        assert!(facts.parameters_hidden && facts.target.ids.is_empty(), "{taken}");
        assert_eq!(facts.actor.kind, ActorKind::Unknown, "{taken}");
    }
}

#[test]
fn how_a_sign_in_went_is_read_in_any_case_of_its_name() {
    let login = |response| {
        facts(
            &json!({"eventName": "ConsoleLogin", "eventSource": "signin.amazonaws.com", "responseElements": response}),
        )
    };
    assert_eq!(login(json!({"consoleLogin": "Failure"})).outcome.kind, OutcomeKind::Failed);
    assert_eq!(login(json!({"consolelogin": "Success"})).outcome.kind, OutcomeKind::Success);
    assert_eq!(login(json!({})).outcome.kind, OutcomeKind::Unknown);
}

#[test]
fn an_error_is_none_the_less_one_in_a_list_or_an_object() {
    for code in [json!(["AccessDenied"]), json!({"value": "AccessDenied"}), json!("['AccessDenied']")] {
        let facts = facts(
            &json!({"eventName": "StartSession", "eventSource": "ssm.amazonaws.com", "errorCode": code}),
        );
        assert_eq!(facts.outcome.kind, OutcomeKind::Denied, "{code}");
        assert_eq!(facts.outcome.code.as_deref(), Some("AccessDenied"));
    }
}
