//! What deliveries are handled with, made once, and the place for what they leave.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::sync::watch;
use trailhound_detect::account::Ledger;
use trailhound_detect::canary::Singer;
use trailhound_detect::describe::Product;
use trailhound_detect::event::Provider;
use trailhound_detect::matched::Match;
use trailhound_detect::ports::{Clock, Reject, RejectSink};
use trailhound_detect::remember::Memory;

use crate::failure::Failure;
use crate::listening::Listening;
use crate::parking::Parking;
use crate::ports::Blobs;
use crate::time::Budget;

/// After the platform said stop, until what is left is parked instead.
const STOPPING: Duration = Duration::from_secs(2);

/// What deliveries are handled with; made once.
pub struct Courier<Store, Sink, Place> {
    /// What was seen and published before.
    pub memory: Memory<Store>,
    /// Where findings go.
    pub sink: Sink,
    /// Where copies for people go, once the sink accepted a finding and the store knows of it.
    pub copies: Vec<Sink>,
    /// Where rejects go; without a place, a delivery with rejects fails.
    pub parking: Option<Parking<Place>>,
    /// The setting that names such a place.
    pub parking_setting: &'static str,
    /// The time.
    pub clock: Box<dyn Clock>,
    /// Where accounts are entered.
    pub ledger: Box<dyn Ledger>,
    /// What findings say made them.
    pub product: Product,
    /// Accounts, subscriptions and tenants whose records are told, in lower case; all where nothing is said.
    pub accounts: Option<BTreeSet<String>>,
    /// Hears which sources fall silent; nothing where memory does not last.
    pub listening: Option<Listening>,
    /// Sings for this function.
    pub canary: Singer,
    /// Turns true when the platform wants this process to end.
    pub stop: watch::Receiver<bool>,
}

impl<Store, Sink, Place: Blobs> Courier<Store, Sink, Place> {
    /// Resolves some time after the platform said stop.
    pub async fn stopped(&self) {
        let mut stop = self.stop.clone();
        if stop.wait_for(|stop| *stop).await.is_err() {
            // Nobody is left who could say it.
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(STOPPING).await;
    }

    pub(crate) async fn park(&self, rejects: &[Reject], budget: Budget) -> Result<(), Failure> {
        if rejects.is_empty() {
            return Ok(());
        }
        let Some(place) = &self.parking else {
            return Err(Failure::NowhereToPark { count: rejects.len(), setting: self.parking_setting });
        };
        budget
            .parking(place.until(budget.park_until()).park(rejects))
            .await
            .map_err(|_| Failure::OutOfTime)?
            .map_err(Failure::from)
    }

    /// Is this of somebody whose records are told? A host's log may name nobody, and is no cloud's.
    pub(crate) fn is_ours(&self, found: &Match) -> bool {
        let Some(accounts) = &self.accounts else { return true };
        let scope = &found.facts.scope;
        let named = [Some(&scope.account), scope.subscription.as_ref(), scope.tenant.as_ref()];
        found.facts.provider == Provider::Host
            || named.into_iter().flatten().any(|account| accounts.contains(&account.to_lowercase()))
    }

    /// Takes back what was parked ahead.
    pub(crate) async fn withdraw(&self, parked: &[Reject]) {
        let Some(place) = self.parking.as_ref().filter(|_| !parked.is_empty()) else { return };
        if let Err(error) = place.withdraw(parked).await {
            // Its replay finds every finding published already.
            tracing::warn!(error = error.to_string(), "work that was done stays parked");
        }
    }
}
