//! Faults from a seed: errors, delays, throttles, cut-off transfers, and kills before or after an effect.
//!
//! Every decision comes from one generator, so a seed replays a schedule exactly. Faults run out, so that every
//! schedule ends. A kill is a future that never ends and a flag: whoever drives drops the rest, as a process that
//! is gone would.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use trailhound_detect::describe::Finding;
use trailhound_detect::ports::{Clock, FindingSink, ParkError, PublishError, Reject, RejectSink};
use trailhound_detect::remember::{MemoryStore, is_published};
use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Write};

/// A small, fast generator (SplitMix64): the same numbers for the same seed, everywhere.
#[derive(Clone, Debug)]
pub struct Rng(u64);

impl Rng {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next_u64() % end.max(1)
    }

    /// True once in `n`.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    /// Shuffles in place.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = usize::try_from(self.below(at as u64 + 1)).unwrap_or(0);
            items.swap(at, other);
        }
    }
}

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// It takes this long.
    Delay(Duration),
    /// It fails, with or without effect.
    Error,
    /// The process dies before the call has effect.
    KillBefore,
    /// The process dies after the call had effect, or some of it, before it learns so.
    KillAfter,
}

/// Decides what happens to each call.
pub struct Plan {
    state: Mutex<PlanState>,
    killed: Notify,
}

struct PlanState {
    rng: Rng,
    left: u32,
    dead: bool,
    store_fails: bool,
}

impl Plan {
    /// So many faults from a seed; `store_fails` says whether the store may give errors too.
    pub fn new(seed: u64, faults: u32, store_fails: bool) -> Arc<Self> {
        let state = PlanState { rng: Rng::new(seed), left: faults, dead: false, store_fails };
        Arc::new(Self { state: Mutex::new(state), killed: Notify::new() })
    }

    fn lock(&self) -> MutexGuard<'_, PlanState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Decides one call; spends a fault unless it is let alone.
    pub fn decide(&self) -> Fault {
        let mut state = self.lock();
        if state.left == 0 || !state.rng.one_in(3) {
            return Fault::None;
        }
        state.left -= 1;
        match state.rng.below(6) {
            0 => Fault::KillBefore,
            1 => Fault::KillAfter,
            2 => Fault::Delay(Duration::from_millis(state.rng.below(9_000))),
            _ => Fault::Error,
        }
    }

    /// A number for a decision of another kind.
    pub fn below(&self, end: u64) -> u64 {
        self.lock().rng.below(end)
    }

    /// Ends the process: never returns.
    pub async fn kill(&self) -> std::convert::Infallible {
        self.lock().dead = true;
        self.killed.notify_one();
        std::future::pending().await
    }

    /// Waits for the process to be killed.
    pub async fn died(&self) {
        self.killed.notified().await;
    }

    /// Starts another process.
    pub fn revive(&self) -> bool {
        std::mem::take(&mut self.lock().dead)
    }

    fn store_fails(&self) -> bool {
        self.lock().store_fails
    }
}

/// Time that tests move: tokio's paused clock, from a fixed start.
#[derive(Clone, Copy, Debug)]
pub struct PausedClock {
    start: Timestamp,
    zero: tokio::time::Instant,
}

impl PausedClock {
    /// Begins at `start`.
    pub fn at(start: Timestamp) -> Self {
        Self { start, zero: tokio::time::Instant::now() }
    }
}

impl Clock for PausedClock {
    fn now(&self) -> Timestamp {
        let gone = SignedDuration::try_from(self.zero.elapsed()).unwrap_or(SignedDuration::ZERO);
        self.start.checked_add(gone).unwrap_or(Timestamp::MAX)
    }
}

/// What a sink took: each finding's id with the number of times, and how often a kill hid an acceptance.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// How often each finding was accepted.
    pub times: HashMap<String, u32>,
    /// Accepted, and not yet recorded as published.
    pub open: HashSet<String>,
    /// Recorded as published.
    pub recorded: HashSet<String>,
    /// Accepted without the store having been asked, as their mark says.
    pub unasked: u64,
    /// How often each finding's acceptance stayed unrecorded for good.
    pub unrecorded: HashMap<String, u32>,
    /// Finding and CloudEvents ids seen together; one pair for each finding.
    pub ids: HashMap<String, String>,
    /// The findings that correlations made, with the correlation's name.
    pub episodes: HashMap<String, String>,
}

impl Published {
    /// The process is gone: what it had not recorded stays so.
    pub fn forget_open(&mut self) -> usize {
        let count = self.open.len();
        for finding in self.open.drain() {
            *self.unrecorded.entry(finding).or_default() += 1;
        }
        count
    }

    fn accept(&mut self, finding: &Finding) {
        let uid = &finding.uid;
        *self.times.entry(uid.clone()).or_default() += 1;
        if finding.matched.episode.is_some() {
            self.episodes.insert(uid.clone(), finding.matched.rule.name.clone());
        }
        if finding.matched.newness.unavailable {
            // Without an answer it goes out all the same, published before or not.
            self.unasked += 1;
            *self.unrecorded.entry(uid.clone()).or_default() += 1;
        }
        if !self.recorded.contains(uid) {
            self.open.insert(uid.clone());
        }
        let known = self.ids.entry(uid.clone()).or_insert_with(|| finding.id.clone());
        assert_eq!(*known, finding.id, "a finding keeps its id however often it is published");
    }

