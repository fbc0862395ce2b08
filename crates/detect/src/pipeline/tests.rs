mod answers;
mod witness;

use super::*;
use crate::rules::load_embedded;

fn pipeline() -> Pipeline {
    Pipeline::new(Arc::new(load_embedded().rules))
}

fn deliver(bytes: &[u8]) -> Finished {
    let pipeline = pipeline();
    let mut session = pipeline.delivery("delivery", Timestamp::UNIX_EPOCH);
    session.push(bytes);
    session.finish(Ending::Whole)
}

fn activity(result: &str, more: &str) -> String {
    format!(
        r#"{{"time":"2026-03-18T11:02:03.1234567Z","resourceId":"/SUBSCRIPTIONS/00000000-1111-2222-3333-444444444444/RESOURCEGROUPS/RG-PAYMENTS/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM-PAY-01","operationName":"MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION","category":"Administrative","resultType":"{result}","correlationId":"9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d"{more}}}"#
    )
}

const CALLER: &str = r#","callerIpAddress":"198.51.100.23","identity":{"claims":{"http://schemas.microsoft.com/identity/claims/objectidentifier":"77777777-8888-9999-0000-aaaaaaaaaaaa","name":"Dana"}}"#;

#[test]
fn three_records_of_one_azure_operation_are_one_match_with_its_caller() {
    let (start, accept, success) =
        (activity("Start", CALLER), activity("Accept", ""), activity("Success", ""));
    for order in [[&start, &accept, &success], [&success, &accept, &start], [&accept, &start, &success]] {
        let body = format!(r#"{{"records":[{},{},{}]}}"#, order[0], order[1], order[2]);
        let finished = deliver(body.as_bytes());
        assert_eq!(finished.matches.len(), 1);
        let facts = &finished.matches[0].facts;
        assert_eq!(facts.source.ip.unwrap().to_string(), "198.51.100.23");
        assert_eq!(facts.actor.key, "77777777888899990000aaaaaaaaaaaa");
        assert_eq!((finished.tally.records, finished.tally.evaluated), (3, 3));
    }
}

#[test]
fn a_start_alone_is_no_match_but_its_caller_is_kept() {
    let finished = deliver(activity("Start", CALLER).as_bytes());
    assert!(finished.matches.is_empty());
    assert_eq!(finished.callers.len(), 1);
}

#[test]
fn an_operation_on_two_machines_is_two_matches() {
    let other = activity("Success", CALLER).replace("VM-PAY-01", "VM-PAY-02");
    let finished = deliver(format!("[{},{}]", activity("Success", CALLER), other).as_bytes());
    assert_eq!(finished.matches.len(), 2);
}

#[test]
fn records_and_rejects_add_up() {
    let body = format!("{}\nnot json\n{{\"hello\":1}}\n", activity("Success", CALLER));
    let finished = deliver(body.as_bytes());
    assert_eq!((finished.tally.records, finished.tally.evaluated), (3, 1));
    assert_eq!(finished.tally.rejected_total(), 2);
    assert_eq!(finished.rejects.len(), 2);
    assert_eq!(finished.rejects[0].origin, "delivery:2");
    assert!(finished.tally.balances());
}

#[test]
fn several_bodies_are_one_delivery() {
    let pipeline = pipeline();
    let mut session = pipeline.delivery("eventhub://ns/hub/0", Timestamp::UNIX_EPOCH);
    session.push_body("eventhub://ns/hub/0@1", activity("Start", CALLER).as_bytes());
    session.push_body(
        "eventhub://ns/hub/0@2",
        format!(r#"{{"records":[{}]}}"#, activity("Success", "")).as_bytes(),
    );
    let finished = session.finish(Ending::Whole);
    assert_eq!(finished.tally.records, 2);
    assert_eq!(finished.matches[0].from.origin, "eventhub://ns/hub/0@2#1");
    assert!(finished.matches[0].facts.source.ip.is_some());
}

#[test]
fn events_without_an_id_of_their_own_are_told_apart_by_what_they_say() {
    let record = |id: &str, more: &str| {
        format!(
            r#"{{"eventVersion":"1.08","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-18T10:15:30Z",{id}"recipientAccountId":"111122223333","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana"}},"requestParameters":{{"target":"i-0123456789abcdef0"}}{more}}}"#
        )
    };
    let uid = |record: String| deliver(record.as_bytes()).matches[0].uid().to_owned();
    let (one, other) = (uid(record("", "")), uid(record("", r#","note":"another""#)));
    assert_ne!(one, other);
    assert_eq!(one, uid(record("", "").replace(":{", " : {")), "white space says nothing");
    assert_ne!(
        uid(record(r#""eventID":"1","#, "")),
        uid(record(r#""eventID":"1","#, r#","errorCode":"AccessDenied""#))
    );

    let own = r#""eventID":"0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b","#;
    assert_eq!(uid(record(own, "")), uid(record(own, r#","note":"another""#)), "its own id is enough");
}

#[test]
fn what_a_broken_transfer_cuts_is_no_reject_and_what_has_no_bytes_of_its_own_is_not_empty() {
    let ended = |bytes: &str, ending| {
        let pipeline = pipeline();
        let mut session = pipeline.delivery("delivery", Timestamp::UNIX_EPOCH);
        session.push(bytes.as_bytes());
        session.finish(ending)
    };
    let whole = activity("Success", CALLER);
    let cut = format!(r#"{{"records":[{whole},{}"#, &whole[..whole.len() / 2]);
    let told = |finished: Finished| {
        assert!(finished.tally.balances());
        assert_eq!(finished.rejects.len() as u64, finished.tally.rejected_total());
        (finished.matches.len(), finished.tally.records, finished.rejects.len(), finished.tally.notices.len())
    };
    assert_eq!(told(ended(&cut, Ending::Whole)), (1, 2, 1, 0));
    assert_eq!(told(ended(&cut, Ending::BrokenOff)), (1, 1, 0, 0), "it comes again whole");
    assert_eq!(told(ended("", Ending::Whole)), (0, 0, 0, 1), "an empty object is told");
    assert_eq!(told(ended("", Ending::BrokenOff)), (0, 0, 0, 0));
    assert_eq!(told(ended("", Ending::Bodiless)), (0, 0, 0, 0));
}

#[test]
fn a_record_that_panics_is_kept_with_its_bytes_and_costs_no_sibling() {
    let machine = |name: &str| activity("Success", CALLER).replace("VM-PAY-01", name);
    let poison = machine("VM-POISON");
    let whole = format!(r#"{{"records":[{},{poison},{}]}}"#, machine("VM-1"), machine("VM-2"));
    let pipeline = pipeline();
    // A stream of bytes, and a body among others: the two ways a cloud's delivery comes.
    for is_stream in [true, false] {
        let mut session =
            pipeline.delivery("delivery", Timestamp::UNIX_EPOCH).observed_by(Box::new(|event, _, _| {
                let target = &event.facts().target;
                assert!(!format!("{target:?}").to_lowercase().contains("vm-poison"), "poison");
            }));
        if is_stream {
            session.push(whole.as_bytes());
        } else {
            session.push_body("delivery", whole.as_bytes());
        }
        let finished = session.finish(Ending::Whole);
        assert_eq!(finished.matches.len(), 2, "the siblings");
        let [reject] = finished.rejects.as_slice() else { panic!("{:?}", finished.rejects) };
        assert_eq!((reject.reason, reject.origin.as_str()), (RejectReason::Unreadable, "delivery#2"));
        assert_eq!(reject.body, poison.as_bytes());
        assert_eq!((finished.tally.records, finished.tally.evaluated), (3, 2));
        assert!(finished.tally.balances());
    }
}

/// Every order in which records of one operation may come.
fn orders(records: &[String]) -> Vec<Vec<String>> {
    if records.len() < 2 {
        return vec![records.to_vec()];
    }
    let mut all = Vec::new();
    for at in 0..records.len() {
        let mut rest = records.to_vec();
        let first = rest.remove(at);
        all.extend(orders(&rest).into_iter().map(|rest| [vec![first.clone()], rest].concat()));
    }
    all
}

#[test]
fn the_record_that_ended_an_operation_decides_whatever_the_order() {
    let tells = |results: &[&str]| {
        let records: Vec<String> = results.iter().map(|result| activity(result, CALLER)).collect();
        let told: Vec<Vec<(String, &str)>> = orders(&records)
            .into_iter()
            .map(|order| {
                let finished = deliver(format!("[{}]", order.join(",")).as_bytes());
                assert!(finished.tally.balances());
                finished
                    .matches
                    .iter()
                    .map(|found| (found.rule_id(), found.facts.outcome.kind.as_str()))
                    .collect()
            })
            .collect();
        assert!(told.iter().all(|one| *one == told[0]), "{results:?}: {told:?}");
        told[0].clone()
    };
    let (done, tried) = ("azure-vm-runcommand-v1".to_owned(), "azure-vm-runcommand-v1.attempt".to_owned());
    assert_eq!(tells(&["Start", "Accept", "Failure"]), [(tried.clone(), "failed")]);
    assert_eq!(tells(&["Accept", "Failure"]), [(tried, "failed")]);
    assert_eq!(tells(&["Start", "Accept", "Success"]), [(done.clone(), "success")]);
    assert_eq!(tells(&["Start", "Accept"]), [(done.clone(), "accepted")]);
    assert_eq!(tells(&["Accept", "Odd"]), [(done.clone(), "accepted")]);
    assert_eq!(tells(&["Odd"]), [(done.clone(), "unknown")]);
    // Who can have an operation fail under the same id hides nothing.
    assert_eq!(tells(&["Accept", "Failure", "Success"]), [(done, "success")]);
}

#[test]
fn what_failed_is_no_step_of_rules_that_count_only_success() {
    let steps = |results: &[&str]| {
        let mut count: Vec<usize> = Vec::new();
        let records: Vec<String> = results
            .iter()
            .map(|result| activity(result, CALLER).replace("RUNCOMMAND/ACTION", "EXTENSIONS/DELETE"))
            .collect();
        for order in orders(&records) {
            let finished = deliver(format!("[{}]", order.join(",")).as_bytes());
            count.push(
                finished.matches.iter().filter(|m| m.rule.name == "azure-vm-extension-deleted").count(),
            );
        }
        assert!(count.iter().all(|one| *one == count[0]), "{results:?}: {count:?}");
        count[0]
    };
    assert_eq!(steps(&["Accept"]), 1);
    assert_eq!(steps(&["Accept", "Failure"]), 0);
    assert_eq!(steps(&["Accept", "Failure", "Success"]), 1);
    assert_eq!(steps(&["Odd"]), 0);
}

/// Eight million of these are 16 KB of gzip: what one push may read is bounded, and so is what is kept.
#[test]
fn a_flood_of_tiny_rejects_is_a_sample_a_count_and_where_the_rest_stands() {
    let pipeline = pipeline();
    let flood = "{}\n".repeat(400_000);
    let mut session = pipeline.delivery("delivery", Timestamp::UNIX_EPOCH);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packed, flood.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let (mut rest, mut rejects, mut pushes, mut most) = (packed.as_slice(), Vec::new(), 0, 0);
    while !rest.is_empty() {
        let before = session.tally().records;
        rest = &rest[session.push_some(rest)..];
        most = most.max(session.tally().records - before);
        pushes += 1;
        rejects.extend(session.take_rejects());
    }
    let done = session.finish(Ending::Whole);
    rejects.extend(done.rejects);
    assert_eq!(done.tally.rejected_total(), 400_000);
    assert!(done.tally.balances());
    assert!(pushes > 1 && most < 400_000, "{pushes} {most}");
    assert_eq!(rejects.len(), 1_001);
    let last = &rejects[1_000];
    assert!(last.detail.starts_with("399000 of a flood, 798000 bytes, not kept"), "{}", last.detail);
    let [pointer] = &last.pointers[..] else { panic!("{:?}", last.pointers) };
    assert_eq!((pointer.first.as_str(), pointer.last.as_str()), ("delivery:1001", "delivery:400000"));
    assert_eq!(
        (pointer.rejected, pointer.records, pointer.bytes.clone()),
        (399_000, 399_000, Some(3_000..1_199_999))
    );
    assert_eq!(last.origin, pointer.first);
}

#[test]
fn many_names_and_lists_are_read_in_linear_time() {
    // With the square each of these would take an hour.
    let all = |one: &dyn Fn(usize) -> String| (0..200_000).map(one).collect::<Vec<_>>();
    let many = |one: &dyn Fn(usize) -> String| all(one).join(",");
    let lines = all(&|n| format!("a{n}:1")).join("\\n");
    for body in [
        format!("{{\"x\":[{}]}}", many(&|n| format!("{{\"a{n}\":0}}"))),
        format!("{{{}}}", many(&|n| format!("\"a{n}\":[\"b{n}\"]"))),
        format!(
            r#"{{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"h","Message":"{lines}"}}"#
        ),
    ] {
        assert!(deliver(body.as_bytes()).tally.balances());
    }
}

#[test]
fn many_targets_are_read_in_linear_time() {
    // With the square this would take hours.
    let ids: Vec<String> = (0..300_000).map(|n| format!("\"i-{:017x}\"", n / 2)).collect();
    let record = format!(
        r#"{{"eventVersion":"1.08","eventSource":"ssm.amazonaws.com","eventName":"SendCommand","eventTime":"2026-03-18T10:15:30Z","recipientAccountId":"111122223333","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/dana"}},"requestParameters":{{"documentName":"Own","instanceIds":[{}]}}}}"#,
        ids.join(",")
    );
    let found = deliver(record.as_bytes()).matches;
    assert!(!found.is_empty());
    assert_eq!(found[0].facts.target.ids.len(), 150_000);
}

#[test]
fn what_no_rule_reads_is_counted_by_its_kind() {
    let body = r#"{"records":[
        {"time":"2026-03-18T11:02:03Z","category":"StorageRead","operationName":"GetBlob","resourceId":"/SUBSCRIPTIONS/S"},
        {"time":"2026-03-18T11:02:04Z","category":"StorageRead","operationName":"GetBlob","resourceId":"/SUBSCRIPTIONS/S"},
        {"EventID":4624,"Channel":"Security","Computer":"web-01"},
        {"eventType":"AwsCloudTrailInsight","eventCategory":"Insight","eventID":"e"}]}"#;
    for pipeline in [pipeline(), pipeline().without_screen()] {
        let mut session = pipeline.delivery("delivery", Timestamp::UNIX_EPOCH);
        session.push(body.as_bytes());
        let tally = session.finish(Ending::Whole).tally;
        assert_eq!((tally.records, tally.evaluated), (4, 4));
        let unread: Vec<(&str, u64)> =
            tally.unread.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
        assert_eq!(unread, [("AWS CloudTrail", 1), ("StorageRead", 2), ("event 4624", 1)]);
    }
    let read = deliver(activity("Success", CALLER).as_bytes()).tally;
    assert!(read.unread.is_empty() && read.repaired == 0);
    // The word is the record's, and may be a secret that got there.
    let secret = "aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7n";
    let told = deliver(body.replace("StorageRead", secret).as_bytes()).tally.unread;
    assert!(told.contains_key("[REDACTED]") && !told.contains_key(secret), "{told:?}");
}

#[test]
fn what_is_nearly_json_is_read_and_counted() {
    let plain = activity("Success", CALLER);
    let broken = [
        plain.replace("Dana", "Da\nna").into_bytes(),
        plain.replace("Dana", r"DA\NA").into_bytes(),
        plain.replace("\"Success\"", "\"Success\",\"durationMs\":NaN").into_bytes(),
        plain.replace("}}}", "},},}").into_bytes(),
        plain.replace("Dana", "D~na").bytes().map(|b| if b == b'~' { 0xE9 } else { b }).collect(),
    ];
    for record in broken {
        let strict = pipeline().of_forms(Forms { mended: false, ..Forms::default() });
        let mut session = strict.delivery("delivery", Timestamp::UNIX_EPOCH);
        session.push(&record);
        assert!(session.finish(Ending::Whole).matches.is_empty(), "the tolerant reading is what reads it");
        for body in [
            record.clone(),
            [b"{\"records\":[", &record[..], b"]}"].concat(),
            [&record[..], b"\n{\"hello\":1}\n"].concat(),
        ] {
            let finished = deliver(&body);
            let told = String::from_utf8_lossy(&body).into_owned();
            assert_eq!(finished.matches.len(), 1, "{told}");
            assert_eq!((finished.tally.repaired, finished.tally.evaluated), (1, 1), "{told}");
        }
    }
}

#[test]
fn what_is_sent_to_see_whether_anybody_listens_is_a_notice() {
    for (body, notice) in [
        (
            r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logEvents":[{"id":"","message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}"#,
            Notice::ControlMessage,
        ),
        (
            r#"[{"id":"1","eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"x"}}]"#,
            Notice::HealthProbe,
        ),
        (
            r#"{"Type":"SubscriptionConfirmation","TopicArn":"arn:aws:sns:eu-west-1:111122223333:t","Token":"x"}"#,
            Notice::SnsSubscription,
        ),
        (
            r#"{"specversion":"1.0","id":"1","type":"dev.trailhound.finding.v1","source":"x","data":{"message":"y"}}"#,
            Notice::OwnFinding,
        ),
        (r#"{"took":1,"hits":{"total":{"value":0},"hits":[]}}"#, Notice::Empty),
    ] {
        let tally = deliver(body.as_bytes()).tally;
        assert_eq!(tally.notices.get(&notice), Some(&1), "{body}: {tally:?}");
        assert_eq!((tally.records, tally.rejected_total()), (0, 0), "{body}");
    }
}

#[test]
fn beside_what_is_read_nothing_is_passed_over() {
    let record = activity("Success", CALLER);
    let text = serde_json::to_string(&record).unwrap();
    let body =
        format!(r#"{{"logEvents":[{{"id":"1","message":{text}}},{{"id":"2","message":"out of memory"}}]}}"#);
    let finished = deliver(body.as_bytes());
    assert_eq!((finished.matches.len(), finished.tally.records, finished.tally.evaluated), (1, 2, 1));
    assert!(String::from_utf8_lossy(&finished.rejects[0].body).contains("out of memory"));
    let nothing = deliver(br#"{"logEvents":[{"id":"2","message":"out of memory"}]}"#);
    assert_eq!((nothing.tally.records, nothing.tally.rejected_total()), (1, 1));
}

#[test]
fn forms_that_are_not_read_are_named_with_the_way_out() {
    for (bytes, word) in [
        (&b"ElfFile\0\0\0\0\0"[..], "XML"),
        (b"PAR1\x15\x04\x15", "Parquet"),
        (b"Obj\x01\x04\x16avro", "Avro"),
        (b"PK\x03\x04\x14\0\0\0", "unpack"),
        (b"\x28\xB5\x2F\xFD\x04\0", "zstd"),
        (b"\xFD7zXZ\0\0\x04", "xz"),
        (b"BZh91AY&SY\x80", "bzip2"),
        (b"ORC\x08\x03\x10", "ORC"),
        (b"Event[0]:\r\n  Log Name: Security\r\n", "wevtutil"),
        (b"<!DOCTYPE html><html></html>", "HTML"),
    ] {
        let rejects = deliver(bytes).rejects;
        assert_eq!(rejects.len(), 1, "{word}");
        assert!(rejects[0].detail.contains(word), "{word}: {}", rejects[0].detail);
    }
    let mut tar = vec![0; 512];
    tar[..7].copy_from_slice(b"a.json\0");
    tar[257..262].copy_from_slice(b"ustar");
    assert!(deliver(&tar).rejects[0].detail.contains("tar"));
}
