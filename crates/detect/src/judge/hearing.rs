//! Decisions about matches, made on the desk alone: newness, then suppressions, then claims, then correlations.

use std::borrow::Cow;
use std::collections::{HashSet, VecDeque};

use jiff::Timestamp;

use super::judged::{Decision, Fate, Judged};
use crate::matched::{Level, Match, Verdict};
use crate::policy::Policy;
use crate::remember::claims::Standing;
use crate::remember::desk::Desk;
use crate::remember::mode::Mode;
use crate::remember::{claims, correlate, learning, newness};
use crate::rules::RuleSet;
use crate::settle::settle;
use crate::state::{Key, StateError};

/// What decisions are made with.
pub(super) struct Context<'a> {
    pub(super) policy: &'a Policy,
    pub(super) mode: &'a Mode,
    pub(super) claimant: &'a str,
    pub(super) now: Timestamp,
}

impl<'a> Context<'a> {
    fn rules(&self) -> &'a RuleSet {
        &self.policy.rules
    }
}

/// Where decisions are made: on a desk, or on none because the store cannot be asked.
pub(super) enum Table<'d> {
    Desk(&'d mut Desk),
    Gone,
}

/// Where it is kept what was seen before matches.
pub(super) fn baseline_keys(context: &Context<'_>, matches: &[Match]) -> Vec<Key> {
    let rules = context.rules();
    let matches = if context.mode.tells_news() { matches } else { &[] };
    let mut keys = Vec::new();
    for found in matches {
        let Some(detection) = rules.named(&found.rule.name) else { continue };
        let combinations = newness::combinations(found, detection);
        if !combinations.is_empty() {
            keys.push(learning::key(&found.facts.scope.account));
        }
        keys.extend(combinations.into_iter().map(|combination| combination.key));
    }
    keys
}

/// The windows that matches will go into.
pub(super) fn window_keys(context: &Context<'_>, matches: &[Match]) -> Vec<Key> {
    let rules = context.rules();
    matches.iter().flat_map(|found| correlate::keys(rules, found)).collect()
}

/// Where claims on the findings of matches are kept. Not worth a request of their own: most findings are new, and a
/// claim that is in the way says so.
pub(super) fn claim_keys<'m>(context: &Context<'_>, matches: &'m [Match]) -> impl Iterator<Item = Key> + 'm {
    let matches = if context.mode.has_others() { matches } else { &[] };
    matches.iter().map(claims::key)
}

/// Decisions about matches, in their order, and whether the store could be asked for all of them.
pub(super) fn judge(
    table: &mut Table<'_>,
    context: &Context<'_>,
    matches: &[Match],
) -> (Vec<Decision>, Option<String>) {
    let mut hearing = Hearing::new(context);
    let decisions = matches.iter().map(|found| hearing.hear(table, found)).collect();
    (decisions, hearing.unavailable)
}

/// Decides what matches add up to, which were judged.
pub(super) fn correlate(desk: &mut Desk, context: &Context<'_>, heard: &[Match]) -> Judged {
    let mut hearing = Hearing::new(context);
    let mut sum = Judged::default();
    hearing.correlate(desk, heard, &mut sum);
    sum.unavailable = hearing.unavailable;
    sum
}

/// Notes once more what matches teach, which were judged.
pub(super) fn teach(desk: &mut Desk, context: &Context<'_>, matches: &[Match]) {
    let mut hearing = Hearing::new(context);
    for found in matches {
        if hearing.seen.insert(found.uid().to_owned()) {
            hearing.learn(&mut Table::Desk(desk), found, &mut found.verdict.clone());
        }
    }
}

/// Decisions under way.
struct Hearing<'a> {
    context: &'a Context<'a>,
    seen: HashSet<String>,
    /// What the store said when it could not be asked.
    unavailable: Option<String>,
}

/// What a match teaches, and what keeps it back.
struct Lesson {
    kept_back: Option<String>,
    teaches: bool,
}

impl<'a> Hearing<'a> {
    fn new(context: &'a Context<'a>) -> Self {
        Self { context, seen: HashSet::new(), unavailable: None }
    }

