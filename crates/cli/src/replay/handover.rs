//! Hands to production what is replayed: a message each into the function's own queue, so that ids, claims, windows,
//! suppressions and sinks are the function's. One is tried before the rest, and at the end the function's table is asked what
//! became of all of it.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use trailhound_aws::sqs::Queue;
use trailhound_courier::ports::ObjectRef;
use trailhound_detect::matched::Match;
use trailhound_detect::remember::{Memory, are_published};

use super::asked::{self, StateTable};
use super::evaluating::Replaying;
use super::figures::Figures;
use super::overlay::Overlay;
use super::published::published;
use super::replayable::{Lies, Replayable};
use super::replayed::Replayed;
use super::taking::Taking;
use super::{letters, notices};
use crate::args::{Replay, Window};
use crate::cloud;
use crate::exit::Exit;
use crate::judging::Judging;

/// Says to the function that what comes was replayed.
const MARK: (&str, &str) = ("trailhound-replay", "1");
/// Between two looks into the table.
const LOOK: Duration = Duration::from_millis(500);

/// Something to be handed over.
struct Prepared {
    id: String,
    message: String,
    lies: Lies,
    /// What the function will tell of it.
    fresh: Vec<Match>,
}

pub(super) fn run(replay: &Replayed<'_>, url: &str) -> anyhow::Result<(Figures, Exit)> {
    let Replay { table, rate, patience, .. } = replay.material.arguments;
    let store = table.as_ref().context("--go asks the function's --table what became of it")?;
    let queue = letters::queue(url)?;
    let runtime = cloud::runtime()?;
    let asked = runtime.block_on(queue.waiting()).map_err(anyhow::Error::msg);
    asked.with_context(|| format!("cannot hand anything to {url}"))?;
    let mut taking = Taking::to(url.to_owned(), replay.material.arguments)?;
    let _waiting = runtime.enter();

    let (prepared, mut figures, (exit, whole)) = prepare(replay, store, &mut taking)?;
    let over =
        Handover { replay, queue, table: asked::table(store)?, patience: Duration::from_secs(*patience) };
    let (told, left) = over.hand(prepared, Duration::from_secs(1) / rate.get(), &mut taking)?;
    figures.is_done = true;
    for found in told.iter().filter(|(_, is_told)| !is_told).map(|(found, _)| found) {
        figures.not_told(found);
    }
    let is_all = left == 0 && !told.iter().any(|(_, is_told)| !is_told);
    if left > 0 {
        anstream::eprintln!(
            "trailhound: {left} more stay where they are: nothing came of the first that was handed over, or Ctrl-C came"
        );
    }
    taking.end(&whole)?;
    figures.settle();
    Ok((figures, if is_all { exit } else { exit.or(Exit::Findings) }))
}

/// How reading ended, and what was read to its end.
type MaterialEnd = (Exit, BTreeSet<String>);

/// Evaluates everything, as it would be told after what the table holds.
fn prepare(
    replay: &Replayed<'_>,
    store: &crate::baseline::Store,
    taking: &mut Taking,
) -> anyhow::Result<(Vec<Prepared>, Figures, MaterialEnd)> {
    let memory: Memory<Overlay<StateTable>> = asked::memory(store)?;
    let mut replaying = Replaying {
        pipeline: replay.pipeline,
        window: Window::default(),
        judging: Judging::new(replay.pipeline.policy(), memory, "replay"),
        known: published(&replay.material.arguments.published)?,
        figures: Figures::default(),
        // What its windows hold, and in which order it hears of this, is the function's.
        correlates: false,
        progress: replay.progress,
        interrupt: replay.material.interrupt,
    };
    let (mut prepared, mut exit): (Vec<Prepared>, _) = (Vec::new(), Exit::Clean);
    let (read, whole) = replay.material.each(&mut |mut one| {
        let (id, message) = message(&one);
        if taking.has(&id) {
            replaying.figures.taken_before += 1;
            return taking.let_go(&one.lies);
        }
        // Its object is read again whole.
        if matches!(one.lies, Lies::Parked(_)) && notices::of_origin(&one.origin).is_some() {
            one.more = 0;
        }
        let before = replaying.figures.failing_total();
        let outcome = replaying.evaluate(&one)?;
        exit = exit.or(outcome.exit.unwrap_or(Exit::Clean));
        let fails = replaying.figures.failing_total() > before || outcome.exit.is_some();
        let Some(message) = message.filter(|_| !fails) else {
            if !fails {
                let told =
                    || (one.id.clone(), "no queue takes it: name it by s3://, or use --here".to_owned());
                replaying.figures.fail("not_sendable", 1, told);
            }
            taking.leave(&one.lies);
            return Ok(());
        };
        prepared.push(Prepared { id, message, lies: one.lies, fresh: outcome.fresh });
        Ok(())
    })?;
    Ok((prepared, replaying.end()?, (exit.or(read), whole)))
}

