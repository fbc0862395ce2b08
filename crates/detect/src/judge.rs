//! What becomes of matches: what is new about them, what keeps them back, who publishes them, what they add up to.
//!
//! What others decide by, claims and first sights, is committed before findings go out, and all else with the record
//! that they did; where another process got in between, it is decided anew. A store that cannot be asked delays
//! nothing: matches go out marked.

mod cases;
mod hearing;
mod integrity;
mod judged;
mod origins;
#[cfg(test)]
mod tests;

use crate::behind::HandOut;
use crate::clock::Clock;
use crate::matched::{Match, Told};
use crate::policy::Policy;
use crate::remember::correlate::Ways;
use crate::remember::desk::Desk;
use crate::remember::memory::{CONTESTS, Memory, contested};
use crate::remember::{alarm, claims, correlate};
use crate::state::{Key, StateError, StateStore};
use hearing::{Grounds, MaybeDesk};
use judged::{Decision, Pending};
pub use judged::{Judged, Withheld};

/// What matches are judged with.
pub struct Judging<'a, Store> {
    /// What was seen and published before.
    pub memory: &'a Memory<Store>,
    /// The rules, suppressions and least level that apply.
    pub policy: &'a Policy,
    /// Tells this attempt's claims from those of any other.
    pub claimant: &'a str,
    /// Tells the time.
    pub clock: &'a dyn Clock,
}

