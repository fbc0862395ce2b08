//! What differs between two sets of findings, and how often, by rule, actor and day.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use trailhound_detect::matched::Level;

/// What of a finding is told.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Compared {
    pub(super) time: Option<Timestamp>,
    #[serde(serialize_with = "word")]
    pub(super) level: Level,
    pub(super) rule: String,
    /// The rule's own name, which an attempt has too.
    #[serde(skip)]
    pub(super) name: String,
    pub(super) actor: String,
    pub(super) account: String,
    pub(super) message: String,
    pub(super) origin: String,
    /// `finding_info.uid`.
    pub(super) finding: String,
}

/// Findings by their ids.
pub(super) type Findings = BTreeMap<String, Compared>;

impl Compared {
    /// Its day in UTC.
    pub(super) fn day(&self) -> String {
        self.time.map_or_else(|| "unknown".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
    }
}

/// A finding of both sets at another level.
#[derive(Debug, Serialize)]
pub(super) struct Moved {
    #[serde(serialize_with = "word")]
    pub(super) from: Level,
    #[serde(flatten)]
    pub(super) to: Compared,
}

/// How many findings differ in which way.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Counts {
    pub(super) added: u64,
    pub(super) gone: u64,
    pub(super) level_changed: u64,
}

/// What differs, in order of time.
#[derive(Debug, Default, Serialize)]
pub(super) struct Difference {
    pub(super) total: Counts,
    /// Findings that both sets have at the same level.
    pub(super) same: u64,
    pub(super) by_rule: BTreeMap<String, Counts>,
    pub(super) by_actor: BTreeMap<String, Counts>,
    /// Days in UTC.
    pub(super) by_day: BTreeMap<String, Counts>,
    pub(super) added: Vec<Compared>,
    pub(super) gone: Vec<Compared>,
    pub(super) level_changed: Vec<Moved>,
}

impl Difference {
    /// What differs, by the findings' ids.
    pub(super) fn between(mut before: Findings, after: Findings) -> Self {
        let mut difference = Self::default();
        for (id, found) in after {
            match before.remove(&id) {
                None => {
                    difference.count(&found, |counts| counts.added += 1);
                    difference.added.push(found);
                }
                Some(old) if old.level != found.level => {
                    difference.count(&found, |counts| counts.level_changed += 1);
                    difference.level_changed.push(Moved { from: old.level, to: found });
                }
                Some(_) => difference.same += 1,
            }
        }
        for found in before.into_values() {
            difference.count(&found, |counts| counts.gone += 1);
            difference.gone.push(found);
        }
        difference.added.sort_by(in_order);
        difference.gone.sort_by(in_order);
        difference.level_changed.sort_by(|a, b| in_order(&a.to, &b.to));
        difference
    }

    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.gone.is_empty() && self.level_changed.is_empty()
    }

    fn count(&mut self, found: &Compared, add: impl Fn(&mut Counts)) {
        add(&mut self.total);
        add(self.by_rule.entry(found.rule.clone()).or_default());
        add(self.by_actor.entry(found.actor.clone()).or_default());
        add(self.by_day.entry(found.day()).or_default());
    }
}

fn in_order(a: &Compared, b: &Compared) -> std::cmp::Ordering {
    (a.time, &a.rule, &a.origin, &a.finding).cmp(&(b.time, &b.rule, &b.origin, &b.finding))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
fn word<S: Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(level.as_str())
}
