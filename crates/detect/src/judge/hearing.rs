//! Decisions about matches, made on the desk alone: newness, then suppressions, then claims, then correlations.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};

use jiff::Timestamp;

use super::integrity;
use super::judged::{Decision, Fate, Judged, Withheld};
use crate::matched::{Level, Match, Told, Verdict};
use crate::policy::Policy;
use crate::remember::claims::Standing;
use crate::remember::correlate::Ways;
use crate::remember::desk::Desk;
use crate::remember::mode::Mode;
use crate::remember::{alarm, alone, claims, correlate, learning, newness, operations};
use crate::rules::{Feed, RuleSet};
use crate::settle::{LEAST_LEVEL, settle};
use crate::state::{Key, StateError};

/// What decisions are made with.
pub(super) struct Grounds<'a> {
    pub(super) policy: &'a Policy,
    pub(super) mode: &'a Mode,
    pub(super) claimant: &'a str,
    pub(super) now: Timestamp,
}

impl<'a> Grounds<'a> {
    fn rules(&self) -> &'a RuleSet {
        &self.policy.rules
    }
}

/// Where decisions are made: on a desk, or on none because the store cannot be asked.
pub(super) enum MaybeDesk<'d> {
    Desk(&'d mut Desk),
    Gone,
}

/// Where it is kept what was seen before matches, and what their operations are told from others by.
pub(super) fn baseline_keys(context: &Grounds<'_>, matches: &[Match]) -> Vec<Key> {
    let rules = context.rules();
    let mut keys: Vec<Key> = matches.iter().filter_map(|found| operations::key(&found.facts)).collect();
    if context.mode.has_others() {
        keys.extend(matches.iter().filter(|found| found.from.unvouched).map(claims::key));
    }
    let matches = if context.mode.tells_news() { matches } else { &[] };
    for found in matches {
        let Some(detection) = rules.named(&found.rule.name) else { continue };
        let combinations = newness::combinations(found, detection);
        // A finding at high is noted there.
        if !combinations.is_empty() || found.verdict.level >= Level::High {
            keys.push(learning::key(&found.facts.scope.account));
        }
        keys.extend(combinations.into_iter().map(|combination| combination.key));
    }
    keys
}

/// The windows that matches will go into.
pub(super) fn window_keys(context: &Grounds<'_>, matches: &[Match]) -> Vec<Key> {
    let rules = context.rules();
    let mut keys = Vec::new();
    for found in matches {
        let ways = Ways::of(rules, found);
        keys.extend(ways.keys().cloned());
        if context.mode.tells_news() && ways.keys().next().is_some() {
            // What it completes may be noted there.
            keys.push(learning::key(&found.facts.scope.account));
        }
    }
    if !keys.is_empty() {
        keys.push(alone::since());
    }
    keys
}

/// Where claims on the findings of matches are kept. Not worth a request of their own: most findings are new, and a
/// claim that is in the way says so.
pub(super) fn claim_keys<'m>(context: &Grounds<'_>, matches: &'m [Match]) -> impl Iterator<Item = Key> + 'm {
    let matches = if context.mode.has_others() { matches } else { &[] };
    matches.iter().map(claims::key)
}

/// Decisions about matches, in their order, and whether the store could be asked for all of them.
pub(super) fn judge(
    table: &mut MaybeDesk<'_>,
    context: &Grounds<'_>,
    matches: &[Match],
) -> (Vec<Decision>, Option<String>) {
    let mut hearing = Hearing::new(context);
    let decisions = matches.iter().map(|found| hearing.hear(table, found)).collect();
    (decisions, hearing.unavailable)
}

/// Decides what matches add up to, which were judged.
pub(super) fn correlate(desk: &mut Desk, context: &Grounds<'_>, heard: &[(Match, Ways<'_>)]) -> Judged {
    let mut hearing = Hearing::new(context);
    let mut sum = Judged::default();
    hearing.correlate(desk, heard, &mut sum);
    sum.unavailable = hearing.unavailable;
    sum
}

