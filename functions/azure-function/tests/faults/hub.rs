//! Two partitions under the host's rules.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use trailhound_azure_function::answer::Function;
use trailhound_courier::ports::{Files, Listed};
use trailhound_detect::event::Provider;
use trailhound_runtime::rulebook::Rulebook;
use trailhound_testkit::faults::{FaultyBlobs, FaultyStore, Rng};
use trailhound_testkit::functions_host::{Batch, Event, Position, Retry, Wrapping, request};
use trailhound_testkit::world::{Excuse, Face, Script, Sink, World, pipeline};

/// The retry policy of `detect/function.json`.
const RETRIES: i64 = 5;

/// A partition under the host's rules.
struct Partition {
    id: String,
    events: Vec<Event>,
    checkpoint: usize,
    attempt: i64,
    /// Attempts at this batch, among the last two, that were killed.
    killed_near_end: u32,
}

impl Partition {
    fn batch(&self) -> &[Event] {
        &self.events[self.checkpoint..(self.checkpoint + 3).min(self.events.len())]
    }

    fn request(&self) -> Vec<u8> {
        let position = Position { partition: &self.id, ..Position::default() };
        let retry = (self.attempt > 0).then_some(Retry { count: self.attempt, max: RETRIES });
        request(&Batch { position, events: self.batch(), retry }, Wrapping::Strings)
    }

    /// Begins the next batch, or this one anew.
    fn begin(&mut self, at: usize) {
        self.checkpoint = at;
        self.attempt = 0;
        self.killed_near_end = 0;
    }
}

/// Nobody changes the rules.
pub(crate) struct NoFiles;

impl Files for NoFiles {
    fn place(&self) -> String {
        "nowhere".to_owned()
    }

    async fn list(&self) -> Result<Vec<Listed>, String> {
        Ok(Vec::new())
    }

    async fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        Err(format!("there is no {name}"))
    }
}

/// A hub and its host.
pub(crate) struct Hub {
    partitions: Vec<Partition>,
    round: u32,
    excuse: Excuse,
    seen: BTreeMap<&'static str, u64>,
}

/// A batch of one of the partitions.
pub(crate) struct Call {
    partition: usize,
    request: Vec<u8>,
}

impl Face for Hub {
    type Process = Function<FaultyStore, Sink, FaultyBlobs, NoFiles>;
    type Call = Call;
    type Answer = u16;

    fn lay(script: &Script, _: &mut Rng) -> Self {
        let partition = |id: usize| {
            let bodies = script.bodies.iter().skip(id).step_by(2).cloned();
            let events = (1..).zip(bodies).map(|(sequence, body)| Event { sequence, body }).collect();
            Partition { id: id.to_string(), events, checkpoint: 0, attempt: 0, killed_near_end: 0 }
        };
        Self {
            partitions: (0..2).map(partition).collect(),
            round: 0,
            excuse: Excuse::Nothing,
            seen: BTreeMap::new(),
        }
    }

    fn process(world: &World, name: &str) -> Self::Process {
        Function {
            courier: world.courier(Provider::Azure),
            rulebook: Arc::new(Rulebook::fixed(Arc::clone(pipeline()))),
            process: name.to_owned(),
            canary_key: None,
            invocations: AtomicU64::new(0),
        }
    }

    fn calls(&mut self, _: &mut Rng) -> Vec<Call> {
        let is_due = |partition: &Partition| partition.checkpoint < partition.events.len();
        let due = self.partitions.iter().enumerate().filter(|(_, partition)| is_due(partition));
        due.map(|(at, partition)| Call { partition: at, request: partition.request() }).collect()
    }

    /// The host gives an attempt all the time it takes.
    async fn call(process: &Self::Process, call: &Call, _: &str, _: Option<Duration>) -> u16 {
        process.handle_whole(&call.request).await.status
    }

    fn answered(&mut self, calls: Vec<Call>, answers: Vec<Option<u16>>, rng: &mut Rng) -> Duration {
        // A lost instance forgets the attempts: its partitions are delivered again from the checkpoint.
        let is_killed = answers.iter().any(Option::is_none);
        let is_moved = is_killed && rng.one_in(2) || rng.one_in(20);
        let mut saw = |what| *self.seen.entry(what).or_default() += 1;
        for (call, answer) in calls.into_iter().zip(answers) {
            let partition = &mut self.partitions[call.partition];
            let next = partition.checkpoint + partition.batch().len();
            let is_last = partition.attempt == RETRIES;
            if is_last {
                saw("a last attempt");
            }
            if answer == Some(200) {
                partition.begin(next);
                if is_last {
                    // It may have been parked instead.
                    self.excuse = self.excuse.max(Excuse::MovedOn);
                }
                continue;
            }
            if answer.is_none() && partition.attempt + 1 >= RETRIES {
                partition.killed_near_end += 1;
            }
            if is_moved {
                saw("a partition that moved");
                partition.begin(partition.checkpoint);
            } else if is_last {
                let is_helpless = partition.killed_near_end > 1;
                let excuse = if is_helpless { Excuse::BeyondHelp } else { Excuse::MovedOn };
                self.excuse = self.excuse.max(excuse);
                partition.begin(next);
            } else {
                partition.attempt += 1;
            }
        }
        self.round += 1;
        Duration::from_secs(5) * 2_u32.pow(self.round.min(6) - 1)
    }

    fn excuse(&self) -> Excuse {
        self.excuse
    }

    fn seen(&self) -> BTreeMap<&'static str, u64> {
        self.seen.clone()
    }
}
