use serde_json::{Value, json};
use trailhound_sigma::json::Document;

use super::{ObjectMember, any_folded, unfolded};

const MEMBERS: &[ObjectMember] = &[
    ObjectMember::open("asked", &[ObjectMember::object("parameters", &[]), ObjectMember::list("ids", &[])]),
    ObjectMember::list("resources", &[ObjectMember::object("owner", &[])]),
];

fn unfold(record: &Value) -> Option<Value> {
    let text = record.to_string();
    let document = Document::parse(&text).unwrap();
    let is_folded = any_folded(document.root(), MEMBERS);
    is_folded.then(|| serde_json::from_str(&unfolded(document.root(), MEMBERS)).unwrap())
}

#[test]
fn what_ought_to_be_an_object_or_a_list_is_unfolded_at_any_depth() {
    let plain = json!({
        "asked": {"parameters": {"host": ["db"]}, "ids": ["a", "b"], "text": "{\"kept\":1}"},
        "resources": [{"owner": {"id": "o"}}, {"owner": {"id": "p"}}], "name": "{x=y}"
    });
    assert_eq!(unfold(&plain), None);
    let mut folded = plain.clone();
    folded["asked"]["parameters"] = json!(plain["asked"]["parameters"].to_string());
    assert_eq!(unfold(&folded).as_ref(), Some(&plain));
    folded["asked"]["ids"] = json!("[a, b]");
    folded["asked"] = json!(folded["asked"].to_string());
    folded["resources"][1]["owner"] = json!("{id=p}");
    assert_eq!(unfold(&folded).as_ref(), Some(&plain));
    folded["resources"] = json!(folded["resources"].to_string());
    assert_eq!(unfold(&folded).as_ref(), Some(&plain));
}

#[test]
fn names_come_in_any_case_and_keep_it() {
    let unfolded = unfold(&json!({"ASKED": "{\"Parameters\": \"{a=b}\"}"}));
    assert_eq!(unfolded, Some(json!({"ASKED": {"Parameters": {"a": "b"}}})));
}

#[test]
fn other_text_stays_text() {
    for text in ["", "-", "HIDDEN", "{cut off", "{PII removed}", "[", "{\"a\": 1} trailing", "[1]"] {
        assert_eq!(unfold(&json!({"asked": text})), None, "{text}");
    }
    assert_eq!(unfold(&json!({"asked": null, "resources": {"a": "{}"}})), None);
}
