//! What a delivery costs grows with its bytes and no faster, whatever they say.
//!
//! Allocations are counted, which no machine changes: twice the input takes at most 2.2 times as many, and eight times the
//! input sixteen times their bytes, since what grows does so by doubling; a square takes 64. What allocates nothing is seen by the processor time
//! of the thread, which waiting does not add to: four times the input may take ten times as much, a square takes sixteen.

mod bombs;

use std::time::Duration;

use allocation_counter::measure;
use rustix::time::{ClockId, clock_gettime};

use crate::house::findings;
use bombs::{ALL, Bomb};

/// Twice the input costs at most so many times as much.
const MOST: f64 = 2.2;
/// Eight times the input takes at most so many times the bytes.
const MOST_BYTES: f64 = 16.0;
/// Four times the input takes at most so many times as much processor time, the least of [`TRIES`].
const MOST_TIME: f64 = 10.0;
const TRIES: usize = 3;
/// Fewer allocations, or bytes of them, are what every delivery takes.
const LEAST_COUNT: u64 = 500;
/// Time below this says nothing.
const LEAST: Duration = Duration::from_millis(2);
/// Memory at once, in bytes: so much for each byte once it is inflated, and so much whatever comes.
const AT_ONCE: (u64, u64) = (64, 8 << 20);

fn processor_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).expect("less than a second"))
}

fn spent(work: &dyn Fn()) -> Duration {
    let once = || {
        let before = processor_time();
        work();
        processor_time().saturating_sub(before)
    };
    (0..TRIES).map(|_| once()).min().unwrap_or_default()
}

/// What is wrong with what a bomb costs, if anything is.
#[expect(clippy::cast_precision_loss, reason = "counts of a test")]
fn fault(bomb: &Bomb, work: &dyn Fn(&[u8])) -> Option<String> {
    let [one, two, four, eight] = [1, 2, 4, 8].map(|times| (bomb.make)(times * bomb.size));
    work(&one);
    let [once, twice, often] = [&one, &two, &eight].map(|bytes| measure(|| work(bytes)));
    let grown = |name: &str, less: u64, more: u64, most: f64| {
        let is_too_much = more as f64 > most * less.max(LEAST_COUNT) as f64;
        is_too_much.then(|| format!("{name}: {less}, then {more}"))
    };
    let memory = (eight.len() * bomb.inflates) as u64 * AT_ONCE.0 + AT_ONCE.1;
    let at_once = often.bytes_max;
    grown("allocations", once.count_total, twice.count_total, MOST)
        .or_else(|| grown("bytes", once.bytes_total, often.bytes_total, MOST_BYTES))
        .or_else(|| (at_once > memory).then(|| format!("{at_once} bytes at once of {memory}")))
        .or_else(|| {
            let short = spent(&|| work(&one));
            let long = spent(&|| work(&four));
            let grown = long.as_secs_f64() / short.max(LEAST).as_secs_f64();
            (grown > MOST_TIME).then(|| format!("processor time: {short:?}, then {long:?}"))
        })
}

#[test]
fn no_input_costs_more_than_its_bytes() {
    let only = std::env::var("TRAILHOUND_ADVERSARY_BOMB").ok();
    let bombs = ALL.iter().filter(|bomb| only.as_deref().is_none_or(|only| only == bomb.name));
    let faults: Vec<String> = bombs
        .filter_map(|bomb| {
            let before = processor_time();
            let fault = fault(bomb, &|bytes| drop(findings(bytes)));
            eprintln!("{}: {:?}", bomb.name, processor_time().saturating_sub(before));
            let fault = fault?;
            Some(format!("{}: {fault}", bomb.name))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A square is seen whether it allocates or only looks.
#[test]
fn a_square_is_noticed() {
    let bomb = &ALL[0];
    let all_pairs = |bytes: &[u8]| {
        let sum: u64 = bytes
            .iter()
            .step_by(4)
            .map(|a| bytes.iter().step_by(4).map(|b| u64::from(a ^ b)).sum::<u64>())
            .sum();
        std::hint::black_box(sum);
    };
    let copies = |bytes: &[u8]| bytes.chunks(64).for_each(|_| drop(std::hint::black_box(bytes.to_vec())));
    assert!(fault(bomb, &all_pairs).is_some_and(|fault| fault.starts_with("processor time")));
    assert!(fault(bomb, &copies).is_some_and(|fault| fault.starts_with("bytes")));
}
