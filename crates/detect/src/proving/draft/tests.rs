use serde_json::Value;

use super::*;
use crate::event::FieldMaps;
use crate::log_type::LogType;
use crate::proving::{Expect, Tests, parse_all, run, survivors};

fn naming(name: &str) -> Naming {
    Naming {
        name: name.to_owned(),
        title: None,
        id: "00000000-0000-4000-8000-000000000021".to_owned(),
        level: "medium".to_owned(),
        date: "2026-11-20".to_owned(),
    }
}

/// Loads what was drafted beside the shipped rules, strictly, runs its tests, and takes the rule apart.
fn holds(drafted: &Drafted) -> Vec<Expect> {
    let rule = RuleFile { path: "mine/drafted.yml".to_owned(), text: drafted.rule.clone() };
    let loaded = load_as(&[rule], Loading { strict: true, ..Loading::default() });
    let wrong: Vec<String> = loaded.errors().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{wrong:?}\n{}", drafted.rule);
    let tests = RuleFile { path: "mine/drafted.tests.yml".to_owned(), text: drafted.tests.clone() };
    let [Ok(Tests::Rule(tests))] = &parse_all(&[tests])[..] else { panic!("{}", drafted.tests) };
    let detection = loaded.rules.named(&tests.rule).unwrap();
    assert!(run(detection, tests).is_empty(), "{}", drafted.tests);
    let mut again = crate::rules::detection(detection.rule.clone(), FieldMaps).unwrap();
    let unnoticed = survivors(&mut again, tests, &FieldMaps);
    assert!(unnoticed.is_empty(), "{unnoticed:?}\n{}\n{}", drafted.rule, drafted.tests);
    tests.tests.iter().map(|test| test.expect).collect()
}

#[test]
fn a_rule_is_begun_with_any_record_that_rules_read() {
    for &log in LogType::ALL.iter().filter(|log| logs::of(**log).fields.is_some()) {
        let draft = Draft::of_sample(logs::of(log).sample.as_bytes(), None).unwrap();
        assert_eq!(draft.log, log);
        let expects = holds(&draft.write(&naming(&draft.suggested_name())).unwrap());
        assert!(expects.contains(&Expect::Match) && expects.contains(&Expect::None), "{log:?}: {expects:?}");
        let refused = !logs::of(log).begun.refused.is_empty();
        assert_eq!(expects.contains(&Expect::Attempt), refused, "{log:?}");
        assert!(expects.contains(&Expect::Rejected), "{log:?}");
    }
}

#[test]
fn a_rule_is_begun_with_the_name_of_an_operation() {
    for (log, event, says) in [
        ("aws/cloudtrail", "ssm:StartSession", "eventSource: ssm.amazonaws.com"),
        ("aws/cloudtrail", "ResumeSession", "eventSource: ssm.amazonaws.com"),
        ("aws/cloudtrail", "kms:ScheduleKeyDeletion", "eventSource: kms.amazonaws.com"),
        ("aws/cloudtrail", "NobodyKnowsThis", "eventName: NobodyKnowsThis"),
        ("azure/activitylogs", "Microsoft.Compute/virtualMachines/runCommand/action", "operationName: "),
        ("azure/auditlogs", "Add member to role", "operationName: Add member to role"),
        ("kubernetes/audit", "create pods/exec", "objectRef.subresource: exec"),
        ("kubernetes/audit", "get secrets", "objectRef.resource: secrets"),
        ("windows/process_creation", "ssh.exe", "Image|endswith: \"\\\\ssh.exe\""),
        ("linux/process_creation", "ssh", "Image|endswith: \"/ssh\""),
        ("gcp/gcp.audit", "v1.compute.instances.setMetadata", "protoPayload.methodName: "),
    ] {
        let draft = Draft::of_event(log, event).unwrap();
        let drafted = draft.write(&naming(&draft.suggested_name())).unwrap();
        assert!(drafted.rule.contains(says), "{}", drafted.rule);
        holds(&drafted);
    }
    assert!(matches!(Draft::of_event("aws/cloudtrial", "StartSession"), Err(NoDraft::Log(_))));
    let several = Draft::of_event("aws/cloudtrail", "StartSession").unwrap_err().to_string();
    assert!(several.contains("ssm:StartSession") && several.contains("sagemaker:StartSession"), "{several}");
    assert!(matches!(Draft::of_event("aws/cloudtrail", " "), Err(NoDraft::Unnamed(..))));
    assert!(matches!(Draft::of_event("kubernetes/audit", "create"), Err(NoDraft::Unnamed(..))));
}

#[test]
fn of_a_sample_of_many_records_the_one_that_is_meant_is_taken() {
    let record = |name: &str| {
        let mut record: Value = serde_json::from_str(logs::of(LogType::CloudTrail).sample).unwrap();
        record["eventName"] = name.into();
        record
    };
    let sample = serde_json::json!({"Records": [record("First"), record("Second")]}).to_string();
    let told =
        |event| Draft::of_sample(sample.as_bytes(), event).map(|draft| draft.told.last().unwrap().1.clone());
    assert_eq!(told(None).unwrap(), "First");
    assert_eq!(told(Some("second")).unwrap(), "Second");
    assert_eq!(told(Some("ssm:Second")).unwrap(), "Second");
    let wrong = told(Some("Third")).unwrap_err().to_string();
    assert!(wrong.contains("First, Second") && wrong.contains("2 records"), "{wrong}");
    assert!(matches!(Draft::of_sample(b"{}", None), Err(NoDraft::NoRecord)));
}

/// Whatever a record holds, it stays a value.
#[test]
fn what_a_record_holds_stays_text() {
    let hostile = "x: [y]\n- level: critical # \u{1b}[31m'\"\\ %admins% *";
    let mut record: Value = serde_json::from_str(logs::of(LogType::CloudTrail).sample).unwrap();
    record["userAgent"] = hostile.into();
    record["requestParameters"] =
        serde_json::json!({hostile: {hostile: [hostile, 1, null, {"on": "yes"}]}, "n": "1e3"});
    let draft = Draft::of_sample(record.to_string().as_bytes(), None).unwrap();
    let drafted = draft.write(&Naming { title: Some(hostile.to_owned()), ..naming("mine") }).unwrap();
    let rule = RuleFile { path: "t.yml".to_owned(), text: drafted.rule };
    let loaded = load_as(&[rule], Loading { shipped: false, ..Loading::default() });
    assert_eq!(loaded.rules.named("mine").unwrap().rule.meta.title, hostile);
    let tests =
        parse_all(&[RuleFile { path: "t.tests.yml".to_owned(), text: drafted.tests }]).remove(0).unwrap();
    let Tests::Rule(tests) = tests else { panic!() };
    let kept: Value = serde_json::from_slice(&tests.tests[0].event).unwrap();
    assert_eq!(kept["requestParameters"], record["requestParameters"]);
    assert_eq!(kept["userAgent"], record["userAgent"]);
}
