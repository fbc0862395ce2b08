//! Matches to findings: in input order, then what correlations make of all of them.

use trailhound_detect::describe::{Finding, Product};
use trailhound_detect::event::Caller;
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::Outbox;
use trailhound_detect::policy::Policy;
use trailhound_detect::ports::{Clock, SystemClock};
use trailhound_detect::remember::Memory;
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::Tally;

use jiff::Timestamp;

use crate::heard::{Accept, Heard};
use crate::scan::ScanStore;

/// Matches that are described together: a finding is larger than its match.
const TOGETHER: usize = 64;

/// A clock that stands behind all that logs tell of.
struct AfterAll;

/// The year 2100.
const AFTER_ALL: Timestamp = Timestamp::constant(4_102_444_800, 0);

impl Clock for AfterAll {
    fn now(&self) -> Timestamp {
        AFTER_ALL
    }
}

/// What becomes of matches, as `scan` has it.
pub(crate) struct Judging<'a, Kept = ScanStore> {
    policy: &'a Policy,
    memory: Memory<Kept>,
    heard: Heard,
    product: Product,
    clock: Box<dyn Clock>,
    unavailable: Option<String>,
    tally: Tally,
}

impl<'a, Kept: StateStore> Judging<'a, Kept> {
    pub(crate) fn new(policy: &'a Policy, memory: Memory<Kept>, feature: &'static str) -> Self {
        let (heard, product) = (Heard::default(), Product::new(feature));
        let clock = Box::new(SystemClock);
        Self { policy, memory, heard, product, clock, unavailable: None, tally: Tally::default() }
    }

    /// Judged the same whenever it is done: what does not say when it was is taken to be behind all that does.
    pub(crate) fn whenever(self) -> Self {
        Self { clock: Box::new(AfterAll), ..self }
    }

    /// Takes some matches, and hands on what is found.
    pub(crate) fn take(
        &mut self,
        matches: Vec<Match>,
        callers: &[(String, Caller)],
        tell: &mut dyn FnMut(Finding) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        pollster::block_on(self.outbox().remember_callers(callers));
        let mut matches = matches.into_iter().peekable();
        while matches.peek().is_some() {
            let some = matches.by_ref().take(TOGETHER).collect();
            let mut tally = Tally::default();
            let sent = pollster::block_on(self.outbox().send(some, &mut tally));
            // What another process is publishing right now is its to tell.
            tally.matches += sent.held.len() as u64;
            tally.duplicates += sent.held.len() as u64;
            self.tally.add(&tally);
            self.unavailable = self.unavailable.take().or(sent.state_unavailable);
            sent.heard.into_iter().for_each(|found| self.heard.add(found));
            sent.published.into_iter().try_for_each(&mut *tell)?;
        }
        if self.heard.are_many() { self.correlate(Heard::ENOUGH, tell) } else { Ok(()) }
    }

    /// Hands on what is found once there are no more matches; answers with what became of them all.
    pub(crate) fn end(
        mut self,
        tell: &mut dyn FnMut(Finding) -> anyhow::Result<()>,
    ) -> anyhow::Result<Tally> {
        self.correlate(0, tell)?;
        if let Some(problem) = self.unavailable {
            anyhow::bail!("what was seen before could not be asked: {problem}");
        }
        Ok(self.tally)
    }

    fn correlate(
        &mut self,
        left: usize,
        tell: &mut dyn FnMut(Finding) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        while let Some(oldest) = self.heard.oldest(left) {
            let mut tally = Tally::default();
            let sent = pollster::block_on(self.outbox().correlate(oldest, &mut tally));
            self.tally.add(&tally);
            sent.published.into_iter().try_for_each(&mut *tell)?;
        }
        Ok(())
    }

    fn outbox(&self) -> Outbox<'_, Kept, Accept> {
        Outbox {
            policy: self.policy,
            memory: &self.memory,
            sink: &Accept,
            clock: &*self.clock,
            claimant: "judging",
            product: &self.product,
        }
    }
}
