//! What becomes of a source once what it held was taken: it is noted first, and then the source lets go of it.

mod finish;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
#[cfg(feature = "aws")]
use trailhound_aws::sqs::Queue;

use super::ledger::TakenLedger;
#[cfg(feature = "aws")]
use super::letters;
use super::replayable::Lies;
use crate::args::{Done, Replay};

/// What is taken in one run.
pub(super) struct Taking {
    to: String,
    ledger: TakenLedger,
    #[cfg(feature = "aws")]
    dead_letters: Option<Queue>,
    /// The address of that queue.
    #[cfg(feature = "aws")]
    url: Option<String>,
    /// Letters that were not taken.
    #[cfg(feature = "aws")]
    left: Vec<String>,
    done: Done,
    /// Of each parked object, whether something in it was not taken.
    parked: BTreeMap<String, bool>,
}

impl Taking {
    pub(super) fn to(to: String, arguments: &Replay) -> anyhow::Result<Self> {
        let path = arguments.ledger.as_deref().context("a replay that publishes needs --ledger")?;
        Ok(Self {
            ledger: TakenLedger::open(path, &to)?,
            to,
            #[cfg(feature = "aws")]
            dead_letters: arguments.dead_letters.as_deref().map(letters::queue).transpose()?,
            #[cfg(feature = "aws")]
            url: arguments.dead_letters.clone(),
            #[cfg(feature = "aws")]
            left: Vec::new(),
            done: arguments.done,
            parked: BTreeMap::new(),
        })
    }

    /// Was it taken by a run before?
    pub(super) fn has(&self, id: &str) -> bool {
        self.ledger.has(id)
    }

    /// Notes that something was taken, before anybody hears of it.
    pub(super) fn note(&mut self, id: &str) -> anyhow::Result<()> {
        if self.ledger.has(id) { Ok(()) } else { self.ledger.note(&self.to, id) }
    }

    /// It was taken, and that is noted: its queue lets go of it.
    pub(super) fn let_go(&mut self, lies: &Lies) -> anyhow::Result<()> {
        match lies {
            Lies::Parked(name) => {
                self.parked.entry(name.clone()).or_default();
            }
            #[cfg(feature = "aws")]
            Lies::Queue { receipt } => {
                let Some(queue) = &self.dead_letters else { return Ok(()) };
                let removing = queue.remove(receipt);
                let removed = crate::cloud::runtime()?.block_on(removing).map_err(anyhow::Error::msg);
                removed.context("what was taken cannot be removed from the queue; another run does it")?;
            }
            _ => {}
        }
        Ok(())
    }

    /// It was not taken, and stays where it is.
    pub(super) fn leave(&mut self, lies: &Lies) {
        match lies {
            Lies::Parked(name) => _ = self.parked.insert(name.clone(), true),
            #[cfg(feature = "aws")]
            Lies::Queue { receipt } => self.left.push(receipt.clone()),
            _ => {}
        }
    }

    /// Gives letters back that were not taken, and deletes or tags those of these parked objects of which everything was, where
    /// that is asked.
    pub(super) fn end(self, whole: &BTreeSet<String>) -> anyhow::Result<()> {
        #[cfg(feature = "aws")]
        letters::give_back(self.url.as_deref(), &self.left)?;
        for (name, _) in self.parked.iter().filter(|(name, is_left)| !**is_left && whole.contains(*name)) {
            match self.done {
                Done::Keep => {}
                Done::Delete => finish::delete(name)
                    .with_context(|| format!("cannot delete {name}, of which everything was taken"))?,
                Done::Tag => finish::tag(name)
                    .with_context(|| format!("cannot tag {name}, of which everything was taken"))?,
            }
        }
        Ok(())
    }
}
