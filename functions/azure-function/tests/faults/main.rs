//! Seeded schedules over the handler's ports: errors, delays and kills at every boundary, partitions that move,
//! batches delivered twice at once, outages that outlast the retries, and a host that checkpoints regardless.
//!
//! `TRAILHOUND_SEED=n` replays one schedule, `TRAILHOUND_SEEDS=n` runs more of them.

#[path = "../common/mod.rs"]
mod common;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{by_alice, dull, run_command, run_command_record};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::time::Instant;
use trailhound_courier::rulebook::Rulebook;
use trailhound_courier::server::Reply;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::remember::LEASE;
use trailhound_detect::rules::load_embedded;
use trailhound_testkit::faults::{Parked, PausedClock, Plan, Published, Rng};
use trailhound_testkit::functions_host::{Batch, Event, Position, Retry, Wrapping, records, request};
use world::{NoFiles, Of, Offered, World};

const SCHEDULES: u64 = 2_000;
/// The retry policy of `detect/function.json`.
const RETRIES: i64 = 5;
const MARKER: &str = "no json, number ";

/// A partition under the host's rules.
struct Partition {
    id: String,
    events: Vec<Event>,
    checkpoint: usize,
    attempt: i64,
    /// Attempts at this batch, among the last two, that were killed.
    killed_near_end: i64,
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

    /// After success, or after the last attempt regardless.
    fn advance(&mut self) {
        self.checkpoint += self.batch().len();
        self.attempt = 0;
        self.killed_near_end = 0;
    }
}

/// What the schedules saw, to show that they reach what they are meant to.
#[derive(Debug, Default)]
struct Reached {
    kills: u64,
    moves: u64,
    last_attempts: u64,
    findings: u64,
    again: u64,
    episodes: u64,
    unfinished_parked: u64,
    /// Batches whose last two attempts were both killed, after which nobody is left who could keep them.
    beyond_help: u64,
}

impl Reached {
    fn and(self, other: &Self) -> Self {
        Self {
            kills: self.kills + other.kills,
            moves: self.moves + other.moves,
            last_attempts: self.last_attempts + other.last_attempts,
            findings: self.findings + other.findings,
            again: self.again + other.again,
            episodes: self.episodes + other.episodes,
            unfinished_parked: self.unfinished_parked + other.unfinished_parked,
            beyond_help: self.beyond_help + other.beyond_help,
        }
    }
}

fn bodies(rng: &mut Rng, partition: u64, alone: bool) -> (Vec<Vec<u8>>, BTreeSet<u64>, BTreeSet<String>) {
    let by = |record| if alone { by_alice(record) } else { record };
    let (mut bodies, mut findings, mut poison) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for at in 0..3 + rng.below(5) {
        // Some operations are carried by both partitions.
        let n = if rng.one_in(4) { 900 + at } else { partition * 100 + at };
        bodies.push(match rng.below(6) {
            0 => {
                let text = format!("{MARKER}{partition}-{at}");
                poison.insert(text.clone());
                text.into_bytes()
            }
            1 => records(&[dull(n), run_command_record(n, "Start", "Started.")]),
            2 => {
                findings.extend([n, n + 50]);
                records(&[by(run_command(n)), dull(n), by(run_command(n + 50))])
            }
            _ => {
                findings.insert(n);
                records(&[by(run_command_record(n, "Accept", "Accepted.Accepted")), by(run_command(n))])
            }
        });
    }
    (bodies, findings, poison)
}

