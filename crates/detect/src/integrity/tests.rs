use super::*;

fn replaced(announced: &str, written: Option<&str>) -> Match {
    let written = written.map(|at| at.parse().unwrap());
    let scope = Scope { account: "111122223333".to_owned(), ..Scope::default() };
    Replaced { uri: "s3://trail/k", announced, read: "bb", written }.told(&scope)
}

#[test]
fn the_same_object_told_again_is_the_same_alert() {
    let first = replaced("aa", Some("2026-03-18T10:15:30Z"));
    assert_eq!(first.uid(), replaced("aa", Some("2026-03-18T10:15:30Z")).uid());
    assert_ne!(first.uid(), replaced("cc", Some("2026-03-18T10:15:30Z")).uid());
    assert!(first.from.unvouched, "whoever may send a notice may name any content");
}

#[test]
fn it_is_known_when_it_was_written_or_not_at_all() {
    let at = "2026-03-18T10:15:30Z";
    assert_eq!(replaced("aa", Some(at)).facts.time.map(|time| time.to_string()).as_deref(), Some(at));
    assert_eq!(replaced("aa", None).facts.time, None);
}
