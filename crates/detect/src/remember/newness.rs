//! What is new about a match, and what that does to its level.

use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::learning::{self, LearningClock, Still};
use super::moment::later;
use super::seen::{Seen, Sighting};
use crate::digest;
use crate::event::Facts;
use crate::matched::{Learning, Level, Match, Verdict};
use crate::rules::{Baseline, Detection, FirstFact};
use crate::state::{ItemKind, Key, StateError};

/// A call on more machines than this is on a fleet, and none of them is looked at alone.
const MOST_TARGETS: usize = 5;
/// Most characters of a combination that are kept for people; what is compared is its digest.
const MOST_CHARACTERS: usize = 512;
/// How long a combination is kept after its look-back.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(60 * 24);

/// A combination of facts that a match brings.
pub(crate) struct Combination<'r> {
    pub(crate) key: Key,
    pub(crate) what: String,
    pub(crate) baseline: &'r Baseline,
}

/// A combination as it was judged, to be recorded once the level is final.
pub(crate) struct Sight<'r> {
    combination: Combination<'r>,
    sighting: Sighting,
    learning: bool,
}

/// Every combination whose newness matters to a match.
pub(crate) fn combinations<'r>(found: &Match, detection: &'r Detection) -> Vec<Combination<'r>> {
    let mut all = Vec::new();
    for baseline in found.asked.baselines.iter().filter_map(|&at| detection.extension.baselines.get(at)) {
        let lists: Vec<Vec<String>> =
            baseline.first.iter().map(|fact| values(*fact, &found.facts, &found.rule.family)).collect();
        // A fact that the record does not tell is neither new nor known.
        let mut rows: Vec<Vec<&str>> = vec![Vec::new()];
        for list in &lists {
            rows = rows
                .iter()
                .flat_map(|row| list.iter().map(move |value| [row.as_slice(), &[value.as_str()]].concat()))
                .collect();
        }
        for row in rows {
            let within = baseline.within.as_secs().to_string();
            let words: Vec<&str> = baseline.first.iter().map(|fact| fact.as_str()).collect();
            let words = words.join("-");
            let parts: Vec<&str> = ["seen", &words, &within].into_iter().chain(row.iter().copied()).collect();
            let scope = found.facts.scope.account.clone();
            let key = Key { kind: ItemKind::Seen, scope, name: digest::of_parts(&parts) };
            all.push(Combination { key, what: told(&words, &row), baseline });
        }
    }
    all
}

/// A combination for people, who need no more of it than fits on their screen.
fn told(words: &str, row: &[&str]) -> String {
    let text = format!("{words}: {}", row.join(" | "));
    text.chars().take(MOST_CHARACTERS).collect()
}

/// Judges what is new, and moves the level accordingly.
pub(crate) fn weigh<'r>(
    desk: &Desk,
    now: Timestamp,
    detection: &'r Detection,
    found: &Match,
    verdict: &mut Verdict,
) -> Result<Vec<Sight<'r>>, StateError> {
    let at = found.facts.time.unwrap_or(now);
    let event = event_of(&found.facts);
    let clock: Option<&LearningClock> = desk.read(&learning::key(&found.facts.scope.account))?;
    let clock = clock.cloned();
    let clock = clock.unwrap_or_else(|| LearningClock::since(&found.facts.scope.account, at));
    let mut sights = Vec::new();
    for combination in combinations(found, detection) {
        let baseline = combination.baseline;
        let seen: Option<&Seen> = desk.read(&combination.key)?;
        let sighting = seen.map_or(Sighting::First, |seen| seen.judge(&event, at, baseline.within));
        let learning = clock.is_learning(at, baseline.learning, baseline.enough);
        let within = baseline.within.min(clock.watched(at));
        note(verdict, &word(&baseline.first), sighting, (baseline, within), learning);
        sights.push(Sight { combination, sighting, learning: learning.is_some() });
    }
    if detection.extension.require_first && !sights.is_empty() && !verdict.attempt {
        only_if_new(verdict);
    }
    Ok(sights)
}

/// Enters one judgement in the verdict, with how far back it looked.
fn note(
    verdict: &mut Verdict,
    word: &str,
    sighting: Sighting,
    (baseline, within): (&Baseline, SignedDuration),
    learning: Option<Still>,
) {
    let raised = baseline.level.map_or(verdict.level, |level| verdict.level.max(level));
    match (sighting, learning) {
        (Sighting::First, Some(still)) if !verdict.attempt => {
            let learning = verdict.newness.learning.get_or_insert_with(|| Learning {
                first: Vec::new(),
                until: None,
                level: raised,
            });
            learning.until = learning.until.max(still.until);
            learning.level = learning.level.max(raised);
            add(&mut learning.first, word);
        }
        (Sighting::First, Some(_)) => {}
        (Sighting::First, None) => {
            // A call may be on several machines of which one is new.
            verdict.newness.last_seen.retain(|(known, _)| known != word);
            add(&mut verdict.newness.first, word);
            let shortest = &mut verdict.newness.within;
            *shortest = Some(shortest.map_or(within, |shortest| shortest.min(within)));
            if raised > verdict.level && !verdict.attempt {
                let before = match within.as_hours() / 24 {
                    ..1 => "not seen before".to_owned(),
                    1 => "not seen in a day".to_owned(),
                    days => format!("not seen in {days} days"),
                };
                let because = format!("{before}: {}", word.replace('-', " and "));
                verdict.move_to(raised, because);
            }
        }
        (Sighting::Recent(since), _) => verdict.newness.recent.push((word.to_owned(), since)),
        (Sighting::Known(last), _) => {
            let newness = &mut verdict.newness;
            if !newness.first.iter().any(|first| first == word)
                && !newness.last_seen.iter().any(|(known, _)| known == word)
            {
                newness.last_seen.push((word.to_owned(), last));
            }
        }
    }
}

