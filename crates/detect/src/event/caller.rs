//! Who called an Azure operation, kept for those of its records that do not say.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::runs::NEAR;
use crate::facts::{Actor, Facts};

/// The caller of an operation, as far as one of its records told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Caller {
    address: Option<IpAddr>,
    actor: Option<Actor>,
    /// When it was told, in milliseconds since the epoch: under the same id, another day's operation is another's.
    #[serde(default)]
    at: Option<i64>,
}

impl Caller {
    /// What a record tells of its caller, if anything.
    pub fn of(facts: &Facts) -> Option<Self> {
        let actor = (!facts.actor.key.is_empty()).then(|| facts.actor.clone());
        let address = facts.source.ip;
        let at = facts.time.map(Timestamp::as_millisecond);
        (actor.is_some() || address.is_some()).then_some(Self { address, actor, at })
    }

    /// Does a record leave open who called, or from where?
    pub fn is_missing_in(facts: &Facts) -> bool {
        facts.source.ip.is_none() || facts.actor.key.is_empty()
    }

    /// Adds what another record tells. The caller of another operation takes its place.
    pub fn complete_with(&mut self, other: &Self) {
        let key = |caller: &Self| caller.actor.as_ref().map(|actor| actor.key.clone());
        if !near(self.at, other.at) || key(self).zip(key(other)).is_some_and(|(one, other)| one != other) {
            self.clone_from(other);
            return;
        }
        self.address = self.address.or(other.address);
        if self.actor.is_none() {
            self.actor.clone_from(&other.actor);
        }
    }

    /// Fills in what a record leaves open.
    pub fn fill(&self, facts: &mut Facts) {
        if !near(self.at, facts.time.map(Timestamp::as_millisecond)) {
            return;
        }
        facts.source.ip = facts.source.ip.or(self.address);
        if facts.actor.key.is_empty()
            && let Some(actor) = &self.actor
        {
            facts.actor = actor.clone();
        }
    }
}

/// Could both be of one operation?
fn near(one: Option<i64>, other: Option<i64>) -> bool {
    one.zip(other).is_none_or(|(one, other)| i128::from(one.abs_diff(other)) <= NEAR.as_millis())
}
