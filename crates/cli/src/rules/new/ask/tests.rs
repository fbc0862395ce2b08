use std::io::Cursor;

use super::*;

fn answered(answers: &str) -> (anyhow::Result<(Draft, Naming)>, String) {
    let mut asking = Asking { from: Cursor::new(answers.to_owned()), to: Vec::new() };
    let suggested = Naming {
        name: "suggested".to_owned(),
        title: None,
        id: "00000000-0000-4000-8000-000000000021".to_owned(),
        level: "medium".to_owned(),
        date: "2026-11-20".to_owned(),
    };
    let got = asking.what(None).and_then(|draft| Ok((draft, asking.naming(suggested)?)));
    (got, String::from_utf8(asking.to).unwrap())
}

#[test]
fn what_is_not_understood_is_asked_again_and_what_is_not_answered_is_as_suggested() {
    let (got, asked) =
        answered("StartSession\n\nssm:StartSession\naws/cloudtrail\nno name\nmine\n\ngrave\nHigh\n");
    let (draft, naming) = got.unwrap();
    assert!(draft.write(&naming).unwrap().rule.contains("eventName: StartSession"));
    assert_eq!((naming.name.as_str(), naming.title, naming.level.as_str()), ("mine", None, "high"));
    assert!(asked.contains("several services have `StartSession`"), "{asked}");
    assert!(asked.contains("write letters, digits"), "{asked}");
    let (got, _) = answered("ssm:StartSession\n\n\nA session of theirs\n\n");
    let (_, naming) = got.unwrap();
    assert_eq!((naming.name.as_str(), naming.title.as_deref()), ("suggested", Some("A session of theirs")));
}

#[test]
fn where_nobody_answers_nothing_is_made() {
    let (got, _) = answered("ssm:StartSession\n");
    assert!(got.unwrap_err().to_string().contains("nothing is written"));
}
