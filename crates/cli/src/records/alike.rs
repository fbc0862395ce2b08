//! Records of an index that differ in where they stand and when they were alone: what is told of one is told of the others,
//! or of all of them together.

use std::collections::{HashMap, HashSet};

use foldhash::quality::RandomState;
use trailhound_detect::behind::Behind;
use trailhound_detect::event::Facts;

use super::{Entry, Glance, Occurrences, Sought};
use crate::index::{Asker, IndexRecord};
use crate::shown::Shown;

/// So many are held at once of those that may be sought, and of the others.
const MOST: usize = 4_096;
const MOST_OTHERS: usize = 16_384;

/// What is told of records, by what they have in common.
pub(super) struct Alike<'a> {
    sought: &'a Sought,
    glance: &'a Glance,
    asker: &'a Asker<'a>,
    shown: Shown,
    known: HashMap<Box<[u8]>, Known, RandomState>,
    /// What cannot be sought.
    others: HashSet<Box<[u8]>, RandomState>,
    /// Sums of what is known no more.
    sums: Vec<(Entry, Occurrences)>,
}

/// What is known of records that are alike.
struct Known {
    facts: Facts,
    /// Who is behind one of them, which may hang on the time.
    behind: Option<Behind>,
    /// What is told of it, where it is sought.
    entry: Option<Entry>,
    /// How many such there were since they were told.
    seen: Occurrences,
}

impl<'a> Alike<'a> {
    pub(super) fn of(sought: &'a Sought, glance: &'a Glance, asker: &'a Asker<'a>) -> Self {
        let (shown, known, others, sums) = Default::default();
        Self { sought, glance, asker, shown, known, others, sums }
    }

    /// What is told of a record, if it is sought.
    pub(super) fn told(&mut self, record: &IndexRecord<'_>) -> anyhow::Result<Option<Entry>> {
        let Some((known, shown)) = self.known(record)? else { return Ok(None) };
        let entry = known.entry.as_ref();
        Ok(entry.map(|entry| Entry {
            time: record.time,
            origin: shown.origin(record.origin),
            ..entry.clone()
        }))
    }

    /// Counts a record among those that are alike.
    pub(super) fn count(&mut self, record: &IndexRecord<'_>) -> anyhow::Result<()> {
        if let Some((known, _)) = self.known(record)? {
            known.seen.add(Occurrences::once(record.time));
        }
        Ok(())
    }

    /// What was counted, is sought and is known no more.
    pub(super) fn sums(&mut self) -> &mut Vec<(Entry, Occurrences)> {
        &mut self.sums
    }

    /// All that was counted and is sought.
    pub(super) fn counted(mut self) -> Vec<(Entry, Occurrences)> {
        self.put_by();
        self.sums
    }

    fn put_by(&mut self) {
        let Self { known, sums, .. } = self;
        for (_, mut known) in known.drain() {
            known.put_by(sums);
        }
    }

    /// What is known of those that are like a record; nothing where they cannot be sought.
    fn known(&mut self, record: &IndexRecord<'_>) -> anyhow::Result<Option<(&mut Known, &mut Shown)>> {
        if !self.known.contains_key(record.rest) {
            if self.others.contains(record.rest) {
                return Ok(None);
            }
            if !self.glance.may_be_of(record.rest) {
                if self.others.len() >= MOST_OTHERS {
                    self.others.clear();
                }
                self.others.insert(record.rest.into());
                return Ok(None);
            }
            if self.known.len() >= MOST {
                self.put_by();
            }
            let facts = record.facts()?;
            let behind = self.asker.behind(&facts.actor, record.time);
            let mut new = Known { facts, behind: None, entry: None, seen: Occurrences::default() };
            new.look(behind, self.sought, &mut self.shown);
            self.known.insert(record.rest.into(), new);
        }
        let Self { sought, asker, shown, known, sums, .. } = self;
        let Some(known) = known.get_mut(record.rest) else { return Ok(None) };
        let behind = asker.behind(&known.facts.actor, record.time);
        if behind != known.behind {
            known.put_by(sums);
            known.look(behind, sought, shown);
        }
        Ok(Some((known, shown)))
    }
}

impl Known {
    fn look(&mut self, behind: Option<Behind>, sought: &Sought, shown: &mut Shown) {
        let is_sought = sought.finds(&self.facts, behind.as_ref());
        self.entry = is_sought.then(|| Entry::of(&self.facts, behind.as_ref(), "", shown));
        self.behind = behind;
    }

    /// Adds what was counted to sums.
    fn put_by(&mut self, sums: &mut Vec<(Entry, Occurrences)>) {
        let seen = std::mem::take(&mut self.seen);
        if seen.records > 0 {
            sums.extend(self.entry.clone().map(|entry| (entry, seen)));
        }
    }
}
