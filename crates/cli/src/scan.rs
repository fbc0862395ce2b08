//! `scan`: inputs in parallel, findings in input order.
//!
//! Each input is one delivery. Threads take inputs in order and hand what they find through a bounded channel to
//! one consumer, which drains the channels in the same order: output is the same whatever the number of threads,
//! and memory stays bounded because threads that are ahead wait.

mod delivery;

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::Context;
use jiff::Timestamp;
use trailhound_detect::describe::{Finding, Product};
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::Outbox;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::ports::{FindingSink, PublishError, SystemClock};
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::tally::{RejectReason, Tally};

use crate::Exit;
use crate::args::Scan;
use crate::inputs::{self, Input};
use crate::output::{Output, Summary};
use crate::progress::Progress;
use crate::settings;
use delivery::{Piece, deliver};

/// Matches that may wait to be correlated: those of different inputs overlap in time.
const MOST_HEARD: usize = 20_000;
/// Matches that are correlated together.
const CORRELATED_TOGETHER: usize = 256;
/// Pieces that may wait for the consumer, for each input.
const WAITING: usize = 16;

pub(crate) fn run(arguments: &Scan) -> anyhow::Result<Exit> {
    let started = std::time::Instant::now();
    let loaded = settings::load_rules(&arguments.rules.folders)?;
    let mut exit = Exit::Clean;
    let mut rule_errors = 0;
    for wrong in loaded.errors() {
        rule_errors += 1;
        exit = Exit::Usage;
        anstream::eprintln!("rule not loaded: {wrong}");
    }
    let suppressions = match &arguments.suppressions {
        Some(file) => settings::load_suppressions(file, &loaded.rules)?,
        None => trailhound_detect::tune::Suppressions::default(),
    };
    let rules = Arc::new(loaded.rules);
    let pipeline = Pipeline::new(Arc::clone(&rules)).suppressing(suppressions).at_least(arguments.min_level);

    let (inputs, unreadable) = inputs::expand(&arguments.paths);
    for error in &unreadable {
        exit = Exit::Usage;
        anstream::eprintln!("trailhound: {error}");
    }
    let mut output = Output::open(arguments)?;
    let progress = Progress::over(&inputs);
    let mut consumer = Consumer::new(arguments, &pipeline, &mut output, &progress);
    let jobs = arguments.jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    if jobs == 1 || inputs.len() <= 1 {
        for input in &inputs {
            let mut failed = None;
            deliver(&pipeline, input, arguments.explain, &progress, &mut |piece| match consumer
                .take(input, piece)
            {
                Ok(()) => true,
                Err(error) => {
                    failed = Some(error);
                    false
                }
            });
            if let Some(error) = failed {
                return Err(error);
            }
        }
    } else {
        in_parallel(&pipeline, &inputs, jobs, arguments.explain, &progress, &mut consumer)?;
    }
    consumer.correlate(0)?;
    let Consumer { tally, highest, unopened, span, .. } = consumer;
    progress.finish();
    output.close(&Summary {
        inputs: inputs.len(),
        unopened: unreadable.len() + unopened,
        tally: &tally,
        span,
        rules: rules.detections().iter().filter(|d| d.extension.enabled).count(),
        rule_errors,
        elapsed: started.elapsed(),
    })?;

    if unopened > 0 {
        exit = Exit::Usage;
    }
    if exit == Exit::Clean && arguments.strict && tally.rejected_total() > 0 {
        exit = Exit::Rejected;
    }
    let fails = arguments.fail_on.is_some_and(|level| highest.is_some_and(|highest| highest >= level));
    Ok(if exit == Exit::Clean && fails { Exit::Findings } else { exit })
}

fn in_parallel(
    pipeline: &Pipeline,
    inputs: &[Input],
    jobs: usize,
    explain: bool,
    progress: &Progress,
    consumer: &mut Consumer<'_>,
) -> anyhow::Result<()> {
    let (senders, receivers): (Vec<_>, Vec<Receiver<Piece>>) =
        inputs.iter().map(|_| sync_channel(WAITING)).unzip();
    let senders: Vec<Mutex<Option<SyncSender<Piece>>>> =
        senders.into_iter().map(|s| Mutex::new(Some(s))).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..jobs.min(inputs.len()) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(input) = inputs.get(at) else { return };
                    let sender = senders[at].lock().ok().and_then(|mut sender| sender.take());
                    let Some(sender) = sender else { return };
                    // The consumer hung up: what is left is not wanted.
                    deliver(pipeline, input, explain, progress, &mut |piece| sender.send(piece).is_ok());
                }
            });
        }
        let mut outcome = Ok(());
        for (input, receiver) in inputs.iter().zip(receivers) {
            for piece in receiver {
                outcome = consumer.take(input, piece);
                if outcome.is_err() {
                    break;
                }
            }
            if outcome.is_err() {
                next.store(inputs.len(), Ordering::Relaxed);
                break;
            }
        }
        outcome
    })
}

/// Every finding is accepted: writing it is the command's own business.
struct Accept;

impl FindingSink for Accept {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        findings.iter().map(|_| Ok(())).collect()
    }
}

