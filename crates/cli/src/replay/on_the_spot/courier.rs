//! A courier that publishes as the function's does, and neither parks nor listens.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use trailhound_courier::Courier;
use trailhound_detect::account::{Account, Ledger};
use trailhound_detect::canary::Singer;
use trailhound_detect::describe::{Finding, Product};
use trailhound_detect::event::{Provider, Scope};
use trailhound_detect::ports::SystemClock;
use trailhound_detect::remember::Memory;
use trailhound_detect::state::StateStore;

use crate::replay::figures::Figures;

/// What was accepted, by rule and day.
pub(super) type SpotTold = Arc<Mutex<Figures>>;

/// Notes what was accepted.
struct SpotLedger(SpotTold);

impl Ledger for SpotLedger {
    fn enter(&self, _: &Account) {}

    fn note(&self, finding: &Finding) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).published(finding);
    }
}

pub(super) fn courier<Kept: StateStore, Sink, Place>(
    store: Kept,
    sink: Sink,
    provider: Provider,
    told: SpotTold,
) -> Courier<Kept, Sink, Place> {
    Courier {
        memory: Memory::lasting(store),
        sink,
        copies: Vec::new(),
        parking: None,
        parking_setting: "a place for them",
        clock: Box::new(SystemClock),
        ledger: Box::new(SpotLedger(told)),
        product: Product::new("replay"),
        // Whoever runs it chose what is handed over, and history says nothing of who is silent now.
        accounts: None,
        listening: None,
        canary: Singer { provider, function: "replay".to_owned(), scope: Scope::default() },
        stop: watch::channel(false).1,
    }
}
