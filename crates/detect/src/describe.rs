//! A match as the world sees it: an OCSF Detection Finding inside a CloudEvent.

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
        self.matched.level
    }
}
