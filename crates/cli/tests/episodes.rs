//! What an episode tells of its machines: one where it is about one, and each as its log writes it.

mod common;

use common::{Folder, err, out, trailhound};
use serde_json::{Value, json};

/// A call of dana's at a minute.
fn call(minute: u16, source: &str, name: &str, parameters: &Value) -> String {
    record(minute, source, name, parameters).to_string()
}

fn record(minute: u16, source: &str, name: &str, parameters: &Value) -> Value {
    let time = format!("2026-03-18T{:02}:{:02}:00Z", 9 + minute / 60, minute % 60);
    let id = format!("00000000-0000-4000-8000-00000000{minute:04}");
    json!({
        "eventVersion": "1.09", "eventSource": source, "eventName": name, "eventTime": time, "eventID": id,
        "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.45", "userAgent": "aws-cli/2.22.0",
        "recipientAccountId": "111122223333", "eventType": "AwsApiCall", "eventCategory": "Management",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/dana",
            "accountId": "111122223333", "userName": "dana"},
        "requestParameters": parameters, "responseElements": {"_return": true},
    })
}

/// A shell on the machine of a number, by a session of a role that several have, and how it ended.
fn shell(minute: u16, machine: u8, session: &str, error: Option<&str>) -> String {
    let target = json!({"target": format!("i-0123456789abcde{machine:02}")});
    let mut record = record(minute, "ssm.amazonaws.com", "StartSession", &target);
    record["userIdentity"] = json!({
        "type": "AssumedRole", "arn": format!("arn:aws:sts::111122223333:assumed-role/operations/{session}"),
        "accountId": "111122223333", "principalId": format!("AROAEXAMPLEROLEID0001:{session}"),
        "sessionContext": {"sessionIssuer": {
            "type": "Role", "arn": "arn:aws:iam::111122223333:role/operations", "userName": "operations"}}});
    record["responseElements"] = json!({"sessionId": format!("{session}-{minute:017}")});
    if let Some(error) = error {
        (record["errorCode"], record["responseElements"]) = (error.into(), Value::Null);
    }
    record.to_string()
}

/// The one alert of a rule that records lead to.
fn alert(rule: &str, records: &[String]) -> Value {
    let folder = Folder::new();
    let file = folder.write("a.jsonl", records.join("\n"));
    let output = trailhound(&["scan", "--format", "ndjson", &file]);
    let findings = out(&output);
    let all = findings.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut alerts = all.filter(|finding| finding["ruleid"] == rule);
    let alert = alerts.next().unwrap_or_else(|| panic!("no {rule}:\n{findings}{}", err(&output)));
    assert!(alerts.next().is_none(), "{findings}");
    alert
}

fn message(alert: &Value) -> &str {
    alert["data"]["message"].as_str().unwrap()
}

fn targets(alert: &Value) -> Vec<&str> {
    let resources = alert["data"]["resources"].as_array().unwrap().iter();
    let targets = resources.filter(|resource| resource["role"] == "Target");
    targets.map(|target| target["name"].as_str().unwrap()).collect()
}

#[test]
fn a_start_up_script_behind_decoys_tells_its_one_machine() {
    let victim = "i-0123456789abcdef0";
    let all: Vec<Value> = (0..60)
        .map(|n| format!("i-{n:017x}"))
        .chain([victim.to_owned()])
        .map(|id| json!({"instanceId": id}))
        .collect();
    let many = json!({"instancesSet": {"items": all}});
    let script = json!({"instanceId": victim, "attribute": "userData", "userData": "<sensitiveDataRemoved>"});
    let told = alert(
        "aws-userdata-planted",
        &[
            call(1, "ec2.amazonaws.com", "StopInstances", &many),
            call(2, "ec2.amazonaws.com", "ModifyInstanceAttribute", &script),
            call(3, "ec2.amazonaws.com", "StartInstances", &many),
        ],
    );
    assert!(message(&told).contains(&format!("stopped {victim}, replaced")), "{}", message(&told));
    assert_eq!(targets(&told), [victim]);
}

/// A command on a machine of Azure's, at a minute.
fn run_command(minute: u16, machine: &str) -> String {
    let id = format!(
        "/SUBSCRIPTIONS/00000000-0000-4000-8000-000000000001/RESOURCEGROUPS/RG-SHOP/PROVIDERS/MICROSOFT.COMPUTE/\
         VIRTUALMACHINES/{machine}"
    );
    json!({
        "time": format!("2026-03-18T10:{minute:02}:00Z"), "resourceId": id,
        "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "category": "Administrative",
        "resultType": "Success", "resultSignature": "Succeeded.", "level": "Information",
        "callerIpAddress": "198.51.100.23",
        "correlationId": format!("00000000-0000-4000-8000-0000000000{minute:02}"),
        "identity": {"claims": {
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "alice@example.com",
            "http://schemas.microsoft.com/identity/claims/objectidentifier":
                "00000000-0000-4000-8000-0000000000aa"}},
    })
    .to_string()
}

#[test]
fn machines_of_a_burst_are_written_as_in_their_log() {
    let records: Vec<String> = (1..=3).map(|n| run_command(n, &format!("Web-{n}"))).collect();
    let told = alert("machines-in-a-burst", &records);
    assert!(message(&told).contains("3 machines (Web-1, Web-2, Web-3)"), "{}", message(&told));
    assert_eq!(targets(&told), ["Web-1", "Web-2", "Web-3"]);
}

