use super::*;
use crate::tally::RejectReason::{NotJson, TooDeep, TooLarge, Truncated, UnknownRecord};

#[test]
fn a_broken_record_costs_no_sibling() {
    for broken in
        [r#"{"a":{"b":1}"#, r#"{"a":"x}"#, r#"{"a":[1}"#, r#"{"a":[{"b":2},{"c":"x}]}"#, r#"{"a":1,{"b":2}"#]
    {
        let text = format!(r#"{{"Records":[{{"n":1}},{broken},{{"n":3}},{{"n":4,"s":"{{"}}]}}"#);
        let items = decode(&text);
        assert_eq!(items[0], ordinal(1, r#"{"n":1}"#), "{text}");
        assert!(matches!(items[1], Item::Reject(NotJson, Place::Ordinal(2), _)), "{text}: {items:?}");
        assert!(items.contains(&ordinal(4, r#"{"n":4,"s":"{"}"#)), "{text}: {items:?}");
        assert!(items.contains(&ordinal(3, r#"{"n":3}"#)), "{text}: {items:?}");
        assert_eq!(items.len(), 4, "{text}: {items:?}");
    }
}

#[test]
fn a_bracket_too_many_costs_no_sibling() {
    let items = decode(r#"{"Records":[{"n":1}},{"n":2}]}"#);
    let extra = rejected(NotJson, Place::Ordinal(2), "}");
    assert_eq!(items, [ordinal(1, r#"{"n":1}"#), extra, ordinal(3, r#"{"n":2}"#)]);
}

#[test]
fn the_last_record_of_an_array_may_be_the_broken_one() {
    let items = decode(r#"{"Records":[{"n":1},{"a":{"b":2}]}{"Records":[{"n":3}]}"#);
    assert_eq!(items[0], ordinal(1, r#"{"n":1}"#));
    assert_eq!(items[1], rejected(NotJson, Place::Ordinal(2), r#"{"a":{"b":2}"#));
    assert_eq!(items[2], ordinal(3, r#"{"n":3}"#));
}

#[test]
fn what_is_cut_off_is_one_reject() {
    let whole = r#"{"Records":[{"n":1},{"n":2}]}"#;
    for end in r#"{"Records":["#.len()..whole.len() {
        let items = decode(&whole[..end]);
        let cut = items.iter().filter(|item| matches!(item, Item::Reject(Truncated, ..))).count();
        assert_eq!(cut, 1, "{}: {items:?}", &whole[..end]);
        let records = whole[..end].matches('}').count();
        assert_eq!(items.len(), records + 1, "{}: {items:?}", &whole[..end]);
    }
}

#[test]
fn a_broken_line_costs_no_other() {
    let good = r#"{"n":1}"#;
    for broken in [r#"{"n":"#, r#"{"n":"x"#, r#"{"n":1}}"#, r#"{"n":1]"#, "garbage", "17", "{\"n\":\u{1}\"}"]
    {
        let items = decode(format!("{good}\n{broken}\n{good}\n"));
        assert_eq!(items.first(), Some(&line(1, good)), "{broken}");
        assert!(
            items.iter().any(|item| matches!(item, Item::Reject(_, Place::Line(2), _))),
            "{broken}: {items:?}"
        );
        assert_eq!(items.last(), Some(&line(3, good)), "{broken}: {items:?}");
    }
    for broken in [r#"{"n":{"m":1"#, r#"{"n":"x"#, "garbage", r#"{"n":1,"#] {
        let items = decode(format!("{broken}\n{good}\n{good}\n"));
        assert!(matches!(items[0], Item::Reject(_, Place::Line(1), _)), "{broken}: {items:?}");
        assert_eq!(items[1..], [line(2, good), line(3, good)], "{broken}: {items:?}");
    }
    let items = decode(format!("{good}\n{{\"n\":"));
    assert_eq!(items, [line(1, good), rejected(Truncated, Place::Line(2), "{\"n\":")]);
}

#[test]
fn only_objects_and_text_are_records() {
    let items = decode(r#"{"Records":[1,"two",null,{"n":4},tru]}"#);
    let expected = [
        rejected(UnknownRecord, Place::Ordinal(1), "1"),
        ordinal(2, "\"two\""),
        rejected(UnknownRecord, Place::Ordinal(3), "null"),
        ordinal(4, r#"{"n":4}"#),
        rejected(NotJson, Place::Ordinal(5), "tru"),
    ];
    assert_eq!(items, expected);
}

#[test]
fn garbage_is_one_reject() {
    let mut binary: Vec<u8> =
        (0..40_000u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2]).collect();
    binary[0] = 0;
    for bytes in [&binary[..], b"\x89PNG\r\n\x1a\n{\"a\":1}\n{\"b\":2}\n", b"123"] {
        let items = decode(bytes);
        assert!(matches!(items[..], [Item::Reject(NotJson, _, _)]), "{items:?}");
    }
}

#[test]
fn bytes_that_are_not_utf8_pass() {
    let items = decode(b"{\"Records\":[{\"a\":\"\xFF\"},{\"b\":1}]}");
    assert_eq!(items, [ordinal(1, "{\"a\":\"\u{fffd}\"}"), ordinal(2, "{\"b\":1}")]);
}

#[test]
fn what_is_too_deep_is_stepped_over() {
    let deep = format!(r#"{{"a":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let items = decode(format!(r#"{{"Records":[{{"n":1}},{deep},{{"n":3}}]}}"#));
    assert_eq!(
        (items.first(), items.last()),
        (Some(&ordinal(1, r#"{"n":1}"#)), Some(&ordinal(3, r#"{"n":3}"#)))
    );
    assert!(matches!(items[1], Item::Reject(TooDeep, Place::Ordinal(2), _)));
    let items = decode(format!("{{\"n\":1}}\n{deep}\n{{\"n\":3}}\n"));
    assert!(matches!(items[1], Item::Reject(TooDeep, Place::Line(2), _)), "{items:?}");
    assert_eq!(items.len(), 3, "{items:?}");
    let items = decode("[".repeat(10_000));
    assert!(matches!(items[..], [Item::Reject(TooDeep, ..)]), "{items:?}");
}

#[test]
fn what_is_too_large_is_stepped_over() {
    let limits = Limits { record: 1000, ..Limits::default() };
    let large = format!(r#"{{"a":"{}","b":[{{}}]}}"#, "x\\\"]}".repeat(10_000));
    let shape = |items: &[Item]| -> Vec<Option<RejectReason>> {
        items
            .iter()
            .map(|item| if let Item::Reject(reason, ..) = item { Some(*reason) } else { None })
            .collect()
    };
    for (text, expected) in [
        (format!(r#"[{{"n":1}},{large},{{"n":3}}]"#), [None, Some(TooLarge), None]),
        (format!("{{\"n\":1}}\n{large}\n{{\"n\":3}}\n"), [None, Some(TooLarge), None]),
        (format!("{{\"n\":1}}{large}{{\"n\":3}}"), [None, Some(TooLarge), None]),
        (format!("<Event></Event><Event>{large}</Event><Event> </Event>"), [None, Some(TooLarge), None]),
    ] {
        for size in [1, 77, 4096, text.len()] {
            let items = decode_with(limits, text.as_bytes().chunks(size));
            assert_eq!(shape(&items), expected, "{size}");
        }
    }
}

#[test]
fn a_record_that_swallows_its_siblings_is_found_out_early() {
    let good = format!(r#"{{"n":"{}"}}"#, "x".repeat(1000));
    let siblings = vec![good.as_str(); 500].join(",");
    let items = decode_with(Limits::default(), [format!(r#"{{"Records":[{{"a":{{"b":1}},{siblings}]}}"#)]);
    assert!(matches!(items[0], Item::Reject(NotJson, Place::Ordinal(1), _)));
    assert_eq!(items[1..], (2..=501).map(|n| ordinal(n, &good)).collect::<Vec<_>>());
}
