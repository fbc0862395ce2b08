use super::*;

#[test]
fn a_source_is_told_by_its_objects_address_and_by_no_other() {
    let of = |key: &str| TrailSource::of(&format!("s3://example-trail/{key}"));
    let found = of("audit/AWSLogs/o-example/111122223333/CloudTrail/eu-west-1/2026/03/18/x.json.gz").unwrap();
    assert_eq!(
        [found.place.as_str(), &found.account, &found.region],
        ["s3://example-trail", "111122223333", "eu-west-1"]
    );
    for other in [
        "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/x.json.gz",
        "AWSLogs/example/CloudTrail/eu-west-1/x.json.gz",
        "AWSLogs/111122223333/CloudTrail/EU-WEST-1{x}/x.json.gz",
        "AWSLogs/111122223333/CloudTrail",
        "CloudTrail/eu-west-1/x.json.gz",
        "k",
    ] {
        assert_eq!(of(other), None, "{other}");
    }
    assert_eq!(TrailSource::of("eventbridge://111122223333/eu-west-1/CloudTrail/eu-west-1"), None);
}

#[test]
fn each_silence_is_one_alert_that_says_since_when() {
    let source = TrailSource::of("s3://trail/AWSLogs/111122223333/CloudTrail/eu-west-1/x").unwrap();
    let at = |at: &str| at.parse::<Timestamp>().unwrap();
    let silence = |since: &str| {
        let usual = SignedDuration::from_mins(61);
        Silence { source: source.clone(), since: at(since), usual }.told(&Scope::default())
    };
    let found = silence("2026-03-18T10:15:30Z");
    assert_eq!(found.uid(), silence("2026-03-18T10:15:30Z").uid());
    assert_ne!(found.uid(), silence("2026-03-19T10:15:30Z").uid());
    assert_eq!(
        (found.facts.scope.account.as_str(), found.facts.scope.region.as_deref()),
        ("111122223333", Some("eu-west-1"))
    );
    assert!(
        found.rule.sentence.contains("since 2026-03-18 10:15Z")
            && found.rule.sentence.contains("within 2 hours")
    );
}
