//! Records of an index that differ in where they stand and when they were alone: what is told of one is told of the others.

use std::collections::HashMap;

use trailhound_detect::behind::Behind;
use trailhound_detect::event::Facts;

use super::{Entry, Glance, Sought};
use crate::index::{Asker, IndexRecord};
use crate::shown::Shown;

/// So many are held at once.
const MOST: usize = 4_096;

/// What is told of records, by what they have in common.
#[derive(Default)]
pub(super) struct Alike {
    shown: Shown,
    known: HashMap<Box<[u8]>, Known>,
}

/// What is known of records that are alike.
struct Known {
    facts: Facts,
    /// Who is behind one of them, which may hang on the time.
    behind: Option<Behind>,
    /// What is told of it, where it is sought.
    entry: Option<Entry>,
}

impl Alike {
    /// What is told of a record, if it is sought.
    pub(super) fn told(
        &mut self,
        record: &IndexRecord<'_>,
        glance: &Glance,
        sought: &Sought,
        asker: &Asker<'_>,
    ) -> anyhow::Result<Option<Entry>> {
        let Self { shown, known } = self;
        if let Some(known) = known.get_mut(record.rest) {
            let behind = asker.behind(&known.facts.actor, record.time);
            if behind != known.behind {
                known.look(behind, sought, shown);
            }
            return Ok(known.told(record, shown));
        }
        if !glance.may_be_of(record.rest) {
            return Ok(None);
        }
        let facts = record.facts()?;
        let behind = asker.behind(&facts.actor, record.time);
        let mut new = Known { facts, behind: None, entry: None };
        new.look(behind, sought, shown);
        let told = new.told(record, shown);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(record.rest.into(), new);
        Ok(told)
    }
}

impl Known {
    fn look(&mut self, behind: Option<Behind>, sought: &Sought, shown: &mut Shown) {
        let is_sought = sought.finds(&self.facts, behind.as_ref());
        self.entry = is_sought.then(|| Entry::of(&self.facts, behind.as_ref(), "", shown));
        self.behind = behind;
    }

    fn told(&self, record: &IndexRecord<'_>, shown: &mut Shown) -> Option<Entry> {
        let entry = self.entry.as_ref()?;
        Some(Entry { time: record.time, origin: shown.origin(record.origin), ..entry.clone() })
    }
}
