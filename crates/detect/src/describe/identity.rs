//! Ids of messages; the id of a finding is its match's.

use crate::digest;

#[cfg(test)]
mod tests;

/// OCSF's activity `Create`.
pub(super) const CREATE: u8 = 1;

/// `metadata.uid`, which is also the CloudEvents `id`: the finding and what is said about it.
pub(super) fn message_uid(finding: &str, activity: u8) -> String {
    digest::of_parts(&["message", finding, &activity.to_string()])
}
