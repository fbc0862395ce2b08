//! Records and matches on their way to whoever asked.

use trailhound_detect::describe::Finding;
use trailhound_detect::event::Caller;
use trailhound_detect::matched::Match;

use super::{Entry, ListedFinding, Occurrences};
use crate::args::Window;
use crate::index::{Asker, PutBy};
use crate::judging::Judging;

/// What is made of what is handed on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A sum: records that are alike may come as one, and of findings those are needed that are themselves sought.
    Sum,
    /// A list: each record is needed, and the findings that stand at them.
    List,
}

/// Something that was read or found.
pub(crate) enum Item {
    /// For a list one; for a sum all those in a stretch that differ in where they stand and when they were alone.
    Record(Box<Entry>, Occurrences),
    Finding(Box<Finding>),
    /// A finding that was kept.
    Kept(Box<ListedFinding>),
}

/// What becomes of records and matches on their way to whoever asked.
pub(super) struct Telling<'t> {
    pub(super) judging: Judging<'t>,
    pub(super) window: Window,
    pub(super) take: &'t mut dyn FnMut(Item) -> anyhow::Result<()>,
    /// Findings, where they are to be kept.
    pub(super) put_by: Option<PutBy>,
}

impl Telling<'_> {
    pub(super) fn records(&mut self, entries: Vec<Entry>) -> anyhow::Result<()> {
        self.sums(entries.into_iter().map(|entry| {
            let seen = Occurrences::once(entry.time);
            (entry, seen)
        }))
    }

    /// Records that are alike, and how often there is one.
    pub(super) fn sums(
        &mut self,
        mut sums: impl Iterator<Item = (Entry, Occurrences)>,
    ) -> anyhow::Result<()> {
        sums.try_for_each(|(entry, seen)| (self.take)(Item::Record(Box::new(entry), seen)))
    }

    pub(super) fn matches(
        &mut self,
        mut matches: Vec<Match>,
        callers: &[(String, Caller)],
        sessions: &Asker<'_>,
    ) -> anyhow::Result<()> {
        matches.retain(|found| self.window.holds(found.facts.time));
        for found in &mut matches {
            found.behind = sessions.worth_telling(&found.facts.actor, found.facts.time).map(Box::new);
        }
        let Self { judging, take, put_by, .. } = self;
        judging.take(matches, callers, &mut |finding| told(finding, put_by, take))
    }

    /// Tells what is left; answers with the findings where they are to be kept.
    pub(super) fn end(self) -> anyhow::Result<Option<PutBy>> {
        let Self { judging, mut take, mut put_by, .. } = self;
        judging.end(&mut |finding| told(finding, &mut put_by, &mut take))?;
        Ok(put_by)
    }
}

fn told(
    finding: Finding,
    put_by: &mut Option<PutBy>,
    take: &mut dyn FnMut(Item) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    if let Some(put_by) = put_by {
        put_by.add(&finding)?;
    }
    take(Item::Finding(Box::new(finding)))
}
