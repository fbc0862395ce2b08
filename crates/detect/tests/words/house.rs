//! Alerts as the whole house makes them of deliveries: samples, the corpus, what the rules' tests bring, variations of
//! that and days put together of it.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use serde_json::Value;
use trailhound_detect::behind::{Gather, HandOuts};
use trailhound_detect::describe::{Finding, Product, notify};
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::Outbox;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::{FindingSink, PublishError, SystemClock};
use trailhound_detect::proving::{self, Tests};
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::rules::load_embedded;
use trailhound_detect::tally::Tally;

use crate::behind::handed;
use crate::channels::Alert;
use crate::truth::Records;

/// Takes every finding.
struct Accept;

impl FindingSink for Accept {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        findings.iter().map(|_| Ok(())).collect()
    }
}

pub(crate) struct House {
    pub(crate) pipeline: Pipeline,
    product: Product,
}

impl House {
    pub(crate) fn new() -> Self {
        let pipeline = Pipeline::new(Policy::new(Arc::new(load_embedded().rules)));
        Self { pipeline, product: Product::new("words") }
    }

    /// What a delivery matches.
    pub(crate) fn matches(&self, name: &str, bytes: &[u8]) -> Vec<Match> {
        let mut session = self.pipeline.delivery(name, Timestamp::UNIX_EPOCH);
        session.push(bytes);
        session.finish(Ending::Whole).matches
    }

    /// What a delivery leads to, correlations included.
    pub(crate) fn findings(&self, name: &str, bytes: &[u8]) -> Vec<Finding> {
        self.remembered(&Memory::fleeting(MemoryStore::default()).in_one_run(), name, bytes)
    }

    /// The same, with what a memory knows.
    pub(crate) fn remembered(&self, memory: &Memory<MemoryStore>, name: &str, bytes: &[u8]) -> Vec<Finding> {
        let mut session = self.pipeline.delivery(name, Timestamp::UNIX_EPOCH);
        session.push(bytes);
        let mut last = session.finish(Ending::Whole);
        let (mut hand_outs, mut gather) = (HandOuts::default(), Gather::of(name));
        gather.push(bytes, &mut |out| hand_outs.add(out));
        gather.finish(&mut |out| hand_outs.add(out));
        for found in &mut last.matches {
            found.behind = hand_outs.worth_telling(&found.facts.actor, found.facts.time).map(Box::new);
        }
        let outbox = Outbox {
            policy: self.pipeline.policy(),
            memory,
            sink: &Accept,
            clock: &SystemClock,
            claimant: "words",
            product: &self.product,
        };
        let mut tally = Tally::default();
        pollster::block_on(outbox.remember_callers(&last.callers));
        let sent = pollster::block_on(outbox.send(last.matches, &mut tally));
        let mut heard = sent.heard;
        heard.sort_by_key(|found| found.facts.time);
        let more = pollster::block_on(outbox.correlate(heard, &mut tally));
        sent.published.into_iter().chain(more.published).collect()
    }
}

