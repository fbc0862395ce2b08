//! One invocation: evaluate, publish, park, answer; the host hears 200 only when nothing is left to lose.
//!
//! The host moves its checkpoint on after the last attempt whatever the answer, and this process may be killed at
//! any time. So poison is parked at once; on the last two attempts what is still to be published is parked before
//! it is tried and taken back once it was accepted; and everything before that is a 5xx, which makes the host try
//! again.

mod publishing;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use trailhound_detect::account::{Account, Ledger};
use trailhound_detect::canary::Singer;
use trailhound_detect::describe::Product;
use trailhound_detect::event::{Provider, Scope};
use trailhound_detect::matched::Match;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::ports::{Clock, Reject};
use trailhound_detect::remember::Memory;
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::{Notice, RejectReason};

use crate::evaluate::{Evaluated, Evaluation, body_of};
use crate::event_grid::Publisher;
use crate::parking::Parking;
use crate::rulebook::Rulebook;
use publishing::Publishing;

/// How long the parts of an invocation may take; together less than the 40 seconds after which a host's caller
/// must have heard of a failure.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// From the request's evaluation until publishing is given up.
    pub publish: Duration,
    /// After the platform said stop, until what is left is parked instead.
    pub stop: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self { publish: Duration::from_secs(24), stop: Duration::from_secs(2) }
    }
}

/// A part of a request that is arriving.
#[derive(Clone, Debug)]
pub enum Part {
    /// Some of its bytes.
    Bytes(Bytes),
    /// It is complete. One that ends without is never taken for whole.
    End,
}

/// What the host is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 200, or 503 for another attempt.
    pub status: u16,
    /// What went wrong, for the host's log.
    pub problem: Option<String>,
}

impl Answer {
    /// All is done.
    pub fn done() -> Self {
        Self { status: 200, problem: None }
    }

    /// Try again.
    pub fn again(problem: String) -> Self {
        Self { status: 503, problem: Some(problem) }
    }
}

/// Handles invocations; all that differs between production and a test is behind its ports.
pub struct Handler<Store, Sink, Rejects> {
    /// The rules in force.
    pub rulebook: Arc<Rulebook>,
    /// What was seen and published before.
    pub memory: Memory<Store>,
    /// Where findings go.
    pub sink: Sink,
    /// Where rejects go, if anywhere.
    pub rejects: Option<Rejects>,
    /// Where accounts go.
    pub ledger: Box<dyn Ledger>,
    /// The time.
    pub clock: Box<dyn Clock>,
    /// What findings say made them.
    pub product: Product,
    /// The subscription this runs in, which canaries come from.
    pub account: String,
    /// Tells this process from others.
    pub process: String,
    /// How long things may take.
    pub budget: Budget,
    /// Turns true when the platform wants this process to end.
    pub stop: watch::Receiver<bool>,
}

