mod cut_off;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Forms, Reader, Reading};
use crate::event::testing::with;
use crate::event::{LogType, classify};
use crate::tally::RejectReason;

/// One record of each kind, for mutation.
fn samples() -> Vec<Value> {
    vec![
        json!({"eventVersion": "1.11", "eventName": "SendCommand", "eventSource": "ssm.amazonaws.com", "eventTime": "2026-11-20T09:00:00Z",
            "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/R/s"},
            "requestParameters": {"targets": [{"key": "tag:a", "values": ["b"]}], "parameters": {"portNumber": ["1"]}},
            "errorMessage": "perform: ssm:SendCommand on resource: arn:aws:ec2:eu-west-1:111122223333:instance/i-00000001"}),
        json!({"category": "Administrative", "operationName": "A/B/ACTION", "resultType": "Failure", "time": "3/24/2026 2:42:35 PM",
            "resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/A/B/C/EXTENSIONS/D", "identity": {"claims": {"appid": "x"}},
            "properties": {"statusMessage": "{\"error\":{\"code\":\"AuthorizationFailed\"}}", "responseBody": "{\"properties\":{\"type\":\"T\"}}"}}),
        json!({"operationName": {"value": "A/B/ACTION"}, "status": {"value": "Started"}, "id": "/subscriptions/s/events/e/ticks/1",
            "claims": {"name": "x"}, "eventTimestamp": "2026-11-20T09:00:00Z"}),
        json!({"OperationNameValue": "A/B/ACTION", "ActivityStatusValue": "Success", "Claims": "{\"upn\":\"x\"}", "Properties": "{}"}),
        json!({"category": "SignInLogs", "resultType": "50126", "properties": "{\"userId\":\"u\",\"location\":{}}"}),
        json!({"Type": "SigninLogs", "ResultType": "0", "AppId": "a", "Status": "{\"errorCode\":0}", "UserPrincipalName": "x@example.com"}),
        json!({"category": "AuditLogs", "operationName": "Update user", "properties": {"initiatedBy": {"user": {"id": "u"}}, "targetResources": [{"id": "t"}]}}),
        json!({"EventID": 4688, "Channel": "Security", "NewProcessName": "C:\\x.exe", "ProcessId": "0x1", "MandatoryLabel": "S-1-16-12288"}),
        json!({"winlog": {"event_id": 1, "channel": "Microsoft-Windows-Sysmon/Operational", "event_data": {"Image": "x"}}}),
        json!({"event_simpleName": "ProcessRollup2", "ImageFileName": "x", "MD5HashData": "00"}),
        json!({"event": {"dataset": "aws.cloudtrail", "action": "X", "provider": "ssm.amazonaws.com"}, "aws": {"cloudtrail": {"request_parameters": "{a=[b, {c=d}]}"}}}),
        json!({"detail-type": "AWS API Call via CloudTrail", "detail": {"eventName": "X", "eventSource": "s"}}),
        json!({"CloudTrailEvent": "{\"eventName\":\"X\",\"eventSource\":\"s\"}"}),
        json!({"tables": [{"columns": [{"name": "OperationNameValue"}], "rows": [["A/B"], ["C/D"]]}]}),
        json!({"category": "WindowsEventLogsTable", "properties": {"EventId": 1, "RawXml": "<Event><System><EventID>1</EventID><Channel>Microsoft-Windows-Sysmon/Operational</Channel></System><EventData><Data Name=\"Image\">x</Data></EventData></Event>"}}),
        json!({"protoPayload": {"methodName": "m", "status": {"code": 7}}, "insertId": "i"}),
    ]
}

/// Reads a record to the end: every event's log type and facts.
fn read_all(record: &[u8]) -> Vec<Result<(LogType, String), RejectReason>> {
    let mut found = Vec::new();
    Reader::default().read(record, &mut |event| {
        found.push(event.map(|event| (event.log(), event.facts().identity())).map_err(|error| error.reason));
    });
    found
}

