//! One world of faults for every cloud: what outlives processes, a script of what lies in wait, and a driver.
//!
//! A cloud brings a [`Face`]: how its source hands deliveries out, and what it does once they are answered. The same
//! scripts run through every face, and each plays the same way whenever it is played: nothing in it depends on threads,
//! on the machine's clock or on the order of a map. `TRAILHOUND_SEED=n` plays one schedule, `TRAILHOUND_SCHEDULES=n` so
//! many.

mod check;
mod play;
mod rules;
mod script;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use trailhound_courier::Courier;
use trailhound_courier::parking::{Parking, SHADOW};
use trailhound_courier::ports::Publisher;
use trailhound_detect::account::{Account, Ledger};
use trailhound_detect::canary::Singer;
use trailhound_detect::describe::{Finding, Product, ShadowLine};
use trailhound_detect::event::{Provider, Scope};
use trailhound_detect::ports::PublishError;
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::state::StateStore;

use crate::faults::{
    FaultyBlobs, FaultySink, FaultyStore, Parked, PausedClock, Plan, Published, Rng, shadow_lines,
};
pub use play::{Reached, found_out, replays, run, schedules};
pub use rules::pipeline;
pub use script::{Expected, Script};

/// How a source hands deliveries out, and what it does once they are answered.
pub trait Face: Sized {
    /// A function in a process that may die.
    type Process;
    /// What one process is asked.
    type Call;
    /// What it answers.
    type Answer;

    /// Lays the bodies of a script out.
    fn lay(script: &Script, rng: &mut Rng) -> Self;

    /// Starts a process that knows nothing yet.
    fn process(world: &World, name: &str) -> Self::Process;

    /// What is asked next, all at the same time; nothing when nothing is left.
    fn calls(&mut self, rng: &mut Rng) -> Vec<Self::Call>;

    /// Asks. `hurry` is how little time there is, where a source can be so mean.
    fn call(
        process: &Self::Process,
        call: &Self::Call,
        claimant: &str,
        hurry: Option<Duration>,
    ) -> impl Future<Output = Self::Answer>;

    /// Takes the answers; those of processes that died are missing. Says how long the source waits then.
    fn answered(
        &mut self,
        calls: Vec<Self::Call>,
        answers: Vec<Option<Self::Answer>>,
        rng: &mut Rng,
    ) -> Duration;

    /// What the source did that no function can make up for.
    fn excuse(&self) -> Excuse;

    /// What reached it, for those who look whether schedules reach what they are about.
    fn seen(&self) -> BTreeMap<&'static str, u64> {
        BTreeMap::new()
    }

    /// The bodies that a parked line stands for.
    fn stands_for(parked: &Parked, world: &World) -> Vec<Vec<u8>> {
        let _ = world;
        vec![parked.body.clone()]
    }

    /// Whatever else must hold at the end.
    fn check(&self, want: &Expected, world: &World) {
        let _ = (want, world);
    }
}

/// What a source does that no function can make up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Excuse {
    /// Nothing: it delivers until all is done.
    Nothing,
    /// It moved on from a delivery that was not done: what was to be published is parked, and who was told of alone may
    /// never be told of together.
    MovedOn,
    /// It moved on after both of the last attempts were killed before anything could be parked.
    BeyondHelp,
}

/// What outlives processes.
pub struct World {
    /// Decides faults.
    pub plan: Arc<Plan>,
    /// What senders wrote.
    pub bodies: Arc<Vec<Vec<u8>>>,
    /// What is remembered.
    pub store: Arc<MemoryStore>,
    published: Arc<Mutex<Published>>,
    parked: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    accounts: Arc<Mutex<Vec<Account>>>,
    clock: PausedClock,
    down_until: Instant,
}

impl World {
    /// Before anything happened.
    pub fn new(script: &Script) -> Self {
        let plan = Plan::new(script.seed ^ 0x5eed, script.faults, script.store);
        if let Some(lie) = script.lie {
            plan.begin_lying(lie);
        }
        Self {
            plan,
            bodies: Arc::new(script.bodies.clone()),
            store: Arc::default(),
            published: Arc::default(),
            parked: Arc::default(),
            accounts: Arc::default(),
            clock: PausedClock::at("2026-03-18T10:20:00Z".parse().expect("a time")),
            down_until: Instant::now() + script.outage,
        }
    }

    /// A courier over a store of one's own.
    pub fn courier_over<Store: StateStore>(
        &self,
        store: Store,
        provider: Provider,
    ) -> Courier<Store, Sink, FaultyBlobs> {
        let plan = || Arc::clone(&self.plan);
        let inner = FaultySink { plan: plan(), published: Arc::clone(&self.published) };
        let account = "111122223333".to_owned();
        Courier {
            memory: Memory::lasting(store),
            sink: Sink { inner, down_until: self.down_until },
            copies: Vec::new(),
            parking: Some(Parking(FaultyBlobs { plan: plan(), objects: Arc::clone(&self.parked) })),
            parking_setting: "TRAILHOUND_REJECTS",
            accounts: None,
            listening: None,
            clock: Box::new(self.clock),
            ledger: Box::new(Balanced(Arc::clone(&self.accounts))),
            product: Product::new("world"),
            canary: Singer {
                provider,
                function: "example".to_owned(),
                scope: Scope { account, ..Scope::default() },
            },
            stop: watch::channel(false).1,
        }
    }

    /// A courier over the world's store, with its faults.
    pub fn courier(&self, provider: Provider) -> Courier<FaultyStore, Sink, FaultyBlobs> {
        let store = FaultyStore {
            plan: Arc::clone(&self.plan),
            inner: Arc::clone(&self.store),
            published: Arc::clone(&self.published),
        };
        self.courier_over(store, provider)
    }

    /// What was published.
    pub fn published(&self) -> MutexGuard<'_, Published> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is parked.
    pub fn parked(&self) -> Vec<Parked> {
        let objects = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        let rejects = objects.iter().filter(|(name, _)| !name.starts_with(SHADOW));
        rejects.flat_map(|(_, object)| Parked::of_object(object)).collect()
    }

    /// What is parked of rules in shadow.
    pub fn shadow(&self) -> Vec<ShadowLine> {
        let objects = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        let shadow = objects.iter().filter(|(name, _)| name.starts_with(SHADOW));
        shadow.flat_map(|(_, object)| shadow_lines(object)).collect()
    }

    /// The accounts entered.
    pub fn accounts(&self) -> Vec<Account> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A sink that may be down for a while, over one with faults.
pub struct Sink {
    inner: FaultySink,
    down_until: Instant,
}

impl Publisher for Sink {
    const TOGETHER: usize = FaultySink::TOGETHER;

    async fn publish_until(&self, findings: &[Finding], until: Instant) -> Vec<Result<(), PublishError>> {
        if Instant::now() < self.down_until {
            return vec![Err(PublishError::Transient("down".to_owned())); findings.len()];
        }
        self.inner.publish_until(findings, until).await
    }
}

/// Accounts must balance, whatever happened.
struct Balanced(Arc<Mutex<Vec<Account>>>);

impl Ledger for Balanced {
    fn enter(&self, account: &Account) {
        assert!(account.tally.balances(), "{account:?}");
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(account.clone());
    }
}
