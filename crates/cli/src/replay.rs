//! `replay`: what was parked, missed or archived, evaluated again; and where that is asked, delivered again.
//!
//! Every match and everything that cannot be read is one of four, and the sum is told: published, published before, kept
//! back, still failing.

#[cfg(any(feature = "aws", feature = "azure"))]
mod asked;
#[cfg(feature = "azure")]
mod captured;
mod evaluating;
#[cfg(feature = "azure")]
mod events;
mod figures;
#[cfg(any(feature = "aws", feature = "azure"))]
mod handover;
#[cfg(any(feature = "aws", feature = "azure"))]
mod intake;
#[cfg(any(feature = "aws", feature = "azure"))]
mod ledger;
#[cfg(feature = "aws")]
mod letters;
mod material;
#[cfg(feature = "aws")]
mod notices;
#[cfg(any(feature = "aws", feature = "azure"))]
mod on_the_spot;
#[cfg(any(feature = "aws", feature = "azure"))]
mod overlay;
mod parked;
mod published;
mod replayable;
mod replayed;
#[cfg(any(feature = "aws", feature = "azure"))]
mod spool;
#[cfg(any(feature = "aws", feature = "azure"))]
mod taking;
mod text;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::SignedDuration;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::rules::{Lane, RuleSet};
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

/// How much later than an event its delivery may have come.
const LATE: SignedDuration = SignedDuration::from_hours(24);

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
    let rules = asked_for(&arguments.rule, pipeline.rules())?;
    // What is taken is taken whole, by when it came; else events are, which came later than they were.
    let deliveries = if arguments.is_for_production() { window } else { window.and_after(LATE) };
    let (inputs, unreadable) = inputs::expand_within(&arguments.paths, deliveries);
    exit = exit.or(inputs::tell(&unreadable));
    let (interrupt, progress) = (Interrupt::heard()?, Progress::over(&inputs));
    let material = Material { arguments, window, deliveries, inputs: &inputs, interrupt: &interrupt };
    let replay = Replayed { material, pipeline: &pipeline, progress: &progress, rules };
    let (figures, told) = replayed(&replay)?;
    exit = exit.or(told);
    progress.finish();
    let mut out = anstream::stdout().lock();
    match arguments.format {
        ReplayFormat::Text => text::write(&mut out, &figures, arguments.table.as_ref())?,
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

/// The names of rules that are asked for.
fn asked_for(named: &[String], rules: &RuleSet) -> anyhow::Result<BTreeSet<String>> {
    let name = |asked: &String| {
        let found = rules.find(asked).map(|rule| rule.info.name.clone());
        found.with_context(|| format!("--rule {asked}: no rule that reads records is called so"))
    };
    named.iter().map(name).collect()
}

#[cfg(any(feature = "aws", feature = "azure"))]
fn replayed(replay: &Replayed<'_>) -> anyhow::Result<(Figures, Exit)> {
    let Replay { go, here, .. } = replay.material.arguments;
    match go {
        Some(url) => handover::run(replay, url),
        None if *here => on_the_spot::run(replay),
        None => dry(replay),
    }
}

#[cfg(not(any(feature = "aws", feature = "azure")))]
fn replayed(replay: &Replayed<'_>) -> anyhow::Result<(Figures, Exit)> {
    anyhow::ensure!(
        !replay.material.arguments.is_for_production(),
        "this trailhound hands nothing over; {}",
        crate::words::built_with("aws,azure")
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
        if replay.wants(&one)? {
            exit = exit.or(replaying.evaluate(&one)?.exit.unwrap_or(Exit::Clean));
        }
        #[cfg(feature = "aws")]
        looked_at.extend(one.receipt());
        Ok(())
    })?;
    #[cfg(feature = "aws")]
    letters::give_back(replay.material.arguments.dead_letters.as_deref(), &looked_at)?;
    Ok((replaying.end()?, exit.or(read)))
}
