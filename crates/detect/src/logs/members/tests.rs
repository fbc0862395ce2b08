use serde_json::{Value, json};
use trailhound_sigma::json::Document;

use super::{ObjectMember, any_folded, unfolded};
use crate::log_type::LogType;

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
fn names_of_its_own_come_in_any_case_and_those_of_a_caller_keep_theirs() {
    let unfolded = unfold(&json!({"ASKED": "{\"Parameters\": \"{a=b}\"}"}));
    assert_eq!(unfolded, Some(json!({"asked": {"Parameters": {"a": "b"}}})));
    assert_eq!(unfold(&json!({"asked": {"Parameters": {"a": "b"}}})), None);
}

#[test]
fn pieces_are_joined_by_other_signs_too() {
    let plain = json!({"asked": {"parameters": {"host": "db"}, "ids": ["a", "b"],
        "claims": {"http://schemas.example.com/upn": "u"}}, "resources_count": 1});
    for joint in ["_", "__", "/", ":", "-"] {
        let mut pieces = json!({"resources_count": 1});
        for (path, value) in [
            ("asked,parameters,host", "db"),
            ("asked,ids,0", "a"),
            ("asked,ids,1", "b"),
            ("asked,claims,http://schemas.example.com/upn", "u"),
        ] {
            pieces[path.replace(',', joint)] = json!(value);
        }
        assert_eq!(unfold(&pieces).as_ref(), Some(&plain), "{joint}");
    }
    let typed = json!({"asked_parameters_host_s": "db", "asked_ids_s": "[\"a\"]"});
    assert_eq!(unfold(&typed), Some(json!({"asked": {"parameters": {"host": "db"}, "ids": ["a"]}})));
    assert_eq!(unfold(&json!({"asked_d": {"ids": ["a"]}})), Some(json!({"asked": {"ids": ["a"]}})));
}

#[test]
fn words_joined_as_names_are_told_apart_where_they_are_known() {
    const WHO: &[ObjectMember] = &[ObjectMember::open(
        "userIdentity",
        &[ObjectMember::open("sessionContext", &[ObjectMember::object("sessionIssuer", &[])])],
    )];
    let text =
        json!({"user_identity_session_context_session_issuer_user_name": "Ops", "user_identity_type": "t"})
            .to_string();
    let document = Document::parse(&text).unwrap();
    let unfolded: Value = serde_json::from_str(&unfolded(document.root(), WHO)).unwrap();
    assert_eq!(
        unfolded,
        json!({"userIdentity": {"sessionContext": {"sessionIssuer": {"user_name": "Ops"}}, "type": "t"}})
    );
}

#[test]
fn an_object_in_a_list_of_one_or_name_by_name_is_the_object() {
    let plain = json!({"asked": {"parameters": {"host": ["db"]}, "ids": ["a"]}});
    for asked in [
        json!([plain["asked"]]),
        json!([{"key": "parameters", "value": {"host": ["db"]}}, {"key": "ids", "value": ["a"]}]),
        json!({"parameters": [{"host": ["db"]}], "ids": ["a"]}),
        json!(json!([plain["asked"]]).to_string()),
    ] {
        assert_eq!(unfold(&json!({"asked": asked})).as_ref(), Some(&plain), "{asked}");
    }
    assert_eq!(
        unfold(&json!({"asked": [{"key": "who", "value": "me"}]})),
        Some(json!({"asked": {"who": "me"}}))
    );
    assert_eq!(unfold(&json!({"asked": [{"a": 1}, {"a": 2}]})), None);
}

#[test]
fn what_stands_for_an_object_and_holds_none_is_not_taken_for_absent() {
    const DUE: &[ObjectMember] = &[ObjectMember::due("who", &[]), ObjectMember::open("asked", &[])];
    let illegible = |record: Value| {
        let text = record.to_string();
        let document = Document::parse(&text).unwrap();
        let found = super::illegible(document.root(), DUE);
        assert_eq!(any_folded(document.root(), DUE), found.is_some(), "{text}");
        found
    };
    for text in [
        "[object Object]",
        "@{a=System.Object[]}",
        "{Root, 1111}",
        "System.Collections.Hashtable",
        "{\"a\": ",
    ] {
        assert_eq!(illegible(json!({"who": text})), Some("who"), "{text}");
        assert_eq!(illegible(json!({"asked": text})), None, "{text}");
    }
    for text in ["", "-", "HIDDEN_DUE_TO_SECURITY_REASONS", "{PII Removed}", "<redacted>", "[REDACTED]"] {
        assert_eq!(illegible(json!({"who": text})), None, "{text}");
    }
}

