//! What is replayed, and with what.

use std::collections::BTreeSet;

use trailhound_detect::matched::Match;
use trailhound_detect::pipeline::{Ending, Pipeline};

use super::material::Material;
use super::replayable::Replayable;
use crate::deliveries::{Piece, Reading};
use crate::progress::Progress;

/// A replay as it was asked for.
pub(super) struct Replayed<'a> {
    pub(super) material: Material<'a>,
    pub(super) pipeline: &'a Pipeline,
    pub(super) progress: &'a Progress,
    /// Names of the rules that are asked for; all where there are none.
    pub(super) rules: BTreeSet<String>,
}

impl Replayed<'_> {
    /// Does a rule that is asked for find something in it? What is taken is taken whole, so it is asked of the whole.
    pub(super) fn wants(&self, one: &Replayable) -> anyhow::Result<bool> {
        if self.rules.is_empty() {
            return Ok(true);
        }
        let finds = |found: &[Match]| found.iter().any(|found| self.rules.contains(&found.rule.name));
        if one.inputs.is_empty() {
            let mut session = self.pipeline.delivery(&one.origin, one.received_at);
            session.push(&one.body);
            return Ok(finds(&session.finish(Ending::Whole).matches));
        }
        let (progress, interrupt) = (self.progress, self.material.interrupt);
        let (pipeline, inputs) = (self.pipeline, one.inputs.as_slice());
        let reading = Reading { pipeline, inputs, jobs: None, explain: false, progress, interrupt };
        let mut is_found = false;
        reading.run(&mut |_, piece| {
            if let Piece::Found { matches, .. } = &piece {
                is_found |= finds(matches);
            }
            Ok(())
        })?;
        Ok(is_found)
    }
}
