//! What is new about a match, and what that does to its level.

use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::learning::{self, LearningClock, Still};
use super::moment::later;
use super::routine;
use super::seen::{Seen, Sighting};
use super::window::LATENESS;
use crate::digest;
use crate::event::Facts;
use crate::matched::{Learning, Level, Match, Routine, Verdict};
use crate::rules::{Baseline, Detection, FirstFact, KnownLowers};
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
    /// What is kept beside it, each as a habit goes by.
    habits: Vec<String>,
}

/// Every combination whose newness matters to a match.
pub(crate) fn combinations<'r>(found: &Match, detection: &'r Detection) -> Vec<Combination<'r>> {
    let mut all = Vec::new();
    for baseline in found.asked.baselines.iter().filter_map(|&at| detection.extension.baselines.get(at)) {
        let lists = lists(found, &baseline.first);
        for row in rows(&lists) {
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

/// The values of each fact.
fn lists(found: &Match, facts: &[FirstFact]) -> Vec<Vec<String>> {
    facts.iter().map(|fact| values(*fact, &found.facts, &found.rule.family)).collect()
}

/// Each value of a fact with each of the others; none where the record does not tell one: such is neither new nor known.
fn rows(lists: &[Vec<String>]) -> Vec<Vec<&str>> {
    let mut rows: Vec<Vec<&str>> = vec![Vec::new()];
    for list in lists {
        rows = rows
            .iter()
            .flat_map(|row| list.iter().map(move |value| [row.as_slice(), &[value.as_str()]].concat()))
            .collect();
    }
    rows
}

/// What a match is a case of, should its actor do so on most days.
pub(crate) fn habits(found: &Match, detection: &Detection) -> Vec<String> {
    let asked = found.asked.known.iter().filter_map(|&at| detection.extension.known.get(at));
    let named = |known: &KnownLowers| {
        let words: Vec<&str> = known.known.iter().map(|fact| fact.as_str()).collect();
        // What is shown of it comes first, and whose it is the sight says.
        let facts: Vec<FirstFact> =
            known.known.iter().copied().filter(|fact| *fact != FirstFact::Actor).collect();
        let mut lists = lists(found, &facts);
        let has_operation = facts.contains(&FirstFact::Operation);
        for (fact, list) in facts.iter().zip(&mut lists) {
            // Beside the operation, no document is as good as one: a shell names none.
            if *fact == FirstFact::Document && has_operation && list.is_empty() {
                list.push(String::new());
            }
        }
        rows(&lists).into_iter().map(|row| routine::name(&found.facts, &words, &row)).collect::<Vec<_>>()
    };
    asked.flat_map(named).collect()
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
    let habits = habits(found, detection);
    let mut sights = Vec::new();
    let mut usual = None;
    for combination in combinations(found, detection) {
        let baseline = combination.baseline;
        let seen: Option<&Seen> = desk.read(&combination.key)?;
        let sighting = seen.map_or(Sighting::First, |seen| seen.judge(&event, at, baseline.within));
        let learning = clock.is_learning(at, baseline.learning, baseline.enough);
        let within = baseline.within.min(clock.watched(at));
        note(verdict, &word(&baseline.first), sighting, (baseline, within), learning);
        let habits = if baseline.is_of_action() { habits.clone() } else { Vec::new() };
        if let (Some(seen), false) = (seen, habits.is_empty()) {
            // Of several, all must be usual.
            let judge = |habit: &String| seen.days.judge(habit, &found.facts.actor.key, &clock.alarms, at);
            usual = habits.iter().map(judge).min().flatten();
        }
        sights.push(Sight { combination, sighting, learning: learning.is_some(), habits });
    }
    lower_if_usual(verdict, usual);
    if let Some(most) = detection.extension.require_first.filter(|_| !sights.is_empty() && !verdict.attempt) {
        only_if_new(verdict, most);
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

/// Takes one level off what the actor does on most days, if nothing else about it is new.
fn lower_if_usual(verdict: &mut Verdict, usual: Option<Routine>) {
    let newness = &verdict.newness;
    let is_news = !newness.first.is_empty() || !newness.recent.is_empty() || newness.learning.is_some();
    let Some(usual) = usual.filter(|_| !is_news && !verdict.attempt) else { return };
    if let Some(lower) = lower(verdict.level) {
        verdict.newness.routine = Some(usual);
        verdict.move_to(lower, usual.to_string());
    }
}

/// The level of a habit; what is critical stays so.
pub(crate) fn lower(level: Level) -> Option<Level> {
    (Level::Low..Level::Critical).contains(&level).then(|| level.step(-1))
}

/// Lowers what nothing is new about.
fn only_if_new(verdict: &mut Verdict, most: Level) {
    let newness = &mut verdict.newness;
    if !newness.first.is_empty() || !newness.recent.is_empty() || verdict.level <= most {
        return;
    }
    let because = match &mut newness.learning {
        Some(learning) => {
            learning.level = learning.level.max(verdict.level);
            "nothing is news while the account is being learned"
        }
        None => "nothing about it is new",
    };
    verdict.move_to(most, because);
}

/// Is it replayed, and was over before anything that is merely late? It is told beside what is usual now, and makes nothing
/// usual: neither when it was seen nor since when its account is watched goes back to it.
pub(crate) fn is_history(found: &Match, now: Timestamp) -> bool {
    let late = SignedDuration::from_millis(LATENESS);
    found.from.replayed && found.facts.time.is_some_and(|at| now.duration_since(at) > late)
}

/// Records what was judged, once it is known whether the match became an alert. Attempts never enter.
pub(crate) fn record(
    desk: &mut Desk,
    now: Timestamp,
    found: &Match,
    sights: Vec<Sight<'_>>,
    alerted: bool,
) -> Result<(), StateError> {
    if found.verdict.attempt || sights.is_empty() || is_history(found, now) {
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
    for Sight { combination: Combination { key, what, baseline }, sighting, learning, habits } in sights {
        let mut seen: Seen = desk.read(&key)?.cloned().unwrap_or_default();
        seen.what = what;
        for habit in &habits {
            seen.days.add(habit, at.min(now));
        }
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
        FirstFact::Kind => kind(facts).into_iter().collect(),
        FirstFact::Remote => maybe(facts.tunnel.as_ref().map(|tunnel| {
            let part = |part: &Option<String>| part.clone().unwrap_or_default();
            format!("{}:{}", part(&tunnel.host), part(&tunnel.port))
        })),
    }
}

/// The kind of a target: of one or a few machines what they are, of a fleet by what it was chosen or how large it is about.
fn kind(facts: &Facts) -> Option<String> {
    let target = &facts.target;
    let count = target.ids.len().max(usize::try_from(target.count).unwrap_or(usize::MAX));
    let size = match count {
        0..=MOST_TARGETS => "",
        6..=50 => ", up to 50",
        51..=500 => ", up to 500",
        _ => ", more than 500",
    };
    let is_hybrid = target.ids.iter().any(|id| id.starts_with("mi-"));
    let place = if is_hybrid { "hybrid " } else { "" };
    let kind = format!("{place}{}{size}", target.kind);
    if target.wildcard {
        let mut selectors = target.selectors.clone();
        selectors.sort_unstable();
        return Some(format!("{kind} by {}", selectors.join(", ")));
    }
    (count > 0 && !target.kind.is_empty()).then_some(kind)
}
