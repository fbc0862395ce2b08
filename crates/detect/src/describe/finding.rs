//! A finding with the match it tells of, and what channels for people show of both.

use super::{message, ocsf};
use crate::matched::{Level, Match};

/// A finding, ready to publish.
#[derive(Clone, Debug)]
pub struct Finding {
    /// `finding_info.uid`: the hash of rule, provider, account and event identity.
    pub uid: String,
    /// CloudEvents `id`.
    pub id: String,
    /// The match it describes.
    pub matched: Match,
    /// The CloudEvent, structured JSON mode, one line without a line break.
    pub json: String,
}

impl Finding {
    /// Level, for filters and exit codes.
    pub fn level(&self) -> Level {
        self.matched.verdict.level
    }

    /// The rule's title, with what became of it where it was only tried.
    pub fn title(&self) -> String {
        ocsf::title(&self.matched)
    }

    /// The sentence that says who did what to which machine.
    pub fn message(&self) -> String {
        message::of(&self.matched)
    }

    /// The target in a few words.
    pub fn target(&self) -> String {
        message::target(&self.matched.facts.target).into_owned()
    }
}
