//! Publishes on the spot what is replayed, by the function's own courier: to its topic, with its table, under its ids. What
//! cannot be read is not parked again: it lies where it lay.

#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "azure")]
mod azure;
mod courier;

use std::io::Read as _;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use trailhound_courier::Courier;
use trailhound_courier::attempt::{After, Attempt};
use trailhound_courier::delivery::Delivery;
use trailhound_courier::failure::{Failed, Failure};
use trailhound_courier::ports::{Blobs, ObjectError, Publisher};
use trailhound_courier::time::Budget;
use trailhound_detect::account::Account;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::state::StateStore;

use super::figures::Figures;
#[cfg(feature = "aws")]
use super::notices;
use super::replayable::Replayable;
use super::replayed::Replayed;
use super::taking::Taking;
use crate::baseline::Store;
use crate::cloud;
use crate::exit::Exit;
use crate::inputs::{self, Input};
use courier::SpotTold;

/// How long one delivery may take; nothing stops this process.
const WITHIN: Duration = Duration::from_mins(15);
/// How much of a file is read at once.
const CHUNK: usize = 128 << 10;

pub(super) fn run(replay: &Replayed<'_>) -> anyhow::Result<(Figures, Exit)> {
    let arguments = replay.material.arguments;
    let topic = arguments.topic.as_deref().context("--here publishes to --topic")?;
    arguments.table.iter().try_for_each(Store::check)?;
    let told = SpotTold::default();
    match &arguments.table {
        #[cfg(feature = "aws")]
        Some(Store::DynamoDb(table)) => {
            run_with(replay, aws::courier(table.open()?, topic, Arc::clone(&told))?, topic, &told)
        }
        #[cfg(feature = "azure")]
        Some(Store::TableStorage(table)) => {
            run_with(replay, azure::courier(table.open()?, topic, Arc::clone(&told))?, topic, &told)
        }
        _ => anyhow::bail!(
            "--here publishes as a function does, whose --table is in DynamoDB or Table Storage"
        ),
    }
}

fn run_with<Kept: StateStore, Sink: Publisher, Place: Blobs>(
    replay: &Replayed<'_>,
    courier: Courier<Kept, Sink, Place>,
    topic: &str,
    told: &SpotTold,
) -> anyhow::Result<(Figures, Exit)> {
    let mut taking = Taking::to(topic.to_owned(), replay.material.arguments)?;
    let run = uuid::Uuid::new_v4().to_string();
    let spot = OnTheSpot { courier, pipeline: replay.pipeline, run };
    let (mut figures, mut exit, mut count) = (Figures::default(), Exit::Clean, 0_u64);
    let (read, whole) = replay.material.each(&mut |mut one| {
        let id = id(&mut one);
        if taking.has(&id) {
            figures.taken_before += 1;
            return taking.let_go(&one.lies);
        }
        if !replay.wants(&one)? {
            taking.leave(&one.lies);
            return Ok(());
        }
        count += 1;
        let before = figures.failing_total();
        let attempted = spot.deliver(&one, count, &mut figures)?;
        if attempted && figures.failing_total() == before {
            taking.note(&id)?;
            taking.let_go(&one.lies)?;
        } else {
            taking.leave(&one.lies);
        }
        Ok(())
    })?;
    exit = exit.or(read);
    taking.end(&whole)?;
    figures.publish = std::mem::take(&mut told.lock().unwrap_or_else(PoisonError::into_inner).publish);
    figures.is_done = true;
    Ok((figures, exit))
}

/// What it is known by; what stands for others is its object, which is read whole.
fn id(one: &mut Replayable) -> String {
    #[cfg(feature = "aws")]
    if let (true, Some(object)) = (one.more > 0, notices::of_origin(&one.origin)) {
        one.more = 0;
        let id = format!("s3://{}/{}", object.bucket, object.key);
        one.inputs = vec![Input::of_object(object)];
        return id;
    }
    one.id.clone()
}

struct OnTheSpot<'a, Kept, Sink, Place> {
    courier: Courier<Kept, Sink, Place>,
    pipeline: &'a Pipeline,
    run: String,
}

