//! What each stage costs, as a multiple of decompressing alone, and what carriers cost, as a multiple of the same records
//! without one: `cargo bench -p trailhound-testkit`.
//!
//! CPU time of one thread, repetitions interleaved, medians; only the ratios travel between machines.

mod carriers;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use flate2::{Decompress, FlushDecompress, Status};
use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use trailhound_detect::behind::Gather;
use trailhound_detect::decode::{Decoded, Decoder, Limits};
use trailhound_detect::describe::{Product, describe};
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::rules::load_embedded;
use trailhound_detect::screen::Screen;
use trailhound_sigma::json::{Document, Scratch};
use trailhound_testkit::generate::{Generator, gzip};

use carriers::CARRIERS;

const FILES: usize = 14;
const RECORDS: usize = 5_000;
const REPETITIONS: usize = 9;
/// Records that are put into each carrier.
const CARRIED: usize = 20_000;
/// How much of a file is handed over at once.
const CHUNK: usize = 64 << 10;

/// A stage's name, the records or bytes it saw, and how to run it once over all files.
type Stage<'s> = (&'s str, Box<dyn FnMut(&[Vec<u8>]) -> u64 + 's>);

fn main() {
    let mut generator = Generator::new(1);
    let files: Vec<Vec<u8>> = (0..FILES).map(|_| generator.gzip_object(RECORDS)).collect();
    let rules = Arc::new(load_embedded().rules);
    let screen = Screen::new(&rules.compiled());
    let pipeline = Pipeline::new(Arc::clone(&rules));
    let full = Pipeline::new(Arc::clone(&rules)).without_screen();
    let bytes: u64 = files.iter().map(|file| inflate(file)).sum();
    let records = (FILES * RECORDS) as u64;

    let mut stages: Vec<Stage<'_>> = vec![
        ("inflate", Box::new(|files: &[Vec<u8>]| files.iter().map(|file| inflate(file)).sum())),
        ("inflate, split", Box::new(|files: &[Vec<u8>]| decode(files, |_| 1))),
        (
            "inflate, split, screen",
            Box::new(|files: &[Vec<u8>]| decode(files, |record| u64::from(screen.is_candidate(record)))),
        ),
        ("all stages", Box::new(|files: &[Vec<u8>]| run(&pipeline, files))),
        (
            "inflate, split, parse every record",
            Box::new(|files: &[Vec<u8>]| {
                let mut scratch = Scratch::default();
                decode(files, |record| {
                    let text = std::str::from_utf8(record.bytes).unwrap_or_default();
                    match Document::parse_reusing(text, std::mem::take(&mut scratch)) {
                        Ok(document) => scratch = document.into_scratch(),
                        Err(_) => return 0,
                    }
                    1
                })
            }),
        ),
        ("all stages, no screen", Box::new(|files: &[Vec<u8>]| run(&full, files))),
    ];

    println!(
        "{records} records, {} MB, {:.1}:1",
        bytes >> 20,
        ratio(bytes, files.iter().map(Vec::len).sum::<usize>() as u64)
    );
    measure(&mut stages, &files, records);
    carried(&pipeline);
}

/// Carriers beside the same records without one: gathered for sessions, matched and described, as a scan does.
fn carried(pipeline: &Pipeline) {
    let mut generator = Generator::new(2);
    let records: Vec<String> = (0..CARRIED)
        .map(|_| {
            let mut record = String::new();
            generator.record(&mut record);
            record
        })
        .collect();
    let files: Vec<Vec<u8>> = CARRIERS.iter().map(|(_, put)| gzip(put(&records).as_bytes())).collect();
    let stages = CARRIERS.iter().enumerate();
    let mut stages: Vec<Stage<'_>> = stages
        .map(|(at, (name, _))| {
            let scan = move |files: &[Vec<u8>]| scan(pipeline, &files[at]);
            (*name, Box::new(scan) as Box<dyn FnMut(&[Vec<u8>]) -> u64>)
        })
        .collect();
    println!();
    measure(&mut stages, &files, CARRIED as u64);
}

/// Runs the stages in turn and prints each as a multiple of the first.
fn measure(stages: &mut [Stage<'_>], files: &[Vec<u8>], records: u64) {
    let mut times = vec![Vec::new(); stages.len()];
    let mut counts = vec![0; stages.len()];
    for _ in 0..REPETITIONS {
        for (at, (_, stage)) in stages.iter_mut().enumerate() {
            let before = cpu_time();
            counts[at] = black_box(stage(black_box(files)));
            times[at].push(cpu_time().saturating_sub(before));
        }
    }
    println!("{:<36} {:>8} {:>12} {:>8} {:>8}", "", "ms", "records/s", "ratio", "count");
    let base = median(&mut times[0]);
    for ((name, _), (times, count)) in stages.iter().zip(times.iter_mut().zip(counts)) {
        let time = median(times).as_secs_f64();
        println!(
            "{name:<36} {:>8.1} {:>12.0} {:>8.2} {count:>8}",
            time * 1e3,
            per_second(records, time),
            time / base.as_secs_f64()
        );
    }
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn ratio(a: u64, b: u64) -> f64 {
    a as f64 / b as f64
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn per_second(count: u64, seconds: f64) -> f64 {
    count as f64 / seconds
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

fn inflate(file: &[u8]) -> u64 {
    let mut member = Decompress::new_gzip(15);
    let mut window = vec![0; 128 << 10];
    let mut rest = file;
    loop {
        let taken = member.total_in();
        let status = member.decompress(rest, &mut window, FlushDecompress::None);
        rest = &rest[usize::try_from(member.total_in() - taken).unwrap_or_default()..];
        black_box(&window);
        if !matches!(status, Ok(Status::Ok)) {
            return member.total_out();
        }
    }
}

fn decode(files: &[Vec<u8>], mut see: impl FnMut(&trailhound_detect::decode::Record<'_>) -> u64) -> u64 {
    let mut seen = 0;
    for file in files {
        let mut decoder = Decoder::new(Limits::default());
        let mut take = |decoded: Decoded<'_>| {
            if let Decoded::Record(record) = decoded {
                seen += see(&record);
            }
        };
        for chunk in file.chunks(CHUNK) {
            decoder.push(chunk, &mut take);
        }
        decoder.finish(&mut take);
    }
    seen
}

fn run(pipeline: &Pipeline, files: &[Vec<u8>]) -> u64 {
    let mut matches = 0;
    for file in files {
        let mut session = pipeline.delivery("bench", Timestamp::UNIX_EPOCH);
        for chunk in file.chunks(CHUNK) {
            session.push(chunk);
            matches += session.take_matches().len() as u64;
        }
        matches += session.finish(Ending::Whole).matches.len() as u64;
    }
    matches
}

/// What a scan does with a file; says how many findings that made.
fn scan(pipeline: &Pipeline, file: &[u8]) -> u64 {
    let mut gather = Gather::of("bench");
    for chunk in file.chunks(CHUNK) {
        gather.push(chunk, &mut |out| _ = black_box(out));
    }
    gather.finish(&mut |out| _ = black_box(out));
    let product = Product::new("bench");
    let mut session = pipeline.delivery("bench", Timestamp::UNIX_EPOCH);
    let mut matches = Vec::new();
    for chunk in file.chunks(CHUNK) {
        session.push(chunk);
        matches.append(&mut session.take_matches());
    }
    matches.append(&mut session.finish(Ending::Whole).matches);
    let described = matches.into_iter().map(|found| describe(found, &product, Timestamp::UNIX_EPOCH));
    described.map(black_box).count() as u64
}
