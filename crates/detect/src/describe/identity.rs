//! Ids of messages; the id of a finding is its match's.

use crate::digest;
use crate::matched::{CaseStep, InCase, Match, case_of};

#[cfg(test)]
mod tests;

/// What a message says of its finding, in OCSF's words and in the envelope's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Activity {
    pub(super) id: u8,
    pub(super) name: &'static str,
    pub(super) type_name: &'static str,
    pub(super) event_type: &'static str,
}

/// It is new.
pub(super) const CREATE: Activity = Activity {
    id: 1,
    name: "Create",
    type_name: "Detection Finding: Create",
    event_type: "dev.trailhound.finding.created.v1",
};

/// What was told as an attempt turned out to have succeeded.
pub(super) const UPDATE: Activity = Activity {
    id: 2,
    name: "Update",
    type_name: "Detection Finding: Update",
    event_type: "dev.trailhound.finding.updated.v1",
};

/// What the message of a match says.
pub(super) fn activity(found: &Match) -> Activity {
    if found.verdict.update { UPDATE } else { CREATE }
}

/// `metadata.uid`, which is also the CloudEvents `id`: the finding and what is said about it.
pub(super) fn message_uid(finding: &str, activity: Activity) -> String {
    digest::of_parts(&["message", finding, &activity.id.to_string()])
}

/// What messages to people about it belong together under: its case, or where it is of none the one that it would open.
pub(super) fn thread(found: &Match) -> &str {
    found.verdict.case.as_ref().map_or_else(|| case_of(found.uid()), InCase::uid)
}

/// What it is to its case, in a word that is always there to filter by.
pub(super) fn case_step(found: &Match) -> &'static str {
    found.verdict.case.as_ref().map_or(CaseStep::ALONE, |case| case.step.as_str())
}