impl<Store, Sink, Rejects> Handler<Store, Sink, Rejects>
where
    Store: StateStore,
    Sink: Publisher,
    Rejects: Parking,
{
    /// Handles one invocation whose request is there as a whole.
    pub async fn handle(&self, request: Vec<u8>) -> Answer {
        let (parts, arriving) = mpsc::channel(2);
        for part in [Part::Bytes(request.into()), Part::End] {
            // The channel has room for both.
            let _ = parts.try_send(part);
        }
        self.handle_arriving(arriving).await
    }

    /// Handles one invocation as its request arrives.
    pub async fn handle_arriving(&self, mut arriving: mpsc::Receiver<Part>) -> Answer {
        let received_at = self.clock.now();
        let pipeline = self.rulebook.current().await;
        let evaluating = {
            let pipeline = Arc::clone(&pipeline);
            tokio::task::spawn_blocking(move || {
                let mut evaluation = Evaluation::new(&pipeline, received_at);
                loop {
                    match arriving.blocking_recv()? {
                        Part::Bytes(bytes) => evaluation.push(&bytes),
                        Part::End => return Some((evaluation.finish(), Instant::now())),
                    }
                }
            })
        };
        let (mut batch, begun) = match evaluating.await {
            Ok(Some(evaluated)) => evaluated,
            Ok(None) => return Answer::again("the request broke off".to_owned()),
            Err(error) => return Answer::again(format!("the batch could not be evaluated: {error}")),
        };
        let rejects = std::mem::take(&mut batch.finished.rejects);
        let deadline = begun + self.budget.publish;
        let (poison, published) =
            tokio::join!(self.park(&rejects), self.publish(&mut batch, &pipeline, deadline));
        let mut problems: Vec<String> = Vec::new();
        problems.extend(poison.err());
        let mut parked = 0;
        match published {
            Ok(count) => parked = count,
            Err(problem) => problems.push(problem),
        }
        let problem = (!problems.is_empty()).then(|| problems.join("; "));
        self.enter(batch, parked, problem.clone());
        problem.map_or_else(Answer::done, Answer::again)
    }

    /// Publishes; answers how many bodies had to be parked instead, or why another attempt is needed.
    async fn publish(
        &self,
        batch: &mut Evaluated,
        pipeline: &Pipeline,
        deadline: Instant,
    ) -> Result<u64, String> {
        let claimant = format!("{}/{}", self.process, batch.origin);
        let matches = std::mem::take(&mut batch.finished.matches);
        let callers = std::mem::take(&mut batch.finished.callers);
        let now = self.clock.now();
        let singer = Singer {
            provider: Provider::Azure,
            function: "trailhound".to_owned(),
            scope: Scope { account: self.account.clone(), ..Scope::default() },
        };
        let canaries: Vec<Match> = batch.canaries.iter().map(|origin| singer.sing(origin, now)).collect();
        let ahead = if batch.near_end {
            let all =
                unfinished(batch, matches.iter().map(|found| found.origin.as_str()), "not yet published");
            self.park_ahead(all).await
        } else {
            Vec::new()
        };

        let mut publishing = Publishing::of(matches, canaries, callers);
        tokio::select! {
            () = publishing.run(self, pipeline, &claimant, deadline) => {}
            // The sink gives up by itself at the deadline; this is for whatever does not.
            () = tokio::time::sleep_until(deadline + Duration::from_secs(2)) => {
                publishing.error("the invocation ran out of time");
            }
            () = self.stopped() => publishing.error("the platform is stopping this process"),
        }
        let outcome = publishing.settle(&mut batch.finished.tally);
        batch.lag_ms = outcome.lag_ms;
        batch.state_unavailable = outcome.state_unavailable;

        if outcome.left.is_empty() {
            self.withdraw(&ahead).await;
            return Ok(0);
        }
        // A canary that did not come through is no sign of life.
        batch.finished.tally.notices.remove(&Notice::Canary);
        let problem = outcome.problem;
        let stopping = *self.stop.borrow();
        if !batch.last_attempt && !stopping {
            return Err(problem);
        }
        let left = unfinished(batch, outcome.left.iter().map(String::as_str), &problem);
        if left.len() != ahead.len() {
            self.park(&left).await.map_err(|park| format!("{problem}; {park}"))?;
            self.withdraw(&ahead).await;
        }
        if stopping && !batch.last_attempt {
            // Parked in case the host moves on all the same; another attempt would alert sooner.
            return Err(problem);
        }
        if self.rejects.is_none() {
            return Err(format!("{problem}; nothing keeps it: TRAILHOUND_REJECTS_URL is not set"));
        }
        tracing::error!(
            problem,
            bodies = left.len(),
            origin = batch.origin,
            "the last attempt failed; parked"
        );
        Ok(left.len() as u64)
    }

    /// Parks rejects, or says loudly that there is no place for them.
    async fn park(&self, rejects: &[Reject]) -> Result<(), String> {
        if rejects.is_empty() {
            return Ok(());
        }
        let Some(place) = &self.rejects else {
            for reject in rejects {
                tracing::error!(
                    reason = reject.reason.as_str(),
                    detail = reject.detail,
                    origin = reject.origin,
                    bytes = reject.body.len(),
                    "rejected and not kept: TRAILHOUND_REJECTS_URL is not set"
                );
            }
            return Ok(());
        };
        place.park(rejects).await.map_err(|error| error.to_string())
    }

    /// Parks what is about to be tried for the last time; what could not be parked is empty.
    async fn park_ahead(&self, work: Vec<Reject>) -> Vec<Reject> {
        let Some(place) = &self.rejects else { return Vec::new() };
        if work.is_empty() {
            return work;
        }
        match place.park(&work).await {
            Ok(()) => work,
            Err(error) => {
                tracing::warn!(
                    error = error.to_string(),
                    "one of the last attempts goes ahead without a net"
                );
                Vec::new()
            }
        }
    }

    async fn withdraw(&self, parked: &[Reject]) {
        let Some(place) = self.rejects.as_ref().filter(|_| !parked.is_empty()) else { return };
        if let Err(error) = place.withdraw(parked).await {
            // Its replay finds every finding published already.
            tracing::warn!(error = error.to_string(), "work that was done stays parked");
        }
    }

    /// Resolves some time after the platform said stop.
    pub(crate) async fn stopped(&self) {
        let mut stop = self.stop.clone();
        if stop.wait_for(|stop| *stop).await.is_err() {
            // Nobody is left who could say it.
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(self.budget.stop).await;
    }

    fn enter(&self, batch: Evaluated, parked: u64, failure: Option<String>) {
        self.ledger.enter(&Account {
            origin: batch.origin,
            tally: batch.finished.tally,
            lag_ms: batch.lag_ms,
            cpu_ms: batch.cpu_ms,
            attempt: Some(batch.attempt),
            parked,
            failure,
            state_unavailable: batch.state_unavailable,
        });
    }
}

/// The bodies that hold these records, each once, to be parked.
fn unfinished<'o>(batch: &Evaluated, origins: impl Iterator<Item = &'o str>, why: &str) -> Vec<Reject> {
    let wanted: std::collections::BTreeSet<&str> = origins
        .filter_map(|origin| body_of(origin, &batch.bodies))
        .map(|body| body.origin.as_str())
        .collect();
    batch
        .bodies
        .iter()
        .filter(|body| wanted.contains(body.origin.as_str()))
        .map(|body| Reject {
            reason: RejectReason::Unpublished,
            detail: why.to_owned(),
            origin: body.origin.clone(),
            received_at: batch.received_at,
            body: body.bytes.clone(),
        })
        .collect()
}