#[allow(clippy::too_many_lines, reason = "one host, told from its first batch to its last")]
async fn schedule(seed: u64, rulebook: Arc<Rulebook<NoFiles>>, reached: &mut Reached) {
    let mut rng = Rng::new(seed);
    let faults = u32::try_from(rng.below(7)).unwrap();
    let store_fails = rng.one_in(4);
    let outage = if rng.one_in(5) { rng.below(400) } else { 0 };
    // Either Alice alone is behind all run commands, which then add up, or somebody else behind each.
    let alone = rng.one_in(2);
    let mut world = World {
        rulebook,
        plan: Plan::new(seed ^ 0x5eed, faults, store_fails),
        store: Arc::default(),
        published: Arc::default(),
        offered: Arc::default(),
        objects: Arc::default(),
        clock: PausedClock::at(Timestamp::from_second(1_800_000_000).unwrap()),
        down_until: Instant::now() + Duration::from_secs(outage),
        processes: 0,
    };
    let (mut findings, mut poison) = (BTreeSet::new(), BTreeSet::new());
    let mut partitions = Vec::new();
    for id in 0..2_u64 {
        let (bodies, some, bad) = bodies(&mut rng, id, alone);
        findings.extend(some);
        poison.extend(bad);
        let events = (1..).zip(bodies).map(|(sequence, body)| Event { sequence, body }).collect();
        let id = id.to_string();
        partitions.push(Partition { id, events, checkpoint: 0, attempt: 0, killed_near_end: 0 });
    }

    let mut beyond_help = false;
    let mut explained: BTreeMap<String, u32> = BTreeMap::new();
    let mut process = world.process();
    for round in 0_u64.. {
        assert!(round < 400, "seed {seed} does not end");
        let due: Vec<usize> =
            (0..2).filter(|&at| partitions[at].checkpoint < partitions[at].events.len()).collect();
        if due.is_empty() {
            break;
        }
        let answers: Vec<Mutex<Option<Reply>>> = due.iter().map(|_| Mutex::new(None)).collect();
        // Now and then a second instance gets the same batch while the first still works on it.
        let twin = rng.one_in(6).then(|| world.process());
        let work = async {
            let one = |slot: usize| {
                let (process, partitions, due, answers, twin) =
                    (&process, &partitions, &due, &answers, &twin);
                async move {
                    let Some(&at) = due.get(slot) else { return };
                    let request = partitions[at].request();
                    if let Some(twin) = twin {
                        let (answer, _) =
                            tokio::join!(process.handle_whole(&request), twin.handle_whole(&request));
                        *answers[slot].lock().unwrap() = Some(answer);
                    } else {
                        let answer = process.handle_whole(&request).await;
                        *answers[slot].lock().unwrap() = Some(answer);
                    }
                }
            };
            tokio::join!(one(0), one(1));
        };
        let killed = tokio::select! {
            () = work => false,
            () = world.plan.died() => true,
        };
        if killed {
            reached.kills += 1;
            world.note_unrecorded(&mut explained);
            process = world.process();
        }
        // A lost instance forgets the attempts: its partitions are delivered again from the checkpoint.
        let moved = killed && rng.one_in(2) || rng.one_in(20);
        for (slot, &at) in due.iter().enumerate() {
            let partition = &mut partitions[at];
            let answer = answers[slot].lock().unwrap().take();
            reached.last_attempts += u64::from(partition.attempt == RETRIES);
            match answer {
                Some(Reply { status: 200, .. }) => partition.advance(),
                answer => {
                    if answer.is_none() && partition.attempt + 1 >= RETRIES {
                        partition.killed_near_end += 1;
                    }
                    if moved {
                        reached.moves += 1;
                        partition.attempt = 0;
                        partition.killed_near_end = 0;
                    } else if partition.attempt == RETRIES {
                        if partition.killed_near_end > 1 {
                            beyond_help = true;
                        }
                        partition.advance();
                    } else {
                        partition.attempt += 1;
                    }
                }
            }
        }
        let wait = Duration::from_secs(5) * 2_u32.pow(u32::try_from(round.min(5)).unwrap());
        tokio::time::sleep(wait).await;
    }

    let published = world.published.lock().unwrap().clone();
    assert!(store_fails || published.unasked == 0, "seed {seed}: a store that answers is asked");
    let kept = world.parked();
    if beyond_help {
        reached.beyond_help += 1;
    } else {
        check(seed, &findings, &poison, &published, &world.offered.lock().unwrap(), &kept, outage > 0);
    }
    let pipeline = world.rulebook.current().await;
    reached.episodes += episodes(
        seed,
        (alone, store_fails),
        &findings,
        &published,
        &world.offered.lock().unwrap(),
        &pipeline,
    );
    for (uid, times) in &published.times {
        let mut allowed = 1 + explained.get(uid).copied().unwrap_or(0);
        if store_fails {
            allowed += published.unrecorded.get(uid).copied().unwrap_or(0);
        }
        assert!(*times <= allowed, "seed {seed}: {uid} published {times} times, {allowed} explained");
        reached.again += u64::from(times - 1);
    }
    reached.findings += findings.len() as u64;
    reached.unfinished_parked += kept.iter().filter(|reject| reject.reason == "unpublished").count() as u64;
}

