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
}

#[test]
fn what_is_there_whole_is_not_overruled_by_pieces_and_they_fill_in_what_it_lacks() {
    let plain =
        json!({"asked": {"ids": ["a"], "parameters": {"host": ["db"], "port": ["22"]}, "reason": "r"}});
    for pieces in [
        json!({"asked": {"ids": ["a"], "parameters": {"host": ["db"]}, "reason": "r"}, "asked.ids": "b",
            "asked.parameters.host": "other", "asked.parameters.port": ["22"], "asked.reason.keyword": "R"}),
        json!({"asked.ids": "b", "asked.parameters.port": ["22"], "asked": "{\"ids\":[\"a\"],\"reason\":\"r\"}",
            "asked.parameters": "{host=[db]}"}),
        json!({"asked": null, "asked.ids.0": "a", "asked.parameters": "", "asked.parameters.host.0": "db",
            "asked.parameters.port.0": "22", "asked.reason": "r"}),
        json!({"asked": {"ids": null, "parameters": {"host": ["db"], "port": "-"}, "reason": "r"}, "asked.ids.0": "a",
            "asked.parameters.port.0": "22"}),
    ] {
        assert_eq!(unfold(&pieces).as_ref(), Some(&plain), "{pieces}");
    }
}

#[test]
fn members_of_a_list_stand_by_their_numbers() {
    let pieces = json!({"asked.ids.10": "d", "asked.ids.1": "b", "asked.ids.0": "a", "asked.ids.2": "c",
        "asked.ports.443": "https", "asked.ports.80": "http"});
    let whole = json!({"asked": {"ids": ["a", "b", "c", "d"], "ports": {"443": "https", "80": "http"}}});
    assert_eq!(unfold(&pieces), Some(whole));
}

#[test]
fn a_member_is_known_however_its_name_is_written() {
    let is_member = |name: &str| {
        let text = json!({name: 1}).to_string();
        let document = Document::parse(&text).unwrap();
        document.root().entries().all(|(key, _)| super::is_member(MEMBERS, key))
    };
    assert!(["asked", "ASKED", "as_ked", "asked.ids", "Resources"].into_iter().all(is_member));
    assert!(!["ask", "other.asked", "message", "_raw"].into_iter().any(is_member));
}

#[test]
fn a_word_for_nothing_is_nothing_where_a_text_is_due() {
    const TEXTS: &[ObjectMember] =
        &[ObjectMember::text("code"), ObjectMember::open("who", &[ObjectMember::text("by")])];
    let unfold = |record: Value| {
        let text = record.to_string();
        let document = Document::parse(&text).unwrap();
        let is_folded = any_folded(document.root(), TEXTS);
        is_folded.then(|| serde_json::from_str::<Value>(&unfolded(document.root(), TEXTS)).unwrap())
    };
    let nothing = json!({"code": null, "who": {"by": null, "name": "null"}, "other": "null"});
    for word in ["null", "NULL", "None", "nil", "NaN", "undefined", "N/A", "(null)", "<null>", "\\N"] {
        let record = json!({"code": word, "who": {"by": word, "name": "null"}, "other": "null"});
        assert_eq!(unfold(record).as_ref(), Some(&nothing), "{word}");
    }
    assert_eq!(unfold(json!({"code": "AccessDenied", "who": {"by": "nullify"}, "other": "null"})), None);
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