    fn record<'k>(&mut self, claims: impl Iterator<Item = &'k Key>) {
        for claim in claims {
            self.open.remove(&claim.name);
            self.recorded.insert(claim.name.clone());
        }
    }

    /// The store did not take the record, and nobody tries again.
    fn give_up<'k>(&mut self, claims: impl Iterator<Item = &'k Key>) {
        for claim in claims {
            if self.open.remove(&claim.name) {
                *self.unrecorded.entry(claim.name.clone()).or_default() += 1;
            }
        }
    }
}

/// A sink with faults; partial failures included.
pub struct FaultySink {
    /// What decides.
    pub plan: Arc<Plan>,
    /// What was taken.
    pub published: Arc<Mutex<Published>>,
}

impl FindingSink for FaultySink {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        let fault = self.plan.decide();
        match fault {
            Fault::KillBefore => match self.plan.kill().await {},
            Fault::Error if self.plan.below(2) == 0 => {
                return findings
                    .iter()
                    .map(|_| Err(PublishError::Transient("throttled".to_owned())))
                    .collect();
            }
            Fault::Delay(wait) => tokio::time::sleep(wait.min(Duration::from_secs(3))).await,
            _ => {}
        }
        let mut answers = Vec::with_capacity(findings.len());
        for finding in findings {
            // A batch that fails in part: some entries are taken, some are not.
            if fault == Fault::Error && self.plan.below(2) == 0 {
                answers.push(Err(PublishError::Transient("internal error".to_owned())));
                continue;
            }
            let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
            published.accept(finding);
            answers.push(Ok(()));
        }
        if fault == Fault::KillAfter {
            match self.plan.kill().await {}
        }
        answers
    }
}

/// A store with faults, over one that outlives the process.
pub struct FaultyStore {
    /// What decides.
    pub plan: Arc<Plan>,
    /// What is remembered.
    pub inner: Arc<MemoryStore>,
    /// Where it is noted what the store knows to be published.
    pub published: Arc<Mutex<Published>>,
}

impl FaultyStore {
    fn fails(&self, fault: Fault) -> bool {
        fault == Fault::Error && self.plan.store_fails()
    }

    async fn before(&self, fault: Fault) {
        match fault {
            Fault::KillBefore => match self.plan.kill().await {},
            // Within the lease: a store slower than that answers with an error, by its timeout.
            Fault::Delay(wait) => tokio::time::sleep(wait / 10).await,
            _ => {}
        }
    }

    async fn after(&self, fault: Fault) {
        if fault == Fault::KillAfter {
            match self.plan.kill().await {}
        }
    }

    fn published(&self) -> MutexGuard<'_, Published> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn injected() -> StateError {
    StateError("injected".to_owned())
}

/// The claims that writes record as published.
fn records(writes: &[Write]) -> impl Iterator<Item = &Key> {
    let records = |write: &&Write| write.key.kind == ItemKind::Claim && is_published(&write.value);
    writes.iter().filter(records).map(|write| &write.key)
}

impl StateStore for FaultyStore {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        let fault = self.plan.decide();
        self.before(fault).await;
        if self.fails(fault) {
            // Whoever cannot look again at a claim cannot record a publication there either.
            self.published().give_up(keys.iter().filter(|key| key.kind == ItemKind::Claim));
            return Err(injected());
        }
        let items = self.inner.load(keys).await;
        self.after(fault).await;
        items
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        let fault = self.plan.decide();
        self.before(fault).await;
        // An error, like a kill, may come before the effect, amid it, or after it.
        let amid = fault == Fault::KillAfter || self.fails(fault);
        let done = if amid { self.plan.below(writes.len() as u64 + 1) } else { writes.len() as u64 };
        let written = &writes[..usize::try_from(done).unwrap_or(writes.len())];
        let answers = self.inner.commit(written).await?;
        let done: Vec<Write> = written
            .iter()
            .zip(&answers)
            .filter(|(_, answer)| **answer != Committed::Refused)
            .map(|(write, _)| write.clone())
            .collect();
        self.published().record(records(&done));
        if self.fails(fault) {
            self.published().give_up(records(writes));
            return Err(injected());
        }
        self.after(fault).await;
        Ok(answers)
    }
}

/// Parked rejects: the reason by origin and bytes.
pub type Parked = HashMap<(String, Vec<u8>), String>;

/// A place for rejects with faults. Parking the same again changes nothing, as with a key that is a hash.
pub struct FaultyRejects {
    /// What decides.
    pub plan: Arc<Plan>,
    /// What is parked: origin and bytes, with the reason.
    pub parked: Arc<Mutex<Parked>>,
}

impl RejectSink for FaultyRejects {
    async fn park(&self, rejects: &[Reject]) -> Result<(), ParkError> {
        let fault = self.plan.decide();
        match fault {
            Fault::KillBefore => match self.plan.kill().await {},
            Fault::Error => {
                let place = "nowhere".to_owned();
                return Err(ParkError { count: rejects.len(), place, detail: "injected".to_owned() });
            }
            Fault::Delay(wait) => tokio::time::sleep(wait).await,
            _ => {}
        }
        {
            let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
            for reject in rejects {
                parked
                    .insert((reject.origin.clone(), reject.body.clone()), reject.reason.as_str().to_owned());
            }
        }
        if fault == Fault::KillAfter {
            match self.plan.kill().await {}
        }
        Ok(())
    }
}
