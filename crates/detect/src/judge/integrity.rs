//! The same event told to be two different ones.
//!
//! CloudTrail gives every event an id of its own, and all copies of an event say the same. Where one of them says
//! something else, one of the two was not written by CloudTrail: both are told, and that they disagree is an alert.

use std::sync::Arc;

use crate::facts::Deciding;
use crate::matched::{Level, Match, RuleInfo};

/// The rule of such alerts.
const RULE: &str = "trail-integrity";

/// What findings are labelled with that came by a way anybody may write to.
const UNVOUCHED: &str = "unauthenticated";

/// The match as an event of its own, by what it says.
pub(super) fn by_its_content(found: &Match) -> Match {
    found.identified(|facts| facts.content = Some(Deciding::of(facts).word()))
}

/// The match as one that nobody vouches for, so that it stands in no true event's way.
pub(super) fn unvouched(found: &Match) -> Match {
    let content = format!("unvouched/{}", Deciding::of(&found.facts).word());
    let mut found = found.identified(|facts| facts.content = Some(content));
    found.verdict.labels.push(UNVOUCHED.to_owned());
    found
}

/// That it says something else than what is known under its id: one alert for each thing that is said, whatever rules
/// say of it.
pub(super) fn alert(found: &Match) -> Match {
    let event = by_its_content(found);
    let mut alert = Match::of(Arc::new(rule()), event.facts, event.from);
    alert.excerpt = event.excerpt;
    alert
}

fn rule() -> RuleInfo {
    RuleInfo {
        name: RULE.to_owned(),
        id: "5b0c6ac1-6f57-4b0e-9a52-6b1c0a3d7e91".to_owned(),
        title: "Two records of CloudTrail under one event id".to_owned(),
        description: "Two records with the same eventID say different things. CloudTrail never writes that: one of them \
                      was made or changed by somebody who can write where records are read."
            .to_owned(),
        why: "Whoever forges a record under the id of a true one wants the true one taken for known.".to_owned(),
        check: "Compare both records with the trail itself (LookupEvents, or the digest files of log file validation), \
                and find out who may write to the bucket or the bus that the other one came by."
            .to_owned(),
        status: "stable".to_owned(),
        version: "1".to_owned(),
        level: Level::High,
        techniques: vec!["T1562.008".to_owned()],
        tactics: vec!["defense-evasion".to_owned()],
        family: RULE.to_owned(),
        sentence: "two records under one event id say different things; the second says that {actor} called {action} \
                   on {target}"
            .to_owned(),
        ..RuleInfo::default()
    }
}
