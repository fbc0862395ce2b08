//! Decisions about matches, made on the desk alone: newness, then suppressions, then claims, then correlations.

use std::collections::{HashSet, VecDeque};

use jiff::Timestamp;

use super::judged::Judged;
use crate::matched::{Level, Match};
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

/// Decides what becomes of matches.
pub(super) fn judge(table: &mut Table<'_>, context: &Context<'_>, matches: Vec<Match>) -> Judged {
    let mut hearing = Hearing::new(context);
    hearing.judged.heard = matches.into_iter().filter_map(|found| hearing.hear(table, found)).collect();
    hearing.judged
}

/// Decides what matches add up to, which were judged.
pub(super) fn correlate(desk: &mut Desk, context: &Context<'_>, heard: Vec<Match>) -> Judged {
    let mut hearing = Hearing::new(context);
    hearing.correlate(desk, heard);
    hearing.judged
}

/// Notes once more what matches teach, which were judged.
pub(super) fn teach(desk: &mut Desk, context: &Context<'_>, matches: Vec<Match>) {
    let mut hearing = Hearing::new(context);
    for mut found in matches {
        if hearing.seen.insert(found.uid().to_owned()) {
            hearing.learn(&mut Table::Desk(desk), &mut found);
        }
    }
}

/// Decisions under way.
struct Hearing<'a> {
    context: &'a Context<'a>,
    judged: Judged,
    seen: HashSet<String>,
}

impl<'a> Hearing<'a> {
    fn new(context: &'a Context<'a>) -> Self {
        Self { context, judged: Judged::default(), seen: HashSet::new() }
    }

    /// Decides one match; gives it back if correlations are to hear of it.
    fn hear(&mut self, table: &mut Table<'_>, mut found: Match) -> Option<Match> {
        let rules = self.context.rules();
        let silent = rules.is_silent(&found.rule.name);
        if !self.seen.insert(found.uid().to_owned()) {
            self.judged.duplicates += u64::from(!silent);
            return None;
        }
        let handed = found.clone();
        let kept_back = self.learn(table, &mut found);
        let feeds = kept_back.as_deref().is_none_or(|by| by == "min_level")
            && !rules.fed_by(&found.rule.name).is_empty();
        let heard = feeds.then(|| found.clone());
        if silent {
            return heard;
        }
        match kept_back {
            Some(by) => self.judged.suppressed.push(by),
            None => self.claim(table, found, handed),
        }
        heard
    }

    /// Judges what is new about a match and notes what it teaches; answers with what keeps it back.
    fn learn(&mut self, table: &mut Table<'_>, found: &mut Match) -> Option<String> {
        let rules = self.context.rules();
        let mut sights = Vec::new();
        if let (Table::Desk(desk), Some(detection)) = (&*table, rules.named(&found.rule.name))
            && self.context.mode.tells_news()
        {
            match newness::weigh(desk, self.context.now, detection, found) {
                Ok(judged) => sights = judged,
                Err(error) => self.cannot_ask(found, error),
            }
        }
        let kept_back = self.settle(found);
        if let Table::Desk(desk) = table {
            let silent = rules.is_silent(&found.rule.name);
            let alerted = !silent && kept_back.is_none() && found.level >= Level::Medium;
            if let Err(error) = newness::record(desk, self.context.now, found, sights, alerted) {
                self.cannot_ask(found, error);
            }
        }
        kept_back
    }

    fn settle(&self, found: &mut Match) -> Option<String> {
        let Context { policy, now, .. } = *self.context;
        settle(found, &policy.suppressions, policy.min_level, now)
    }

    fn claim(&mut self, table: &mut Table<'_>, mut found: Match, handed: Match) {
        let Context { mode, claimant, now, .. } = *self.context;
        let standing = match table {
            _ if mode.published_here(found.uid()) => Standing::Published,
            Table::Gone => {
                found.newness.unavailable = true;
                Standing::Won
            }
            Table::Desk(_) if !mode.has_others() => Standing::Won,
            Table::Desk(desk) => match claims::claim(desk, &claims::key(&found), claimant, now) {
                Ok(standing) => standing,
                Err(error) => {
                    self.cannot_ask(&mut found, error);
                    Standing::Won
                }
            },
        };
        match standing {
            Standing::Won => self.judged.ready.push(found),
            Standing::Published => self.judged.duplicates += 1,
            Standing::Held(until) => {
                self.judged.held_until = self.judged.held_until.max(Some(until));
                self.judged.held.push(handed);
            }
        }
    }

    /// Feeds correlations in order of time, and those over them with what comes out.
    fn correlate(&mut self, desk: &mut Desk, mut fed: Vec<Match>) {
        let Context { now, .. } = *self.context;
        let rules = self.context.rules();
        fed.sort_by_cached_key(|found| (found.facts.time, found.facts.identity()));
        let mut queue: VecDeque<Match> = fed.into();
        while let Some(found) = queue.pop_front() {
            let completed = match correlate::feed(desk, rules, &found, now) {
                Ok(completed) => completed,
                Err(error) => {
                    self.judged.unavailable = Some(error.0);
                    continue;
                }
            };
            // Before what happened later, so that an alert is told with the event that came last.
            completed.onward.into_iter().rev().for_each(|met| queue.push_front(met));
            for mut alert in completed.alerts {
                if !self.seen.insert(alert.uid().to_owned()) {
                    continue;
                }
                if rules.is_silent(&alert.rule.name) {
                    correlate::published(desk, rules, &alert, now);
                    continue;
                }
                let handed = alert.clone();
                if let Some(by) = self.settle(&mut alert) {
                    correlate::published(desk, rules, &alert, now);
                    self.judged.suppressed.push(by);
                    continue;
                }
                self.claim(&mut Table::Desk(desk), alert, handed);
            }
        }
    }

    fn cannot_ask(&mut self, found: &mut Match, error: StateError) {
        found.newness.unavailable = true;
        self.judged.unavailable = Some(error.0);
    }
}
