//! How much memory the process holds while batches of the largest size keep coming. Held to its bar in release builds
//! only, where the batches are large: `cargo test --release -p trailhound-azure-function --test memory`.

mod common;

use std::time::Duration;

use common::{World, dull, run_command};
use serde_json::Value;
use trailhound_testkit::functions_host::{Batch, Event, Position, Wrapping, records, request};
use trailhound_testkit::tls::Certificate;

/// As for the Lambda.
const MOST_MIB: u64 = 48;
/// Largest event of Event Hubs.
const EVENT: usize = 1 << 20;
/// `maxEventBatchSize` of `host.json`.
const BATCH: u64 = 64;

/// A batch of events as large as they may be, one finding in the first event and one in the last.
fn batch(events: u64, round: u64) -> Vec<u8> {
    let size = dull(9_999_999).to_string().len() + 1;
    let event = |at: u64| {
        let first = (round * events + at) * 10_000;
        let mut some: Vec<Value> = (first..).take((EVENT - 32) / size).map(dull).collect();
        if at == 0 || at + 1 == events {
            some[0] = run_command(first);
        }
        let body = records(&some);
        assert!((EVENT * 9 / 10..=EVENT).contains(&body.len()), "{}", body.len());
        Event { sequence: i64::try_from(at).unwrap(), body }
    };
    let events: Vec<Event> = (0..events).map(event).collect();
    request(&Batch { position: Position::default(), events: &events, retry: None }, Wrapping::Strings)
}

/// The most that a process has held so far, and what it holds, in MiB.
fn resident(process: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().unwrap().div_ceil(1024)
    };
    (of("VmHWM:"), of("VmRSS:"))
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_does_not_grow_with_the_batch_or_with_time() {
    let (events, rounds) = if cfg!(debug_assertions) { (4, 2) } else { (BATCH, 6) };
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let worker = world.start(&certificate).await;
    let process = worker.pid().unwrap();
    let at_start = resident(process).1;
    for round in 0..rounds {
        let body = batch(events, round);
        let size = body.len() >> 20;
        worker.invoke("detect", body, Duration::from_mins(2)).await.unwrap();
        let (most, now) = resident(process);
        println!(
            "round {round}: a request of {size} MiB; {most} MiB at most, {now} MiB now, {at_start} MiB at start"
        );
        if !cfg!(debug_assertions) {
            assert!(most <= MOST_MIB, "{most} MiB");
        }
    }
    assert_eq!(world.grid.accepted().len() as u64, 2 * rounds);
    for account in worker.accounts() {
        let cpu = account["cpu_ms"].as_u64().unwrap();
        println!("{} records, {cpu} ms", account["records"]);
    }
}