/// What the function is sent of it, and what that is known by: records of one object are one notice of it.
fn message(one: &Replayable) -> (String, Option<String>) {
    let of_object = |object: &ObjectRef| {
        (format!("s3://{}/{}", object.bucket, object.key), Some(notices::notice(object)))
    };
    match &one.lies {
        Lies::Archive => match one.inputs.first().and_then(|input| input.as_object()) {
            Some(object) => of_object(object),
            None => (one.id.clone(), None),
        },
        Lies::Parked(_) if one.inputs.is_empty() => match notices::of_origin(&one.origin) {
            Some(object) => of_object(&object),
            None => (one.id.clone(), String::from_utf8(one.body.clone()).ok()),
        },
        Lies::Parked(_) | Lies::Queue { .. } => (one.id.clone(), String::from_utf8(one.body.clone()).ok()),
    }
}

struct Handover<'a> {
    replay: &'a Replayed<'a>,
    queue: Queue,
    table: StateTable,
    patience: Duration,
}

impl Handover<'_> {
    /// Hands everything over, the first alone; answers with what was to be told and whether it was, and how much was left.
    fn hand(
        &self,
        mut prepared: Vec<Prepared>,
        pause: Duration,
        taking: &mut Taking,
    ) -> anyhow::Result<(Vec<(Match, bool)>, usize)> {
        // Of what tells nothing nobody could see whether it was taken.
        if let Some(at) = prepared.iter().position(|one| !one.fresh.is_empty()) {
            prepared[..=at].rotate_right(1);
        }
        let mut waiting = prepared.into_iter();
        let (mut told, mut expected) = (Vec::new(), Vec::new());
        let mut is_first = true;
        while !self.replay.material.interrupt.is_set()
            && let Some(one) = waiting.next()
        {
            let Prepared { id, message, lies, fresh } = one;
            if !taking.has(&id) {
                let sent = cloud::runtime()?.block_on(self.queue.send(&message, &[MARK]));
                sent.map_err(anyhow::Error::msg).with_context(|| format!("the queue does not take {id}"))?;
                taking.note(&id)?;
                thread::sleep(pause);
            }
            taking.let_go(&lies)?;
            expected.extend(fresh);
            if is_first && !expected.is_empty() {
                told = self.wait(std::mem::take(&mut expected))?;
                if told.iter().any(|(_, is_told)| !is_told) {
                    break;
                }
            }
            is_first = false;
        }
        // What nobody was given, for the first came to nothing or for Ctrl-C, stays where it is.
        let left: Vec<Prepared> = waiting.collect();
        let count = left.len();
        for one in &left {
            taking.leave(&one.lies);
        }
        told.extend(self.wait(expected)?);
        told.extend(left.into_iter().flat_map(|one| one.fresh).map(|found| (found, false)));
        Ok((told, count))
    }

    /// Waits until the table says that findings are published, for as long as there is patience.
    fn wait(&self, expected: Vec<Match>) -> anyhow::Result<Vec<(Match, bool)>> {
        let until = Instant::now() + self.patience;
        loop {
            let all: Vec<&Match> = expected.iter().collect();
            let mut are_told = Vec::with_capacity(all.len());
            for some in all.chunks(100) {
                let asked = cloud::runtime()?.block_on(are_published(&self.table, some));
                are_told.extend(asked.map_err(|error| anyhow::anyhow!("{}", error.0))?);
            }
            let is_over = Instant::now() >= until || self.replay.material.interrupt.is_set();
            if is_over || are_told.iter().all(|is_told| *is_told) {
                return Ok(expected.into_iter().zip(are_told).collect());
            }
            thread::sleep(LOOK);
        }
    }
}
