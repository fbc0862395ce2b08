//! OCSF's numbers with the words that belong to them.

use crate::event::ActorKind;
use crate::matched::Level;

/// A number and its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Caption {
    /// `severity_id` and its like.
    pub(super) id: u8,
    /// `severity` and its like.
    pub(super) name: &'static str,
}

const fn caption(id: u8, name: &'static str) -> Caption {
    Caption { id, name }
}

pub(super) fn severity(level: Level) -> Caption {
    match level {
        Level::Informational => caption(1, "Informational"),
        Level::Low => caption(2, "Low"),
        Level::Medium => caption(3, "Medium"),
        Level::High => caption(4, "High"),
        Level::Critical => caption(5, "Critical"),
    }
}

/// The level in the words of risk: the two never say different things, and the score tells alerts of a level apart.
pub(super) fn risk(level: Level) -> Caption {
    match level {
        Level::Informational => caption(0, "Info"),
        Level::Low => caption(1, "Low"),
        Level::Medium => caption(2, "Medium"),
        Level::High => caption(3, "High"),
        Level::Critical => caption(4, "Critical"),
    }
}

/// How far a rule is trusted.
pub(super) fn confidence(status: &str) -> Caption {
    match status {
        "stable" => caption(3, "High"),
        "test" => caption(2, "Medium"),
        _ => caption(1, "Low"),
    }
}

/// Whether a rule is still on trial.
pub(super) fn analytic_state(status: &str) -> Caption {
    if status == "experimental" { caption(3, "Experimental") } else { caption(1, "Active") }
}

/// The kinds of user that OCSF has a number for; others are told in the log's own word.
pub(super) fn user(kind: ActorKind) -> Option<Caption> {
    match kind {
        ActorKind::User | ActorKind::Local => Some(caption(1, "User")),
        ActorKind::ServicePrincipal | ActorKind::ManagedIdentity | ActorKind::Service => {
            Some(caption(4, "Service"))
        }
        ActorKind::Unknown => Some(caption(0, "Unknown")),
        ActorKind::Root
        | ActorKind::Role
        | ActorKind::Federated
        | ActorKind::Instance
        | ActorKind::Account => None,
    }
}

/// OCSF's `Other`, whose word the source gives.
pub(super) const OTHER: u8 = 99;
pub(super) const TARGET: Caption = caption(1, "Target");
pub(super) const RELATED: Caption = caption(4, "Related");
pub(super) const RULE: Caption = caption(1, "Rule");
pub(super) const SHA_256: Caption = caption(3, "SHA-256");