#[test]
fn a_word_of_a_log_makes_no_record_of_it() {
    let run = json!({"time": "2026-11-20T09:00:00Z", "category": "Administrative", "resultType": "Success",
        "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION", "resourceId": "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/V"});
    let sign_in = json!({"category": "SignInLogs", "properties": {"userPrincipalName": "dana@example.com"}});
    let start =
        json!({"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational", "Image": "C:\\x.exe"});
    let call = json!({"eventName": "X", "eventSource": "ssm.amazonaws.com", "awsRegion": "eu-west-1"});
    for (log, record, beside) in [
        (LogType::AzureActivity, run, json!({"category": "Administrative", "operationName": "Run Command"})),
        (LogType::EntraSignIn, sign_in, json!({"category": "SignInLogs", "Type": "SigninLogs"})),
        (
            LogType::ProcessCreation,
            start,
            json!({"EventID": 1, "Channel": "Microsoft-Windows-Sysmon/Operational"}),
        ),
        (LogType::CloudTrail, call, json!({"event": {"dataset": "aws.cloudtrail", "kind": "event"}})),
    ] {
        assert_eq!(read_all(beside.to_string().as_bytes()), [Err(RejectReason::UnknownRecord)], "{beside}");
        for name in ["_raw", "message", "whatever"] {
            for inner in [json!(record.to_string()), record.clone()] {
                let mut carrier = beside.clone();
                carrier[name] = inner;
                let read = read_all(carrier.to_string().as_bytes());
                assert!(matches!(&read[..], [Ok((found, _))] if *found == log), "{carrier}: {read:?}");
            }
        }
    }
}

/// A record of sign-ins whose `properties` are written in some way.
fn sign_in(properties: &Value) -> String {
    let mut record = json!({"time": "2026-11-20T09:00:00Z", "category": "SignInLogs", "resultType": "0"});
    match properties {
        Value::Object(pieces) if pieces.keys().any(|key| key.starts_with("properties")) => {
            record.as_object_mut().unwrap().extend(pieces.clone());
        }
        whole => record["properties"] = whole.clone(),
    }
    record.to_string()
}

#[test]
fn a_record_says_enough_however_its_members_are_written() {
    let named = json!({"userPrincipalName": "dana@example.com"});
    for properties in [
        named.clone(),
        json!({"UserPrincipalName": "dana@example.com"}),
        json!(named.to_string()),
        json!(json!(named.to_string()).to_string()),
        json!("{userPrincipalName=dana@example.com, appId=a}"),
        json!({"properties.userPrincipalName": "dana@example.com"}),
        json!({"properties": null, "properties.userprincipalname": "dana@example.com"}),
    ] {
        let read = read_all(sign_in(&properties).as_bytes());
        assert!(matches!(read[..], [Ok((LogType::EntraSignIn, _))]), "{properties}: {read:?}");
    }
    for properties in [
        json!({}),
        json!({"userPrincipalName": "-"}),
        json!("{userPrincipalName=}"),
        // What is there whole has the last word.
        json!({"properties": {"id": "x"}, "properties.userPrincipalName": "dana@example.com"}),
    ] {
        let read = read_all(sign_in(&properties).as_bytes());
        assert_eq!(read, [Err(RejectReason::UnknownRecord)], "{properties}");
    }
}

#[test]
fn what_says_too_little_is_refused_whoever_wants_it_and_its_own_members_hold_no_record() {
    let call = json!({"eventName": "X", "eventSource": "ssm.amazonaws.com", "awsRegion": "eu-west-1"});
    let little = json!({"OperationNameValue": "Run Command", "ActivityStatusValue": "Success"});
    for wanted in [true, false] {
        let read = |forms: Forms, record: &Value| {
            let mut found = Vec::new();
            let by = &|_, _, _: trailhound_sigma::json::Node<'_>| wanted;
            Reader::of_forms(forms).read_wanted(record.to_string().as_bytes(), by, &mut |reading| {
                found.push(!matches!(reading, Reading::Unreadable(..)));
            });
            found
        };
        let with = |name: &str, value: Value| {
            let mut record = little.clone();
            record[name] = value;
            record
        };
        let all = Forms::default();
        assert_eq!(read(all, &little), [false]);
        for (name, is_read) in [("whatever", true), ("properties", false), ("Identity", false)] {
            let table =
                json!({"columns": ["eventName", "eventSource", "awsRegion"], "rows": [["X", "s", "r"]]});
            for value in [call.clone(), json!(call.to_string()), json!({"body": call.to_string()}), table] {
                assert_eq!(read(all, &with(name, value.clone())), [is_read], "{name} {value}");
                assert_eq!(read(Forms { carried: false, ..all }, &with(name, value)), [false], "{name}");
            }
        }
    }
}

