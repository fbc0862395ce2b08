//! One invocation, from its payload to its answer: every input is attempted, and each is accounted for.
//!
//! A queue's message fails alone and comes back; anything else fails whole. Messages are read side by side, so many at
//! once: one whose object is slow makes room for another after its share of the time, and is waited for beside it. Those
//! that came before come last and one by one. Generic over the ports, so that faults can be played.

use std::time::Duration;

use futures_util::future::join_all;
use jiff::Timestamp;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use trailhound_courier::Courier;
use trailhound_courier::attempt::{After, Attempt};
use trailhound_courier::delivery::Delivery;
use trailhound_courier::failure::{Failed, Failure};
use trailhound_courier::fetching::Fetching;
use trailhound_courier::gathering::{Gathering, Job};
use trailhound_courier::ports::{Blobs, Objects, Publisher};
use trailhound_courier::time::Budget;
use trailhound_courier::trial::Again;
use trailhound_detect::account::Account;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::state::StateStore;

use crate::reply::{Answer, Item, ItemsAnswer, JobAnswer, Reply, TaskDone, TaskResult};
use crate::sources::{Before, Engine, Input, Invocation, Message, Task, Tasks, recognise};
use crate::ways::Ways;

/// Messages that are read side by side: memory is needed for each.
const AT_ONCE: usize = 4;
/// Messages under way, those included that took longer than their share.
const UNDER_WAY: usize = 16;
/// How long a message keeps its place from another.
const SHARE: Duration = Duration::from_secs(3);

/// Everything an invocation works with; made once.
pub struct Function<From, Store, Sink, Place> {
    /// What every delivery is handled with.
    pub courier: Courier<Store, Sink, Place>,
    /// Where the objects are that notices point at.
    pub from: Fetching<From>,
    /// What may come.
    pub ways: Ways,
    /// Where parts of objects are kept.
    pub gathering: Gathering<Place>,
}

/// An invocation that fails whole, or what of one does.
#[derive(Debug, thiserror::Error)]
#[error("{failed} of {inputs} inputs are to be delivered again; first: {first}")]
pub struct InvocationFailed {
    /// How many failed.
    pub failed: usize,
    /// Of how many.
    pub inputs: usize,
    /// The first failure.
    pub first: Failed,
}

impl From<Failed> for InvocationFailed {
    fn from(first: Failed) -> Self {
        Self { failed: 1, inputs: 1, first }
    }
}

/// An attempt at an invocation.
#[derive(Clone, Copy)]
pub struct Invoked<'a> {
    /// The rules in force.
    pub pipeline: &'a Pipeline,
    /// The request's id.
    pub request_id: &'a str,
    /// Tells this attempt's claims from those of any other.
    pub claimant: &'a str,
    /// How long it may take.
    pub budget: Budget,
    /// Somebody has it evaluated again.
    pub replayed: bool,
}