    /// Decides one match.
    fn hear(&mut self, table: &mut Table<'_>, found: &Match) -> Decision {
        let rules = self.context.rules();
        let silent = rules.is_silent(&found.rule.name);
        let mut verdict = found.verdict.clone();
        if !self.seen.insert(found.uid().to_owned()) {
            let fate = if silent { Fate::Silent } else { Fate::Duplicate };
            return Decision { verdict, fate, feeds: false, teaches: false };
        }
        let Lesson { kept_back, teaches } = self.learn(table, found, &mut verdict);
        let feeds = kept_back.as_deref().is_none_or(|by| by == "min_level")
            && !rules.fed_by(&found.rule.name).is_empty();
        let fate = match kept_back {
            _ if silent => Fate::Silent,
            Some(by) => Fate::Suppressed(by),
            None => self.claim(table, found, &mut verdict),
        };
        Decision { verdict, fate, feeds, teaches }
    }

    /// Judges what is new about a match and notes what it teaches; answers with what keeps it back.
    fn learn(&mut self, table: &mut Table<'_>, found: &Match, verdict: &mut Verdict) -> Lesson {
        let rules = self.context.rules();
        let mut sights = Vec::new();
        if let (Table::Desk(desk), Some(detection)) = (&*table, rules.named(&found.rule.name))
            && self.context.mode.tells_news()
        {
            match newness::weigh(desk, self.context.now, detection, found, verdict) {
                Ok(judged) => sights = judged,
                Err(error) => self.cannot_ask(verdict, error),
            }
        }
        let teaches = !sights.is_empty();
        let kept_back = self.settle(found, verdict);
        if let Table::Desk(desk) = table {
            let silent = rules.is_silent(&found.rule.name);
            let alerted = !silent && kept_back.is_none() && verdict.level >= Level::Medium;
            if let Err(error) = newness::record(desk, self.context.now, found, sights, alerted) {
                self.cannot_ask(verdict, error);
            }
        }
        Lesson { kept_back, teaches }
    }

    fn settle(&self, found: &Match, verdict: &mut Verdict) -> Option<String> {
        let Context { policy, now, .. } = *self.context;
        settle(found, verdict, &policy.suppressions, policy.min_level, now)
    }

    /// Who may publish it?
    fn claim(&mut self, table: &mut Table<'_>, found: &Match, verdict: &mut Verdict) -> Fate {
        let Context { mode, claimant, now, .. } = *self.context;
        let standing = match table {
            _ if mode.published_here(found.uid()) => Standing::Published,
            Table::Gone => {
                verdict.newness.unavailable = true;
                Standing::Won
            }
            Table::Desk(_) if !mode.has_others() => Standing::Won,
            Table::Desk(desk) => match claims::claim(desk, &claims::key(found), claimant, now) {
                Ok(standing) => standing,
                Err(error) => {
                    self.cannot_ask(verdict, error);
                    Standing::Won
                }
            },
        };
        match standing {
            Standing::Won => Fate::Ready,
            Standing::Published => Fate::Duplicate,
            Standing::Held(until) => Fate::Held(until),
        }
    }

    /// Feeds correlations in order of time, and those over them with what comes out.
    fn correlate(&mut self, desk: &mut Desk, fed: &[Match], sum: &mut Judged) {
        let Context { now, .. } = *self.context;
        let rules = self.context.rules();
        let mut fed: Vec<&Match> = fed.iter().collect();
        fed.sort_by_cached_key(|found| (found.facts.time, found.facts.identity()));
        let mut queue: VecDeque<Cow<'_, Match>> = fed.into_iter().map(Cow::Borrowed).collect();
        while let Some(found) = queue.pop_front() {
            let completed = match correlate::feed(desk, rules, &found, now) {
                Ok(completed) => completed,
                Err(error) => {
                    self.unavailable = Some(error.0);
                    continue;
                }
            };
            // Before what happened later, so that an alert is told with the event that came last.
            completed.onward.into_iter().rev().for_each(|met| queue.push_front(Cow::Owned(met)));
            for alert in completed.alerts {
                if !self.seen.insert(alert.uid().to_owned()) {
                    continue;
                }
                if rules.is_silent(&alert.rule.name) {
                    correlate::published(desk, rules, &alert, now);
                    continue;
                }
                let mut verdict = alert.verdict.clone();
                let fate = match self.settle(&alert, &mut verdict) {
                    Some(by) => {
                        correlate::published(desk, rules, &alert, now);
                        Fate::Suppressed(by)
                    }
                    None => self.claim(&mut Table::Desk(desk), &alert, &mut verdict),
                };
                sum.add(alert, Decision { verdict, fate, feeds: false, teaches: false });
            }
        }
    }

    fn cannot_ask(&mut self, verdict: &mut Verdict, error: StateError) {
        verdict.newness.unavailable = true;
        self.unavailable = Some(error.0);
    }
}