fn check(
    seed: u64,
    findings: &BTreeSet<u64>,
    poison: &BTreeSet<String>,
    published: &Published,
    offered: &Offered,
    kept: &[Parked],
    outage: bool,
) {
    let text = |reject: &Parked| String::from_utf8_lossy(&reject.body).into_owned();
    let unfinished: Vec<String> =
        kept.iter().filter(|reject| reject.reason == "unpublished").map(text).collect();
    let of = |uid: &String| match &offered.findings[uid] {
        Of::Command(machine) => Some(machine.clone()),
        Of::Episode(..) => None,
    };
    let mut machines: Vec<String> = published.times.keys().filter_map(of).collect();
    machines.sort_unstable();
    let asked: BTreeMap<String, u64> = findings.iter().map(|n| (format!("vm-{n}"), *n)).collect();
    assert!(
        machines.iter().all(|machine| asked.contains_key(machine)),
        "seed {seed}: nobody asked: {machines:?}"
    );
    assert!(machines.windows(2).all(|two| two[0] != two[1]), "seed {seed}: one finding each: {machines:?}");
    for (_, n) in asked.iter().filter(|(machine, _)| machines.binary_search(machine).is_err()) {
        assert!(outage, "seed {seed}: the finding of {n} is lost");
        // What an outage kept from being published is kept, with its bytes, for a replay.
        let operation = format!("00000000-0000-0000-0000-{n:012}");
        let kept = unfinished.iter().any(|body| body.contains(&operation));
        assert!(kept, "seed {seed}: the finding of {n} is neither published nor kept");
    }
    let rejected: BTreeSet<String> =
        kept.iter().filter(|reject| reject.reason != "unpublished").map(text).collect();
    assert_eq!(&rejected, poison, "seed {seed}: every poison record is parked, and nothing else");
}

/// Which run command by Alice an event is of.
fn events_of(pipeline: &Pipeline, findings: &BTreeSet<u64>) -> BTreeMap<String, u64> {
    let event = |n: u64, record: Value| {
        let mut delivery = pipeline.delivery("eventhub://example", Timestamp::UNIX_EPOCH);
        delivery.push(&records(&[by_alice(record)]));
        delivery.finish(Ending::Whole).matches.into_iter().map(move |found| (found.facts.event_uid, n))
    };
    let accept = |n| run_command_record(n, "Accept", "Accepted.Accepted");
    findings.iter().flat_map(|&n| event(n, run_command(n)).chain(event(n, accept(n)))).collect()
}

/// What was published of several run commands together: only what the shipped correlations say of them.
fn episodes(
    seed: u64,
    (alone, store_fails): (bool, bool),
    findings: &BTreeSet<u64>,
    published: &Published,
    offered: &Offered,
    pipeline: &Pipeline,
) -> u64 {
    let events = if alone { events_of(pipeline, findings) } else { BTreeMap::new() };
    let mut seen = BTreeSet::new();
    for uid in published.times.keys() {
        let Of::Episode(rule, members) = &offered.findings[uid] else { continue };
        let least = match rule.as_str() {
            "machines-in-a-burst" => 3,
            "machines-in-a-burst-many" => 10,
            other => panic!("seed {seed}: {other} is not about run commands of one person"),
        };
        assert!(alone && findings.len() >= least, "seed {seed}: too few for {rule}: {findings:?}");
        // An alert that the store did not take may be told again from where it is counted anew.
        assert!(seen.insert(rule) || store_fails, "seed {seed}: one burst is one episode of {rule}");
        let members: BTreeSet<&String> = members.iter().collect();
        let of: BTreeSet<Option<&u64>> = members.iter().map(|member| events.get(*member)).collect();
        assert!(!of.contains(&None), "seed {seed}: {rule} has members that nobody asked for: {members:?}");
        assert!(of.len() >= least, "seed {seed}: {rule} of {members:?}");
    }
    seen.len() as u64
}

#[test]
fn no_schedule_loses_a_finding_or_keeps_one_too_many() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let pipeline = Pipeline::new(Arc::new(load_embedded().rules));
    let rulebook = Arc::new(Rulebook::fixed(pipeline));
    let seeds = match number("TRAILHOUND_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("TRAILHOUND_SEEDS").unwrap_or(SCHEDULES),
    };
    let count = seeds.end - seeds.start;
    let next = AtomicU64::new(seeds.start);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let reached = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut reached = Reached::default();
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= seeds.end {
                            return reached;
                        }
                        let runtime = tokio::runtime::Builder::new_current_thread()
                            .enable_time()
                            .start_paused(true)
                            .build()
                            .unwrap();
                        runtime.block_on(schedule(seed, Arc::clone(&rulebook), &mut reached));
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .fold(Reached::default(), |all, some| all.and(&some))
    });
    println!("{count} schedules: {reached:?}");
    if count >= SCHEDULES {
        for (what, times) in [
            ("a kill", reached.kills),
            ("a partition that moved", reached.moves),
            ("a last attempt", reached.last_attempts),
            ("a finding published again", reached.again),
            ("run commands that add up", reached.episodes),
            ("unfinished work parked", reached.unfinished_parked),
        ] {
            assert!(times > 0, "no schedule had {what}");
        }
        assert!(reached.beyond_help * 1_000 < count, "{reached:?}");
    }
}

#[test]
fn the_lease_is_shorter_than_the_wait_before_another_attempt() {
    // The retry policy's least wait: a dead process's claim is over when the next attempt comes.
    assert!(LEASE <= SignedDuration::from_secs(5));
}
