//! `rules prove`: can rules of one's own fire?

mod common;

use serde_json::Value;

use common::{Folder, err, out, trailhound};

const TRAIL: &str = "title: Trail stopped\nlogsource: {product: aws, service: cloudtrail}\ndetection: {s: {eventName: StopLogging}, condition: s}\n";

#[test]
fn a_rule_that_can_fire_is_a_line() {
    let folder = Folder::new();
    let rule = folder.write("trail.yml", TRAIL);
    let proved = trailhound(&["rules", "prove", &rule, "--shape", "plain", "--shape", "trail"]);
    assert_eq!(out(&proved), "FIRES     trail-stopped  2 of 2 shapes\n1 rule: 1 fires\n");
    assert_eq!(proved.status.code(), Some(0));
}

#[test]
fn a_rule_that_cannot_is_told_with_its_reason() {
    let folder = Folder::new();
    folder.write("trail.yml", TRAIL);
    folder.write(
        "system.yml",
        "title: Linux on Windows\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {CommandLine: x, OSPlatform: Linux}, condition: s}\n",
    );
    let closed = folder.write(
        "closed.yml",
        "title: Never\nlogsource: {product: azure, service: signinlogs}\ndetection: {s: {SigninType: Interactively}, condition: s}\n",
    );
    let proved = trailhound(&["rules", "prove", &folder.path(""), "--shape", "plain", "--format", "json"]);
    assert_eq!(proved.status.code(), Some(1), "{}", err(&proved));
    let proofs: Value = serde_json::from_str(&out(&proved)).expect("JSON");
    let of = |rule: &str| {
        let all = proofs.as_array().expect("an array");
        all.iter().find(|proof| proof["rule"] == rule).unwrap_or_else(|| panic!("no {rule}: {proofs}"))
    };
    assert_eq!(of("trail-stopped")["verdict"], "fires");
    assert_eq!(of("trail-stopped")["record"]["eventName"], "StopLogging");
    assert_eq!(of("linux-on-windows")["verdict"], "cannot");
    assert_eq!(of("linux-on-windows")["reason"], "it is a record of another system or event");
    assert_eq!(of(&closed)["verdict"], "cannot");
    assert!(of(&closed)["reason"].as_str().is_some_and(|reason| reason.starts_with("3:")));
}

#[test]
fn a_shape_that_is_none_is_refused() {
    let folder = Folder::new();
    let rule = folder.write("trail.yml", TRAIL);
    let proved = trailhound(&["rules", "prove", &rule, "--shape", "trial"]);
    assert_eq!(proved.status.code(), Some(2));
    assert!(err(&proved).contains("no shape is called 'trial'"), "{}", err(&proved));
}
