use jiff::Timestamp;
use serde_json::json;
use trailhound_courier::gathering::Job;

use super::*;

fn direct(payload: &Value) -> Vec<Input> {
    match recognise(&payload.to_string(), "r1") {
        Invocation::Direct(inputs) => inputs,
        other => panic!("taken for {other:?}"),
    }
}

fn queued(body: impl Into<String>) -> Vec<Input> {
    let payload = json!({"Records": [{
        "messageId": "m1", "receiptHandle": "h", "body": body.into(), "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:example-queue",
        "attributes": {"SentTimestamp": "1773828930000"}
    }]});
    match recognise(&payload.to_string(), "r1") {
        Invocation::Queue(mut messages) => {
            assert_eq!(messages.len(), 1);
            assert_eq!(messages[0].id.as_deref(), Some("m1"));
            assert_eq!(messages[0].sent_at, Timestamp::from_millisecond(1_773_828_930_000).ok());
            messages.remove(0).inputs
        }
        other => panic!("not taken for a queue's batch but {other:?}"),
    }
}

fn objects(inputs: &[Input]) -> Vec<String> {
    inputs
        .iter()
        .map(|input| match input {
            Input::Object { object, .. } => format!("s3://{}/{}", object.bucket, object.key),
            other => panic!("no object: {other:?}"),
        })
        .collect()
}

fn notices(inputs: &[Input]) -> Vec<Notice> {
    inputs
        .iter()
        .map(|input| match input {
            Input::Notice { notice, .. } => *notice,
            other => panic!("no notice: {other:?}"),
        })
        .collect()
}

fn reject(inputs: &[Input]) -> RejectReason {
    match inputs {
        [Input::Unreadable { reason, .. }] => *reason,
        other => panic!("no single reject: {other:?}"),
    }
}

fn s3_notice(name: &str, keys: &[&str]) -> Value {
    let records: Vec<Value> = keys
        .iter()
        .map(|key| {
            json!({"eventVersion": "2.5", "eventSource": "aws:s3", "eventName": name,
                   "s3": {"bucket": {"name": "example-trail"}, "object": {"key": key, "size": 1}}})
        })
        .collect();
    json!({ "Records": records })
}

fn object_created(key: &str) -> Value {
    json!({"version": "0", "id": "e1", "source": "aws.s3", "detail-type": "Object Created", "account": "111122223333",
           "region": "eu-west-1", "detail": {"bucket": {"name": "example-trail"}, "object": {"key": key}}})
}

fn sns_envelope(message: &str) -> Value {
    json!({"Type": "Notification", "MessageId": "n1", "TopicArn": "arn:aws:sns:eu-west-1:111122223333:example-topic",
           "Message": message, "Timestamp": "2026-03-18T10:15:30.000Z"})
}

#[test]
fn s3_keys_are_form_urlencoded() {
    let notice = s3_notice("ObjectCreated:Put", &["AWSLogs/a+b%2Bc%2520d%C3%A9.json.gz", "100%", "%zz"]);
    let want = vec![
        "s3://example-trail/AWSLogs/a b+c%20dé.json.gz".to_owned(),
        "s3://example-trail/100%".to_owned(),
        "s3://example-trail/%zz".to_owned(),
    ];
    assert_eq!(objects(&queued(notice.to_string())), want);
    assert_eq!(objects(&direct(&notice)), want);
}

#[test]
fn a_key_that_is_no_text_is_rejected_and_its_siblings_are_not() {
    let inputs = queued(s3_notice("ObjectCreated:Put", &["%ff", "fine"]).to_string());
    assert!(matches!(inputs[0], Input::Unreadable { reason: RejectReason::UnknownRecord, .. }));
    assert_eq!(objects(&inputs[1..]), ["s3://example-trail/fine"]);
}

#[test]
fn sns_between_s3_and_the_queue_is_unwrapped() {
    let inner = s3_notice("ObjectCreated:Put", &["a%20b"]).to_string();
    assert_eq!(objects(&queued(sns_envelope(&inner).to_string())), ["s3://example-trail/a b"]);
    let lambda = json!({"Records": [{"EventSource": "aws:sns", "EventVersion": "1.0",
                                     "Sns": sns_envelope(&inner)}]});
    assert_eq!(objects(&direct(&lambda)), ["s3://example-trail/a b"]);
}

#[test]
fn eventbridge_keys_are_taken_as_they_are() {
    let event = object_created("AWSLogs/a+b%20c.json.gz");
    assert_eq!(objects(&queued(event.to_string())), ["s3://example-trail/AWSLogs/a+b%20c.json.gz"]);
    assert_eq!(objects(&direct(&event)), ["s3://example-trail/AWSLogs/a+b%20c.json.gz"]);
    assert_eq!(
        objects(&queued(sns_envelope(&event.to_string()).to_string())),
        ["s3://example-trail/AWSLogs/a+b%20c.json.gz"]
    );
}