/// Notes once more what matches teach, which were judged.
pub(super) fn teach(desk: &mut Desk, context: &Grounds<'_>, matches: &[Match]) {
    let mut hearing = Hearing::new(context);
    for found in matches {
        if hearing.seen.insert(found.uid().to_owned(), Told::of(found)).is_none() {
            hearing.learn(&mut MaybeDesk::Desk(desk), found, &mut found.verdict.clone());
        }
    }
}

/// Decisions under way.
struct Hearing<'a> {
    context: &'a Grounds<'a>,
    /// What was heard of each finding.
    seen: HashMap<String, Told>,
    /// Findings that go out of this hand.
    out: HashSet<String>,
    /// What the store said when it could not be asked.
    unavailable: Option<String>,
}

/// What a match teaches, and what keeps it back.
struct Lesson {
    kept_back: Option<String>,
    teaches: bool,
    /// The level that it had without a suppression.
    unsuppressed: Level,
}

impl<'a> Hearing<'a> {
    fn new(context: &'a Grounds<'a>) -> Self {
        Self { context, seen: HashMap::new(), out: HashSet::new(), unavailable: None }
    }

    /// Decides one match, once memory has told its event from others.
    fn hear(&mut self, table: &mut MaybeDesk<'_>, found: &Match) -> Decision {
        if found.from.unvouched {
            return self.hear_unvouched(table, found);
        }
        let of_run = self.of_its_operation(table, found);
        let found = of_run.as_ref().unwrap_or(found);
        let itself = self.contradicts(table, found).then(|| integrity::by_its_content(found));
        let beside = itself.as_ref().and_then(|_| self.hear_of_integrity(table, found));
        let found = itself.as_ref().unwrap_or(found);
        let mut decision = self.hear_itself(table, found);
        decision.instead = itself.or(of_run).map(Box::new);
        decision.beside = beside.map(Box::new);
        decision
    }

    /// Decides one that anybody may have written: told under an id of its own, unless the event it names was told and
    /// says the same. It settles nothing for that event, and teaches nobody.
    fn hear_unvouched(&mut self, table: &mut MaybeDesk<'_>, found: &Match) -> Decision {
        let silent = self.context.rules().is_silent(&found.rule.name);
        let told = Told::of(found);
        let published = match table {
            MaybeDesk::Desk(desk) => claims::published(desk, &claims::key(found)).ok().flatten(),
            MaybeDesk::Gone => None,
        };
        let published = published.or_else(|| self.context.mode.published_here(found.uid()));
        let known =
            published.is_some_and(|told_before| told_before.covers(&told) && !told_before.contradicts(&told));
        let itself = integrity::unvouched(found);
        let mut verdict = itself.verdict.clone();
        let fate = if silent {
            Fate::Silent
        } else if known || self.seen.insert(itself.uid().to_owned(), told).is_some() {
            Fate::Duplicate
        } else if let Some(by) = self.settle(&itself, &mut verdict) {
            Fate::Suppressed(by)
        } else {
            self.claim(table, &itself, &mut verdict)
        };
        Decision { instead: Some(Box::new(itself)), ..Decision::of(verdict, fate) }
    }

    /// The match as a record of one of the operations under its correlation id.
    fn of_its_operation(&mut self, table: &mut MaybeDesk<'_>, found: &Match) -> Option<Match> {
        let (MaybeDesk::Desk(desk), Some(key)) = (table, operations::key(&found.facts)) else { return None };
        match operations::run(desk, &key, &found.facts, self.context.now) {
            Ok(run) => (run != found.facts.run).then(|| found.identified(|facts| facts.run = run)),
            Err(error) => {
                self.unavailable = Some(error.0);
                None
            }
        }
    }

    /// Was the same event told to be another?
    fn contradicts(&self, table: &MaybeDesk<'_>, found: &Match) -> bool {
        let of_claim = || match table {
            MaybeDesk::Desk(desk) => claims::told(desk, &claims::key(found)).ok().flatten(),
            MaybeDesk::Gone => None,
        };
        let before = self.seen.get(found.uid()).copied();
        let before = before.or_else(|| self.context.mode.published_here(found.uid())).or_else(of_claim);
        before.is_some_and(|before| before.contradicts(&Told::of(found)))
    }

