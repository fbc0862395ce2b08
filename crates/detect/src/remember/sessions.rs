//! Who was handed the sessions that matches act in, kept while such a session may last.
//!
//! Kept is what a match hands out, so what a rule, a step or a sign-in names, and never what a service takes for what runs
//! in it. One item tells it by the id of the key, which nobody can choose; another by whose session it is and the second in
//! which it was made, for the console, which acts with keys of its own. Context only: losing one costs a finding the name
//! of whom it comes from, never the finding.

use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::moment::later;
use crate::behind::{HandOut, HandOuts, KeptHandOut};
use crate::digest;
use crate::facts::Actor;
use crate::matched::Match;
use crate::state::{ItemKind, Key, StateError};

/// The longest session of a role.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
const ROLE: SignedDuration = SignedDuration::from_hours(12);
/// The longest of a user's token or a federated user.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
const TOKEN: SignedDuration = SignedDuration::from_hours(36);
/// What is handed out in its last minute lasts an hour more, and records come late.
const AFTER: SignedDuration = SignedDuration::from_hours(2);
/// So many sessions are followed back.
pub(crate) const MOST_LINKS: usize = 8;
/// Its sessions are those of pipelines and pods, and no browser's.
const OF_WORKLOADS: &str = "sts:AssumeRoleWithWebIdentity";

/// What a match hands out, if it is kept: what nobody vouches for is not.
pub(crate) fn handed_out(found: &Match) -> Option<HandOut> {
    let out = HandOut::of(&found.facts, &found.from.origin)?;
    (!found.from.unvouched && out.is_worth_keeping()).then_some(out)
}

/// Does somebody act in a session of which the record does not say whose it is?
pub(crate) fn is_asked(found: &Match) -> bool {
    HandOuts::are_asked_for(&found.facts.actor)
}

/// Where a hand-out is kept.
pub(crate) fn places(out: &HandOut) -> Vec<Key> {
    let by_key = out.key().map(of_key);
    let is_of_workload = out.call() == OF_WORKLOADS;
    let by_time =
        out.made().filter(|_| !is_of_workload).map(|(principal, second)| of_time(&principal, second));
    by_key.into_iter().chain(by_time).collect()
}

/// Where it is kept who was handed the session that somebody acts in.
pub(crate) fn asked(actor: &Actor) -> Vec<Key> {
    let is_session = HandOuts::are_asked_for(actor) || actor.session_created.is_some();
    if !is_session {
        return Vec::new();
    }
    match (&actor.principal_id, actor.session_created) {
        (Some(principal), Some(created)) if actor.console && principal.contains(':') => {
            let second = created.as_second();
            [second - 1, second, second + 1].map(|second| of_time(principal, second)).into()
        }
        _ => actor.credential_uid.iter().map(|key| of_key(key)).collect(),
    }
}

fn of_key(key: &str) -> Key {
    named(&["session", key])
}

fn of_time(principal: &str, second: i64) -> Key {
    named(&["made", principal, &second.to_string()])
}

/// Sessions reach across accounts.
fn named(parts: &[&str]) -> Key {
    Key { kind: ItemKind::Session, scope: String::new(), name: digest::of_parts(parts) }
}

/// Notes what was handed out; nothing is written where it is known.
pub(crate) fn note(desk: &mut Desk, out: &HandOut, now: Timestamp) -> Result<(), StateError> {
    let lasts = if out.is_of_role() { ROLE } else { TOKEN };
    for place in places(out) {
        let kept = match desk.read::<KeptHandOut>(&place)? {
            Some(known) => known.meeting(out.clone()),
            None => KeptHandOut::of(out),
        };
        if let Some(kept) = kept {
            desk.write(&place, kept, later(later(now, lasts), AFTER));
        }
    }
    Ok(())
}

/// Takes what is on the desk of these; answers with whoever asked for it.
pub(crate) fn gather(desk: &Desk, keys: &[Key], into: &mut HandOuts) -> Result<Vec<Actor>, StateError> {
    let mut askers = Vec::new();
    for key in keys {
        if let Some(kept) = desk.read::<KeptHandOut>(key)? {
            into.add(kept.hand_out());
            askers.push(kept.asker());
        }
    }
    Ok(askers)
}
