//! Faults from a seed: errors, delays, throttles, cut-off transfers, and kills before or after an effect.
//!
//! Every decision comes from one generator, so a seed replays a schedule exactly. Faults run out, so that every
//! schedule ends. A kill is a future that never ends and a flag: whoever drives drops the rest, as a process that
//! is gone would.

mod blobs;
mod published;
mod store;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use trailhound_detect::ports::Clock;

pub use blobs::{FaultyBlobs, Parked, Pointed, shadow_lines};
pub use published::{FaultySink, Published};
pub use store::FaultyStore;

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

/// What a store may do beside being slow and dying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreFaults {
    /// Nothing else.
    None,
    /// It gives errors.
    Errors,
}

/// What a part says that is not so: whoever checks a world must find it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    /// The sink accepts every other finding and drops it.
    Accepted,
    /// The place of parked objects keeps none.
    Parked,
    /// The store takes records of publication and forgets them.
    Recorded,
    /// The store forgets of which cases findings were told to be, and that cases are open.
    Joined,
    /// The store says that somebody else was handed a session.
    HandedOut,
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
    store: StoreFaults,
    lie: Option<Lie>,
    /// Where somebody looks.
    trace: Option<Vec<String>>,
}

impl Plan {
    /// So many faults from a seed; `store` says what the store may do beside.
    pub fn new(seed: u64, faults: u32, store: StoreFaults) -> Arc<Self> {
        let state =
            PlanState { rng: Rng::new(seed), left: faults, dead: false, store, lie: None, trace: None };
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
        let fault = match state.rng.below(6) {
            0 => Fault::KillBefore,
            1 => Fault::KillAfter,
            2 => Fault::Delay(Duration::from_millis(state.rng.below(9_000))),
            _ => Fault::Error,
        };
        if let Some(trace) = &mut state.trace {
            trace.push(format!("{fault:?}"));
        }
        fault
    }

    /// Notes a call and what it is about.
    pub(crate) fn note(&self, call: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.lock().trace {
            trace.push(call());
        }
    }

    /// Keeps every call and the fault it met from now on.
    pub fn begin_trace(&self) {
        self.lock().trace = Some(Vec::new());
    }

    /// What was kept, in order.
    pub fn take_trace(&self) -> Vec<String> {
        self.lock().trace.take().unwrap_or_default()
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

    /// From now on somebody lies.
    pub(crate) fn begin_lying(&self, lie: Lie) {
        self.lock().lie = Some(lie);
    }

    pub(crate) fn is_lied(&self, lie: Lie) -> bool {
        self.lock().lie == Some(lie)
    }

    pub(crate) fn store_fails(&self) -> bool {
        self.lock().store == StoreFaults::Errors
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
