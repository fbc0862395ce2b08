//! Findings at high, as the item of an account keeps them: what their actor does about that time is not taken for usual.

use jiff::Timestamp;
use trailhound_sigma::CorrelationKind;

use super::days::day;
use super::desk::Desk;
use super::learning::{self, LearningClock};
use super::newness::{combinations, habits, is_history};
use super::seen::Seen;
use crate::matched::{Level, Match, Verdict};
use crate::rules::{Correlated, Detection, RuleSet};
use crate::state::{Key, StateError};

/// What must be on the desk where a match may complete something at high.
pub(crate) fn keys(rules: &RuleSet, found: &Match) -> Vec<Key> {
    let mut keys = vec![learning::key(&found.facts.scope.account)];
    if let Some(detection) = rules.named(&found.rule.name) {
        let of_action = combinations(found, detection).into_iter().find(|one| one.baseline.is_of_action());
        keys.extend(of_action.map(|one| one.key));
    }
    keys
}

/// Notes a finding at high.
pub(crate) fn note(
    desk: &mut Desk,
    now: Timestamp,
    found: &Match,
    detection: Option<&Detection>,
    verdict: &Verdict,
) -> Result<(), StateError> {
    let (root, scope) = (&found.facts.actor.key, &found.facts.scope.account);
    if root.is_empty() || verdict.level < Level::High || is_history(found, now) {
        return Ok(());
    }
    let at = found.facts.time.unwrap_or(now);
    let key = learning::key(scope);
    let is_news = !verdict.newness.first.is_empty() || !verdict.newness.recent.is_empty();
    let mut of = Vec::new();
    if let Some(detection) = detection.filter(|_| !is_news) {
        of = habits(found, detection);
        let of_action = combinations(found, detection).into_iter().find(|one| one.baseline.is_of_action());
        if let (false, Some(sight)) = (of.is_empty(), of_action)
            && desk.read::<Seen>(&sight.key)?.is_some_and(|seen| seen.days.are_usual(&of))
        {
            return Ok(());
        }
    }
    // The first event of an account may be one.
    let clock: Option<&LearningClock> = desk.read(&key)?;
    let mut clock = clock.cloned().unwrap_or_else(|| LearningClock::since(scope, at));
    clock.alarms.add(root, &of, day(at), day(now));
    desk.write(&key, clock, Timestamp::MAX);
    Ok(())
}

/// The same of an alert of a correlation, by the match that completed it. What is only counted may be a habit itself, such
/// as a pipeline that goes from machine to machine; a sequence is none.
pub(crate) fn note_several(
    desk: &mut Desk,
    now: Timestamp,
    rules: &RuleSet,
    found: &Match,
    (alert, verdict): (&Match, &Verdict),
) -> Result<(), StateError> {
    let verdict = Verdict { newness: found.verdict.newness.clone(), ..Verdict::at(verdict.level) };
    let counts = |correlated: &Correlated| {
        let kind = correlated.correlation.kind;
        correlated.info.name == alert.rule.name
            && !matches!(kind, CorrelationKind::Temporal | CorrelationKind::TemporalOrdered)
    };
    let is_counted = rules.correlations().iter().any(counts);
    let detection = rules.named(&found.rule.name).filter(|_| is_counted);
    note(desk, now, found, detection, &verdict)
}
