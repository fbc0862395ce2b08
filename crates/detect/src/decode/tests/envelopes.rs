use super::*;

const A: &str = r#"{"a":1}"#;
const B: &str = r#"{"b":[{"c":"}]"}]}"#;

#[test]
fn reads_every_envelope() {
    for envelope in [
        format!(r#"{{"Records":[{A},{B}]}}"#),
        format!(r#"{{"records":[{A},{B}]}}"#),
        format!("{{ \"Records\" : [\n {A} ,\n {B}\n ]\n}}\n"),
        format!(r#"{{"@odata.context":"x[","value":[{A},{B}],"nextLink":"y"}}"#),
        format!(r#"{{"value":[{A},{B}],"nextLink":null}}"#),
        format!(r#"{{"Events":[{A},{B}],"NextToken":"t"}}"#),
        format!(r#"{{"owner":{{"x":["y"]}},"Records":[{A},{B}],"after":[1,{{"z":2}}]}}"#),
        format!(r#"{{"Records":[{A}],"Records":[{B}]}}"#),
        format!("[{A},{B}]"),
        format!("[\n  {A},\n  {B}\n]\n"),
        format!("[[{A}],[[{B}]],[]]"),
        format!(r#"{{"records":[[{A}],{B}]}}"#),
        format!("{A}{B}"),
        format!("{A},{B}"),
        format!("{A} {B}"),
        format!("{{\n \"Records\": [{A}]\n}}\n{{\n \"Records\": [{B}]\n}}\n"),
        format!("{{\"Records\":[{A}]}}{{\"Records\":[{B}]}}"),
        format!("\u{feff}{{\"Records\":[{A},{B}]}}"),
    ] {
        assert_eq!(decode(&envelope), [ordinal(1, A), ordinal(2, B)], "{envelope}");
        assert_eq!(decode(gzip(envelope.as_bytes())), [ordinal(1, A), ordinal(2, B)], "{envelope}");
    }
}

#[test]
fn reads_json_lines() {
    for text in [format!("{A}\n{B}\n"), format!("{A}\r\n{B}"), format!("\u{feff}{A}\n {B} \n\n")] {
        assert_eq!(decode(&text), [line(1, A), line(2, B)], "{text}");
    }
    assert_eq!(decode(format!("\n\n{A}\n\n{B}\n")), [line(3, A), line(5, B)]);
    assert_eq!(decode(A), [line(1, A)], "a single line is JSON Lines too");
}

#[test]
fn an_envelope_on_a_line_has_that_line() {
    let text = format!("{A}\n{{\"records\":[{A},{B}]}}\n[{B}]\n{A}{B}\n");
    let expected = [line(1, A), line(2, A), line(2, B), line(3, B), line(4, A), line(4, B)];
    assert_eq!(decode(text), expected);
}

#[test]
fn reads_objects_written_over_several_lines() {
    let pretty = "{\n  \"a\": {\n    \"b\": 1\n  }\n}";
    assert_eq!(decode(format!("{pretty}\n{pretty}\n")), [ordinal(1, pretty), ordinal(2, pretty)]);
    assert_eq!(decode(pretty), [ordinal(1, pretty)]);
}

#[test]
fn a_record_that_has_a_list_of_values_is_no_envelope() {
    for record in [
        r#"{"operationName":"x","value":[{"a":1}]}"#,
        r#"{"value":["a","b"]}"#,
        r#"{"id":1,"events":[{"a":1}]}"#,
        r#"{"tables":[{"name":"PrimaryResult","columns":[],"rows":[[1]]}]}"#,
        r#"{"value":"Records","x":{"Records":[{}]}}"#,
        r#"{"Records":{"a":1}}"#,
    ] {
        assert_eq!(decode(record), [line(1, record)]);
    }
}

#[test]
fn reads_windows_events() {
    let one = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\n<System/>\n</Event>";
    let two = "<Event><EventData>a\\b é</EventData></Event>";
    let expected = [ordinal(1, one), ordinal(2, two)];
    assert_eq!(decode(format!("{one}{two}")), expected);
    let document = format!("<?xml version=\"1.0\"?>\n<Events>\n{one}\n{two}\n</Events>\n");
    assert_eq!(decode(&document), expected);
    let cut = &document[..document.len() - 20];
    let rest = &two[..two.len() - 9];
    assert_eq!(decode(cut), [ordinal(1, one), rejected(RejectReason::Truncated, Place::Ordinal(2), rest)]);
    assert_eq!(
        decode("<html></html>"),
        [rejected(RejectReason::ForeignForm, Place::Ordinal(1), "<html></html>")]
    );
}

#[test]
fn gzip_that_was_taken_for_text_is_told_for_what_it_was() {
    let spoiled = String::from_utf8_lossy(&gzip(br#"{"records":[{"a":1}]}"#)).into_owned();
    assert!(
        matches!(decode(&spoiled).as_slice(), [Item::Reject(RejectReason::ForeignForm, ..)]),
        "{:?}",
        decode(&spoiled)
    );
}

#[test]
fn knows_what_holds_no_records() {
    let digest = r#"{"awsAccountId":"111122223333","digestStartTime":"2026-01-01T00:00:00Z","logFiles":[]}"#;
    assert_eq!(decode(digest), [Item::Notice(Notice::CloudTrailDigest)]);
    let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"example"}"#;
    assert_eq!(decode(test), [Item::Notice(Notice::S3TestEvent)]);
    for empty in ["", " \n", "\u{feff}", "[]", r#"{"Records":[]}"#, r#"{"value":[]}"#, "[[],[]]"] {
        assert_eq!(decode(empty), [Item::Notice(Notice::Empty)], "{empty:?}");
    }
    assert_eq!(decode(gzip(b"")), [Item::Notice(Notice::Empty)]);
}
