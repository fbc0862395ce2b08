//! Who may publish a finding: nobody has, somebody is about to, it is done.
//!
//! A claim is a lease of seconds, so that a process that dies delays its findings no longer than that.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::moment::{later, of_millis};
use crate::matched::Match;
use crate::state::{ItemKind, Key, Record, StateError, Value};

/// How long a claim keeps others from publishing the same finding; as long as a redelivery may have to wait.
pub const LEASE: SignedDuration = SignedDuration::from_secs(5);
/// How long a finding counts as published: Event Hubs keeps events for at most 90 days, CloudTrail redelivers for 30.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(90 * 24);

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Claim {
    /// Who is publishing it; nobody once it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// Until when, in milliseconds since the epoch; when it was published, once it is.
    at: i64,
}

impl Record for Claim {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.by.as_ref().map_or(0, String::len)
    }
}

/// How a claim on a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Ours to publish: never claimed, claimed by ourselves, or the last claimant's lease ran out.
    Won,
    /// Somebody else is publishing it right now; ask again after this time.
    Held(Timestamp),
    /// Published before.
    Published,
}

/// Where the claim on the finding of a match is kept.
pub(crate) fn key(found: &Match) -> Key {
    Key { kind: ItemKind::Claim, scope: found.facts.scope.account.clone(), name: found.uid().to_owned() }
}

/// Claims, or renews a claim.
pub(crate) fn claim(
    desk: &mut Desk,
    key: &Key,
    claimant: &str,
    now: Timestamp,
) -> Result<Standing, StateError> {
    let until = later(now, LEASE);
    match desk.read::<Claim>(key)? {
        Some(Claim { by: None, .. }) => return Ok(Standing::Published),
        Some(Claim { by: Some(by), at }) if by != claimant && now.as_millisecond() < *at => {
            // Nobody holds a claim for longer than the lease we would get ourselves.
            return Ok(Standing::Held(of_millis(*at).min(until)));
        }
        _ => {}
    }
    let ours = Claim { by: Some(claimant.to_owned()), at: until.as_millisecond() };
    desk.write_ahead(key, ours, later(now, REMEMBERED));
    Ok(Standing::Won)
}

/// Records that the sink accepted the finding.
pub(crate) fn publish(desk: &mut Desk, key: &Key, now: Timestamp) {
    desk.write(key, Claim { by: None, at: now.as_millisecond() }, later(now, REMEMBERED));
}

/// Does the item of a claim say that its finding is published? For those who keep books on what a store was told.
pub fn is_published(claim: &Value) -> bool {
    claim.record::<Claim>().is_some_and(|claim| claim.by.is_none())
}
