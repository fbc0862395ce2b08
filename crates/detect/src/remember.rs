//! What was seen before: the only stage with state.
//!
//! Matches are decided on a desk of items that were loaded together. What others decide by, claims and first sights, is
//! committed before findings go out, and all else with the record that they did; where another process got in between,
//! decisions are made anew. Every decision gives the same answer for the same event again, so a crash at any point and
//! a second delivery change nothing. A store that cannot be asked delays nothing: matches go out marked.

mod cache;
mod claims;
mod correlate;
mod desk;
mod history;
mod judge;
mod learning;
mod memory;
mod newness;
mod pause;
mod seen;
#[cfg(test)]
mod tests;
mod window;

use jiff::{SignedDuration, Timestamp};

use crate::describe::Finding;
use crate::event::Caller;
use crate::matched::Match;
use crate::policy::Policy;
use crate::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Write};
use cache::Cache;
use claims::Claims;
pub use claims::{LEASE, is_published};
use desk::Desk;
pub use history::{Entry, History, import};
pub use judge::Judged;
use judge::{Context, Pending, Table, judge};
pub use memory::MemoryStore;
pub use pause::Pause;

/// How often decisions are made anew against others who change the same items.
const CONTESTS: usize = 8;
/// How long the caller of an operation is kept.
const CALLER: SignedDuration = SignedDuration::from_hours(24);

/// Memory over a store; made once, shared by all deliveries of a process.
pub struct Memory<Store> {
    store: Store,
    cache: Cache,
    baselines: bool,
    claims: Claims,
    /// Correlations wait until all matches can be had in order of time.
    correlate_later: bool,
}

/// What matches are judged with.
#[derive(Clone, Copy)]
pub struct Judging<'a> {
    /// The rules, suppressions and least level that apply.
    pub policy: &'a Policy,
    /// Tells this attempt's claims from those of any other.
    pub claimant: &'a str,
    /// The time.
    pub now: Timestamp,
}

impl<Store: StateStore> Memory<Store> {
    /// Over a store that outlives the process.
    pub fn lasting(store: Store) -> Self {
        Self {
            store,
            cache: Cache::default(),
            baselines: true,
            claims: Claims::Others,
            correlate_later: false,
        }
    }

    /// Over a store that is gone with the process: it can tell duplicates and bursts, but not what is new.
    pub fn fleeting(store: Store) -> Self {
        Self { baselines: false, ..Self::lasting(store) }
    }

