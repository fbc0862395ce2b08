//! What is still to be published when a source moves on: parked ahead, taken back once it was accepted.

use std::collections::BTreeSet;

use trailhound_detect::ports::{Reject, RejectSink};
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::{Notice, RejectReason};

use super::Delivery;
use crate::attempt::After;
use crate::evaluation::Body;
use crate::failure::Failure;
use crate::ports::{Blobs, Publisher};
use crate::publishing::Outcome;

impl<Store: StateStore, Sink: Publisher, Place: Blobs> Delivery<'_, Store, Sink, Place> {
    /// Parks what is about to be tried for the last times. What could not be parked is tried all the same.
    pub(super) async fn park_ahead(&mut self) -> Vec<Reject> {
        let Some(place) = self.courier.parking.as_ref().filter(|_| self.attempt.after != After::Again) else {
            return Vec::new();
        };
        let work = self.unfinished(self.publishing.origins(), "not yet published");
        let budget = self.attempt.budget;
        match budget.parking(place.until(budget.park_until()).park(&work)).await {
            Ok(Ok(())) => work,
            _ => Vec::new(),
        }
    }

    /// Counts what became of the matches; of those left, parks the bodies where the source may not bring them again.
    pub(super) async fn settle(&mut self, ahead: Vec<Reject>) -> Result<(), Failure> {
        let Outcome { left, problem: why, tally, state_unavailable, uncopied, lag_ms } =
            std::mem::take(&mut self.publishing).settle();
        self.tally.add(&tally);
        self.account.lag_ms = lag_ms;
        self.account.uncopied = uncopied;
        self.account.state_unavailable = state_unavailable;
        if left.is_empty() {
            self.courier.withdraw(&ahead).await;
            return Ok(());
        }
        // A canary that did not come through is no sign of life.
        self.tally.notices.remove(&Notice::Canary);
        let stopping = *self.courier.stop.borrow();
        let unpublished = Failure::Unpublished { count: left.len(), why };
        if self.attempt.after != After::Never && !stopping {
            return Err(unpublished);
        }
        let bodies = self.unfinished(left.iter().map(String::as_str), &unpublished.to_string());
        if bodies.len() != ahead.len() {
            if let Err(unparked) = self.courier.park(&bodies, self.attempt.budget).await {
                self.failures.push(unparked);
                return Err(unpublished);
            }
            self.courier.withdraw(&ahead).await;
        }
        if self.attempt.after != After::Never {
            // Parked in case the source moves on all the same; another attempt would alert sooner.
            return Err(unpublished);
        }
        tracing::error!(
            problem = unpublished.to_string(),
            bodies = bodies.len(),
            origin = self.account.origin,
            "the last attempt failed; parked"
        );
        self.account.parked = bodies.len() as u64;
        Ok(())
    }

    /// The bodies that hold these records, each once, to be parked.
    fn unfinished<'o>(&self, origins: impl Iterator<Item = &'o str>, why: &str) -> Vec<Reject> {
        let holds = |body: &Body, origin: &str| {
            origin
                .strip_prefix(body.origin.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['#', ':']))
        };
        let body_of = |origin: &str| self.bodies.iter().position(|body| holds(body, origin));
        let wanted: BTreeSet<usize> = origins.filter_map(body_of).collect();
        let reject = |body: &Body| Reject {
            reason: RejectReason::Unpublished,
            detail: why.to_owned(),
            origin: body.origin.clone(),
            received_at: self.received_at,
            body: body.bytes.clone(),
            version: self.version.clone(),
            pointers: Vec::new(),
        };
        wanted.into_iter().map(|at| reject(&self.bodies[at])).collect()
    }
}
