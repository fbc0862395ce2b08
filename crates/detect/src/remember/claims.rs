//! Who may publish a finding: nobody has, somebody is about to, it is done.
//!
//! A claim is a lease of seconds, so that a process that dies delays its findings no longer than that.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use super::moment::{later, of_millis};
use crate::matched::{InCase, Match, Told};
use crate::state::{ItemKind, Keepable, Key, StateError, StateStore, Value};

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
    /// What was published; nothing where nothing was, and all there is to say where an earlier version wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told: Option<Told>,
    /// What its claimant is about to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    telling: Option<Told>,
    /// The case of the finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<InCase>,
    /// Somebody chose it who may have told of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    inherited: bool,
}

impl Keepable for Claim {
    fn bytes(&self) -> usize {
        let case = self.case.as_ref().map_or(0, |case| case.opened_by.len());
        size_of::<Self>() + self.by.as_ref().map_or(0, String::len) + case
    }
}

/// How a claim on a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Ours to publish: never claimed, claimed by ourselves, or the last claimant's lease ran out.
    Won,
    /// The same, and what was published before said less.
    Stronger,
    /// Somebody else is publishing it right now; ask again after this time.
    Held(Timestamp),
    /// Published before.
    Published,
}

/// Where the claim on the finding of a match is kept.
pub(crate) fn key(found: &Match) -> Key {
    Key { kind: ItemKind::Claim, scope: found.facts.scope.account.clone(), name: found.uid().to_owned() }
}

/// Claims.
pub(crate) fn claim(
    desk: &mut Desk,
    key: &Key,
    claimant: &str,
    now: Timestamp,
    telling: Told,
) -> Result<Standing, StateError> {
    let until = later(now, LEASE);
    let there = desk.read::<Claim>(key)?;
    let told = match there {
        Some(Claim { told: Some(told), .. }) if told.covers(&telling) => return Ok(Standing::Published),
        Some(Claim { by: None, told: None, .. }) => return Ok(Standing::Published),
        Some(Claim { by: Some(by), at, .. }) if by != claimant && now.as_millisecond() < *at => {
            // Nobody holds a claim for longer than the lease we would get ourselves.
            return Ok(Standing::Held(of_millis(*at).min(until)));
        }
        Some(Claim { told, .. }) => *told,
        None => None,
    };
    let standing = if told.is_some() { Standing::Stronger } else { Standing::Won };
    // A case that was chosen on this desk was told to nobody yet, and is chosen anew.
    let was_chosen_here = |there: &Claim| desk.is_settled(key) && !there.inherited;
    let case = there.filter(|there| !was_chosen_here(there)).and_then(|there| there.case.clone());
    let inherited = case.is_some();
    let (by, at) = (Some(claimant.to_owned()), until.as_millisecond());
    let ours = Claim { by, at, told, telling: Some(telling), case, inherited };
    desk.write_ahead(key, ours, later(now, REMEMBERED));
    Ok(standing)
}

/// Keeps a claim of ours alive; what it is about to tell stays as it was said.
pub(crate) fn renew(desk: &mut Desk, key: &Key, claimant: &str, now: Timestamp) -> Result<(), StateError> {
    let ours = desk.read::<Claim>(key)?.filter(|claim| claim.by.as_deref() == Some(claimant)).cloned();
    if let Some(claim) = ours {
        let until = later(now, LEASE).as_millisecond();
        desk.write_ahead(key, Claim { at: until, ..claim }, later(now, REMEMBERED));
    }
    Ok(())
}

/// What was told of a finding, or is about to be; nothing where that is not known.
pub(crate) fn told(desk: &Desk, key: &Key) -> Result<Option<Told>, StateError> {
    Ok(desk.read::<Claim>(key)?.and_then(|claim| claim.told.or(claim.telling)))
}

/// What was published of a finding, where that is known.
pub(crate) fn published(desk: &Desk, key: &Key) -> Result<Option<Told>, StateError> {
    Ok(desk.read::<Claim>(key)?.and_then(|claim| claim.told))
}

/// The case that a finding was or may have been told to be of.
pub(crate) fn case(desk: &Desk, key: &Key) -> Result<Option<InCase>, StateError> {
    Ok(desk.read::<Claim>(key)?.and_then(|claim| claim.case.clone()))
}

/// Notes the case of a finding that is claimed.
pub(crate) fn note_case(desk: &mut Desk, key: &Key, now: Timestamp, case: &InCase) -> Result<(), StateError> {
    if let Some(claim) = desk.read::<Claim>(key)?.cloned() {
        let claim = Claim { case: Some(case.clone()), ..claim };
        desk.write_ahead(key, claim, later(now, REMEMBERED));
    }
    Ok(())
}

/// Records that the sink accepted the finding, as one of a case.
pub(crate) fn publish(desk: &mut Desk, key: &Key, now: Timestamp, told: Told, case: Option<InCase>) {
    let before = desk.read::<Claim>(key).ok().flatten();
    let case = case.or_else(|| before.and_then(|claim| claim.case.clone()));
    let told_before = before.and_then(|claim| claim.told);
    let told = Some(told_before.map_or(told, |before| before.and(told)));
    let claim = Claim { by: None, at: now.as_millisecond(), told, telling: None, case, inherited: false };
    desk.write(key, claim, later(now, REMEMBERED));
}

/// Which of the findings of matches a store says are published.
pub async fn are_published<Store: StateStore>(
    store: &Store,
    matches: &[&Match],
) -> Result<Vec<bool>, StateError> {
    let keys: Vec<Key> = matches.iter().map(|found| key(found)).collect();
    let items = store.load(&keys).await?;
    Ok(items.iter().map(|item| item.as_ref().is_some_and(|item| is_published(&item.value))).collect())
}

/// Does the item of a claim say that its finding is published? For those who keep books on what a store was told.
pub fn is_published(claim: &Value) -> bool {
    claim.record::<Claim>().is_some_and(|claim| claim.by.is_none())
}