/// Lowers to context what nothing is new about.
fn only_if_new(verdict: &mut Verdict) {
    let newness = &mut verdict.newness;
    if !newness.first.is_empty() || !newness.recent.is_empty() || verdict.level == Level::Informational {
        return;
    }
    let because = match &mut newness.learning {
        Some(learning) => {
            learning.level = learning.level.max(verdict.level);
            "nothing is news while the account is being learned"
        }
        None => "nothing about it is new",
    };
    verdict.move_to(Level::Informational, because);
}

/// Records what was judged, once it is known whether the match became an alert. Attempts never enter.
pub(crate) fn record(
    desk: &mut Desk,
    now: Timestamp,
    found: &Match,
    sights: Vec<Sight<'_>>,
    alerted: bool,
) -> Result<(), StateError> {
    if found.verdict.attempt || sights.is_empty() {
        return Ok(());
    }
    let at = found.facts.time.unwrap_or(now);
    let event = event_of(&found.facts);
    let scope = &found.facts.scope.account;
    let key = learning::key(scope);
    // Decided again, an event is not counted again.
    if !desk.is_settled(&key) {
        let known: Option<&LearningClock> = desk.read(&key)?;
        let mut clock = known.cloned().unwrap_or_else(|| LearningClock::since(scope, at));
        clock.add(at, 1);
        desk.write(&key, clock, Timestamp::MAX);
    }
    for Sight { combination: Combination { key, what, baseline }, sighting, learning } in sights {
        let mut seen: Seen = desk.read(&key)?.cloned().unwrap_or_default();
        seen.what = what;
        let guard = if alerted && !learning { baseline.guard } else { SignedDuration::ZERO };
        let expires_at = expiry(at, now, baseline.within);
        if sighting == Sighting::First {
            seen.add(&event, at, Some(guard));
            desk.write_ahead(&key, seen, expires_at);
        } else {
            seen.add(&event, at, None);
            desk.write(&key, seen, expires_at);
        }
    }
    Ok(())
}

pub(crate) fn expiry(at: Timestamp, now: Timestamp, within: SignedDuration) -> Timestamp {
    later(later(at.max(now), within), AFTERWARDS)
}

/// What tells events apart, whatever rule matched them.
pub(crate) fn event_of(facts: &Facts) -> String {
    let mut digest = digest::of_parts(&[facts.provider.as_str(), &facts.scope.account, &facts.identity()]);
    digest.truncate(32);
    digest
}

fn add(words: &mut Vec<String>, word: &str) {
    if !words.iter().any(|known| known == word) {
        words.push(word.to_owned());
    }
}

/// One word for a combination, as findings and suppressions have it.
fn word(facts: &[FirstFact]) -> String {
    match facts {
        [FirstFact::Actor, FirstFact::Action] => "actor-action".to_owned(),
        [FirstFact::Actor, FirstFact::Action, FirstFact::Target] => "target".to_owned(),
        [FirstFact::Actor | FirstFact::Action, only] => only.as_str().to_owned(),
        all => all.iter().map(|fact| fact.as_str()).collect::<Vec<_>>().join("-"),
    }
}

/// The values of a fact; none where the record does not tell.
fn values(fact: FirstFact, facts: &Facts, family: &str) -> Vec<String> {
    let some = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    let maybe = |text: Option<String>| text.into_iter().filter(|text| !text.is_empty()).collect();
    match fact {
        FirstFact::Actor => some(&facts.actor.key),
        FirstFact::Action => some(family),
        FirstFact::Operation => some(&facts.action.key),
        FirstFact::Target if facts.target.wildcard || facts.target.ids.len() > MOST_TARGETS => {
            let mut selectors = facts.target.selectors.clone();
            selectors.sort_unstable();
            vec![format!("a fleet: {}", selectors.join(", "))]
        }
        FirstFact::Target => facts.target.ids.to_vec(),
        FirstFact::Network => maybe(facts.source.network()),
        FirstFact::Client => maybe(facts.source.client()),
        FirstFact::Region => maybe(facts.scope.region.clone()),
        FirstFact::Country => maybe(facts.source.country.clone()),
        FirstFact::App => maybe(facts.entra.as_ref().and_then(|entra| entra.app_id.clone())),
        FirstFact::Document => {
            let owner = facts.document_account.as_deref().unwrap_or_default();
            maybe(facts.document.as_ref().map(|document| format!("{owner}/{document}")))
        }
        FirstFact::Account => some(&facts.scope.account),
    }
}
