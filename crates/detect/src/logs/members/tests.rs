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
fn what_is_folded_twice_or_nearly_json_is_unfolded_too() {
    let plain = json!({"asked": {"parameters": {"host": ["db"]}, "ids": ["a", "b"]}});
    let once = plain["asked"].to_string();
    let nearly = format!("{},}}", once.trim_end_matches('}')).replace("\"db\"]", "\"db\"]}");
    for text in [json!(once).to_string(), json!(json!(once).to_string()).to_string(), nearly] {
        assert_eq!(unfold(&json!({"asked": text})).as_ref(), Some(&plain), "{text}");
    }
}

#[test]
fn what_comes_in_pieces_is_put_together() {
    let pieces = json!({"asked.ids.0": "a", "asked.ids.1": "b", "asked.parameters.host": "[\"db\"]", "other.x": 1,
        "asked.claims.http://schemas.example.com/upn": "u", "resources{}.owner.id": "o"});
    let whole = json!({"asked": {"ids": ["a", "b"], "parameters": {"host": "[\"db\"]"},
        "claims": {"http://schemas.example.com/upn": "u"}}, "other.x": 1, "resources{}.owner.id": "o"});
    assert_eq!(unfold(&pieces), Some(whole));
    // What is there whole is not overruled.
    let both = json!({"asked": {"ids": ["a"]}, "asked.ids": "b"});
    let unfolded = unfold(&both).unwrap();
    assert_eq!(
        Document::parse(&unfolded.to_string()).unwrap().get("asked.ids").map(|ids| ids.raw().len()),
        Some(5)
    );
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
