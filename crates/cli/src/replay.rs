//! `replay`: what was parked, missed or archived, evaluated again; and where that is asked, delivered again.
//!
//! Every match and everything that cannot be read is one of four, and the sum is told: published, published before, kept
//! back, still failing.

#[cfg(any(feature = "aws", feature = "azure"))]
mod asked;
mod evaluating;
mod figures;
#[cfg(feature = "aws")]
mod handover;
#[cfg(feature = "aws")]
mod ledger;
#[cfg(feature = "aws")]
mod letters;
mod material;
#[cfg(feature = "aws")]
mod notices;
#[cfg(feature = "aws")]
mod on_the_spot;
#[cfg(any(feature = "aws", feature = "azure"))]
mod overlay;
mod parked;
mod published;
mod replayable;
mod replayed;
#[cfg(feature = "aws")]
mod taking;
mod text;

use std::io::Write as _;
use std::sync::Arc;

use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::rules::Lane;
use trailhound_detect::settle::Suppressions;
use trailhound_detect::state::StateStore;

use crate::args::{Replay, ReplayFormat};
use crate::exit::Exit;
use crate::inputs;
use crate::interrupt::Interrupt;
use crate::judging::Judging;
use crate::progress::Progress;
use crate::{rule_files, scan};
use evaluating::Replaying;
use figures::Figures;
use material::Material;
use published::published;
use replayed::Replayed;

pub(crate) fn run(arguments: &Replay) -> anyhow::Result<Exit> {
    let window = arguments.range.window()?;
    let loaded = rule_files::load_rules(&arguments.rules)?;
    let mut exit = rule_files::tell_errors(&loaded);
    let suppressions = match &arguments.suppressions {
        Some(file) => rule_files::load_suppressions(file, &loaded.rules)?,
        None => Suppressions::default(),
    };
    let policy = Policy::new(Arc::new(loaded.rules)).suppressing(suppressions).at_least(arguments.min_level);
    // As in the functions, what is in shadow publishes nothing.
    let pipeline = Pipeline::new(policy.in_lane(Lane::Live));
    let (inputs, unreadable) = inputs::expand(&arguments.paths);
    exit = exit.or(inputs::tell(&unreadable));
    let (interrupt, progress) = (Interrupt::heard()?, Progress::over(&inputs));
    let material = Material { arguments, window, inputs: &inputs, interrupt: &interrupt };
    let replay = Replayed { material, pipeline: &pipeline, progress: &progress };
    let (figures, told) = replayed(&replay)?;
    exit = exit.or(told);
    progress.finish();
    let mut out = anstream::stdout().lock();
    match arguments.format {
        ReplayFormat::Text => text::write(&mut out, &figures)?,
        ReplayFormat::Json => writeln!(out, "{}", figures.json())?,
    }
    anyhow::ensure!(figures.balance(), "what came in is not what became of it: {}", figures.json()["sum"]);
    let failing = figures.failing_total() > 0;
    Ok(match exit {
        _ if interrupt.is_set() => Exit::Interrupted,
        Exit::Clean if failing => Exit::Findings,
        exit => exit,
    })
}

#[cfg(feature = "aws")]
fn replayed(replay: &Replayed<'_>) -> anyhow::Result<(Figures, Exit)> {
    let Replay { go, here, .. } = replay.material.arguments;
    match go {
        Some(url) => handover::run(replay, url),
        None if *here => on_the_spot::run(replay),
        None => dry(replay),
    }
}

#[cfg(not(feature = "aws"))]
fn replayed(replay: &Replayed<'_>) -> anyhow::Result<(Figures, Exit)> {
    let is_for_production = replay.material.is_for_production();
    anyhow::ensure!(
        !is_for_production,
        "this trailhound hands nothing over; {}",
        crate::words::built_with("aws")
    );
    dry(replay)
}

/// Evaluates everything, and writes nothing.
fn dry(replay: &Replayed<'_>) -> anyhow::Result<(Figures, Exit)> {
    let arguments = replay.material.arguments;
    let policy = replay.pipeline.policy();
    #[cfg(any(feature = "aws", feature = "azure"))]
    if let Some(store) = &arguments.table {
        let memory = asked::memory(store)?;
        let _waiting = crate::cloud::runtime()?.enter();
        return evaluate_all(replay, Judging::new(policy, memory, "replay"));
    }
    anyhow::ensure!(arguments.table.is_none(), "a file is no table of a function; name it with --baseline");
    let memory = scan::remembered(arguments.baseline.as_deref())?;
    evaluate_all(replay, Judging::new(policy, memory, "replay"))
}

fn evaluate_all<'a, Kept: StateStore>(
    replay: &Replayed<'a>,
    judging: Judging<'a, Kept>,
) -> anyhow::Result<(Figures, Exit)> {
    let mut replaying = Replaying {
        pipeline: replay.pipeline,
        window: replay.material.window,
        judging,
        known: published(&replay.material.arguments.published)?,
        figures: Figures::default(),
        correlates: true,
        progress: replay.progress,
        interrupt: replay.material.interrupt,
    };
    #[cfg(feature = "aws")]
    let mut looked_at: Vec<String> = Vec::new();
    let mut exit = Exit::Clean;
    let (read, _) = replay.material.each(&mut |one| {
        exit = exit.or(replaying.evaluate(&one)?.exit.unwrap_or(Exit::Clean));
        #[cfg(feature = "aws")]
        looked_at.extend(one.receipt());
        Ok(())
    })?;
    #[cfg(feature = "aws")]
    letters::give_back(replay.material.arguments.dead_letters.as_deref(), &looked_at)?;
    Ok((replaying.end()?, exit.or(read)))
}
