//! The risk score: a base by level, and every modifier that acted, so that an analyst sees why it is 73.
//!
//! What lowers the level (a service that makes the call, a suppression) lowers the base with it and is not counted again;
//! what the caller writes, such as a user agent, takes nothing off.

use crate::facts::{ActorKind, Facts, OutcomeKind};
use crate::matched::{Level, Score, ScorePart, Verdict};

/// Modifiers together move the score no further than this.
const MOST: i32 = 40;

/// Scores a match by what is known when it is settled.
pub fn score(facts: &Facts, verdict: &Verdict) -> Score {
    let level = success_level(facts, verdict);
    let base = match level {
        Level::Informational => 5,
        Level::Low => 20,
        Level::Medium => 45,
        Level::High => 70,
        Level::Critical => 88,
    };
    let mut parts = Vec::new();
    let mut add = |points: i32, because: &str| parts.push(ScorePart { because: because.to_owned(), points });

    for first in &verdict.newness.first {
        match first.as_str() {
            "actor-action" => add(15, "new: actor and action"),
            "network" => add(15, "new: network"),
            "country" => add(20, "new: country"),
            "target" => add(10, "new: target"),
            "client" => add(10, "new: client"),
            "region" => add(10, "new: region"),
            _ => {}
        }
    }
    if facts.target.wildcard || facts.target.count >= 10 {
        add(15, "many targets");
    } else if facts.target.count >= 5 {
        add(10, "several targets");
    }
    // A session's name may be anybody's, so what it says counts neither way.
    let is_known = facts.actor.claimed.as_deref().is_none_or(|claimed| claimed == facts.actor.key);
    if facts.actor.is_human && is_known && facts.actor.mfa == Some(false) {
        add(10, "a person without MFA");
    }
    if facts.actor.kind == ActorKind::Root {
        add(20, "the root user");
    }
    if facts.target.ids.iter().any(|id| id.starts_with("mi-") || id.contains("/microsoft.hybridcompute/")) {
        add(5, "a machine outside the cloud");
    }
    if matches!(facts.outcome.kind, OutcomeKind::Denied | OutcomeKind::Failed | OutcomeKind::Cancelled) {
        add(-25, "did not succeed");
    }

    let moved: i32 = parts.iter().map(|part| part.points).sum();
    let value = (base + moved.clamp(-MOST, MOST)).clamp(0, 100);
    parts.insert(0, ScorePart { because: format!("level {level}"), points: base });
    Score { value: u8::try_from(value).unwrap_or(100), parts }
}

/// The level had the call succeeded: failing has a modifier of its own.
fn success_level(facts: &Facts, verdict: &Verdict) -> Level {
    if verdict.attempt && facts.outcome.kind != OutcomeKind::DryRun {
        verdict.level.step(1).max(verdict.level)
    } else {
        verdict.level
    }
}
