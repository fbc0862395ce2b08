//! Ids that are the same for the same rule and event, whatever way the event came and however often.
//!
//! What the event is comes from the facts alone: never from the delivery, the product or the time, and from its place
//! only when the record does not name itself. An attempt has its rule's id, so that the several records of one Azure
//! operation stay one finding however it ends.

use crate::digest;
use crate::matched::Match;

#[cfg(test)]
mod tests;

/// OCSF's activity `Create`.
pub(super) const CREATE: u8 = 1;

/// `finding_info.uid`: rule, provider, account and what the event is.
pub fn finding_uid(found: &Match) -> String {
    let facts = &found.facts;
    if let Some(episode) = &found.episode {
        return digest::of_parts(&["finding", &found.rule.name, "episode", &episode.id]);
    }
    let identity = facts.identity();
    let mut parts =
        vec!["finding", &found.rule.name, facts.provider.as_str(), &facts.scope.account, &identity];
    if !facts.has_own_id() {
        parts.push(&found.origin);
    }
    digest::of_parts(&parts)
}

/// `metadata.uid`, which is also the CloudEvents `id`: the finding and what is said about it.
pub(super) fn message_uid(finding: &str, activity: u8) -> String {
    digest::of_parts(&["message", finding, &activity.to_string()])
}
