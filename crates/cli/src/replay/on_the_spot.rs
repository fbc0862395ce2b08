//! Publishes on the spot what is replayed, by the function's own courier: to its topic, with its table, under its ids. What
//! cannot be read is not parked again: it lies where it lay.

use std::io::Read as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;
use tokio::sync::watch;
use trailhound_aws::dynamodb::DynamoStore;
use trailhound_aws::s3::{S3Folder, S3Objects};
use trailhound_aws::sns::{Form, SnsSink};
use trailhound_courier::Courier;
use trailhound_courier::attempt::{After, Attempt};
use trailhound_courier::delivery::Delivery;
use trailhound_courier::failure::{Failed, Failure};
use trailhound_courier::fetching::Fetching;
use trailhound_courier::ports::ObjectError;
use trailhound_courier::time::Budget;
use trailhound_detect::account::{Account, Ledger};
use trailhound_detect::canary::Singer;
use trailhound_detect::describe::{Finding, Product};
use trailhound_detect::event::{Provider, Scope};
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::ports::SystemClock;
use trailhound_detect::remember::Memory;

use super::figures::Figures;
use super::notices;
use super::replayable::{Lies, Replayable};
use super::replayed::Replayed;
use super::taking::Taking;
use crate::baseline::Store;
use crate::cloud;
use crate::exit::Exit;
use crate::inputs::{self, Input};

/// How long one delivery may take; nothing stops this process.
const WITHIN: Duration = Duration::from_mins(15);
/// How much of a file is read at once.
const CHUNK: usize = 128 << 10;

pub(super) fn run(replay: &Replayed<'_>) -> anyhow::Result<(Figures, Exit)> {
    let arguments = replay.material.arguments;
    let topic = arguments.topic.clone().context("--here publishes to --topic")?;
    let store = match &arguments.table {
        Some(Store::DynamoDb(table)) => table.open()?,
        _ => anyhow::bail!("--here publishes as the Lambda does, whose --table is dynamodb://table"),
    };
    arguments.table.iter().try_for_each(Store::check)?;
    let mut taking = Taking::to(topic.clone(), arguments)?;
    let told = Arc::new(Mutex::new(Figures::default()));
    let spot = OnTheSpot {
        courier: courier(store, topic, Arc::clone(&told))?,
        from: Fetching {
            objects: S3Objects::new(cloud::aws()?.s3.clone()),
            allowed_buckets: None,
            own: None,
            digests: None,
        },
        pipeline: replay.pipeline,
        run: uuid::Uuid::new_v4().to_string(),
    };
    let (mut figures, mut exit, mut count) = (Figures::default(), Exit::Clean, 0_u64);
    let (read, whole) = replay.material.each(&mut |mut one| {
        let id = id(&mut one);
        if taking.has(&id) {
            figures.taken_before += 1;
            return taking.let_go(&one.lies);
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
    if let (true, Some(object)) = (one.more > 0, notices::of_origin(&one.origin)) {
        one.more = 0;
        let id = format!("s3://{}/{}", object.bucket, object.key);
        one.inputs = vec![Input::of_object(object)];
        return id;
    }
    one.id.clone()
}

struct OnTheSpot<'a> {
    courier: Courier<DynamoStore, SnsSink, S3Folder>,
    from: Fetching<S3Objects>,
    pipeline: &'a Pipeline,
    run: String,
}

/// Findings that were accepted, by rule and day.
struct SpotLedger(Arc<Mutex<Figures>>);

impl Ledger for SpotLedger {
    fn enter(&self, _: &Account) {}

    fn note(&self, finding: &Finding) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).published(finding);
    }
}

fn courier(
    store: DynamoStore,
    topic: String,
    told: Arc<Mutex<Figures>>,
) -> anyhow::Result<Courier<DynamoStore, SnsSink, S3Folder>> {
    Ok(Courier {
        memory: Memory::lasting(store),
        sink: SnsSink { client: cloud::aws()?.sns(&topic), topic, form: Form::Alert },
        copies: Vec::new(),
        parking: None,
        parking_setting: "a place for them",
        clock: Box::new(SystemClock),
        ledger: Box::new(SpotLedger(told)),
        product: Product::new("replay"),
        // Whoever runs it chose what is handed over, and history says nothing of who is silent now.
        accounts: None,
        listening: None,
        canary: Singer { provider: Provider::Aws, function: "replay".to_owned(), scope: Scope::default() },
        stop: watch::channel(false).1,
    })
}

impl OnTheSpot<'_> {
    /// Delivers it, and counts what became of it; says whether it could be attempted.
    fn deliver(&self, one: &Replayable, count: u64, figures: &mut Figures) -> anyhow::Result<bool> {
        if let Lies::Archive = one.lies {
            figures.files += 1;
        } else {
            figures.bodies += 1;
        }
        if one.inputs.is_empty() {
            // Whoever may send to a queue chose what it says; only the function knows what that is worth.
            let is_sent = matches!(one.lies, Lies::Queue { .. })
                || ["sqs://", "sns://", "lambda://"].iter().any(|scheme| one.origin.starts_with(scheme));
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

    fn begin(
        &self,
        origin: &str,
        received_at: Timestamp,
        n: &str,
    ) -> Delivery<'_, DynamoStore, SnsSink, S3Folder> {
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
        let done = if let Some(object) = input.as_object() {
            let notice = notices::notice(object);
            runtime.block_on(async {
                let read = Box::pin(delivery.fetch(&self.from, object, notice.as_bytes())).await;
                Box::pin(delivery.end_told(read)).await
            })
        } else {
            let mut file = input
                .open(&crate::interrupt::Interrupt::default())
                .map_err(|error| anyhow::anyhow!("{name}: {}", inputs::explain(&error)))?;
            runtime.block_on(async {
                let mut chunk = vec![0; CHUNK];
                let read = loop {
                    match file.read(&mut chunk) {
                        Ok(0) => break Ok(()),
                        Ok(count) => {
                            if let Err(failure) = Box::pin(delivery.take(&chunk[..count])).await {
                                break Err(failure);
                            }
                        }
                        Err(error) => {
                            let (uri, detail) = (name.clone(), error.to_string());
                            break Err(Failure::Object(ObjectError::Interrupted { uri, detail }));
                        }
                    }
                };
                Box::pin(delivery.end_told(read)).await
            })
        };
        count_in(done, &name, figures);
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
