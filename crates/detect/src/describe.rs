//! A match as the world sees it: an OCSF Detection Finding inside a CloudEvent.
//!
//! [`describe`] depends on the match, the product and the clock it is given, and on nothing else: the same three give
//! the same bytes. `data` is the same whatever path an event took, but for `metadata.log_name`, the digest and size
//! of the record's bytes, `product.feature`, the base of `src_url`, and the two times of processing. Every string of the record passes the
//! gate for secrets, is made visible and cut; a finding never exceeds 64 KiB, and says when something was left out.

pub mod attack;
mod cloudevent;
pub mod contain;
mod context;
pub mod escape;
mod explain;
mod finding;
mod gate;
mod identity;
mod length;
pub mod links;
mod message;
mod names;
pub mod notify;
mod ocsf;
mod percent;
mod product;
mod quieting;
mod redact;
mod shadowed;
#[cfg(test)]
mod tests;
mod visible;

use std::sync::OnceLock;

use jiff::Timestamp;

use crate::matched::Match;
use cloudevent::CloudEvent;
use length::length;
use ocsf::{Budget, DetectionFinding};

pub use explain::{explain, explained, tells};
pub use finding::Finding;
pub use gate::{MOST_SHOWN, clean, clean_id};
pub use product::{Product, is_rule_pages};
pub use redact::{excerpt, told_at};
pub use shadowed::{ShadowLine, Shadowed};
pub use visible::{visible, visible_within};

/// Largest finding: what CloudEvents asks every intermediary to forward.
pub const MOST_BYTES: usize = 64 * 1024;

/// The finding of a match; its document is written when it is first asked for.
pub fn describe(found: Match, product: &Product, now: Timestamp) -> Finding {
    let mut found = found;
    if found.episode.is_some() {
        found.excerpt.shown = redact::keys(&found);
    }
    let found = gate::clean_match(found);
    let uid = found.uid().to_owned();
    let id = identity::message_uid(&uid, identity::activity(&found));
    Finding { uid, id, at: now, matched: found, product: product.clone(), json: OnceLock::new() }
}

fn write(found: &Match, product: &Product, now: Timestamp, id: &str) -> String {
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