#[test]
fn cloudtrails_own_message_names_several_objects() {
    let message = json!({"s3Bucket": "example-trail", "s3ObjectKey": ["a+b%20c", "d"]}).to_string();
    let want = ["s3://example-trail/a+b%20c", "s3://example-trail/d"];
    assert_eq!(objects(&queued(message.clone())), want);
    assert_eq!(objects(&queued(sns_envelope(&message).to_string())), want);
    assert_eq!(objects(&direct(&json!({"Records": [{"Sns": sns_envelope(&message)}]}))), want);
}

#[test]
fn any_event_via_cloudtrail_is_an_event() {
    for kind in [
        "AWS API Call via CloudTrail",
        "AWS Console Signin via CloudTrail",
        "AWS Something New via CloudTrail",
    ] {
        let event = json!({"id": "e1", "account": "111122223333", "region": "eu-west-1", "source": "aws.ssm",
                           "detail-type": kind, "detail": {"eventName": "StartSession"}});
        let want = vec![Input::Event {
            origin: "eventbridge://111122223333/eu-west-1/e1".to_owned(),
            body: event.to_string(),
            vouched: true,
        }];
        assert_eq!(direct(&event), want);
        assert_eq!(queued(event.to_string()), want);
    }
}

#[test]
fn records_of_cloudtrail_itself_are_evaluated_where_they_are() {
    let body = json!({"Records": [{"eventVersion": "1.11", "eventName": "StartSession", "eventID": "x",
                                   "userIdentity": {}, "eventSource": "ssm.amazonaws.com"}]});
    assert!(matches!(direct(&body).as_slice(), [Input::Event { vouched: false, .. }]));
    assert!(matches!(direct(&body["Records"][0]).as_slice(), [Input::Event { vouched: false, .. }]));
}

#[test]
fn an_event_that_anybody_could_put_on_a_bus_is_not_taken_for_cloudtrails() {
    let event = json!({"id": "e1", "account": "111122223333", "region": "eu-west-1", "source": "aws.ssm",
                       "detail-type": "AWS API Call via CloudTrail",
                       "detail": {"eventName": "StartSession", "recipientAccountId": "111122223333"}});
    assert!(matches!(direct(&event).as_slice(), [Input::Event { vouched: true, .. }]));
    for (path, value) in [
        ("/source", "my.app"),
        ("/source", "awsome.app"),
        ("/source", ""),
        ("/account", "444455556666"),
        ("/detail/recipientAccountId", "444455556666"),
    ] {
        let mut forged = event.clone();
        *forged.pointer_mut(path).expect("there") = json!(value);
        assert_eq!(reject(&direct(&forged)), RejectReason::NotAllowed, "{path} {value}");
        assert_eq!(reject(&queued(forged.to_string())), RejectReason::NotAllowed, "{path} {value}");
    }
    let canary = json!({"detail-type": "x", "source": "my.app", "detail": {"trailhound": "canary"}});
    assert_eq!(reject(&direct(&canary)), RejectReason::UnknownRecord);
}

#[test]
fn notices_are_known_by_name() {
    let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "example-trail"});
    assert_eq!(notices(&queued(test.to_string())), [Notice::S3TestEvent]);
    assert_eq!(notices(&queued(sns_envelope(&test.to_string()).to_string())), [Notice::S3TestEvent]);
    for (name, want) in [
        ("ObjectRemoved:Delete", Notice::ObjectRemoved),
        ("s3:ObjectRemoved:DeleteMarkerCreated", Notice::ObjectRemoved),
        ("LifecycleExpiration:Delete", Notice::ObjectLifecycle),
        ("LifecycleTransition", Notice::ObjectLifecycle),
        ("ObjectRestore:Completed", Notice::ObjectLifecycle),
        ("ObjectTagging:Put", Notice::ObjectLifecycle),
    ] {
        assert_eq!(notices(&queued(s3_notice(name, &["k"]).to_string())), [want], "{name}");
    }
    for (kind, want) in [
        ("Object Deleted", Notice::ObjectRemoved),
        ("Object Storage Class Changed", Notice::ObjectLifecycle),
        ("Object Restore Completed", Notice::ObjectLifecycle),
    ] {
        let mut event = object_created("k");
        event["detail-type"] = json!(kind);
        assert_eq!(notices(&direct(&event)), [want], "{kind}");
    }
    for kind in ["SubscriptionConfirmation", "UnsubscribeConfirmation"] {
        let mut envelope = sns_envelope("You have chosen to subscribe");
        envelope["Type"] = json!(kind);
        assert_eq!(notices(&queued(envelope.to_string())), [Notice::SnsSubscription]);
    }
    assert_eq!(notices(&queued("CloudTrail validation message.")), [Notice::Empty]);
    assert_eq!(notices(&direct(&json!({"Records": []}))), [Notice::Empty]);
}