/// A finding everywhere it goes.
pub(crate) fn alert(finding: &Finding) -> Alert {
    Alert {
        event: serde_json::from_str(finding.json()).expect("a finding is JSON"),
        subject: notify::subject(finding),
        mail: notify::email(finding),
        chat: serde_json::from_str(&notify::amazon_q(finding)).expect("a card is JSON"),
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

fn text(bytes: &[u8]) -> String {
    let mut out = Vec::new();
    if bytes.starts_with(b"\x1f\x8b") && MultiGzDecoder::new(bytes).read_to_end(&mut out).is_ok() {
        return String::from_utf8_lossy(&out).into_owned();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// The tests beside shipped rules and correlations.
pub(crate) fn shipped_tests() -> impl Iterator<Item = Tests> {
    proving::parse_all(&proving::shipped()).into_iter().map(|tests| tests.expect("tests that can be read"))
}

/// Every event that a test beside a shipped rule brings.
pub(crate) fn tested() -> Vec<String> {
    let mut events = Vec::new();
    for tests in shipped_tests() {
        if let Tests::Rule(tests) = tests {
            events.extend(tests.tests.iter().map(|test| String::from_utf8_lossy(&test.event).into_owned()));
        }
    }
    events
}

/// The same event at other machines, from another address, by somebody else.
pub(crate) fn varied(event: &str, at: usize) -> String {
    let mut out = event.replace("0123456789abcdef0", &format!("{at:017x}"));
    for (known, other) in [
        ("203.0.113.", "198.18.0."),
        ("198.51.100.", "198.19.0."),
        ("alice", &*format!("alice{at}")),
        ("dana", &*format!("dana{at}")),
        ("vm-shop-01", &*format!("vm-long-name-{at:03}")),
        ("VM-SHOP-01", &*format!("VM-LONG-NAME-{at:03}")),
    ] {
        out = out.replace(known, other);
    }
    out
}

/// SplitMix64, below a limit.
fn next(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    usize::try_from((z ^ (z >> 31)) % below as u64).unwrap_or_default()
}

/// A day of somebody's: some of the events, one after another, each at a machine of its own.
fn day(events: &[String], seed: u64) -> String {
    let mut state = seed;
    let (many, step) = (3 + next(&mut state, 10), 1 + next(&mut state, 5));
    let one = next(&mut state, events.len());
    let mut out = String::new();
    for at in 0..many {
        // Mostly of one kind, as somebody who goes from machine to machine leaves them.
        let number = if next(&mut state, 3) > 0 { one } else { next(&mut state, events.len()) };
        let machine = 1 + next(&mut state, 12);
        let event = varied(&events[number], machine).replace(&format!("dana{machine}"), "dana");
        let event = event.replace(&format!("alice{machine}"), "alice");
        let Ok(mut event) = serde_json::from_str::<Value>(&event) else { continue };
        let minute = at * step;
        let time = format!("2026-03-18T{:02}:{:02}:00Z", 9 + minute / 60, minute % 60);
        let id = format!("00000000-0000-4000-8000-{:012x}", seed * 100 + at as u64);
        for (key, value) in [
            ("eventTime", &time),
            ("time", &time),
            ("eventID", &id),
            ("correlationId", &id),
            ("requestID", &id),
        ] {
            if event[key].is_string() {
                event[key] = value.as_str().into();
            }
        }
        out.push_str(&event.to_string());
        out.push('\n');
    }
    out
}

/// Alerts with their records, until `most` were looked at.
pub(crate) fn each(house: &House, most: usize, look: &mut dyn FnMut(&str, &Alert, &Records)) -> usize {
    let mut count = 0;
    let mut told = |name: &str, bytes: &[u8]| {
        let findings = house.findings(name, bytes);
        if !findings.is_empty() {
            let records = Records::read(&text(bytes));
            for finding in &findings {
                count += 1;
                look(name, &alert(finding), &records);
            }
        }
        count
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("TRAILHOUND_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let folders =
        [root.join("events"), shared.join("cases/words"), shared.join("cases/field"), shared.join("corpus")];
    for file in folders.iter().flat_map(|folder| files(folder)) {
        let bytes = std::fs::read(&file).expect("a readable file");
        let lines = file.extension().is_some_and(|ending| ending == "jsonl");
        if lines && file.starts_with(&folders[3]) {
            for (at, line) in text(&bytes).lines().enumerate() {
                told(&format!("{}:{at}", file.display()), line.as_bytes());
            }
        } else {
            told(&file.display().to_string(), &bytes);
        }
    }
    let events = tested();
    for event in &events {
        told("a rule's test", event.as_bytes());
    }
    for tests in shipped_tests() {
        if let Tests::Correlation(tests) = tests {
            tests.tests.iter().for_each(|test| _ = told("a correlation's test", &test.events.join(&b'\n')));
        }
    }
    for at in 1.. {
        for number in 0..events.len() {
            if let Some(event) = handed(&varied(&events[number], at), number).filter(|_| number % 3 == 0)
                && told(&format!("test {number} by way of roles"), event.as_bytes()) >= most
            {
                return count;
            }
            let (name, event) = if number % 2 == 0 {
                (format!("test {number} variation {at}"), varied(&events[number], at))
            } else {
                let seed = (at * events.len() + number) as u64;
                (format!("day {seed}"), day(&events, seed))
            };
            if told(&name, event.as_bytes()) >= most {
                return count;
            }
        }
    }
    count
}
