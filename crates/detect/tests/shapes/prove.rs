//! The proof itself: every shape with events of every rule, one by one and several in a delivery.
//!
//! What is tried is decided by counting, never by the clock, so that a slow machine proves the same.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::Value;
use trailhound_detect::proving::shapes::{Log, Put, Shape};

use crate::events::{self, Event};
use crate::verdict::{self, Difference, Verdict};

/// Events of each rule that every shape is tried with, unless the environment asks for more.
const EACH: usize = 2;
/// Records that travel together.
const TOGETHER: usize = 6;

/// What became of a shape with one log.
#[derive(Debug, Default)]
pub(crate) struct Cell {
    pub(crate) deliveries: usize,
    pub(crate) verdicts: usize,
    /// Findings that were due.
    pub(crate) due: usize,
    /// With the events they are about.
    pub(crate) red: Vec<(String, Difference)>,
}

/// By shape and log.
pub(crate) type Proof = BTreeMap<(&'static str, Log), Cell>;

/// How many events of each rule are tried.
pub(crate) fn each() -> usize {
    match std::env::var("TRAILHOUND_SHAPES_EVENTS").as_deref() {
        Ok("all") => usize::MAX,
        Ok(number) => number.parse().expect("TRAILHOUND_SHAPES_EVENTS is a number or `all`"),
        Err(_) => EACH,
    }
}

/// What is due of each event: what the product makes of its plain record.
pub(crate) fn due() -> &'static [Verdict] {
    static DUE: OnceLock<Vec<Verdict>> = OnceLock::new();
    DUE.get_or_init(|| {
        let id = verdict::FIELDS.iter().position(|field| *field == "id").expect("a field");
        let of = |event: &Event| {
            let mut verdict = verdict::of(event.record.to_string().as_bytes());
            if !event.has_id {
                for found in &mut verdict {
                    found.words[id].clear();
                }
            }
            verdict
        };
        events::all().iter().map(of).collect()
    })
}

/// Events of each rule in an order in which the first say most: a match, an attempt, what must be quiet.
pub(crate) fn chosen(each: usize) -> Vec<usize> {
    let mut by_rule: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, event) in events::all().iter().enumerate() {
        by_rule.entry(&event.rule).or_default().push(at);
    }
    let mut chosen = Vec::new();
    for (_, mut of_rule) in by_rule {
        let mut seen = Vec::new();
        of_rule.sort_by_cached_key(|at| {
            let told: Vec<(String, String)> =
                due()[*at].iter().map(|found| (found.rule.clone(), found.words[0].clone())).collect();
            // What says the same again comes last; a quiet one behind what speaks.
            let again = seen.contains(&told);
            let quiet = told.is_empty();
            seen.push(told);
            (again, quiet, *at)
        });
        chosen.extend(of_rule.into_iter().take(each));
    }
    chosen.sort_unstable();
    chosen
}

/// Tries shapes on all of the machine's processors.
pub(crate) fn run(shapes: &[Shape], chosen: &[usize]) -> Proof {
    let work: Vec<(&Shape, Log)> =
        shapes.iter().flat_map(|shape| shape.logs.iter().map(move |log| (shape, *log))).collect();
    let (next, proof) = (AtomicUsize::new(0), Mutex::new(Proof::new()));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    due();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((shape, log)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let cell = cell(shape, *log, chosen);
                    proof.lock().unwrap_or_else(PoisonError::into_inner).insert((shape.name, *log), cell);
                }
            });
        }
    });
    proof.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn cell(shape: &Shape, log: Log, chosen: &[usize]) -> Cell {
    let of_log: Vec<usize> = chosen.iter().copied().filter(|at| events::all()[*at].log == log).collect();
    let mut cell = Cell::default();
    for at in &of_log {
        let event = &events::all()[*at];
        match shape.put {
            Put::Record(put) => {
                for record in put(events::known(), log, &event.record) {
                    cell.judge(&[*at], record.to_string().as_bytes());
                }
            }
            Put::Delivery(put) => {
                if let Some(bytes) = put(std::slice::from_ref(&event.record)) {
                    cell.judge(&[*at], &bytes);
                }
            }
        }
    }
    if let Put::Delivery(put) = shape.put
        && log != Log::Foreign
    {
        // Only what the shape can hold, so that one that it cannot does not keep its siblings back.
        let fit: Vec<usize> = of_log
            .into_iter()
            .filter(|at| put(std::slice::from_ref(&events::all()[*at].record)).is_some())
            .collect();
        for some in fit.chunks(TOGETHER).filter(|some| some.len() > 1) {
            let records: Vec<Value> = some.iter().map(|at| events::all()[*at].record.clone()).collect();
            if let Some(bytes) = put(&records) {
                cell.judge(some, &bytes);
            }
        }
    }
    cell
}

impl Cell {
    fn judge(&mut self, events: &[usize], bytes: &[u8]) {
        let due: Verdict = events.iter().flat_map(|at| due()[*at].clone()).collect();
        let got = verdict::of(bytes);
        self.deliveries += 1;
        self.verdicts += events.len();
        self.due += due.len();
        let names = || {
            let names: Vec<String> = events
                .iter()
                .map(|at| format!("{}/{}", events::all()[*at].rule, events::all()[*at].name))
                .collect();
            names.join(" + ")
        };
        for difference in verdict::differences(&due, &got) {
            self.red.push((names(), difference));
        }
    }
}
