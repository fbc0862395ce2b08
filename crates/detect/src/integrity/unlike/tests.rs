use super::*;

fn told(unlike: Unlike, uris: &[&str]) -> Match {
    let uris: Vec<String> = uris.iter().map(|uri| (*uri).to_owned()).collect();
    let scope = Scope { account: "111122223333".to_owned(), ..Scope::default() };
    BrokenDigest { digest: "s3://trail/d", unlike, uris: &uris, end: None }.told(&scope)
}

#[test]
fn the_same_told_again_is_the_same_alert_and_another_is_another() {
    let first = told(Unlike::Gone, &["s3://trail/a"]);
    assert_eq!(first.uid(), told(Unlike::Gone, &["s3://trail/a"]).uid());
    assert_ne!(
        first.uid(),
        told(Unlike::Gone, &["s3://trail/a", "s3://trail/b"]).uid(),
        "more is gone by now"
    );
    assert_ne!(first.uid(), told(Unlike::Changed, &["s3://trail/a"]).uid());
    assert!(!first.from.unvouched, "it was seen in the bucket, whoever sent the notice");
}

#[test]
fn it_names_what_it_is_about_and_how_many() {
    let found = told(Unlike::Changed, &["s3://trail/a", "s3://trail/b"]);
    assert_eq!(found.facts.target.count, 2);
    assert_eq!(found.from.origin, "s3://trail/d");
    assert_eq!(found.rule.name, "trail-integrity");
}
