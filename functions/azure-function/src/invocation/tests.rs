use super::*;

const METADATA: &str = r#"{
  "PartitionContext": {"FullyQualifiedNamespace": "hubs-example.servicebus.windows.net", "EventHubName": "activity",
     "ConsumerGroup": "$Default", "PartitionId": "3", "IsCheckpointingAfterInvocation": true},
  "SequenceNumberArray": "[41,42]", "OffsetArray": "[\"100\",\"200\"]", "PartitionKeyArray": "[null,\"k\"]",
  "EnqueuedTimeUtcArray": "[\"2026-08-01T10:00:01.123\",\"2026-08-01T10:00:00\"]",
  "sys": {"MethodName": "detect", "UtcNow": "2026-08-01T10:00:02Z", "RandGuid": "00000000-0000-0000-0000-000000000000"}
}"#;

const ONE: &str = r#"{"PartitionContext": {"FullyQualifiedNamespace": "hubs-example.servicebus.windows.net",
  "EventHubName": "activity", "PartitionId": "3"}, "SequenceNumber": "41", "Offset": "\"100\"",
  "EnqueuedTimeUtc": "2026-08-01T10:00:00"}"#;

/// Bodies, and what the request says of them, from chunks of so many bytes.
fn taken_in(request: &[u8], chunk: usize) -> (Vec<Vec<u8>>, Result<Invocation, Unread>) {
    let mut bodies = Vec::new();
    let mut intake = Intake::default();
    for chunk in request.chunks(chunk.max(1)) {
        intake.push(chunk, &mut |body| bodies.push(body));
    }
    let invocation = intake.finish(&mut |body| bodies.push(body));
    (bodies, invocation)
}

