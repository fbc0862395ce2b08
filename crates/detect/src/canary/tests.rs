use super::*;
use crate::describe::{Product, describe};

fn singer(provider: Provider) -> Singer {
    Singer {
        provider,
        function: "example-function".to_owned(),
        scope: Scope {
            account: "111122223333".to_owned(),
            region: Some("eu-west-1".to_owned()),
            ..Scope::default()
        },
    }
}

#[test]
fn a_canary_is_told_from_what_only_mentions_it() {
    assert!(is_canary(br#"{"trailhound":"canary"}"#));
    assert!(is_canary(br#" { "trailhound" : "canary", "n": 1 } "#));
    for other in
        [r#"{"trailhound":"dog"}"#, r#""canary""#, r#"{"records":[{"trailhound":"canary"}]}"#, "", "["]
    {
        assert!(!is_canary(other.as_bytes()), "{other}");
    }
    let long = format!(r#"{{"trailhound":"canary","x":"{}"}}"#, "y".repeat(LONGEST));
    assert!(!is_canary(long.as_bytes()));
}

#[test]
fn either_clouds_canary_is_a_valid_finding_of_that_cloud() {
    let now = "2026-03-18T10:15:30Z".parse().expect("a time");
    for (provider, feature) in [(Provider::Aws, "aws-lambda"), (Provider::Azure, "azure-function")] {
        let found = singer(provider).sing("origin-1", now);
        assert_eq!((found.facts.provider, found.verdict.level), (provider, Level::Informational));
        let finding = describe(found, &Product::new(feature), now);
        assert_eq!(trailhound_conformance::validate_finding(finding.json()), Ok(()));
    }
}

#[test]
fn each_delivery_has_its_own_and_keeps_it() {
    let (singer, now) = (singer(Provider::Aws), Timestamp::UNIX_EPOCH);
    let uid = |origin: &str, now| singer.sing(origin, now).uid().to_owned();
    assert_eq!(uid("a", now), uid("a", now + jiff::SignedDuration::from_secs(60)));
    assert_ne!(uid("a", now), uid("b", now));
}