#[test]
fn unreadable_records_say_why() {
    for (record, reason) in [
        (&b"{\"eventName\":"[..], RejectReason::Truncated),
        (b"\x80\x81", RejectReason::BadUtf8),
        (b"{\"a\":NaN}", RejectReason::UnknownRecord),
        (b"{\"a\":'b'}", RejectReason::NotJson),
        (b"hello", RejectReason::NotJson),
        (b"{\"hello\":1}", RejectReason::UnknownRecord),
        (b"[1]", RejectReason::UnknownRecord),
        (b"3", RejectReason::UnknownRecord),
    ] {
        assert_eq!(read_all(record), [Err(reason)], "{:?}", String::from_utf8_lossy(record));
    }
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    assert_eq!(read_all(deep.as_bytes()), [Err(RejectReason::TooDeep)]);
}

#[test]
fn wrappers_are_taken_off_but_not_for_ever() {
    let record = json!({"eventName": "X", "eventSource": "s", "eventID": "e"});
    let mut wrapped = record.to_string();
    for _ in 0..4 {
        wrapped = json!({"message": wrapped}).to_string();
    }
    assert_eq!(with(&wrapped, |event| event.facts().event_uid.clone()).unwrap(), "e");
    let deeper = (0..8).fold(wrapped, |inner, _| json!({"message": inner}).to_string());
    assert_eq!(with(&deeper, |_| ()).unwrap_err().reason, RejectReason::TooDeep);
    let quoted = json!(record.to_string()).to_string();
    assert_eq!(read_all(quoted.as_bytes()).len(), 1);
    assert!(matches!(read_all(quoted.as_bytes())[0], Ok((LogType::CloudTrail, _))));
}

#[test]
fn event_bridge_and_look_ups_hold_cloud_trail() {
    for kind in [
        "AWS API Call via CloudTrail",
        "AWS Console Sign In via CloudTrail",
        "AWS Service Event via CloudTrail",
        "Anything via CloudTrail",
    ] {
        let record = json!({"version": "0", "detail-type": kind, "detail": {"eventName": "X", "eventSource": "s", "eventID": "e"}}).to_string();
        with(&record, |event| {
            assert_eq!((event.log(), event.facts().event_uid.as_str()), (LogType::CloudTrail, "e"));
            assert_eq!(event.raw(), record.as_bytes(), "the bytes as delivered");
        })
        .unwrap();
    }
    let other =
        json!({"detail-type": "EC2 Instance State-change Notification", "detail": {"state": "running"}})
            .to_string();
    assert_eq!(with(&other, |_| ()).unwrap_err().reason, RejectReason::UnknownRecord);
}

#[test]
fn an_envelope_as_text_is_read_record_by_record() {
    let call = json!({"eventName": "X", "eventSource": "ssm.amazonaws.com", "awsRegion": "eu-west-1"});
    let carried =
        |records: Value| json!({"Type": "Notification", "Message": json!({"Records": records}).to_string()});
    let read = |records: Value| {
        let found = read_all(carried(records).to_string().as_bytes());
        found.into_iter().map(|found| found.map(|(log, _)| log)).collect::<Vec<_>>()
    };
    let (ours, unknown) = (Ok(LogType::CloudTrail), Err(RejectReason::UnknownRecord));
    assert_eq!(read(json!([call, call])), [ours, ours]);
    assert_eq!(read(json!([call, {"a": "b"}])), [ours, unknown]);
    assert_eq!(read(json!([{"a": "b"}])), [unknown]);
    assert_eq!(read(json!([])), []);
}

#[test]
fn insights_and_aggregates_are_recognised() {
    for (record, log) in [
        (
            json!({"eventType": "AwsCloudTrailInsight", "eventCategory": "Insight", "insightDetails": {}, "eventID": "e"}),
            LogType::CloudTrailInsight,
        ),
        (
            json!({"eventType": "AwsAggregatedEvent", "eventCategory": "Aggregated", "eventId": "e", "accountId": "111122223333"}),
            LogType::CloudTrailAggregated,
        ),
        (
            json!({"eventType": "AwsAggregatedEvent", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "eventId": "e"}),
            LogType::CloudTrailAggregated,
        ),
    ] {
        let facts = crate::event::testing::read(&record);
        assert_eq!((facts.0, facts.1.event_uid.as_str()), (log, "e"));
    }
}

