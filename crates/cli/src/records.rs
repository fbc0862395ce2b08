//! Every record that is read, and every finding: what the commands look at that are about more than findings.

mod alike;
mod entry;
mod glance;
mod kept;
mod listed;
mod occurrences;
mod sought;
mod telling;
#[cfg(test)]
mod tests;

use std::sync::{Arc, mpsc};

use jiff::Timestamp;
use trailhound_detect::event::Event;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;

use crate::args::{IndexChoice, RecordsArguments};
use crate::deliveries::{InOrder, Piece, Reading, Source, Trouble};
use crate::exit::Exit;
use crate::index::{Asker, Index, Means, Sessions};
use crate::inputs::{self, Input};
use crate::interrupt::Interrupt;
use crate::judging::Judging;
use crate::progress::Progress;
use crate::shown::Shown;
use crate::{behind, context, rule_files, scan};
pub(crate) use entry::Entry;
pub(crate) use glance::Glance;
pub(crate) use listed::ListedFinding;
pub(crate) use occurrences::Occurrences;
pub(crate) use sought::Sought;
use telling::Telling;
pub(crate) use telling::{Item, Purpose};

/// Of which records all is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Every,
    /// Those that a rule could match; the others are left alone.
    Candidates,
}

/// Hands every record that is sought to `take`, in the order of the inputs, and all findings as they are made; says how
/// the run ends.
pub(crate) fn read(
    arguments: &RecordsArguments,
    wanted: Wanted,
    sought: &Sought,
    take: &mut dyn FnMut(Item) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    read_with((&IndexChoice::default(), Purpose::List), arguments, wanted, sought, take)
}

/// The same, of inputs that may be kept in an index; at least what is needed for a purpose.
pub(crate) fn read_with(
    (keeping, purpose): (&IndexChoice, Purpose),
    arguments: &RecordsArguments,
    wanted: Wanted,
    sought: &Sought,
    take: &mut dyn FnMut(Item) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    let window = arguments.range.window()?;
    let index = keeping.index.as_deref();
    let means = index.map(|path| Means::of(arguments).map(|means| (path, means))).transpose()?;
    let loaded = rule_files::load_rules(&arguments.rules)?;
    let exit = rule_files::tell_errors(&loaded);
    let context = context::load(&arguments.context, &loaded.rules)?;
    let pipeline = Pipeline::new(Policy::new(Arc::new(loaded.rules))).knowing(context.clone());
    // An index is for every question.
    let is_every = wanted == Wanted::Every || index.is_some();
    let pipeline = if is_every { pipeline.without_screen() } else { pipeline };
    let (inputs, unreadable) = inputs::expand(&arguments.paths);
    let exit = exit.or(inputs::tell(&unreadable));

    let mut inputs = inputs::without_output(inputs, &arguments.paths);
    if let Some(path) = index {
        inputs = inputs::without_own(inputs, &arguments.paths, path);
        inputs::refuse_as_output(index, &inputs)?;
    }
    inputs::refuse_as_output(None, &inputs)?;
    let (progress, interrupt) = (Progress::over(&inputs), Interrupt::heard()?);
    let mut trouble = Trouble::over(&inputs, &progress, &interrupt);
    let memory = scan::remembered(None)?;
    let jobs = arguments.jobs;
    let reading = Reading {
        pipeline: &pipeline,
        inputs: &inputs,
        jobs,
        explain: false,
        progress: &progress,
        interrupt: &interrupt,
    };
    let judging = Judging::new(pipeline.policy(), memory, "records").whenever();
    let mut telling = Telling { judging, window, take, put_by: None };
    let mut asked = None;
    match means {
        None => directly(&reading, sought, &mut trouble, &mut telling)?,
        Some((path, means)) => {
            let index = Index::of(path, &means, &reading, &mut trouble)?;
            let Some(index) = index else { return Ok(exit.or(trouble.kept_in(path).tell())) };
            let asking = kept::IndexAsking { index: &index, sought, purpose, context: context.as_deref() };
            let worked = asking.answer(&reading, &mut trouble, &mut telling)?;
            asked = Some((index, worked));
        }
    }
    context::tell_faults(context.as_ref());
    let findings = telling.end()?;
    if let Some((index, worked)) = asked.filter(|_| !interrupt.is_set()) {
        // What could not be looked up may be there the next time.
        let is_whole = context.is_none_or(|context| context.faults().is_empty());
        index.keep(worked.with(findings.filter(|_| is_whole)))?;
    }
    Ok(exit.or(trouble.tell()))
}

fn directly(
    reading: &Reading<'_>,
    sought: &Sought,
    trouble: &mut Trouble<'_>,
    telling: &mut Telling<'_>,
) -> anyhow::Result<()> {
    let Reading { pipeline, inputs, jobs, progress, interrupt, .. } = *reading;
    let window = telling.window;
    let sessions = Sessions::All(behind::gather(inputs, jobs, interrupt)?);
    let glance = &Glance::at(sought, &sessions.of_actor(sought)?);
    let Sessions::All(hand_outs) = &sessions else { return Ok(()) };
    let deliver = |input: &Input, hand: &mut dyn FnMut((Piece, Vec<Entry>)) -> bool| {
        let (sender, entries) = mpsc::channel();
        let mut shown = Shown::default();
        let witness = move |event: &Event<'_>, origin: &str| {
            if !glance.may_find(event) {
                return;
            }
            let facts = event.facts();
            if !window.holds(facts.time) {
                return;
            }
            let behind = hand_outs.behind(&facts.actor, facts.time);
            if sought.finds(facts, behind.as_ref())
                && sought.query.as_ref().is_none_or(|query| query.meets(event))
            {
                let mut entry = Entry::of(facts, behind.as_ref(), origin, &mut shown);
                entry.asked = sought.asks.iter().map(|field| field.told(event, &mut shown)).collect();
                // Whoever listens lives as long as the session.
                _ = sender.send(entry);
            }
        };
        let session = pipeline.delivery(&input.name(), Timestamp::now());
        let sessions = vec![session.witnessed_by(Box::new(witness))];
        let source = Source { input, progress, interrupt };
        source.push_through(sessions, &mut |_, piece| hand((piece, entries.try_iter().collect())));
    };
    InOrder { inputs, jobs, interrupt }.run(&deliver, &mut |input, (piece, entries)| {
        trouble.hear(input, &piece);
        telling.records(entries)?;
        let Piece::Found { matches, callers, .. } = piece else { return Ok(()) };
        telling.matches(matches, &callers, &Asker::All(hand_outs))
    })
}