    fn hear_of_integrity(&mut self, table: &mut MaybeDesk<'_>, found: &Match) -> Option<(Match, Decision)> {
        let alert = integrity::alert(found);
        if self.context.rules().is_silent(&found.rule.name)
            || self.seen.insert(alert.uid().to_owned(), Told::of(&alert)).is_some()
        {
            return None;
        }
        let mut verdict = alert.verdict.clone();
        let fate = match self.settle(&alert, &mut verdict) {
            Some(by) => Fate::Suppressed(by),
            None => self.claim(table, &alert, &mut verdict),
        };
        Some((alert, Decision::of(verdict, fate)))
    }

    fn hear_itself(&mut self, table: &mut MaybeDesk<'_>, found: &Match) -> Decision {
        let rules = self.context.rules();
        let silent = rules.is_silent(&found.rule.name);
        let mut verdict = found.verdict.clone();
        let told = Told::of(found);
        let before = self.seen.get(found.uid()).copied();
        if before.is_some_and(|before| before.covers(&told)) {
            let fate = if silent { Fate::Silent } else { Fate::Duplicate };
            return Decision::of(verdict, fate);
        }
        self.seen.insert(found.uid().to_owned(), told);
        let Lesson { kept_back, teaches, unsuppressed } = self.learn(table, found, &mut verdict);
        let dropped_by = kept_back.as_deref().filter(|by| *by != LEAST_LEVEL);
        let feeds = dropped_by.is_none() && !rules.fed_by(&found.rule.name).is_empty();
        let withheld = self.withheld(found, &verdict, unsuppressed, dropped_by);
        let fate = match kept_back {
            _ if silent => Fate::Silent,
            Some(by) => Fate::Suppressed(by),
            None => self.claim(table, found, &mut verdict),
        };
        // In this hand, what said less of it goes out before it.
        if matches!(fate, Fate::Ready) {
            verdict.update |= !self.out.insert(found.uid().to_owned());
        }
        Decision { feeds, teaches, withheld, ..Decision::of(verdict, fate) }
    }

    /// The match as correlations would have heard of it, and the suppression because of which one of them did not.
    fn withheld(
        &self,
        found: &Match,
        verdict: &Verdict,
        unsuppressed: Level,
        dropped_by: Option<&str>,
    ) -> Option<Box<Withheld>> {
        let by = dropped_by.or_else(|| Some(verdict.suppressions.first()?.id.as_str()))?;
        let misses = |feed: &Feed| {
            let is_heard = dropped_by.is_none() && feed.takes_at(found, verdict.level);
            feed.takes_at(found, unsuppressed) && !is_heard
        };
        if !self.context.rules().fed_by(&found.rule.name).iter().any(misses) {
            return None;
        }
        let mut found = found.without_excerpt().with(verdict.clone());
        found.verdict.level = unsuppressed;
        Some(Box::new(Withheld { by: by.to_owned(), found }))
    }

    /// Judges what is new about a match and notes what it teaches; answers with what keeps it back.
    fn learn(&mut self, table: &mut MaybeDesk<'_>, found: &Match, verdict: &mut Verdict) -> Lesson {
        let rules = self.context.rules();
        let mut sights = Vec::new();
        if let (MaybeDesk::Desk(desk), Some(detection)) = (&*table, rules.named(&found.rule.name))
            && self.context.mode.tells_news()
        {
            match newness::weigh(desk, self.context.now, detection, found, verdict) {
                Ok(judged) => sights = judged,
                Err(error) => self.cannot_ask(verdict, error),
            }
        }
        let teaches = !sights.is_empty();
        let unsuppressed = verdict.level;
        let kept_back = self.settle(found, verdict);
        if let MaybeDesk::Desk(desk) = table {
            let silent = rules.is_silent(&found.rule.name);
            let alerted = !silent && kept_back.is_none() && verdict.level >= Level::Medium;
            let mut noted = Ok(());
            if alerted && self.context.mode.tells_news() {
                let detection = rules.named(&found.rule.name);
                noted = alarm::note(desk, self.context.now, found, detection, verdict);
            }
            let recorded = newness::record(desk, self.context.now, found, sights, alerted);
            if let Err(error) = noted.and(recorded) {
                self.cannot_ask(verdict, error);
            }
        }
        Lesson { kept_back, teaches, unsuppressed }
    }