#[test]
fn an_s3_notice_without_a_name_is_a_creation() {
    let notice = json!({"Records": [{"s3": {"bucket": {"name": "b"}, "object": {"key": "k"}}}]});
    assert_eq!(objects(&direct(&notice)), ["s3://b/k"]);
}

#[test]
fn a_later_major_version_is_parked_rather_than_guessed() {
    let mut notice = s3_notice("ObjectCreated:Put", &["k"]);
    notice["Records"][0]["eventVersion"] = json!("3.0");
    assert_eq!(reject(&queued(notice.to_string())), RejectReason::UnknownRecord);
}

#[test]
fn what_nobody_knows_is_rejected_with_the_reason() {
    assert_eq!(reject(&queued("{\"hello\":1}")), RejectReason::UnknownRecord);
    assert_eq!(reject(&queued("hello")), RejectReason::NotJson);
    assert_eq!(reject(&queued("{\"Records\":[")), RejectReason::Truncated);
    assert_eq!(reject(&queued("[".repeat(400))), RejectReason::TooDeep);
    assert_eq!(reject(&direct(&json!({"Records": [{"odd": true}]}))), RejectReason::UnknownRecord);
    assert_eq!(reject(&direct(&json!({"Records": "none"}))), RejectReason::UnknownRecord);
    assert_eq!(reject(&direct(&json!(7))), RejectReason::UnknownRecord);
}

#[test]
fn envelopes_without_end_are_cut_short() {
    let mut body = s3_notice("ObjectCreated:Put", &["k"]).to_string();
    for _ in 0..6 {
        body = sns_envelope(&body).to_string();
    }
    assert_eq!(reject(&queued(body)), RejectReason::TooDeep);
}

#[test]
fn the_canary_sings_on_every_branch() {
    let canary = json!({"trailhound": "canary"});
    assert_eq!(direct(&canary), [Input::Canary { origin: "lambda://r1".to_owned(), key: None }]);
    assert_eq!(
        queued(canary.to_string()),
        [Input::Canary { origin: "sqs://example-queue/m1".to_owned(), key: None }]
    );
    let scheduled = json!({"detail-type": "Scheduled Event", "source": "aws.events", "detail": canary});
    assert!(matches!(direct(&scheduled).as_slice(), [Input::Canary { .. }]));
}

#[test]
fn a_message_without_id_or_body_keeps_its_siblings() {
    let payload = json!({"Records": [
        {"eventSource": "aws:sqs", "messageId": "m1"},
        {"eventSource": "aws:sqs", "body": "{\"trailhound\":\"canary\"}"},
    ]});
    let Invocation::Queue(messages) = recognise(&payload.to_string(), "r1") else { panic!("a batch") };
    assert_eq!(reject(&messages[0].inputs), RejectReason::UnknownRecord);
    assert_eq!(messages[1].id, None);
    assert!(matches!(messages[1].inputs.as_slice(), [Input::Canary { .. }]));
}

#[test]
fn a_message_that_was_received_before_keeps_its_body() {
    let batch = |counts: &[Value]| {
        let message = |(n, count): (usize, &Value)| {
            json!({"messageId": format!("m{n}"), "receiptHandle": "h", "body": "hello", "eventSource": "aws:sqs",
                   "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:example-queue",
                   "attributes": {"ApproximateReceiveCount": count}})
        };
        let payload = json!({ "Records": counts.iter().enumerate().map(message).collect::<Vec<_>>() });
        match recognise(&payload.to_string(), "r1") {
            Invocation::Queue(messages) => messages,
            other => panic!("not taken for a queue's batch but {other:?}"),
        }
    };
    let read = batch(&[json!("1"), json!("2"), json!(3), json!("many"), Value::Null]);
    let before: Vec<Option<Before>> = read.into_iter().map(|message| message.before).collect();
    let of = |id: &str| {
        let origin = format!("sqs://example-queue/{id}");
        Some(Before { origin, body: "hello".to_owned() })
    };
    assert_eq!(before, [None, of("m1"), of("m2"), None, None]);
}

