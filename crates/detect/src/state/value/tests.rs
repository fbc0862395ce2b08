use super::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Counter {
    n: u64,
}

impl Keepable for Counter {
    fn bytes(&self) -> usize {
        8
    }
}

#[test]
fn a_record_and_its_text_are_two_views_of_one_thing() {
    let value = Value::of(Counter { n: 7 });
    assert_eq!(value.as_str(), r#"{"v":1,"n":7}"#);
    let there = Value::from(value.as_str());
    assert_eq!(there.record(), Some(&Counter { n: 7 }));
    assert_eq!(there, value);
    assert_eq!(Value::from(r#"{"v":2,"n":7}"#).record::<Counter>(), None, "of a later version");
    assert_eq!(Value::from(r#"{"v":1,"n":7,"later":[]}"#).record(), Some(&Counter { n: 7 }));
}

#[test]
fn whoever_changes_what_others_look_at_changes_a_copy() {
    let before = Value::from(r#"{"v":1,"n":7}"#);
    let mut after = before.clone();
    assert!(after.change::<Counter>(|counter| counter.n += 1));
    assert_eq!((before.record(), after.record()), (Some(&Counter { n: 7 }), Some(&Counter { n: 8 })));
    let record = after.record::<Counter>().map(std::ptr::from_ref);
    assert!(after.change::<Counter>(|counter| counter.n += 1));
    assert_eq!(after.as_str(), r#"{"v":1,"n":9}"#);
    assert_eq!(after.record::<Counter>().map(std::ptr::from_ref), record, "its own is changed in place");
}