/// Takes what the threads found, in input order.
struct Consumer<'a> {
    arguments: &'a Scan,
    pipeline: &'a Pipeline,
    output: &'a mut Output,
    progress: &'a Progress,
    memory: Memory<MemoryStore>,
    /// What correlations will hear of, in order of time.
    heard: BTreeMap<(Option<Timestamp>, String, u64), Match>,
    listened: u64,
    product: Product,
    rejected: HashMap<RejectReason, (u64, String)>,
    tally: Tally,
    highest: Option<trailhound_detect::matched::Level>,
    unopened: usize,
    span: Option<(Timestamp, Timestamp)>,
}

impl<'a> Consumer<'a> {
    fn new(
        arguments: &'a Scan,
        pipeline: &'a Pipeline,
        output: &'a mut Output,
        progress: &'a Progress,
    ) -> Self {
        Self {
            arguments,
            pipeline,
            output,
            progress,
            memory: Memory::fleeting(MemoryStore::default()).in_one_run(),
            heard: BTreeMap::new(),
            listened: 0,
            product: Product::new("scan"),
            rejected: HashMap::new(),
            tally: Tally::default(),
            highest: None,
            unopened: 0,
            span: None,
        }
    }

    fn take(&mut self, input: &Input, piece: Piece) -> anyhow::Result<()> {
        match piece {
            Piece::Found { matches, rejects, callers, explanations } => {
                for reject in rejects {
                    let place = reject.origin.strip_prefix(&input.name()).unwrap_or(&reject.origin);
                    let example = || format!("{} at {place}", reject.detail);
                    self.rejected.entry(reject.reason).or_insert_with(|| (0, example())).0 += 1;
                }
                let matches = matches.into_iter().filter(|found| self.in_range(found)).collect();
                self.publish(matches, &callers, &explanations)
            }
            Piece::Unreadable(problem) => {
                self.unopened += 1;
                self.warn(&format!("{}: {problem}", input.name()));
                Ok(())
            }
            Piece::End(tally) => {
                self.tally.add(&tally);
                let mut rejected: Vec<_> = self.rejected.drain().collect();
                rejected.sort_by_key(|(reason, _)| *reason);
                for (reason, (count, example)) in rejected {
                    let records = if count == 1 { "record" } else { "records" };
                    self.warn(&format!(
                        "{}: {count} {records} rejected as {}: {example}",
                        input.name(),
                        reason.as_str()
                    ));
                }
                self.progress.ended();
                Ok(())
            }
        }
    }

    fn publish(
        &mut self,
        matches: Vec<Match>,
        callers: &[(String, trailhound_detect::event::Caller)],
        explanations: &HashMap<(String, String), String>,
    ) -> anyhow::Result<()> {
        pollster::block_on(self.outbox().remember_callers(callers));
        let mut tally = Tally::default();
        let sent = pollster::block_on(self.outbox().send(matches, &mut tally));
        self.tally.add(&tally);
        self.write(&sent.published, explanations)?;
        for found in sent.heard {
            self.listened += 1;
            self.heard.insert((found.facts.time, found.facts.identity(), self.listened), found);
        }
        if self.heard.len() > MOST_HEARD { self.correlate(MOST_HEARD / 2) } else { Ok(()) }
    }

    /// Feeds correlations with what is oldest, until so many are left.
    fn correlate(&mut self, left: usize) -> anyhow::Result<()> {
        while self.heard.len() > left {
            let some = self.heard.len().min(CORRELATED_TOGETHER);
            let oldest = (0..some).filter_map(|_| self.heard.pop_first()).map(|(_, found)| found).collect();
            let mut tally = Tally::default();
            let sent = pollster::block_on(self.outbox().correlate(oldest, &mut tally));
            self.tally.add(&tally);
            self.write(&sent.published, &HashMap::new())?;
        }
        Ok(())
    }

    fn outbox(&self) -> Outbox<'_, MemoryStore, Accept> {
        Outbox {
            pipeline: self.pipeline,
            memory: &self.memory,
            sink: &Accept,
            clock: &SystemClock,
            claimant: "scan",
            product: &self.product,
        }
    }

    fn write(
        &mut self,
        findings: &[Finding],
        explanations: &HashMap<(String, String), String>,
    ) -> anyhow::Result<()> {
        for finding in findings {
            self.highest = self.highest.max(Some(finding.level()));
            if let Some(at) = finding.matched.facts.time {
                self.span = Some(self.span.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
            }
            let explanation =
                explanations.get(&(finding.matched.origin.clone(), finding.matched.rule.name.clone()));
            let output = &mut *self.output;
            self.progress
                .aside(|| output.finding(finding, explanation.map(String::as_str)))
                .context("cannot write")?;
        }
        Ok(())
    }

    fn in_range(&self, found: &Match) -> bool {
        let (since, until) = (self.arguments.since, self.arguments.until);
        found
            .facts
            .time
            .is_none_or(|at| since.is_none_or(|since| at >= since) && until.is_none_or(|until| at < until))
    }

    fn warn(&self, message: &str) {
        self.progress.aside(|| anstream::eprintln!("{}", trailhound_detect::describe::visible(message)));
    }
}
