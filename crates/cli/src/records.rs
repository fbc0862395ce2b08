//! Every record that is read, and every finding: what the commands look at that are about more than findings.

mod entry;
mod glance;
mod sought;
#[cfg(test)]
mod tests;

use std::sync::{Arc, mpsc};

use jiff::Timestamp;
use trailhound_detect::describe::Finding;
use trailhound_detect::event::Event;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;

use crate::args::RecordsArguments;
use crate::deliveries::{InOrder, Piece, Source, Trouble};
use crate::exit::Exit;
use crate::inputs::{self, Input};
use crate::interrupt::Interrupt;
use crate::judging::Judging;
use crate::progress::Progress;
use crate::shown::Shown;
use crate::{behind, context, rule_files, scan};
pub(crate) use entry::Entry;
use glance::Glance;
pub(crate) use sought::Sought;

/// Of which records all is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Every,
    /// Those that a rule could match; the others are left alone.
    Candidates,
}

/// Something that was read or found.
pub(crate) enum Item {
    Record(Box<Entry>),
    Finding(Box<Finding>),
}

/// Hands every record that is sought to `take`, in the order of the inputs, and all findings as they are made; says how
/// the run ends.
pub(crate) fn read(
    arguments: &RecordsArguments,
    wanted: Wanted,
    sought: &Sought,
    take: &mut dyn FnMut(Item) -> anyhow::Result<()>,
) -> anyhow::Result<Exit> {
    let window = arguments.range.window()?;
    let loaded = rule_files::load_rules(&arguments.rules)?;
    let exit = rule_files::tell_errors(&loaded);
    let context = context::load(&arguments.context, &loaded.rules)?;
    let pipeline = Pipeline::new(Policy::new(Arc::new(loaded.rules))).knowing(context.clone());
    let pipeline = if wanted == Wanted::Every { pipeline.without_screen() } else { pipeline };
    let (inputs, unreadable) = inputs::expand(&arguments.paths);
    let exit = exit.or(inputs::tell(&unreadable));

    let inputs = inputs::without_output(inputs, &arguments.paths);
    inputs::refuse_as_output(None, &inputs)?;
    let (progress, interrupt) = (Progress::over(&inputs), Interrupt::heard()?);
    let mut trouble = Trouble::over(&inputs, &progress, &interrupt);
    let mut judging = Judging::new(pipeline.policy(), scan::remembered(None)?, "records");
    let hand_outs = &behind::gather(&inputs, arguments.jobs, &interrupt)?;
    let glance = &Glance::at(sought, hand_outs);
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
        let source = Source { input, progress: &progress, interrupt: &interrupt };
        source.push_through(sessions, &mut |_, piece| hand((piece, entries.try_iter().collect())));
    };
    let reading = InOrder { inputs: &inputs, jobs: arguments.jobs, interrupt: &interrupt };
    reading.run(&deliver, &mut |input, (piece, entries)| {
        trouble.hear(input, &piece);
        entries.into_iter().try_for_each(|entry| take(Item::Record(Box::new(entry))))?;
        let Piece::Found { mut matches, callers, .. } = piece else { return Ok(()) };
        matches.retain(|found| window.holds(found.facts.time));
        for found in &mut matches {
            found.behind = hand_outs.worth_telling(&found.facts.actor, found.facts.time).map(Box::new);
        }
        judging.take(matches, &callers, &mut |finding| take(Item::Finding(Box::new(finding))))
    })?;
    context::tell_faults(context.as_ref());
    judging.end(&mut |finding| take(Item::Finding(Box::new(finding))))?;
    Ok(exit.or(trouble.tell()))
}