fn read_all(data: &str, metadata: &str) -> (Vec<Vec<u8>>, Invocation) {
    let request = format!(r#"{{"Data":{data},"Metadata":{metadata}}}"#);
    let (bodies, invocation) = taken_in(request.as_bytes(), request.len());
    (bodies, invocation.unwrap())
}

fn read(data: &str, metadata: &str) -> Invocation {
    read_all(data, metadata).1
}

fn bodies(data: &str, metadata: &str) -> Vec<String> {
    read_all(data, metadata).0.into_iter().map(|body| String::from_utf8(body).unwrap()).collect()
}

#[test]
fn many_events_come_out_of_every_serialisation() {
    let expected = [r#"{"records":[{"a":1}]}"#, "not json"];
    let strings = r#"{"events":"[\"{\\\"records\\\":[{\\\"a\\\":1}]}\",\"not json\"]"}"#;
    assert_eq!(bodies(strings, METADATA), expected);
    let native_strings = r#"{"events":["{\"records\":[{\"a\":1}]}","not json"]}"#;
    assert_eq!(bodies(native_strings, METADATA), expected);

    let objects = r#"{"events":"[{\"records\":[{\"a\":1}]},{\"b\":2}]"}"#;
    assert_eq!(bodies(objects, METADATA), [r#"{"records":[{"a":1}]}"#, r#"{"b":2}"#]);
    let native_objects = r#"{"events":[{"records":[{"a":1}]},{"b":2}]}"#;
    assert_eq!(bodies(native_objects, METADATA), [r#"{"records":[{"a":1}]}"#, r#"{"b":2}"#]);

    let bytes = r#"{"events":"[\"eyJhIjoxfQ==\",\"W3siYSI6MX1d\"]"}"#;
    assert_eq!(bodies(bytes, METADATA), [r#"{"a":1}"#, r#"[{"a":1}]"#]);
    assert_eq!(bodies(r#"{"events":["eyJhIjoxfQ=="]}"#, METADATA), [r#"{"a":1}"#]);
}

#[test]
fn kinds_may_be_mixed_in_one_batch() {
    let mixed = r#"{"events":[{"a":1},"{\"b\":2}","eyJjIjozfQ==",[{"d":4}],null,7]}"#;
    assert_eq!(
        bodies(mixed, METADATA),
        [r#"{"a":1}"#, r#"{"b":2}"#, r#"{"c":3}"#, r#"[{"d":4}]"#, "null", "7"]
    );
}

#[test]
fn one_event_comes_out_of_every_serialisation() {
    for data in [
        r#"{"events":"\"{\\\"a\\\":1}\""}"#,
        r#"{"events":"{\"a\":1}"}"#,
        r#"{"events":{"a":1}}"#,
        r#"{"events":"\"eyJhIjoxfQ==\""}"#,
        r#"{"events":"eyJhIjoxfQ=="}"#,
        r#"{"other":"{\"a\":1}"}"#,
    ] {
        assert_eq!(bodies(data, ONE), [r#"{"a":1}"#], "{data}");
    }
    // With cardinality one an array is one body, not a batch.
    assert_eq!(bodies(r#"{"events":"[{\"a\":1},{\"b\":2}]"}"#, ONE), [r#"[{"a":1},{"b":2}]"#]);
    assert_eq!(bodies(r#"{"events":[{"a":1},{"b":2}]}"#, ONE), [r#"[{"a":1},{"b":2}]"#]);
    assert_eq!(bodies(r#"{"events":"\"not json\""}"#, ONE), ["not json"]);
}

#[test]
fn text_that_looks_like_base64_stays_text() {
    assert_eq!(bodies(r#"{"events":["test","abcdefgh"]}"#, METADATA), ["test", "abcdefgh"]);
}

#[test]
fn origins_name_the_place_in_event_hubs() {
    let invocation = read(r#"{"events":["a","b","c"]}"#, METADATA);
    let origins: Vec<_> = (0..3).map(|event| invocation.origin_of(event)).collect();
    assert_eq!(
        origins,
        [
            "eventhub://hubs-example/activity/3@41",
            "eventhub://hubs-example/activity/3@42",
            "eventhub://hubs-example/activity/3@unknown-2",
        ]
    );
    assert_eq!(invocation.enqueued, Some("2026-08-01T10:00:00Z".parse().unwrap()));
    assert_eq!(
        read(r#"{"events":["a","b"]}"#, METADATA).origin(2),
        "eventhub://hubs-example/activity/3@41-42"
    );
    let one = read(r#"{"events":"{\"a\":1}"}"#, ONE);
    assert_eq!(one.origin(1), "eventhub://hubs-example/activity/3@41");
    assert_eq!(one.enqueued, Some("2026-08-01T10:00:00Z".parse().unwrap()));
}

#[test]
fn metadata_may_be_native_wrapped_or_missing() {
    let wrapped = r#"{"PartitionContext":"{\"FullyQualifiedNamespace\":\"n\",\"EventHubName\":\"h\",\"PartitionId\":0}","SequenceNumberArray":[7],"RetryContext":"{\"RetryCount\":5,\"MaxRetryCount\":5}"}"#;
    let invocation = read(r#"{"events":["a"]}"#, wrapped);
    assert_eq!(invocation.origin(1), "eventhub://n/h/0@7");
    assert!(invocation.is_last_attempt());
    let bare = taken_in(br#"{"Data":{"events":"[\"a\"]"}}"#, 100).1.unwrap();
    assert_eq!(bare.origin(1), "eventhub://unknown/unknown/unknown@unknown-0");
    assert!(!bare.is_last_attempt());
}

#[test]
fn the_last_attempt_is_known_from_the_retry_context() {
    for (retry, last) in [
        (r#"{"RetryCount":4,"MaxRetryCount":5}"#, false),
        (r#"{"RetryCount":5,"MaxRetryCount":5,"Exception":null}"#, true),
        (r#"{"RetryCount":"5","MaxRetryCount":"5"}"#, true),
        (r#"{"RetryCount":900,"MaxRetryCount":-1}"#, false),
        ("null", false),
    ] {
        let metadata = format!(r#"{{"RetryContext":{retry}}}"#);
        assert_eq!(read(r#"{"events":[]}"#, &metadata).is_last_attempt(), last, "{retry}");
    }
}

#[test]
fn what_no_host_posts_is_said_to_be_none() {
    for request in ["", "null", "[]", "{}", "not json", r#"{"Data":7}"#, r#"{"Data":[]}"#] {
        let unread = taken_in(request.as_bytes(), 3).1.unwrap_err();
        assert!(matches!(unread.error, NoInvocation::Shape(_)), "{request}: {unread:?}");
        assert_eq!(unread.bytes, request.as_bytes());
    }
    for request in [r#"{"Data":{}}"#, r#"{"Data":{"a":"1","b":"2"}}"#] {
        assert_eq!(taken_in(request.as_bytes(), 3).1.unwrap_err().error, NoInvocation::NoEvents, "{request}");
    }
}

fn request(events: &[String]) -> Vec<u8> {
    let inner = serde_json::to_string(events).unwrap();
    serde_json::json!({"Data": {"events": inner}, "Metadata": {"SequenceNumberArray": "[7,8]"}})
        .to_string()
        .into_bytes()
}

#[test]
fn the_form_of_the_host_is_read_in_one_pass() {
    let events = [r#"{"a":"\u00e9\\ \"\n/"}"#, "", "not json", "π 😀\u{2028}\u{7f}", "[]"];
    let request = request(&events.map(str::to_owned));
    for chunk in [1, 2, 7, 16, request.len()] {
        let mut found = Vec::new();
        let mut strings = Strings::new();
        for chunk in request.chunks(chunk) {
            strings.push(chunk, &mut |event| found.push(event));
        }
        assert!(matches!(strings.finish(), Remains::Rest(_)), "this is the form");
        assert_eq!(found, events.map(|event| event.as_bytes().to_vec()));
    }
}

#[test]
fn where_the_form_ends_the_other_reader_takes_over() {
    for (events, expected) in [
        (r#"[\"a\",{\"b\":1},\"c\"]"#, vec!["a", r#"{"b":1}"#, "c"]),
        (r#"[\"a\"\n,\"b\"\n]\n"#, vec!["a", "b"]),
        (r#"[\"a\", null]"#, vec!["a", "null"]),
        (r"[]\n", vec![]),
        (r#"\n[\"a\"]"#, vec!["a"]),
        (r#"[\"a\",\"\\ud800\"]"#, vec!["a", r#""\ud800""#]),
    ] {
        let request = format!(r#"{{"Data":{{"events":"{events}"}},"Metadata":{METADATA}}}"#);
        for chunk in [1, 5, request.len()] {
            let (bodies, invocation) = taken_in(request.as_bytes(), chunk);
            let bodies: Vec<_> = bodies.iter().map(|body| String::from_utf8_lossy(body)).collect();
            assert_eq!(bodies, expected, "{request}");
            assert_eq!(invocation.unwrap().origin_of(1), "eventhub://hubs-example/activity/3@42");
        }
    }
}

#[test]
fn what_was_read_of_a_request_that_breaks_off_is_not_lost() {
    let whole = request(&["a".to_owned(), "b".to_owned()]);
    let cut = whole.len() - 5;
    let (bodies, invocation) = taken_in(&whole[..cut], 9);
    assert_eq!(bodies, [b"a", b"b"]);
    assert!(!invocation.unwrap_err().bytes.is_empty());
    let (bodies, invocation) = taken_in(br#"{"Data":{"events":"[\"a\",\"b"#, 9);
    assert_eq!(bodies, [b"a"]);
    assert!(invocation.unwrap_err().bytes.ends_with(br#"\"b"#));
}

proptest::proptest! {
    #[test]
    fn one_pass_reads_what_two_read(events: Vec<String>, chunk in 1..400_usize) {
        let request = request(&events);
        let (bodies, invocation) = taken_in(&request, chunk);
        let (metadata, expected) = any(&request).unwrap();
        proptest::prop_assert_eq!(bodies, expected);
        proptest::prop_assert_eq!(invocation.unwrap(), Invocation::of(metadata));
    }

    #[test]
    fn one_pass_never_reads_what_two_read_otherwise(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "\\", "\"", "/", "u", "n", "[", "]", ",", " ", "a", "é", "\\\"", "\\\\", "\\u0041", "\\u005c",
                "\\u0022", "\\\\u0041", "\\\\ud83d\\\\ude00", "\\\\n", "\\\\\\\"", "\\\",\\\"", "\\\",null,\\\"",
                "\\\", {} ,\\\"", "\\\"\\n,\\\"",
            ]),
            0..24,
        ),
        chunk in 1..60_usize,
    ) {
        let request = format!(r#"{{"Data":{{"events":"[\"{}\"]"}},"Metadata":{{}}}}"#, pieces.concat());
        let is_array = |text: &str| serde_json::from_str::<Vec<&RawValue>>(text).is_ok();
        let wrapped = serde_json::from_str::<serde_json::Value>(&request);
        let holds_array = wrapped.is_ok_and(|whole| whole["Data"]["events"].as_str().is_some_and(is_array));
        let (bodies, invocation) = taken_in(request.as_bytes(), chunk);
        if holds_array {
            let (metadata, expected) = any(request.as_bytes()).unwrap();
            proptest::prop_assert_eq!(bodies, expected, "{}", request);
            proptest::prop_assert_eq!(invocation.unwrap(), Invocation::of(metadata));
        } else if any(request.as_bytes()).is_err() {
            proptest::prop_assert!(invocation.is_err(), "{}", request);
        }
    }
}

#[test]
fn a_segment_cannot_break_the_origin() {
    let metadata = r#"{"PartitionContext":{"FullyQualifiedNamespace":"a/b#c","EventHubName":"x\ny","PartitionId":"0@1"}}"#;
    assert_eq!(read(r#"{"events":["a"]}"#, metadata).origin(1), "eventhub://a_b_c/x_y/0_1@unknown-0");
}

#[test]
fn what_somebody_replays_says_so_event_by_event() {
    let data = r#"{"events":"[\"{}\",\"{}\"]"}"#;
    let with = |properties: &str| {
        let metadata = METADATA.replacen('{', &format!(r#"{{"PropertiesArray": {properties},"#), 1);
        read(data, &metadata).replayed(2)
    };
    assert_eq!(with(r#""[{},{\"trailhound-replay\":\"1\"}]""#), [false, true]);
    assert_eq!(with(r#"[{"trailhound-replay":1},{"other":"1"}]"#), [true, false]);
    assert_eq!(read(data, METADATA).replayed(2), [false, false]);
    let one = ONE.replacen('{', r#"{"Properties": {"trailhound-replay": "1"},"#, 1);
    assert_eq!(read(r#"{"events":"{}"}"#, &one).replayed(2), [true, true]);
}

#[test]
fn a_message_of_a_queue_is_read_in_every_form() {
    let metadata = r#"{"DequeueCount": "2", "Id": "e1/x", "PopReceipt": "r"}"#;
    let text = r#"{"job":"learn","url":"é"}"#;
    let quoted = |text: &str| serde_json::to_string(text).unwrap();
    let packed = base64::engine::general_purpose::STANDARD.encode(text);
    for item in
        [quoted(text), quoted(&quoted(text)), text.to_owned(), quoted(&packed), quoted(&quoted(&packed))]
    {
        for data in [format!(r#"{{"item":{item}}}"#), format!(r#"{{"other":{item}}}"#)] {
            let request = format!(r#"{{"Data":{data},"Metadata":{metadata}}}"#);
            let read = Item::read(request.as_bytes()).unwrap();
            assert_eq!(read, Item { id: "e1_x".to_owned(), times: Some(2), text: text.into() }, "{request}");
        }
    }
    // What is said of it may be missing, and it may not.
    let bare = Item::read(br#"{"Data":{"item":"x"}}"#).unwrap();
    assert_eq!(bare, Item { id: "unknown".to_owned(), times: None, text: b"x".to_vec() });
    assert_eq!(Item::read(br#"{"Data":{},"Metadata":{}}"#), Err(NoInvocation::NoEvents));
    assert!(matches!(Item::read(b"x"), Err(NoInvocation::Shape(_))));
}