#[test]
fn every_row_of_a_table_is_an_event() {
    let record = json!({"tables": [
        {"name": "PrimaryResult", "columns": [{"name": "OperationNameValue", "type": "string"}, {"name": "Caller", "type": "string"}],
         "rows": [["A/B/WRITE", "x"], ["A/B/ACTION", null]]},
        {"columns": [], "rows": []}]});
    let found = read_all(record.to_string().as_bytes());
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|event| matches!(event, Ok((LogType::AzureActivity, _)))), "{found:?}");
}

#[test]
fn a_body_inside_an_array_of_bodies_is_opened() {
    let record = json!({"records": [
        {"category": "Administrative", "operationName": "A/B/WRITE", "resultType": "Success", "time": "2026-11-20T09:00:00Z"},
        {"category": "GatewayLogs", "resourceId": "/SUBSCRIPTIONS/S"}, {"hello": 1}]});
    let found: Vec<_> =
        read_all(record.to_string().as_bytes()).into_iter().map(|event| event.map(|(log, _)| log)).collect();
    let expected = [Ok(LogType::AzureActivity), Ok(LogType::AzureResource), Err(RejectReason::UnknownRecord)];
    assert_eq!(found, expected);
}

#[test]
fn classification_looks_at_content_alone() {
    for record in samples() {
        let text = record.to_string();
        let document = trailhound_sigma::json::Document::parse(&text).unwrap();
        if let Some(log) = classify(&document) {
            assert_eq!(
                read_all(text.as_bytes()).first().map(|event| event.clone().unwrap().0),
                Some(log),
                "{text}"
            );
        }
    }
}

#[test]
fn every_sample_is_read() {
    for record in samples() {
        let found = read_all(record.to_string().as_bytes());
        assert!(!found.is_empty() && found.iter().all(Result::is_ok), "{record}: {found:?}");
    }
}

/// Any JSON, not too large.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(json!("{\"a\":{\"b\":[1]}}")),
        Just(json!("arn:aws:ssm:::document/x")),
        Just(json!("/subscriptions//providers/")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-zA-Z.]{0,8}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Puts a value in place of one somewhere in the record.
fn replace(value: &mut Value, mut index: usize, with: &Value) {
    fn walk(value: &mut Value, index: &mut usize, with: &Value) -> bool {
        if *index == 0 {
            *value = with.clone();
            return true;
        }
        *index -= 1;
        match value {
            Value::Object(members) => members.values_mut().any(|member| walk(member, index, with)),
            Value::Array(members) => members.iter_mut().any(|member| walk(member, index, with)),
            _ => false,
        }
    }
    walk(value, &mut index, with);
}

proptest! {
    #[test]
    fn a_mutated_record_never_panics_and_reads_the_same_twice(
        sample in 0..16_usize, index in 1..30_usize, value in any_json(), again in 1..30_usize, other in any_json(),
    ) {
        let mut record = samples()[sample].clone();
        replace(&mut record, index, &value);
        replace(&mut record, again, &other);
        let text = record.to_string();
        let found = read_all(text.as_bytes());
        prop_assert_eq!(&found, &read_all(text.as_bytes()));
        // White space changes nothing but hashes of the whole text.
        let logs = |found: &[Result<(LogType, String), RejectReason>]| {
            found.iter().map(|event| event.clone().map(|(log, _)| log)).collect::<Vec<_>>()
        };
        let pretty = serde_json::to_string_pretty(&record).unwrap();
        prop_assert_eq!(logs(&found), logs(&read_all(pretty.as_bytes())));
    }

    #[test]
    fn broken_bytes_never_panic(sample in 0..16_usize, at in 0..400_usize, byte in any::<u8>(), cut in 0..400_usize) {
        let mut bytes = samples()[sample].to_string().into_bytes();
        if let Some(slot) = bytes.get_mut(at) {
            *slot = byte;
        }
        bytes.truncate(bytes.len().saturating_sub(cut));
        let _ = read_all(&bytes);
    }
}