impl<Kept: StateStore, Sink: Publisher, Place: Blobs> OnTheSpot<'_, Kept, Sink, Place> {
    /// Delivers it, and counts what became of it; says whether it could be attempted.
    fn deliver(&self, one: &Replayable, count: u64, figures: &mut Figures) -> anyhow::Result<bool> {
        figures.count(&one.lies);
        if let Some(why) = &one.unknown {
            figures.fail("unknown_record", 1, || (one.origin.clone(), why.clone()));
        }
        if one.holds_records() {
            // Whoever may send to a queue chose what it says; only the function knows what that is worth.
            let is_sent =
                ["sqs://", "sns://", "lambda://"].iter().any(|scheme| one.origin.starts_with(scheme));
            if is_sent {
                let detail = "records that a message holds itself; hand them over by --go".to_owned();
                figures.fail("not_here", 1, || (one.origin.clone(), detail));
                return Ok(false);
            }
            let mut delivery = self.begin(&one.origin, one.received_at, &count.to_string());
            delivery.replayed();
            let done = cloud::runtime()?.block_on(async {
                let read = Box::pin(delivery.take(&one.body)).await;
                Box::pin(delivery.end_told(read)).await
            });
            count_in(done, &one.origin, figures);
        }
        for (n, input) in one.inputs.iter().enumerate() {
            self.input(input, &format!("{count}.{n}"), figures)?;
        }
        Ok(true)
    }

    fn begin(&self, origin: &str, received_at: Timestamp, n: &str) -> Delivery<'_, Kept, Sink, Place> {
        let attempt = Attempt {
            claimant: format!("replay/{}/{n}", self.run),
            budget: Budget::of(WITHIN),
            after: After::Again,
            number: None,
            given_at: Timestamp::now(),
        };
        Delivery::begin(&self.courier, self.pipeline, attempt, origin, received_at)
    }

    fn input(&self, input: &Input, n: &str, figures: &mut Figures) -> anyhow::Result<()> {
        let name = input.name();
        let runtime = cloud::runtime()?;
        let mut delivery = {
            let _budget = runtime.enter();
            self.begin(&name, Timestamp::now(), n)
        };
        delivery.replayed();
        #[cfg(feature = "aws")]
        if let Some(object) = input.as_object() {
            let (notice, from) = (notices::notice(object), aws::objects()?);
            let done = runtime.block_on(async {
                let read = Box::pin(delivery.fetch(&from, object, notice.as_bytes())).await;
                Box::pin(delivery.end_told(read)).await
            });
            count_in(done, &name, figures);
            return Ok(());
        }
        let mut bytes = input
            .open(&crate::interrupt::Interrupt::default())
            .map_err(|error| anyhow::anyhow!("{name}: {}", inputs::explain(&error)))?;
        let mut chunk = vec![0; CHUNK];
        let read = loop {
            // Not while the runtime waits: what is read may have to wait for it, too.
            match bytes.read(&mut chunk) {
                Ok(0) => break Ok(()),
                Ok(count) => {
                    if let Err(failure) = runtime.block_on(Box::pin(delivery.take(&chunk[..count]))) {
                        break Err(failure);
                    }
                }
                Err(error) => {
                    let (uri, detail) = (name.clone(), error.to_string());
                    break Err(Failure::Object(ObjectError::Interrupted { uri, detail }));
                }
            }
        };
        count_in(runtime.block_on(Box::pin(delivery.end_told(read))), &name, figures);
        Ok(())
    }
}

/// Everything that came in is one of the four.
fn count_in((account, done): (Account, Result<(), Failed>), origin: &str, figures: &mut Figures) {
    let tally = account.tally;
    figures.records += tally.records;
    // What is put off was not told, and comes again with what holds it.
    figures.matches += tally.matches - tally.deferred;
    figures.duplicates += tally.duplicates;
    for (by, count) in tally.suppressed {
        *figures.suppressed.entry(by).or_default() += count;
    }
    let why = done.as_ref().err().map(ToString::to_string).unwrap_or_default();
    let told = || (origin.to_owned(), why.clone());
    for (reason, count) in &tally.rejected {
        figures.fail(reason.as_str(), *count, told);
    }
    if tally.deferred > 0 {
        figures.fail("unpublished", tally.deferred, told);
    }
    let is_told = tally.deferred > 0 || !tally.rejected.is_empty();
    if done.is_err() && !is_told {
        figures.fail(account.cause.unwrap_or("failed"), 1, told);
    }
}
