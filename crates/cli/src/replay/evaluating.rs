//! Evaluates again what is replayed, with the rules in force; nothing of it leaves.

use std::collections::HashSet;

use trailhound_detect::describe::{Finding, clean, visible};
use trailhound_detect::event::Caller;
use trailhound_detect::matched::Match;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::ports::Reject;
use trailhound_detect::state::StateStore;

use super::figures::Figures;
use super::replayable::{Lies, Replayable};
use crate::args::Window;
use crate::deliveries::{Piece, Reading};
use crate::exit::Exit;
use crate::inputs::Input;
use crate::interrupt::Interrupt;
use crate::judging::Judging;
use crate::progress::Progress;

/// A replay under way.
pub(super) struct Replaying<'a, Kept> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) window: Window,
    pub(super) judging: Judging<'a, Kept>,
    /// Ids of findings that were published.
    pub(super) known: HashSet<String>,
    pub(super) figures: Figures,
    /// Is it said what correlations make of it?
    pub(super) correlates: bool,
    pub(super) progress: &'a Progress,
    pub(super) interrupt: &'a Interrupt,
}

/// What evaluating one thing comes to.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) exit: Option<Exit>,
    /// Matches whose findings would be published.
    pub(super) fresh: Vec<Match>,
}

impl<Kept: StateStore> Replaying<'_, Kept> {
    pub(super) fn evaluate(&mut self, one: &Replayable) -> anyhow::Result<Outcome> {
        let mut outcome = Outcome::default();
        self.figures.count(&one.lies);
        if one.more > 0 {
            // It stands for others, which lie in its source alone.
            let detail = format!("{} more stand in the source of {}; replay that", one.more, one.origin);
            self.figures.fail(&one.reason, one.more, || (one.id.clone(), detail));
        }
        for input in &one.inputs {
            self.input(input, one, &mut outcome)?;
        }
        if let Some(why) = &one.unknown {
            self.figures.fail("unknown_record", 1, || (one.origin.clone(), why.clone()));
        }
        if one.holds_records() {
            let mut session = self.pipeline.delivery(&one.origin, one.received_at);
            session.replayed();
            session.push(&one.body);
            let done = session.finish(Ending::Whole);
            self.figures.records += done.tally.records;
            self.take(done.matches, &done.callers, &done.rejects, &mut outcome)?;
        }
        if matches!(one.lies, Lies::Parked(_)) {
            self.progress.ended();
        }
        Ok(outcome)
    }

    fn input(&mut self, input: &Input, one: &Replayable, outcome: &mut Outcome) -> anyhow::Result<()> {
        let inputs = std::slice::from_ref(input);
        let (pipeline, progress, interrupt) = (self.pipeline, self.progress, self.interrupt);
        let reading = Reading { pipeline, inputs, jobs: None, explain: false, progress, interrupt };
        reading.run(&mut |input, piece| match piece {
            Piece::Found { matches, rejects, callers, .. } => self.take(matches, &callers, &rejects, outcome),
            Piece::Unreadable(problem) => {
                if let Lies::Archive = one.lies {
                    outcome.exit = Some(Exit::Usage);
                    anstream::eprintln!("{}", visible(&clean(&format!("{}: {problem}", input.name()))));
                } else {
                    self.figures.fail("unreadable", 1, || (input.name(), problem));
                }
                Ok(())
            }
            Piece::End(tally) => {
                self.figures.records += tally.records;
                progress.ended();
                Ok(())
            }
        })
    }

    fn take(
        &mut self,
        mut matches: Vec<Match>,
        callers: &[(String, Caller)],
        rejects: &[Reject],
        outcome: &mut Outcome,
    ) -> anyhow::Result<()> {
        for reject in rejects {
            let told = || (reject.origin.clone(), reject.detail.clone());
            let stands_for = reject.pointers.iter().map(|pointer| pointer.rejected).sum::<u64>().max(1);
            self.figures.fail(reject.reason.as_str(), stands_for, told);
        }
        let rules = self.pipeline.rules();
        matches.retain(|found| self.window.holds(found.facts.time) && !rules.is_shadow(&found.rule.name));
        let (known, figures, correlates) = (&self.known, &mut self.figures, self.correlates);
        self.judging.take(matches, callers, &mut |finding| {
            if correlates || finding.matched.episode.is_none() {
                figures.publish(&finding, known);
            }
            outcome.add(finding, known);
            Ok(())
        })
    }

    pub(super) fn end(self) -> anyhow::Result<Figures> {
        let Self { judging, known, mut figures, correlates, .. } = self;
        let tally = judging.end(&mut |finding| {
            if correlates || finding.matched.episode.is_none() {
                figures.publish(&finding, &known);
            }
            Ok(())
        })?;
        figures.duplicates += tally.duplicates;
        figures.suppressed = tally.suppressed;
        figures.matches = tally.matches;
        Ok(figures)
    }
}

impl Outcome {
    /// What correlations make of it is the function's to say.
    fn add(&mut self, finding: Finding, known: &HashSet<String>) {
        if finding.matched.episode.is_none() && !known.contains(&finding.uid) {
            self.fresh.push(finding.matched);
        }
    }
}
