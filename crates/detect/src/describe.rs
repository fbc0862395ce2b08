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
mod document;
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

pub use document::MOST_BYTES;
pub use explain::{explain, explained, tells};
pub use finding::Finding;
pub use gate::{MOST_SHOWN, clean, clean_id};
pub use product::{Product, is_rule_pages};
pub use redact::{excerpt, told_at};
pub use shadowed::{ShadowLine, Shadowed};
pub use visible::{visible, visible_within};

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
