//! What a queue has gathered: its messages name blobs, and what rules make of each is kept as its part; nothing is told.
//!
//! A message is done when each of its blobs has its part. One that is not comes again, and after as many times as the host allows
//! it lies in the queue's poison queue, whether or not another time would have done it: so that queue holds what is not gathered.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use trailhound_azure_sdk::blob::object;
use trailhound_courier::failure::Failure;
use trailhound_courier::fetching::Fetching;
use trailhound_courier::gathering::{Gathering, Job};
use trailhound_courier::ports::{Blobs, Files, ObjectRef, Objects};
use trailhound_courier::time::Budget;
use trailhound_detect::describe::visible;
use trailhound_detect::ports::Clock;
use trailhound_runtime::rulebook::Rulebook;
use trailhound_runtime::server::{Part, Reply, Service};

use crate::invocation::Item;

/// The most blobs that a message names: one that fails has all of them read again.
pub const MOST_BLOBS: usize = 32;
/// How long a message may take: less than `functionTimeout` of `host.json`, so that whoever is too slow says so.
const WITHIN: Duration = Duration::from_mins(9);

/// What a message asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What is to be done with its blobs.
    pub job: Job,
    /// Each of them, or why none is named so.
    pub blobs: Vec<Result<ObjectRef, String>>,
}

impl Asked {
    /// Reads a message: `job` and `parts` as [`Job::read`] has them, and in `url` a blob's address or several.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let asked: Value =
            serde_json::from_slice(text).map_err(|error| format!("the message is no JSON: {error}"))?;
        let named = match asked.get("url") {
            Some(Value::Array(urls)) => urls.as_slice(),
            Some(url) => std::slice::from_ref(url),
            None => &[],
        };
        if !(1..=MOST_BLOBS).contains(&named.len()) {
            return Err(format!("the message has {} blobs in `url`, and not 1 to {MOST_BLOBS}", named.len()));
        }
        let blob = |url: &Value| {
            let url = url.as_str().ok_or("a `url` that is no text")?;
            object(url).map_err(|why| format!("a `url` {why}"))
        };
        Ok(Self { job: Job::read(Some(&asked)), blobs: named.iter().map(blob).collect() })
    }
}

/// Why a message is not done.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ungathered {
    why: String,
    /// It will be no better the next time.
    is_lasting: bool,
}

/// Everything that gathering works with; made once.
pub struct Gatherer<From, Place, Rules> {
    /// Where blobs are read, and of which containers.
    pub from: Fetching<From>,
    /// Where parts are kept, and what is tried.
    pub gathering: Gathering<Place>,
    /// The rules in force.
    pub rulebook: Arc<Rulebook<Rules>>,
    /// What time it is.
    pub clock: Box<dyn Clock>,
    /// Becomes true when the platform stops this process.
    pub stop: watch::Receiver<bool>,
}

impl<From: Objects, Place: Blobs, Rules: Files> Gatherer<From, Place, Rules> {
    async fn gather(&self, request: &[u8]) -> Result<(), Ungathered> {
        let budget = Budget::of(WITHIN);
        let lasting = |why: String| Ungathered { why, is_lasting: true };
        let item = Item::read(request).map_err(|error| lasting(error.to_string()))?;
        tracing::info!(message = item.id.as_str(), times = item.times, "gathering what a message names");
        let asked = Asked::read(&item.text).map_err(lasting)?;
        let pipeline = self.rulebook.current().await;
        let begun = Box::pin(self.gathering.begin(&asked.job, &pipeline)).await;
        let mut failures = Vec::new();
        for blob in &asked.blobs {
            let named = blob.as_ref().map_err(String::as_str);
            if let Err(failure) = Box::pin(begun.one(&self.from, named, (budget, self.clock.now()))).await {
                failures.push(failure);
            }
        }
        let Some(first) = failures.first() else { return Ok(()) };
        Err(Ungathered {
            why: format!(
                "{} of {} blobs are not gathered; first: {first}",
                failures.len(),
                asked.blobs.len()
            ),
            is_lasting: failures.iter().all(Failure::is_lasting),
        })
    }
}

impl<From, Place, Rules> Service for Gatherer<From, Place, Rules>
where
    From: Objects + 'static,
    Place: Blobs + 'static,
    Rules: Files + 'static,
{
    async fn handle(&self, mut arriving: mpsc::Receiver<Part>) -> Reply {
        let mut request = Vec::new();
        loop {
            match arriving.recv().await {
                Some(Part::Bytes(bytes)) => request.extend_from_slice(&bytes),
                Some(Part::End) => break,
                None => return self.again("the request broke off".to_owned()),
            }
        }
        // A part is kept whole or not at all, so that nothing is half done.
        let done = tokio::select! {
            done = self.gather(&request) => done,
            () = self.stopped() => return self.again("the platform is stopping this process".to_owned()),
        };
        match done {
            Ok(()) => reply(200, None),
            Err(Ungathered { why, is_lasting }) => reply(if is_lasting { 500 } else { 503 }, Some(&why)),
        }
    }

    fn again(&self, problem: String) -> Reply {
        reply(503, Some(&problem))
    }

    async fn stopped(&self) {
        let mut stop = self.stop.clone();
        if stop.wait_for(|stop| *stop).await.is_err() {
            // Nobody is left who could say it.
            std::future::pending::<()>().await;
        }
    }
}

/// What the host takes for an answer; all but 200 has the queue hand the message out again, or give it up.
fn reply(status: u16, problem: Option<&str>) -> Reply {
    // Names of blobs are part of it, and anybody's words.
    let problem = problem.map(visible);
    if let Some(problem) = &problem {
        tracing::error!(problem = problem.as_ref(), status, "a message stays with its queue");
    }
    let logs: Vec<&str> = problem.as_deref().into_iter().collect();
    Reply { status, body: json!({"Outputs": {}, "Logs": logs, "ReturnValue": null}) }
}