impl<Store: StateStore> Judging<'_, Store> {
    fn context(&self) -> Grounds<'_> {
        let Self { memory, policy, claimant, clock } = *self;
        Grounds { policy, mode: memory.mode(), claimant, now: clock.now() }
    }

    /// Decides what is to become of matches, in their order.
    pub async fn judge(&self, mut matches: Vec<Match>) -> Judged {
        let context = self.context();
        let mut desk = Desk::default();
        self.tell_resources(&mut matches);
        let handed_out = self.handed_out(&matches);
        let decided = self.decide(&mut desk, &mut matches, &handed_out).await;
        let (down, decided) = match decided {
            Ok(decided) => (None, decided),
            Err(error) => (Some(error.0), hearing::judge(&mut MaybeDesk::Gone, &context, &matches)),
        };
        let (decisions, unavailable) = decided;
        let mut judged = Judged::default();
        matches.into_iter().zip(decisions).for_each(|(found, decision)| judged.add(found, decision));
        if !context.mode.correlates_last() {
            judged.pending.unheard = std::mem::take(&mut judged.heard);
        }
        if down.is_some() {
            // Episodes that lack an event because of this are not made up for.
            judged.pending = Pending::default();
        } else {
            (judged.pending.desk, judged.pending.handed_out) = (desk, handed_out);
        }
        Judged { unavailable: down.or(unavailable), ..judged }
    }

    /// Decides on a desk, and commits what others decide by.
    async fn decide(
        &self,
        desk: &mut Desk,
        matches: &mut [Match],
        handed_out: &[HandOut],
    ) -> Result<(Vec<Decision>, Option<String>), StateError> {
        let context = self.context();
        let mut keys = hearing::baseline_keys(&context, matches);
        let mut asks = !self.memory.has_all(&keys);
        if asks {
            keys.extend(hearing::claim_keys(&context, matches));
            let told = matches.iter().filter(|found| !self.policy.rules.is_silent(&found.rule.name));
            keys.extend(self.case_keys(told));
        }
        keys.extend(self.session_keys(matches, handed_out));
        let mut wants_windows = !context.mode.correlates_last();
        let mut turn = None;
        for refused in 0..CONTESTS {
            if turn.is_none() {
                turn = self.memory.turn(refused).await;
            }
            if asks && std::mem::take(&mut wants_windows) {
                // Findings do not wait for these, but one load brings both.
                keys.extend(hearing::window_keys(&context, matches));
            }
            self.memory.fetch(desk, &keys, context.now).await?;
            let lacks = self.find_behind(desk, matches, handed_out).await;
            // A lease begins when it is decided, however long that had to wait.
            let context = self.context();
            let mut decided = hearing::judge(&mut MaybeDesk::Desk(desk), &context, matches);
            let problem = self.join_decided(desk, matches, &mut decided.0, refused).await;
            decided.1 = decided.1.or(problem).or(lacks);
            // A run that publishes alone is in no hurry, and commits once.
            let writes = if context.mode.has_others() { desk.writes_ahead() } else { desk.writes() };
            if writes.is_empty() || self.memory.commit(desk, &writes).await? {
                return Ok(decided);
            }
            // A claim was assumed to be the first; now it is known that something is there.
            keys.extend(writes.into_iter().map(|write| write.key).filter(|key| !desk.has(key)));
            asks = true;
        }
        Err(contested())
    }

    /// Decides what matches add up to that were judged and handed back, in order of time.
    pub async fn correlate(&self, heard: Vec<Match>) -> Judged {
        let pending = Pending { unheard: heard, ..Pending::default() };
        self.record(Judged { pending, ..Judged::default() }, &[]).await
    }

    /// Records that the sink accepted the findings of matches, and all else that could wait until they were out.
    /// Answers with what matches add up to.
    pub async fn record(&self, judged: Judged, accepted: &[&Match]) -> Judged {
        let mut sum = Judged::default();
        if let Err(error) = self.try_record(judged.pending, accepted, &mut sum).await {
            // What went out is recorded if nothing else can be, and what was decided goes out all the same.
            let _ = self.try_record(Pending::default(), accepted, &mut Judged::default()).await;
            for found in &mut sum.ready {
                found.verdict.newness.unavailable = true;
                // Whoever tells it again could not know.
                found.verdict.case = None;
            }
            sum.unavailable = Some(error.0);
        }
        sum
    }

    async fn try_record(
        &self,
        pending: Pending,
        accepted: &[&Match],
        sum: &mut Judged,
    ) -> Result<(), StateError> {
        let Pending { mut desk, taught, handed_out, unheard } = pending;
        let rules = &self.policy.rules;
        let unheard: Vec<(Match, Ways<'_>)> = unheard
            .into_iter()
            .map(|found| {
                let ways = Ways::of(rules, &found);
                (found, ways)
            })
            .collect();
        let ways: Vec<&Ways<'_>> = unheard.iter().map(|(_, ways)| ways).collect();
        let noting = if self.memory.mode().tells_news() { unheard.as_slice() } else { &[] };
        let mut beside: Vec<Key> = noting.iter().flat_map(|(found, _)| alarm::keys(rules, found)).collect();
        let windows = ways.iter().flat_map(|ways| ways.keys()).filter(|key| !desk.has(key));
        if !self.memory.has_all(&windows.cloned().collect::<Vec<Key>>()) {
            // Where there is something to load, one load brings what an alert may be of too.
            beside.extend(self.case_keys(unheard.iter().map(|(found, _)| found)));
        }
        let mut turn = None;
        for refused in 0..CONTESTS {
            self.memory.fetch_windows(&mut desk, &ways, &beside, self.clock.now()).await?;
            let context = self.context();
            mark(&mut desk, &context, accepted);
            *sum = hearing::correlate(&mut desk, &context, &unheard);
            let problem = self.join_ready(&mut desk, &mut sum.ready, refused).await;
            sum.unavailable = sum.unavailable.take().or(problem);
            let writes = desk.writes();
            if writes.is_empty() || self.memory.commit(&mut desk, &writes).await? {
                sum.pending.desk = desk;
                return Ok(());
            }
            if turn.is_none() {
                turn = self.memory.turn(refused + 1).await;
            }
            let mut keys: Vec<Key> = writes.into_iter().map(|write| write.key).collect();
            keys.extend(ways.iter().flat_map(|ways| ways.keys()).cloned());
            self.memory.fetch(&mut desk, &keys, self.clock.now()).await?;
            hearing::teach(&mut desk, &context, &taught);
            // What cannot be noted costs later findings an origin.
            let _ = self.note(&mut desk, &handed_out);
        }
        Err(contested())
    }
}

/// Marks the findings of matches as published.
fn mark(desk: &mut Desk, context: &Grounds<'_>, accepted: &[&Match]) {
    for found in accepted {
        let told = Told::of(found);
        context.mode.note(found.uid(), told);
        if context.mode.has_others() {
            let case = found.verdict.case.clone();
            claims::publish(desk, &claims::key(found), context.now, told, case);
        }
        correlate::published(desk, &context.policy.rules, found, context.now);
    }
}
