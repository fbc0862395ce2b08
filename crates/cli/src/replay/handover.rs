//! Hands to production what is replayed: a message each into the function's own queue or hub, so that ids, claims, windows,
//! suppressions and sinks are the function's. One is tried before the rest, and at the end the function's table is asked what
//! became of all of it.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use trailhound_detect::describe::visible;
use trailhound_detect::matched::Match;
use trailhound_detect::remember::{Memory, are_published};

use super::asked::{self, StateTable};
use super::evaluating::Replaying;
use super::figures::Figures;
use super::intake::{Held, Intake};
use super::overlay::Overlay;
use super::published::published;
use super::replayable::Lies;
use super::replayed::Replayed;
use super::spool::BodySpool;
use super::taking::Taking;
use crate::args::{Replay, Window};
use crate::cloud;
use crate::exit::Exit;
use crate::judging::Judging;

/// What was handed over, and is not in the table by the end.
const NOT_TOLD: &str = "handed over, and not told yet; run it again without --go to see";
/// Between two looks into the table.
const LOOK: Duration = Duration::from_millis(500);

/// Something to be handed over.
struct Prepared {
    id: String,
    held: Held,
    lies: Lies,
    /// What the function will tell of it.
    fresh: Vec<Match>,
}

pub(super) fn run(replay: &Replayed<'_>, url: &str) -> anyhow::Result<(Figures, Exit)> {
    let Replay { table, rate, patience, .. } = replay.material.arguments;
    let store = table.as_ref().context("--go asks the function's --table what became of it")?;
    let intake = Intake::at(url, store)?;
    let mut taking = Taking::to(url.to_owned(), replay.material.arguments)?;
    let _waiting = cloud::runtime()?.enter();

    let mut spool = BodySpool::new()?;
    let (prepared, mut figures, (exit, whole)) = prepare(replay, store, &intake, &mut spool, &mut taking)?;
    let over = Handover {
        replay,
        intake,
        spool,
        table: asked::table(store)?,
        patience: Duration::from_secs(*patience),
    };
    let (told, left) = over.hand(prepared, Duration::from_secs(1) / rate.get(), &mut taking)?;
    figures.is_done = true;
    for found in told.iter().filter(|(_, is_told)| !is_told).map(|(found, _)| found) {
        figures.take_back(found, "not_told", NOT_TOLD);
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
    intake: &Intake,
    spool: &mut BodySpool,
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
        let (id, handed) = intake.what(&one);
        if taking.has(&id) {
            replaying.figures.taken_before += 1;
            return taking.let_go(&one.lies);
        }
        if !replay.wants(&one)? {
            taking.leave(&one.lies);
            return Ok(());
        }
        if intake.reads_whole(&one) {
            one.more = 0;
        }
        let before = replaying.figures.failing_total();
        let outcome = replaying.evaluate(&one)?;
        exit = exit.or(outcome.exit.unwrap_or(Exit::Clean));
        let fails = replaying.figures.failing_total() > before || outcome.exit.is_some();
        let Some(handed) = handed.filter(|_| !fails) else {
            let why = if fails { "what it came with cannot be read" } else { intake.refuses() };
            for found in &outcome.fresh {
                replaying.figures.take_back(found, "not_handed_over", why);
            }
            if !fails && outcome.fresh.is_empty() {
                replaying.figures.fail("not_handed_over", 1, || (one.id.clone(), why.to_owned()));
            }
            taking.leave(&one.lies);
            return Ok(());
        };
        prepared.push(Prepared { id, held: handed.hold(spool)?, lies: one.lies, fresh: outcome.fresh });
        Ok(())
    })?;
    Ok((prepared, replaying.end()?, (exit.or(read), whole)))
}

struct Handover<'a> {
    replay: &'a Replayed<'a>,
    intake: Intake,
    spool: BodySpool,
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
            let Prepared { id, held, lies, fresh } = one;
            if !taking.has(&id) {
                let put = self.intake.put(&held, &self.spool, &mut || thread::sleep(pause));
                if !put.with_context(|| format!("cannot hand over {id}"))? {
                    anstream::eprintln!("trailhound: {}: {}", visible(&id), self.intake.refuses());
                    taking.leave(&lies);
                    told.extend(fresh.into_iter().map(|found| (found, false)));
                    continue;
                }
                taking.note(&id)?;
            }
            taking.let_go(&lies)?;
            expected.extend(fresh);
            if is_first && !expected.is_empty() {
                let first = self.wait(std::mem::take(&mut expected))?;
                let is_told = first.iter().all(|(_, is_told)| *is_told);
                told.extend(first);
                if !is_told {
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
