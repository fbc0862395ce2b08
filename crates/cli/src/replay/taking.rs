//! What becomes of a source once what it held was taken: it is noted first, and then the source lets go of it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use trailhound_aws::address::S3Uri;
use trailhound_aws::s3::S3Folder;
use trailhound_aws::sqs::Queue;
use trailhound_courier::ports::Blobs as _;

use super::ledger::TakenLedger;
use super::letters;
use super::notices;
use super::replayable::Lies;
use crate::args::Replay;
use crate::cloud;

/// What is taken in one run.
pub(super) struct Taking {
    to: String,
    ledger: TakenLedger,
    dead_letters: Option<Queue>,
    /// The address of that queue.
    url: Option<String>,
    remove: bool,
    /// Of each parked object, whether something in it was not taken.
    parked: BTreeMap<String, bool>,
    /// Letters that were not taken.
    left: Vec<String>,
}

impl Taking {
    pub(super) fn to(to: String, arguments: &Replay) -> anyhow::Result<Self> {
        let path = arguments.ledger.as_deref().context("a replay that publishes needs --ledger")?;
        Ok(Self {
            ledger: TakenLedger::open(path, &to)?,
            to,
            dead_letters: arguments.dead_letters.as_deref().map(letters::queue).transpose()?,
            url: arguments.dead_letters.clone(),
            remove: arguments.remove,
            parked: BTreeMap::new(),
            left: Vec::new(),
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
        match (lies, &self.dead_letters) {
            (Lies::Parked(name), _) => {
                self.parked.entry(name.clone()).or_default();
            }
            (Lies::Queue { receipt }, Some(queue)) => {
                let removed = cloud::runtime()?.block_on(queue.remove(receipt)).map_err(anyhow::Error::msg);
                removed.context("what was taken cannot be removed from the queue; another run does it")?;
            }
            (Lies::Queue { .. } | Lies::Archive, _) => {}
        }
        Ok(())
    }

    /// It was not taken, and stays where it is.
    pub(super) fn leave(&mut self, lies: &Lies) {
        match lies {
            Lies::Parked(name) => _ = self.parked.insert(name.clone(), true),
            Lies::Queue { receipt } => self.left.push(receipt.clone()),
            Lies::Archive => {}
        }
    }

    /// Gives letters back that were not taken, and deletes those of these parked objects of which everything was, where that
    /// is asked.
    pub(super) fn end(self, whole: &BTreeSet<String>) -> anyhow::Result<()> {
        letters::give_back(self.url.as_deref(), &self.left)?;
        if !self.remove {
            return Ok(());
        }
        for (name, _) in self.parked.into_iter().filter(|(name, is_left)| !is_left && whole.contains(name)) {
            match notices::of_origin(&name) {
                Some(object) => {
                    let at = S3Uri { bucket: object.bucket, key: String::new() };
                    let folder = S3Folder { client: cloud::aws()?.s3.clone(), at };
                    cloud::runtime()?.block_on(folder.remove(&object.key)).map_err(anyhow::Error::msg)
                }
                None => std::fs::remove_file(&name).map_err(anyhow::Error::from),
            }
            .with_context(|| format!("cannot delete {name}, of which everything was taken"))?;
        }
        Ok(())
    }
}
