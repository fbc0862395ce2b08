//! Every record that is read, and every finding: what the commands look at that are about more than findings.

mod entry;
mod glance;
mod sought;
#[cfg(test)]
mod tests;

use std::sync::{Arc, mpsc};

use jiff::Timestamp;
use trailhound_detect::behind::HandOuts;
use trailhound_detect::context::Context;
use trailhound_detect::describe::Finding;
use trailhound_detect::event::{Caller, Event};
use trailhound_detect::matched::Match;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;

use crate::args::{IndexChoice, RecordsArguments, Window};
use crate::deliveries::{InOrder, Piece, Reading, Source, Trouble};
use crate::exit::Exit;
use crate::index::{Index, Means, Question};
use crate::inputs::{self, Input};
use crate::interrupt::Interrupt;
use crate::judging::Judging;
use crate::progress::Progress;
use crate::shown::Shown;
use crate::{behind, context, rule_files, scan};
pub(crate) use entry::Entry;
pub(crate) use glance::Glance;
pub(crate) use sought::Sought;

/// Records of an index that are handed on together.
const TOGETHER: usize = 256;

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
    read_with(&IndexChoice::default(), arguments, wanted, sought, take)
}

/// The same, of inputs that may be kept in an index.
pub(crate) fn read_with(
    keeping: &IndexChoice,
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
    let mut telling = Telling { judging: Judging::new(pipeline.policy(), memory, "records"), window, take };
    match means {
        None => directly(&reading, sought, &mut trouble, &mut telling)?,
        Some((path, means)) => {
            let beside = context.as_deref();
            let index = Index::of(path, &means, &reading, &mut trouble)?;
            let Some(index) = index else { return Ok(exit.or(trouble.kept_in(path).tell())) };
            from_index(&index, &reading, (sought, beside), &mut trouble, &mut telling)?;
        }
    }
    context::tell_faults(context.as_ref());
    telling.end()?;
    Ok(exit.or(trouble.tell()))
}

/// What becomes of records and matches on their way to whoever asked.
struct Telling<'t> {
    judging: Judging<'t>,
    window: Window,
    take: &'t mut dyn FnMut(Item) -> anyhow::Result<()>,
}

impl Telling<'_> {
    fn records(&mut self, entries: Vec<Entry>) -> anyhow::Result<()> {
        entries.into_iter().try_for_each(|entry| (self.take)(Item::Record(Box::new(entry))))
    }

    fn matches(
        &mut self,
        mut matches: Vec<Match>,
        callers: &[(String, Caller)],
        hand_outs: &HandOuts,
    ) -> anyhow::Result<()> {
        matches.retain(|found| self.window.holds(found.facts.time));
        for found in &mut matches {
            found.behind = hand_outs.worth_telling(&found.facts.actor, found.facts.time).map(Box::new);
        }
        let take = &mut *self.take;
        self.judging.take(matches, callers, &mut |finding| take(Item::Finding(Box::new(finding))))
    }

    fn end(self) -> anyhow::Result<()> {
        let Self { judging, take, .. } = self;
        judging.end(&mut |finding| take(Item::Finding(Box::new(finding)))).map(drop)
    }
}

fn directly(
    reading: &Reading<'_>,
    sought: &Sought,
    trouble: &mut Trouble<'_>,
    telling: &mut Telling<'_>,
) -> anyhow::Result<()> {
    let Reading { pipeline, inputs, jobs, progress, interrupt, .. } = *reading;
    let window = telling.window;
    let hand_outs = &behind::gather(inputs, jobs, interrupt)?;
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
        let source = Source { input, progress, interrupt };
        source.push_through(sessions, &mut |_, piece| hand((piece, entries.try_iter().collect())));
    };
    InOrder { inputs, jobs, interrupt }.run(&deliver, &mut |input, (piece, entries)| {
        trouble.hear(input, &piece);
        telling.records(entries)?;
        let Piece::Found { matches, callers, .. } = piece else { return Ok(()) };
        telling.matches(matches, &callers, hand_outs)
    })
}

/// What an index gives of an input, a stretch at a time.
enum Stretch {
    Records(Vec<Entry>),
    Matches(Vec<Match>, Vec<(String, Caller)>),
    Failed(anyhow::Error),
}

fn from_index(
    index: &Index,
    reading: &Reading<'_>,
    (sought, context): (&Sought, Option<&Context>),
    trouble: &mut Trouble<'_>,
    telling: &mut Telling<'_>,
) -> anyhow::Result<()> {
    let Reading { pipeline, inputs, jobs, interrupt, .. } = *reading;
    let all = InOrder { inputs, jobs, interrupt };
    let hand_outs = &index.hand_outs(&all)?;
    behind::tell_beyond(hand_outs);
    let question = &Question::of(sought, telling.window, hand_outs);
    let deliver = |input: &Input, hand: &mut dyn FnMut(Stretch) -> bool| {
        let (mut shown, mut entries, mut is_wanted) = (Shown::default(), Vec::new(), true);
        let looked = index.each_record(input, question, &mut |facts, origin| {
            let behind = hand_outs.behind(&facts.actor, facts.time);
            if is_wanted && sought.finds(facts, behind.as_ref()) {
                entries.push(Entry::of(facts, behind.as_ref(), origin, &mut shown));
                if entries.len() >= TOGETHER {
                    is_wanted = hand(Stretch::Records(std::mem::take(&mut entries)));
                }
            }
        });
        if !is_wanted || !hand(Stretch::Records(entries)) {
            return;
        }
        let looked = looked.and_then(|()| {
            index.each_match(input, (pipeline.rules(), context), &mut |matches, callers| {
                hand(Stretch::Matches(matches, callers))
            })
        });
        if let Err(error) = looked {
            hand(Stretch::Failed(error));
        }
    };
    all.run(&deliver, &mut |_, stretch| match stretch {
        Stretch::Records(entries) => telling.records(entries),
        Stretch::Matches(matches, callers) => telling.matches(matches, &callers, hand_outs),
        Stretch::Failed(error) => Err(error),
    })?;
    for input in inputs {
        let (rejected, is_foreign) = index.rejected(input);
        trouble.hear_rejected(rejected, is_foreign);
    }
    Ok(())
}
