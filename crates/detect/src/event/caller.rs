//! Who called an Azure operation, kept for those of its records that do not say.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::facts::{Actor, Facts};

/// The caller of an operation, as far as one of its records told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Caller {
    address: Option<IpAddr>,
    actor: Option<Actor>,
}

impl Caller {
    /// What a record tells of its caller, if anything.
    pub fn of(facts: &Facts) -> Option<Self> {
        let actor = (!facts.actor.key.is_empty()).then(|| facts.actor.clone());
        let address = facts.source.ip;
        (actor.is_some() || address.is_some()).then_some(Self { address, actor })
    }

    /// Does a record leave open who called, or from where?
    pub fn is_missing_in(facts: &Facts) -> bool {
        facts.source.ip.is_none() || facts.actor.key.is_empty()
    }

    /// Adds what another record tells.
    pub fn complete_with(&mut self, other: &Self) {
        self.address = self.address.or(other.address);
        if self.actor.is_none() {
            self.actor.clone_from(&other.actor);
        }
    }

    /// Fills in what a record leaves open.
    pub fn fill(&self, facts: &mut Facts) {
        facts.source.ip = facts.source.ip.or(self.address);
        if facts.actor.key.is_empty()
            && let Some(actor) = &self.actor
        {
            facts.actor = actor.clone();
        }
    }
}