#[test]
fn a_message_is_known_as_its_queue_knows_it_or_not_at_all() {
    let whole = json!({"messageId": "m1", "receiptHandle": "r", "body": "hello", "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:example-queue",
        "attributes": {"ApproximateReceiveCount": "3"}});
    let handed = |record: &Value| match recognise(&json!({ "Records": [record] }).to_string(), "r1") {
        Invocation::Queue(mut messages) => messages.remove(0).handed,
        other => panic!("not taken for a queue's batch but {other:?}"),
    };
    let queue = "arn:aws:sqs:eu-west-1:111122223333:example-queue".to_owned();
    assert_eq!(handed(&whole), Some(Handed { queue, receipt: "r".to_owned(), times: 3 }));
    for (pointer, value) in [
        ("/receiptHandle", json!("")),
        ("/eventSourceARN", Value::Null),
        ("/eventSourceARN", json!("arn:aws:mq:eu-west-1:111122223333:broker:example")),
        ("/attributes", json!({})),
        ("/attributes/ApproximateReceiveCount", json!("many")),
    ] {
        let mut lacking = whole.clone();
        *lacking.pointer_mut(pointer).expect("it is there") = value.clone();
        assert_eq!(handed(&lacking), None, "{pointer}: {value}");
    }
}

fn asked(payload: &Value) -> Tasks {
    match recognise(&payload.to_string(), "r1") {
        Invocation::Tasks(tasks) => tasks,
        other => panic!("taken for {other:?}"),
    }
}

fn named(tasks: Vec<Task>) -> Vec<(String, String)> {
    let (ids, inputs): (Vec<_>, Vec<_>) = tasks.into_iter().map(|task| (task.id, task.input)).unzip();
    ids.into_iter().zip(objects(&inputs)).collect()
}

#[test]
fn s3_batch_operations_names_objects_by_either_schema() {
    let of = |version: &str, bucket: Value| {
        let mut payload = json!({"invocationSchemaVersion": version, "invocationId": "i1", "job": {"id": "j1"},
            "tasks": [{"taskId": "t1", "s3Key": "AWSLogs/a+b%2Bc.json.gz", "s3VersionId": null}]});
        let task = payload["tasks"][0].as_object_mut().unwrap();
        task.extend(bucket.as_object().unwrap().clone());
        payload
    };
    let schemas = [
        of("1.0", json!({"s3BucketArn": "arn:aws:s3:::example-trail"})),
        of("1.0", json!({"s3BucketArn": "arn:aws:s3:eu-west-1:111122223333:example-trail"})),
        of("2.0", json!({"s3Bucket": "example-trail"})),
    ];
    for payload in schemas {
        let Tasks { engine, job, tasks } = asked(&payload);
        assert_eq!(job, Job::Replay);
        let version = payload["invocationSchemaVersion"].as_str().unwrap().to_owned();
        assert_eq!(engine, Engine::S3Batch { version, invocation: "i1".to_owned() });
        assert_eq!(named(tasks), [("t1".to_owned(), "s3://example-trail/AWSLogs/a b+c.json.gz".to_owned())]);
        // A job invokes; nobody sends one to a queue.
        assert_eq!(reject(&queued(payload.to_string())), RejectReason::UnknownRecord);
    }
    let tasks = asked(&of("2.0", json!({"s3Bucket": ""}))).tasks;
    assert_eq!(tasks[0].id, "t1");
    assert!(matches!(tasks[0].input, Input::Unreadable { .. }), "{tasks:?}");
}

#[test]
fn a_distributed_map_names_objects_one_by_one_or_in_batches() {
    let listed = |key: &str| json!({"Etag": "\"e\"", "Key": key, "LastModified": 1_773_828_930, "Size": 12, "StorageClass": "STANDARD"});
    let mut alone = listed("a+b");
    alone["Bucket"] = json!("example-trail");
    let batched = json!({"BatchInput": {"Bucket": "example-trail"}, "Items": [listed("a+b"), alone]});
    let one = ("a+b".to_owned(), "s3://example-trail/a+b".to_owned());
    let Tasks { engine, tasks, .. } = asked(&alone);
    assert_eq!((engine, named(tasks)), (Engine::DistributedMap, vec![one.clone()]));
    assert_eq!(named(asked(&batched).tasks), [one.clone(), one]);
    // An item of a listing alone does not say of which bucket it is.
    assert_eq!(reject(&direct(&listed("k"))), RejectReason::UnknownRecord);
    assert!(matches!(asked(&json!({"Items": [listed("k")]})).tasks[0].input, Input::Unreadable { .. }));
}

#[test]
fn what_somebody_replays_says_so() {
    let batch = |attributes: Value| {
        let payload = json!({"Records": [{"messageId": "m1", "receiptHandle": "h", "body": "{}",
            "eventSource": "aws:sqs", "messageAttributes": attributes}]});
        match recognise(&payload.to_string(), "r1") {
            Invocation::Queue(messages) => messages[0].replayed,
            other => panic!("{other:?}"),
        }
    };
    let attribute =
        json!({"stringValue": "1", "stringListValues": [], "binaryListValues": [], "dataType": "String"});
    assert!(batch(json!({"trailhound-replay": attribute})));
    assert!(!batch(json!({"other": attribute})) && !batch(json!({})));
}
