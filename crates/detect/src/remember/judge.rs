//! What becomes of matches, decided on the desk alone: newness, then suppressions, then claims, then correlations.

use std::collections::{HashSet, VecDeque};

use jiff::Timestamp;

use super::claims::{self, Claims, Standing};
use super::desk::Desk;
use super::{Judging, correlate, learning, newness};
use crate::matched::{Level, Match};
use crate::state::{Key, StateError};
use crate::tune::settle;

/// What decisions are made with.
pub(super) struct Context<'a> {
    pub(super) judging: Judging<'a>,
    pub(super) baselines: bool,
    pub(super) claims: &'a Claims,
}

/// Where decisions are made: on a desk, or on none because the store cannot be asked.
pub(super) enum Table<'d> {
    Desk(&'d mut Desk),
    Gone,
}

/// What is to become of matches.
#[derive(Default)]
pub struct Judged {
    /// To be published, in order.
    pub ready: Vec<Match>,
    /// What kept each of the others back: suppressions and the least level.
    pub suppressed: Vec<String>,
    /// Published before, or twice in the same hand.
    pub duplicates: u64,
    /// Another process is publishing them, as they were handed over.
    pub held: Vec<Match>,
    /// Until when at the latest.
    pub held_until: Option<Timestamp>,
    /// How many matches there were, those of correlations included.
    pub matches: u64,
    /// The store could not be asked, with its words.
    pub unavailable: Option<String>,
    /// What correlations are to hear of, where they are fed later.
    pub heard: Vec<Match>,
    /// What is left to do once findings are out.
    pub(super) pending: Pending,
}

impl Judged {
    /// Is there nothing to publish and nothing to record?
    pub fn is_done(&self) -> bool {
        self.ready.is_empty() && self.pending.matches.is_empty()
    }
}

/// What a decision leaves to be recorded.
#[derive(Default)]
pub(super) struct Pending {
    /// What was decided on.
    pub(super) desk: Desk,
    /// All matches, as they were handed over.
    pub(super) matches: Vec<Match>,
    /// Those that correlations have yet to hear of.
    pub(super) unheard: Vec<Match>,
}

/// Where it is kept what was seen before matches.
pub(super) fn baseline_keys(context: &Context<'_>, matches: &[Match]) -> Vec<Key> {
    let rules = &context.judging.policy.rules;
    let matches = if context.baselines { matches } else { &[] };
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
    let rules = &context.judging.policy.rules;
    matches.iter().flat_map(|found| correlate::keys(rules, found)).collect()
}

/// Where claims on the findings of matches are kept. Not worth a request of their own: most findings are new, and a
/// claim that is in the way says so.
pub(super) fn claim_keys<'m>(context: &Context<'_>, matches: &'m [Match]) -> impl Iterator<Item = Key> + 'm {
    let matches = if context.claims.are_shared() { matches } else { &[] };
    matches.iter().map(|found| claims::key(found))
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
        let rules = &self.context.judging.policy.rules;
        let silent = rules.is_silent(&found.rule.name);
        if !self.seen.insert(found.uid().to_owned()) {
            self.judged.matches += u64::from(!silent);
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
        self.judged.matches += 1;
        match kept_back {
            Some(by) => self.judged.suppressed.push(by),
            None => self.claim(table, found, handed),
        }
        heard
    }

    /// Judges what is new about a match and notes what it teaches; answers with what keeps it back.
    fn learn(&mut self, table: &mut Table<'_>, found: &mut Match) -> Option<String> {
        let rules = &self.context.judging.policy.rules;
        let mut sights = Vec::new();
        if let (Table::Desk(desk), Some(detection)) = (&*table, rules.named(&found.rule.name))
            && self.context.baselines
        {
            match newness::weigh(desk, self.context, detection, found) {
                Ok(judged) => sights = judged,
                Err(error) => self.cannot_ask(found, error),
            }
        }
        let kept_back = self.settle(found);
        if let Table::Desk(desk) = table {
            let silent = rules.is_silent(&found.rule.name);
            let alerted = !silent && kept_back.is_none() && found.level >= Level::Medium;
            if let Err(error) = newness::record(desk, self.context, found, sights, alerted) {
                self.cannot_ask(found, error);
            }
        }
        kept_back
    }

    fn settle(&self, found: &mut Match) -> Option<String> {
        let Judging { policy, now, .. } = self.context.judging;
        settle(found, &policy.suppressions, policy.min_level, now)
    }

    fn claim(&mut self, table: &mut Table<'_>, mut found: Match, handed: Match) {
        let Judging { claimant, now, .. } = self.context.judging;
        let standing = match table {
            _ if self.context.claims.published(found.uid()) => Standing::Published,
            Table::Gone => {
                found.newness.unavailable = true;
                Standing::Won
            }
            Table::Desk(_) if !self.context.claims.are_shared() => Standing::Won,
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
        let judging = self.context.judging;
        let rules = &judging.policy.rules;
        fed.sort_by_cached_key(|found| (found.facts.time, found.facts.identity()));
        let mut queue: VecDeque<Match> = fed.into();
        while let Some(found) = queue.pop_front() {
            let completed = match correlate::feed(desk, judging, &found) {
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
                    correlate::published(desk, judging, &alert);
                    continue;
                }
                self.judged.matches += 1;
                let handed = alert.clone();
                if let Some(by) = self.settle(&mut alert) {
                    correlate::published(desk, judging, &alert);
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