#[test]
fn one_text_is_one_however_it_is_wrapped() {
    const TEXTS: &[ObjectMember] =
        &[ObjectMember::text("code"), ObjectMember::yes_or_no("used"), ObjectMember::time("time")];
    let unfold = |record: &Value| {
        let text = record.to_string();
        let document = Document::parse(&text).unwrap();
        any_folded(document.root(), TEXTS)
            .then(|| serde_json::from_str::<Value>(&unfolded(document.root(), TEXTS)).unwrap())
    };
    for code in
        [json!(["Denied"]), json!({"value": "Denied"}), json!([{"code": "Denied"}]), json!("['Denied']")]
    {
        assert_eq!(unfold(&json!({"code": code})), Some(json!({"code": "Denied"})), "{code}");
    }
    assert_eq!(unfold(&json!({"code": []})), Some(json!({"code": null})));
    assert_eq!(unfold(&json!({"code": "[aws-cli/2.15] no list", "time": "2026-11-20T09:00:00Z"})), None);
    for used in [json!(true), json!("true"), json!(1), json!(["Yes"]), json!("YES")] {
        assert_eq!(unfold(&json!({"used": used})), Some(json!({"used": "Yes"})), "{used}");
    }
    assert_eq!(unfold(&json!({"used": false})), Some(json!({"used": "No"})));
    assert_eq!(unfold(&json!({"used": "Yes"})), None);
    for time in [
        json!({"$date": "2026-11-20T09:00:00Z"}),
        json!({"$date": {"$numberLong": "1795165200000"}}),
        json!({"seconds": 1_795_165_200, "nanos": 0}),
        json!({"_seconds": "1795165200", "_nanoseconds": 0}),
        json!([2026, 11, 20, 9, 0]),
        json!({"value": "2026-11-20T09:00:00Z"}),
    ] {
        let told = unfold(&json!({"time": time})).unwrap();
        let told = crate::logs::time::parse(told["time"].as_str().unwrap()).unwrap();
        assert_eq!(told.to_string(), "2026-11-20T09:00:00Z", "{time}");
    }
}

#[test]
fn other_text_stays_text() {
    for text in ["", "-", "HIDDEN", "{cut off", "{PII removed}", "[", "{\"a\": 1} trailing", "[1]"] {
        assert_eq!(unfold(&json!({"asked": text})), None, "{text}");
    }
    assert_eq!(unfold(&json!({"asked": null, "resources": {"a": "{}"}})), None);
}

#[test]
fn machines_joined_to_one_text_are_a_list() {
    let list = json!({"asked": {"ids": ["i-0123456789abcdef0", "mi-0123456789abcdef1"]}});
    for text in [
        "i-0123456789abcdef0;mi-0123456789abcdef1",
        "i-0123456789abcdef0, mi-0123456789abcdef1",
        "i-0123456789abcdef0 mi-0123456789abcdef1",
        "['i-0123456789abcdef0' 'mi-0123456789abcdef1']",
        "('i-0123456789abcdef0', 'mi-0123456789abcdef1')",
        "{i-0123456789abcdef0,mi-0123456789abcdef1}",
    ] {
        assert_eq!(unfold(&json!({"asked": {"ids": text}})).as_ref(), Some(&list), "{text}");
    }
    assert_eq!(unfold(&json!({"asked": {"ids": "one; two"}})), None);
}

#[test]
fn a_whole_name_is_no_piece_of_another() {
    const MEMBERS: &[ObjectMember] = &[ObjectMember::object("user", &[]), ObjectMember::text("userAgent")];
    let of = |name: &str| super::pieces::of(MEMBERS, name).is_some();
    assert!(of("user_name") && of("user.agent"));
    assert!(!of("user_agent") && !of("users"));
}

#[test]
fn a_word_has_nothing_around_it() {
    const WORDS: &[ObjectMember] =
        &[ObjectMember::word("name"), ObjectMember::open("who", &[ObjectMember::word("type")])];
    let unfold = |record: &Value| {
        let text = record.to_string();
        let document = Document::parse(&text).unwrap();
        any_folded(document.root(), WORDS)
            .then(|| serde_json::from_str::<Value>(&unfolded(document.root(), WORDS)).unwrap())
    };
    let plain = json!({"name": "StartSession", "who": {"type": "Root"}, "other": " x "});
    assert_eq!(unfold(&plain), None);
    for (name, kind) in [
        (json!(" StartSession "), json!("Root\n")),
        (json!("\"StartSession\""), json!("'Root'")),
        (json!(["StartSession"]), json!("\u{a0}Root")),
        (json!({"value": "StartSession"}), json!("[\"Root\"]")),
    ] {
        let record = json!({"name": name, "who": {"type": kind}, "other": " x "});
        assert_eq!(unfold(&record).as_ref(), Some(&plain), "{record}");
    }
}

#[test]
fn no_key_of_a_member_or_of_a_piece_begins_with_another_letter() {
    for &log in LogType::ALL {
        let members = crate::logs::of(log).members;
        let letters = super::Letters::of(members);
        for member in members {
            for name in [member.name.to_owned(), member.name.to_uppercase(), format!("__{}", member.name)] {
                let keys =
                    ["", ".a", "_a", "/a", ":a", "-a", ".a.b", "__a"].map(|rest| format!("{name}{rest}"));
                for key in keys.iter().filter(|key| {
                    super::named(members, key).is_some() || super::pieces::of(members, key).is_some()
                }) {
                    assert!(letters.begin(key), "{key}");
                }
            }
        }
    }
    assert!(!super::Letters::of(MEMBERS).begin("name"), "and others do");
}
