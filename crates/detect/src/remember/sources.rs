//! When records came from each source for the last time, so that one which falls silent among others is noticed.
//!
//! A source's own longest gap says what silence is for it, once it was known for a week. Its item is written once an hour
//! at most; which sources there are stands in a few lists, written when one is new. Neither is taken from what this
//! process has at hand: others hear of the same sources.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::memory::{Memory, contested};
use super::moment::{later, of_millis};
use crate::digest;
use crate::integrity::{Silence, TrailSource};
use crate::state::{Committed, Item, ItemKind, Keepable, Key, StateError, StateStore, Value, Write};

/// How exactly it is known when a source was heard of last.
pub const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// Until then nobody knows what is usual of a source: weekends are part of it.
const LEARNED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// No silence is shorter.
const LEAST: SignedDuration = SignedDuration::from_hours(2);
/// How long a source is remembered that is not heard of.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Lists that sources stand in.
const LISTS: u64 = 16;
/// Most sources that a list holds; the item of one must fit into a store.
const MOST: usize = 2_500;
/// Items that are asked for together.
const TOGETHER: usize = 100;
/// How often another process may be sooner.
const CONTESTS: usize = 20;

/// What is known of a source; times in milliseconds since the epoch.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct HeardSource {
    first: i64,
    last: i64,
    /// The longest gap that was no silence.
    gap: i64,
}

impl Keepable for HeardSource {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

impl HeardSource {
    /// From how long a gap on it has fallen silent; nothing while that is not known.
    fn silence(&self) -> SignedDuration {
        // Both ends of a gap are known to an hour.
        (SignedDuration::from_millis(self.gap) * 2 + HOUR).max(LEAST)
    }

    fn is_known(&self) -> bool {
        self.last.saturating_sub(self.first) >= millis(LEARNED)
    }

    fn hear(&mut self, at: i64) {
        let gap = at.saturating_sub(self.last);
        // What was told as silence is not usual from then on.
        if !self.is_known() || gap <= millis(self.silence()) {
            self.gap = self.gap.max(gap);
        }
        self.last = self.last.max(at);
    }
}

fn millis(of: SignedDuration) -> i64 {
    i64::try_from(of.as_millis()).unwrap_or(i64::MAX)
}

/// A list of sources.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
struct SourceList {
    sources: Vec<TrailSource>,
}

impl Keepable for SourceList {
    fn bytes(&self) -> usize {
        self.sources.iter().map(|source| 96 + source.place.len()).sum()
    }
}

impl<Store: StateStore> Memory<Store> {
    /// Records came from a source. Says whether it is watched: a list that is full takes no more.
    pub async fn heard(&self, source: &TrailSource, now: Timestamp) -> Result<bool, StateError> {
        let key = key(source);
        for _ in 0..CONTESTS {
            let there = self.one(&key).await?;
            let known = there.as_ref().filter(|item| item.expires_at > now);
            let known = known.and_then(|item| item.value.record::<HeardSource>()).cloned();
            if known.is_none() && !self.list(source, now).await? {
                return Ok(false);
            }
            let at = now.as_millisecond();
            let mut heard = known.unwrap_or(HeardSource { first: at, last: at, gap: 0 });
            if there.is_some() && heard.last != at && at.saturating_sub(heard.last) < millis(HOUR) {
                return Ok(true);
            }
            heard.hear(at);
            if self.put(key.clone(), there, Value::of(heard), now).await? {
                return Ok(true);
            }
        }
        Err(contested())
    }

    /// The sources that have fallen silent.
    pub async fn silences(&self, now: Timestamp) -> Result<Vec<Silence>, StateError> {
        let lists: Vec<Key> = (0..LISTS).map(list_key).collect();
        let lists = self.store().load(&lists).await?;
        let read = lists.iter().flatten().filter_map(|item| item.value.record::<SourceList>());
        let sources: Vec<&TrailSource> = read.flat_map(|list| &list.sources).collect();
        let mut silences = Vec::new();
        for some in sources.chunks(TOGETHER) {
            let keys: Vec<Key> = some.iter().map(|source| key(source)).collect();
            let items = self.store().load(&keys).await?;
            for (source, item) in some.iter().zip(items) {
                let heard = item.as_ref().filter(|item| item.expires_at > now);
                let Some(heard) = heard.and_then(|item| item.value.record::<HeardSource>()) else { continue };
                let for_long = now.duration_since(of_millis(heard.last));
                if heard.is_known() && for_long > heard.silence() {
                    let (since, usual) = (of_millis(heard.last), SignedDuration::from_millis(heard.gap));
                    silences.push(Silence { source: (*source).clone(), since, usual });
                }
            }
        }
        Ok(silences)
    }

    /// Sees to it that a source stands in its list.
    async fn list(&self, source: &TrailSource, now: Timestamp) -> Result<bool, StateError> {
        let key = list_key(digest::word_of_parts(parts(source).into_iter()) % LISTS);
        for _ in 0..CONTESTS {
            let there = self.one(&key).await?;
            let mut list: SourceList =
                there.as_ref().and_then(|item| item.value.record().cloned()).unwrap_or_default();
            if list.sources.contains(source) {
                return Ok(true);
            }
            if list.sources.len() >= MOST {
                return Ok(false);
            }
            list.sources.push(source.clone());
            if self.put(key.clone(), there, Value::of(list), now).await? {
                return Ok(true);
            }
        }
        Err(contested())
    }

    async fn one(&self, key: &Key) -> Result<Option<Item>, StateError> {
        Ok(self.store().load(std::slice::from_ref(key)).await?.pop().flatten())
    }

    async fn put(
        &self,
        key: Key,
        there: Option<Item>,
        value: Value,
        now: Timestamp,
    ) -> Result<bool, StateError> {
        let replaces = there.map(|item| item.version);
        let write = Write { key, replaces, value, expires_at: later(now, KEPT) };
        let done = self.store().commit(std::slice::from_ref(&write)).await?;
        Ok(matches!(done.first(), Some(Committed::Done(_))))
    }
}

fn parts(source: &TrailSource) -> [&str; 3] {
    [&source.place, &source.account, &source.region]
}

fn key(source: &TrailSource) -> Key {
    let [place, account, region] = parts(source);
    let name = digest::of_parts(&["source", place, account, region]);
    Key { kind: ItemKind::Source, scope: account.to_owned(), name }
}

fn list_key(number: u64) -> Key {
    // Of no account: it holds many.
    Key {
        kind: ItemKind::Source,
        scope: String::new(),
        name: digest::of_parts(&["sources", &number.to_string()]),
    }
}

#[cfg(test)]
mod tests;
