//! What says nothing is not there; the proof of it sees rules that take a member for something.

use trailhound_detect::proving::shapes::{self, Log, Put};

use crate::{events, verdict};

/// With `exists` where shipped rules ask whether a field says something, each shape that fills empty places with nothing
/// changes what is found.
#[test]
fn rules_that_ask_for_members_are_seen() {
    let asking = verdict::with_rules(&|text| text.replace(r"|re: '\w'", "|exists: true"));
    for name in ["absent-null", "absent-empty-text", "absent-dash", "absent-empty-list"] {
        let shape = shapes::all().into_iter().find(|shape| shape.name == name).expect("a shape");
        let Put::Record(put) = shape.put else { panic!("{name} is no shape of a record") };
        let is_seen = events::all().iter().filter(|event| event.log == Log::CloudTrail).any(|event| {
            let plain = verdict::by(&asking, event.record.to_string().as_bytes());
            put(events::known(), event.log, &event.record).iter().any(|record| {
                let filled = verdict::by(&asking, record.to_string().as_bytes());
                !verdict::differences(&plain, &filled).is_empty()
            })
        });
        assert!(is_seen, "nothing tells {name} from what is there");
    }
}

/// A member that is there though it holds nothing is no answer: shipped rules never ask for one in the record itself.
#[test]
fn no_shipped_rule_asks_for_a_member() {
    for file in trailhound_detect::rules::EMBEDDED.iter() {
        for (number, line) in file.text.lines().enumerate() {
            assert!(!line.contains("|exists"), "{}:{}: {line}", file.path, number + 1);
        }
    }
}
