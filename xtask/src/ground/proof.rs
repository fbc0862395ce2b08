//! That a rule fires on an operation is shown by a record of the operation, as small as the log writes it.

use serde_json::{Value, json};
use trailhound_detect::matched::Level;
use trailhound_detect::proving::{self, Expect, RuleTest, RuleTests};
use trailhound_detect::rules::{Detection, RuleSet, load_embedded};

use super::list::{Ground, Verdict};

/// An operation that its rule fires on.
pub(super) struct Proven {
    pub(super) service: String,
    pub(super) operation: String,
    pub(super) class: String,
    pub(super) rule: String,
    pub(super) level: Level,
    /// Raises no alert of its own; correlations look at it.
    pub(super) is_step: bool,
}

/// What is proven, and what is wrong.
pub(super) fn of(ground: &Ground) -> (Vec<Proven>, Vec<String>) {
    let rules = load_embedded().rules;
    let (mut proven, mut wrong) = (Vec::new(), Vec::new());
    let clouds = [(&ground.aws.verdicts, aws as fn(&Verdict) -> Value), (&ground.azure.verdicts, azure)];
    for (rows, record) in clouds {
        for row in rows {
            let Some(rule) = &row.rule else { continue };
            match prove(&rules, row, rule, record(row)) {
                Ok(row) => proven.push(row),
                Err(why) => wrong.push(format!("{} {}: {why}", row.service, row.operation)),
            }
        }
    }
    for row in ground.told() {
        if let Some(rule) = row.rule.as_ref().filter(|rule| rules.find(rule).is_none()) {
            wrong.push(format!("{}: there is no rule {rule}", row.name));
        }
    }
    (proven, wrong)
}

pub(super) fn prove(rules: &RuleSet, row: &Verdict, rule: &str, mut record: Value) -> Result<Proven, String> {
    let detection = rules.find(rule).ok_or_else(|| format!("there is no rule {rule}"))?;
    if let Some(needs) = &row.record {
        let needs = serde_json::from_str(needs).map_err(|error| format!("cannot read '{needs}': {error}"))?;
        merge(&mut record, needs);
    }
    let level = fires(detection, &record).ok_or_else(|| format!("{rule} does not fire on it"))?;
    Ok(Proven {
        service: row.service.clone(),
        operation: row.operation.clone(),
        class: row.class.clone(),
        rule: rule.to_owned(),
        level,
        is_step: !detection.extension.alone,
    })
}

/// At which level the rule fires on the record, if it does.
fn fires(detection: &Detection, record: &Value) -> Option<Level> {
    let test = RuleTest {
        name: String::new(),
        line: 0,
        expect: Expect::None,
        known: None,
        level: None,
        event: record.to_string().into_bytes(),
    };
    let tests = RuleTests { file: String::new(), rule: detection.info.name.clone(), tests: vec![test] };
    let failures = proving::run(detection, &tests);
    failures.first().filter(|failure| failure.got == Expect::Match).and_then(|failure| failure.level)
}

pub(super) fn aws(row: &Verdict) -> Value {
    json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLEROLEID0001:dana@example.com",
            "arn": "arn:aws:sts::111122223333:assumed-role/operations/dana@example.com",
            "accountId": "111122223333",
        },
        "eventTime": "2026-11-20T09:10:00Z",
        "eventSource": format!("{}.amazonaws.com", row.service),
        "eventName": row.operation,
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.45",
        "requestParameters": {},
        "eventID": "00000000-0000-4000-8000-000000000001",
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
    })
}

pub(super) fn azure(row: &Verdict) -> Value {
    let operation = format!("{}/{}", row.service, row.operation).to_uppercase();
    json!({
        "time": "2026-11-20T09:10:00Z",
        "resourceId": format!(
            "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/RESOURCEGROUPS/RG/PROVIDERS/{}/X/Y",
            row.service.to_uppercase()
        ),
        "operationName": operation,
        "category": "Administrative",
        "resultType": "Success",
        "resultSignature": "Succeeded.",
        "correlationId": "00000000-0000-0000-0000-00000000c0de",
        "tenantId": "00000000-0000-0000-0000-0000000000ff",
    })
}

/// Objects are merged, everything else replaces.
fn merge(target: &mut Value, patch: Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(target.entry(key).or_insert(Value::Null), value);
            }
        }
        (target, patch) => *target = patch,
    }
}
