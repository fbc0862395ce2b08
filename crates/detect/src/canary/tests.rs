use super::*;
use crate::describe::finding_uid;

fn singer() -> Singer {
    Singer {
        provider: Provider::Aws,
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
fn each_delivery_has_its_own_and_keeps_it() {
    let (singer, now) = (singer(), Timestamp::UNIX_EPOCH);
    let uid = |origin: &str, now| finding_uid(&singer.sing(origin, now));
    assert_eq!(uid("a", now), uid("a", now + jiff::SignedDuration::from_secs(60)));
    assert_ne!(uid("a", now), uid("b", now));
}