#[test]
fn what_was_only_tried_is_not_told_as_reached() {
    let mut records: Vec<String> = (0..3).map(|n| shell(n.into(), n, "dana", Some("AccessDenied"))).collect();
    records.push(shell(5, 9, "dana", None));
    let told = alert("machine-access-tried-until-allowed", &records);
    assert!(message(&told).contains("reached i-0123456789abcde09 after failed"), "{}", message(&told));
    assert_eq!(targets(&told), ["i-0123456789abcde09"]);
    assert_eq!(told["data"]["count"], 4);
}

#[test]
fn several_who_share_a_role_are_all_told() {
    let by = ["dana", "erin", "erin"];
    let records: Vec<String> = (0..3).map(|n| shell(n.into(), n, by[usize::from(n)], None)).collect();
    let told = alert("machines-in-a-burst", &records);
    let message = message(&told);
    assert!(message.starts_with("operations/dana and operations/erin reached 3 machines"), "{message}");
    assert!(message.contains(", last from 203.0.113.45"), "{message}");
    let folder = Folder::new();
    let file = folder.write("a.jsonl", records.join("\n"));
    let csv = out(&trailhound(&["scan", "--format", "csv", &file]));
    assert!(csv.contains("\"operations/dana and operations/erin\""), "{csv}");
}

#[test]
fn what_lies_before_a_sequence_is_not_told_as_done_after_it() {
    let group = json!({"groupId": "sg-0123456789abcdef0", "ipPermissions": {"items": [
        {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}}]}});
    let key = |minute, machine: &str| {
        let pushed =
            json!({"instanceId": machine, "instanceOSUser": "root", "sSHPublicKey": "ssh-ed25519 AAAA"});
        call(minute, "ec2-instance-connect.amazonaws.com", "SendSSHPublicKey", &pushed)
    };
    let told = alert(
        "aws-login-port-opened-then-key",
        &[
            key(1, "i-0123456789abcde01"),
            call(30, "ec2.amazonaws.com", "AuthorizeSecurityGroupIngress", &group),
            key(35, "i-0123456789abcde02"),
        ],
    );
    let sentence = "pushed a key to i-0123456789abcde02 5 minutes after a login port was opened";
    assert!(message(&told).contains(sentence), "{}", message(&told));
    assert_eq!(targets(&told), ["i-0123456789abcde02"]);
}

#[test]
fn what_adds_up_from_parts_tells_their_whole_time() {
    let records: Vec<String> = (0..7).map(|n| shell(40 * u16::from(n), n, "dana", None)).collect();
    let told = alert("machines-one-by-one", &records);
    assert!(message(&told).contains("reached 6 machines") && message(&told).contains("within 3 hours"));
    let at = |key: &str| told["data"][key].as_i64().unwrap();
    assert_eq!(at("end_time") - at("start_time"), 200 * 60_000);
    assert_eq!(told["data"]["count"], 6);
}

#[test]
fn an_event_that_two_rules_found_is_one_event() {
    let machines: Vec<String> = (0..6).map(|at| format!("i-0123456789abcde{at:02}")).collect();
    let failed = |minute| {
        let parameters = json!({"documentName": "AWS-RunShellScript", "instanceIds": machines});
        let mut record = record(minute, "ssm.amazonaws.com", "SendCommand", &parameters);
        (record["errorCode"], record["responseElements"]) = ("InvalidInstanceId".into(), Value::Null);
        record.to_string()
    };
    let told = alert("attempts-in-a-row", &(0..10).map(failed).collect::<Vec<_>>());
    assert_eq!(told["data"]["count"], 10, "{told:#}");
    assert!(told["data"]["message"].as_str().unwrap().starts_with("10 calls of dana"), "{told:#}");
}

#[test]
fn a_correlation_of_ones_own_names_its_key_by_the_fields_name() {
    let rules = "title: Key scheduled\nname: mine\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  sel: {eventName: ScheduleKeyDeletion}\n  condition: sel\nlevel: low\ntrailhound:\n  sentence: \"{actor} scheduled {requestParameters.keyId} ({requestParameters.window})\"\n---\ntitle: Again\nname: again\ncorrelation:\n  type: event_count\n  rules: [mine]\n  group-by: [requestParameters.keyId]\n  timespan: 1h\n  condition: {gte: 2}\nlevel: high\ngenerate: true\n";
    let folder = Folder::new();
    folder.write("mine/rules.yml", rules);
    let key = json!({"keyId": "alias/orders", "password": "Sup3rSecretValue99"});
    let records: Vec<String> =
        (1..3).map(|at| call(at, "kms.amazonaws.com", "ScheduleKeyDeletion", &key)).collect();
    let file = folder.write("a.jsonl", records.join("\n"));
    let mine = folder.path("mine");
    let told = out(&trailhound(&["scan", "--explain", "--rules", &mine, &file]));
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("dana scheduled alias/orders (no window)"), "{told}");
    assert!(told.contains("2 events of dana within 1 minute, with keyId alias/orders"), "{told}");
    assert!(told.contains("in the group requestParameters.keyId=alias/orders"), "{told}");
    assert!(!told.contains("Sup3rSecretValue99"), "{told}");
}