impl<From, Store, Sink, Place> Function<From, Store, Sink, Place>
where
    From: Objects,
    Store: StateStore,
    Sink: Publisher,
    Place: Blobs,
{
    /// Runs one invocation.
    pub async fn handle(&self, invoked: Invoked<'_>, payload: &str) -> Result<Reply, InvocationFailed> {
        match recognise(payload, invoked.request_id) {
            Invocation::Queue(messages) => self.queue(invoked, messages).await.map(Reply::Again),
            Invocation::Tasks(tasks) => Box::pin(self.tasks(invoked, tasks)).await,
            Invocation::Direct(inputs) => {
                let done = self.all(invoked, inputs, self.courier.clock.now()).await;
                done.map(|()| Reply::Again(Answer::default()))
            }
        }
    }

    /// What comes for the first time side by side, then what came before, one after the other: it may be what the process
    /// died of.
    async fn queue(&self, invoked: Invoked<'_>, messages: Vec<Message>) -> Result<Answer, InvocationFailed> {
        let mut answer = Answer::default();
        let count = messages.len();
        let mut nameless = None;
        let (places, all) = (Semaphore::new(AT_ONCE), Semaphore::new(UNDER_WAY));
        let (again, first): (Vec<_>, Vec<_>) =
            messages.into_iter().enumerate().partition(|(_, message)| message.before.is_some());
        let each = first.into_iter().map(|(n, message)| {
            let (places, all) = (&places, &all);
            async move {
                // Nobody closes them.
                let (_under_way, place) = (all.acquire().await, places.acquire().await);
                let told = (message.id.clone(), message.handed.clone());
                let mut doing = Box::pin(self.message(invoked, n, message));
                let done = if let Ok(done) = timeout(SHARE, &mut doing).await {
                    done
                } else {
                    drop(place);
                    doing.await
                };
                (told, done)
            }
        });
        let mut done = join_all(each).await;
        for (n, message) in again {
            let told = (message.id.clone(), message.handed.clone());
            done.push((told, Box::pin(self.message(invoked, n, message)).await));
        }
        for ((id, handed), done) in done {
            let Err(failed) = done else { continue };
            // Until whoever tries it is done or dead, there is nothing to come again for.
            answer.left.extend(handed.filter(|_| !failed.first.is_tried_elsewhere()));
            match id {
                Some(id) => answer.batch_item_failures.push(Item { item_identifier: id }),
                None => nameless = Some(failed.first),
            }
        }
        match nameless {
            None => Ok(answer),
            Some(first) => Err(InvocationFailed { failed: count, inputs: count, first }),
        }
    }

    async fn message(
        &self,
        invoked: Invoked<'_>,
        n: usize,
        message: Message,
    ) -> Result<(), InvocationFailed> {
        let Message { sent_at, inputs, before, replayed, .. } = message;
        let received_at = sent_at.unwrap_or_else(|| self.courier.clock.now());
        // A message's claims are its own: another may name the same object.
        let claimant = format!("{}/{n}", invoked.claimant);
        let invoked = Invoked { claimant: &claimant, replayed, ..invoked };
        let Some(Before { origin, body }) = before else {
            return self.all(invoked, inputs, received_at).await;
        };
        let again = Again { origin: &origin, body: body.as_bytes(), received_at };
        let trying = async |budget| self.all(Invoked { budget, ..invoked }, inputs, received_at).await;
        self.courier.try_again(invoked.pipeline, attempt(invoked, received_at), again, trying).await
    }

    /// Attempts every object, one after the other: the engine has others called beside this. What an inventory names is
    /// history, so it is evaluated as what is replayed, or gathered.
    async fn tasks(&self, invoked: Invoked<'_>, tasks: Tasks) -> Result<Reply, InvocationFailed> {
        let Tasks { engine, job, tasks } = tasks;
        let count = tasks.len();
        let (mut results, mut failures) = (Vec::with_capacity(count), Vec::new());
        let gathering = match &job {
            Job::Replay => None,
            job => Some(self.gathering.begin(job, invoked.pipeline).await),
        };
        for (n, Task { id: task_id, input }) in tasks.into_iter().enumerate() {
            let (told, failed) = if let Some(begun) = &gathering {
                let when = (invoked.budget, self.courier.clock.now());
                let done = begun.one(&self.from, input.as_object(), when).await;
                let told = TaskDone::of_part(task_id, done.as_ref());
                (told, done.err().map(|failure| Failed(vec![failure])))
            } else {
                let claimant = format!("{}/{n}", invoked.claimant);
                let invoked = Invoked { claimant: &claimant, replayed: true, ..invoked };
                let now = self.courier.clock.now();
                let (account, done) = Box::pin(self.one_told(invoked, input, now)).await;
                (TaskDone::of(task_id, &account, done.as_ref().err()), done.err())
            };
            if told.result_code == TaskResult::TemporaryFailure {
                failures.extend(failed);
            }
            results.push(told);
        }
        let failed = failures.len();
        match engine {
            Engine::S3Batch { version, invocation } => Ok(Reply::Job(JobAnswer {
                invocation_schema_version: version,
                treat_missing_keys_as: TaskResult::TemporaryFailure,
                invocation_id: invocation,
                results,
            })),
            // A state retries what failed whole, and finds what was done published.
            Engine::DistributedMap => match failures.into_iter().next() {
                None => Ok(Reply::Items(ItemsAnswer { results })),
                Some(first) => Err(InvocationFailed { failed, inputs: count, first }),
            },
        }
    }

    /// Attempts every input, whatever became of those before it.
    async fn all(
        &self,
        invoked: Invoked<'_>,
        inputs: Vec<Input>,
        received_at: Timestamp,
    ) -> Result<(), InvocationFailed> {
        let count = inputs.len();
        let mut failures = Vec::new();
        for input in inputs {
            if let Err(failure) = self.one(invoked, input, received_at).await {
                failures.push(failure);
            }
        }
        let failed = failures.len();
        match failures.into_iter().next() {
            None => Ok(()),
            Some(first) => Err(InvocationFailed { failed, inputs: count, first }),
        }
    }

    async fn one(&self, invoked: Invoked<'_>, input: Input, received_at: Timestamp) -> Result<(), Failed> {
        self.one_told(invoked, input, received_at).await.1
    }

    /// The same, with its account.
    async fn one_told(
        &self,
        invoked: Invoked<'_>,
        input: Input,
        received_at: Timestamp,
    ) -> (Account, Result<(), Failed>) {
        let Invoked { pipeline, budget, .. } = invoked;
        if budget.is_spent() {
            // Not begun, so not accounted for; it comes back whole.
            tracing::warn!("out of time; an input goes back unread");
            return (Account::default(), Err(Failed(vec![Failure::OutOfTime])));
        }
        let input = self.ways.admit(input);
        let origin = match &input {
            Input::Object { object, .. } => From::uri(object),
            Input::Event { origin, .. }
            | Input::Canary { origin, .. }
            | Input::Notice { origin, .. }
            | Input::Unreadable { origin, .. } => origin.clone(),
        };
        let mut delivery =
            Delivery::begin(&self.courier, pipeline, attempt(invoked, received_at), &origin, received_at);
        if invoked.replayed {
            delivery.replayed();
        }
        let read = match input {
            Input::Object { object, notice } => delivery.fetch(&self.from, &object, notice.as_bytes()).await,
            Input::Event { body, vouched, .. } => {
                if !vouched {
                    delivery.unvouched();
                }
                delivery.take(body.as_bytes()).await
            }
            Input::Canary { .. } => {
                delivery.canary();
                Ok(())
            }
            Input::Notice { notice, .. } => {
                delivery.notice(notice);
                Ok(())
            }
            Input::Unreadable { reason, detail, body, .. } => {
                delivery.reject(reason, &detail, body.as_bytes());
                Ok(())
            }
        };
        delivery.end_told(read).await
    }
}

/// A queue, a topic and Lambda itself deliver again, and have a place of their own for what never succeeds.
fn attempt(invoked: Invoked<'_>, received_at: Timestamp) -> Attempt {
    Attempt {
        claimant: invoked.claimant.to_owned(),
        budget: invoked.budget,
        after: After::Again,
        number: None,
        given_at: received_at,
    }
}