    /// For one run over records in any order, which publishes alone: what correlations are to hear of is handed back,
    /// for [`Memory::correlate`] once it is in order.
    #[must_use]
    pub fn in_one_run(self) -> Self {
        Self { claims: Claims::nobody(), correlate_later: true, ..self }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn context<'a>(&'a self, judging: Judging<'a>) -> Context<'a> {
        Context { judging, baselines: self.baselines, claims: &self.claims }
    }

    /// Decides what is to become of matches, in their order.
    pub async fn judge(&self, judging: Judging<'_>, matches: Vec<Match>) -> Judged {
        let context = self.context(judging);
        match self.try_judge(&context, &matches).await {
            Ok(mut judged) => {
                if !self.correlate_later {
                    judged.pending.unheard = std::mem::take(&mut judged.heard);
                }
                judged.pending.matches = matches;
                judged
            }
            Err(error) => {
                let mut judged = judge(&mut Table::Gone, &context, matches);
                if !self.correlate_later {
                    // Episodes that lack an event because of this are not made up for.
                    judged.heard.clear();
                }
                Judged { unavailable: Some(error.0), ..judged }
            }
        }
    }

    async fn try_judge(&self, context: &Context<'_>, matches: &[Match]) -> Result<Judged, StateError> {
        let now = context.judging.now;
        let mut desk = Desk::default();
        let mut keys = judge::baseline_keys(context, matches);
        let mut asks = !self.cache.has_all(&keys);
        if asks {
            keys.extend(judge::claim_keys(context, matches));
        }
        for _ in 0..CONTESTS {
            if asks && !self.correlate_later {
                // Findings do not wait for these, but one load brings both.
                keys.extend(judge::window_keys(context, matches));
            }
            self.fetch(&mut desk, &keys, now).await?;
            let mut judged = judge(&mut Table::Desk(&mut desk), context, matches.to_vec());
            // A run that publishes alone is in no hurry, and commits once.
            let writes = if self.claims.are_shared() { desk.writes_ahead() } else { desk.writes() };
            if writes.is_empty() || self.commit(&mut desk, &writes).await? {
                judged.pending.desk = desk;
                return Ok(judged);
            }
            // A claim was assumed to be the first; now it is known that something is there.
            keys.extend(writes.into_iter().map(|write| write.key).filter(|key| !desk.has(key)));
            asks = true;
        }
        Err(contested())
    }

    /// Decides what matches add up to that were judged and handed back, in order of time.
    pub async fn correlate(&self, judging: Judging<'_>, heard: Vec<Match>) -> Judged {
        let pending = Pending { unheard: heard, ..Pending::default() };
        self.record(judging, Judged { pending, ..Judged::default() }, &[]).await
    }

    /// Records that the sink accepted findings, and all else that could wait until they were out. Answers with what
    /// matches add up to.
    pub async fn record(&self, judging: Judging<'_>, judged: Judged, accepted: &[Finding]) -> Judged {
        let context = self.context(judging);
        let mut sum = Judged::default();
        if let Err(error) = self.try_record(&context, judged.pending, accepted, &mut sum).await {
            // What went out is recorded if nothing else can be, and what was decided goes out all the same.
            let _ = self.try_record(&context, Pending::default(), accepted, &mut Judged::default()).await;
            sum.ready.iter_mut().for_each(|found| found.newness.unavailable = true);
            sum.unavailable = Some(error.0);
        }
        sum
    }

    async fn try_record(
        &self,
        context: &Context<'_>,
        pending: Pending,
        accepted: &[Finding],
        sum: &mut Judged,
    ) -> Result<(), StateError> {
        let Pending { mut desk, matches, unheard } = pending;
        let now = context.judging.now;
        self.fetch(&mut desk, &judge::window_keys(context, &unheard), now).await?;
        for _ in 0..CONTESTS {
            self.mark(&mut desk, context.judging, accepted);
            *sum = judge::correlate(&mut desk, context, unheard.clone());
            let writes = desk.writes();
            if writes.is_empty() || self.commit(&mut desk, &writes).await? {
                sum.pending.desk = desk;
                return Ok(());
            }
            let keys: Vec<Key> = writes.into_iter().map(|write| write.key).collect();
            self.fetch(&mut desk, &keys, now).await?;
            judge::teach(&mut desk, context, matches.clone());
        }
        Err(contested())
    }

    /// Marks findings as published.
    fn mark(&self, desk: &mut Desk, judging: Judging<'_>, accepted: &[Finding]) {
        for finding in accepted {
            self.claims.note(&finding.uid);
            if self.claims.are_shared() {
                claims::publish(desk, &claims::key(&finding.matched), judging.now);
            }
            correlate::published(desk, judging, &finding.matched);
        }
    }

    /// Keeps claims alive while their findings are being published.
    pub async fn renew(
        &self,
        claimant: &str,
        findings: &[Finding],
        now: Timestamp,
    ) -> Result<(), StateError> {
        if !self.claims.are_shared() {
            return Ok(());
        }
        let keys: Vec<Key> = findings.iter().map(|finding| claims::key(&finding.matched)).collect();
        let mut desk = Desk::default();
        self.fetch(&mut desk, &keys, now).await?;
        for key in &keys {
            claims::claim(&mut desk, key, claimant, now)?;
        }
        let writes = desk.writes();
        self.commit(&mut desk, &writes).await.map(drop)
    }

    /// Keeps the callers of operations that are still under way, for records that will lack them. Context only: losing
    /// one costs a finding its address, never the finding.
    pub async fn put_callers(&self, callers: &[(String, Caller)], now: Timestamp) -> Result<(), StateError> {
        if callers.is_empty() {
            return Ok(());
        }
        let mut desk = Desk::default();
        for _ in 0..CONTESTS {
            let mut keys = Vec::new();
            for (operation, caller) in callers {
                let key = caller_key(operation);
                let mut all: Caller = desk.read(&key).ok().flatten().unwrap_or_default();
                all.complete_with(caller);
                desk.write(&key, all, later(now, CALLER));
                keys.push(key);
            }
            let writes = desk.writes();
            if writes.is_empty() || self.commit(&mut desk, &writes).await? {
                break;
            }
            self.fetch(&mut desk, &keys, now).await?;
        }
        Ok(())
    }

    /// Fills in what other records of the same operations told of their callers.
    pub async fn fill_callers(&self, matches: &mut [Match], now: Timestamp) -> Result<(), StateError> {
        let missing = |found: &Match| {
            Caller::is_missing_in(&found.facts).then(|| found.facts.operation_key()).flatten()
        };
        let keys: Vec<Key> =
            matches.iter().filter_map(missing).map(|operation| caller_key(&operation)).collect();
        let mut desk = Desk::default();
        self.fetch(&mut desk, &keys, now).await?;
        for found in matches {
            if let Some(operation) = missing(found)
                && let Some(caller) = desk.read::<Caller>(&caller_key(&operation))?
            {
                caller.fill(&mut found.facts);
            }
        }
        Ok(())
    }

    /// Puts on the desk what is not there yet.
    async fn fetch(&self, desk: &mut Desk, keys: &[Key], now: Timestamp) -> Result<(), StateError> {
        let mut missing: Vec<Key> = Vec::new();
        for key in keys {
            if desk.has(key) {
                continue;
            }
            if let Some(item) = self.cache.get(key) {
                desk.place(key.clone(), Some(item), now);
            } else {
                missing.push(key.clone());
            }
        }
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            return Ok(());
        }
        let items = self.store.load(&missing).await?;
        for (key, item) in missing.into_iter().zip(items) {
            self.cache.put(&key, item.as_ref());
            desk.place(key, item, now);
        }
        Ok(())
    }

    async fn commit(&self, desk: &mut Desk, writes: &[Write]) -> Result<bool, StateError> {
        let answers = self.store.commit(writes).await.inspect_err(|_| {
            // They may have been written or not.
            for write in writes {
                self.cache.forget(&write.key);
            }
        })?;
        for (write, answer) in writes.iter().zip(&answers) {
            match answer {
                Committed::Done(version) => {
                    let (value, version) = (write.value.clone(), version.clone());
                    let item = Item { value, version, expires_at: write.expires_at };
                    self.cache.put(&write.key, Some(&item));
                }
                Committed::Refused => self.cache.forget(&write.key),
            }
        }
        Ok(desk.settle(writes, answers))
    }
}

fn contested() -> StateError {
    StateError("others keep changing the same items".to_owned())
}

fn caller_key(operation: &str) -> Key {
    // `subscription/correlation/action/resource`
    let scope = operation.split('/').next().unwrap_or_default().to_owned();
    Key { kind: ItemKind::Caller, scope, name: crate::digest::of_parts(&["operation", operation]) }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn of_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MIN)
}