    fn settle(&self, found: &Match, verdict: &mut Verdict) -> Option<String> {
        let Grounds { policy, now, .. } = *self.context;
        settle(found, verdict, &policy.suppressions, policy.min_level, now)
    }

    /// Who may publish it?
    fn claim(&mut self, table: &mut MaybeDesk<'_>, found: &Match, verdict: &mut Verdict) -> Fate {
        let Grounds { mode, claimant, now, .. } = *self.context;
        let told = Told::of(found);
        let standing = match table {
            _ if let Some(before) = mode.published_here(found.uid()) => {
                if before.covers(&told) {
                    Standing::Published
                } else {
                    Standing::Stronger
                }
            }
            MaybeDesk::Gone => {
                verdict.newness.unavailable = true;
                Standing::Won
            }
            MaybeDesk::Desk(_) if !mode.has_others() => Standing::Won,
            MaybeDesk::Desk(desk) => match claims::claim(desk, &claims::key(found), claimant, now, told) {
                Ok(standing) => standing,
                Err(error) => {
                    self.cannot_ask(verdict, error);
                    Standing::Won
                }
            },
        };
        match standing {
            Standing::Won => Fate::Ready,
            Standing::Stronger => {
                verdict.update = true;
                Fate::Ready
            }
            Standing::Published => Fate::Duplicate,
            Standing::Held(until) => Fate::Held(until),
        }
    }

    /// Feeds correlations in order of time, and those over them with what comes out.
    fn correlate(&mut self, desk: &mut Desk, fed: &[(Match, Ways<'_>)], sum: &mut Judged) {
        let Grounds { now, .. } = *self.context;
        let rules = self.context.rules();
        let mut fed: Vec<&(Match, Ways<'_>)> = fed.iter().collect();
        fed.sort_by_cached_key(|(found, _)| (found.facts.time, found.facts.identity()));
        sum.left_out = fed.iter().map(|(_, ways)| ways.left_out as u64).sum();
        let mut queue: VecDeque<(Cow<'_, Match>, Cow<'_, Ways<'_>>)> =
            fed.into_iter().map(|(found, ways)| (Cow::Borrowed(found), Cow::Borrowed(ways))).collect();
        while let Some((found, ways)) = queue.pop_front() {
            let completed = match correlate::feed(desk, rules, &found, &ways, now) {
                Ok(completed) => completed,
                Err(error) => {
                    self.unavailable = Some(error.0);
                    continue;
                }
            };
            // Before what happened later, so that an alert is told with the event that came last.
            for met in completed.onward.into_iter().rev() {
                let ways = Ways::of(rules, &met);
                queue.push_front((Cow::Owned(met), Cow::Owned(ways)));
            }
            for alert in completed.alerts {
                if self.seen.insert(alert.uid().to_owned(), Told::of(&alert)).is_some() {
                    continue;
                }
                if rules.is_silent(&alert.rule.name) {
                    correlate::published(desk, rules, &alert, now);
                    continue;
                }
                let mut verdict = alert.verdict.clone();
                let fate = if let Some(by) = self.settle(&alert, &mut verdict) {
                    correlate::published(desk, rules, &alert, now);
                    Fate::Suppressed(by)
                } else {
                    let by = (&*found, &alert);
                    self.note_alarm(desk, by, &mut verdict);
                    self.claim(&mut MaybeDesk::Desk(desk), &alert, &mut verdict)
                };
                sum.add(alert, Decision::of(verdict, fate));
            }
        }
    }

    /// An alert of a correlation says the same of its actor's habits as a finding.
    fn note_alarm(&mut self, desk: &mut Desk, (found, alert): (&Match, &Match), verdict: &mut Verdict) {
        let Grounds { mode, now, .. } = *self.context;
        if mode.tells_news()
            && let Err(error) = alarm::note_several(desk, now, self.context.rules(), found, (alert, verdict))
        {
            self.cannot_ask(verdict, error);
        }
    }

    fn cannot_ask(&mut self, verdict: &mut Verdict, error: StateError) {
        verdict.newness.unavailable = true;
        self.unavailable = Some(error.0);
    }
}
