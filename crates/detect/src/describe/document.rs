//! The document of a finding, within the size that it may have.

use jiff::Timestamp;

use super::cloudevent::CloudEvent;
use super::length::length;
use super::ocsf::{Budget, DetectionFinding};
use super::product::Product;
use crate::matched::Match;

/// Largest finding: what CloudEvents asks every intermediary to forward.
pub const MOST_BYTES: usize = 64 * 1024;

pub(super) fn write(found: &Match, product: &Product, now: Timestamp, id: &str) -> String {
    let at = |budget| {
        let (data, cut) = DetectionFinding::build(found, product, now, budget);
        (CloudEvent::of(found, id, now, data), cut)
    };
    let mut smallest = String::new();
    let mut whole = None;
    for budget in Budget::STEPS {
        let (mut event, cut) = at(budget);
        if cut || whole.is_some() {
            event.mark_truncated(*whole.get_or_insert_with(|| {
                length(&at(Budget::WHOLE).0) + DetectionFinding::length_beyond(found, now, Budget::WHOLE)
            }));
        }
        let json = to_json(&event);
        if json.len() <= MOST_BYTES {
            return json;
        }
        whole.get_or_insert(json.len());
        smallest = json;
    }
    smallest
}

fn to_json(event: &CloudEvent) -> String {
    // Strings, numbers, lists and maps with string keys: nothing that JSON could not hold.
    serde_json::to_string(event).expect("a finding has only string keys and finite numbers")
}
