//! What the record alone decides about a rule that matched: the outcome policy (attempts) and the rule's adjustments.

#[cfg(test)]
mod tests;

use crate::event::{Event, OutcomeKind, Unsaid};
use crate::matched::{Level, Verdict};
use crate::rules::Detection;

/// What a record says about a rule that matched it.
#[derive(Debug)]
pub enum Tuned {
    /// Nothing to tell: throttled, interrupted, or failed where the rule counts only success.
    NoMatch,
    /// An operation has only begun; other records will say how it went.
    Pending,
    /// A match.
    Match {
        /// Its level and what made it.
        verdict: Box<Verdict>,
        /// The rule's baselines that are asked about it, by position.
        baselines: Vec<usize>,
        /// Of what the rule takes for a habit, what is asked about it, by position.
        known: Vec<usize>,
    },
}

/// Applies the outcome policy and the rule's adjustments.
pub fn tune(event: &Event<'_>, detection: &Detection) -> Tuned {
    let outcome = event.facts().outcome.kind;
    let attempt = match outcome {
        // A rule that counts only success does not take it for one.
        OutcomeKind::Unknown if detection.extension.attempt == Some(false) => return Tuned::NoMatch,
        OutcomeKind::Success | OutcomeKind::Accepted | OutcomeKind::Unknown => false,
        _ if asks_how_it_ended(event, detection) => false,
        OutcomeKind::Pending => return Tuned::Pending,
        OutcomeKind::Throttled | OutcomeKind::Interrupted => return Tuned::NoMatch,
        OutcomeKind::Denied | OutcomeKind::Failed | OutcomeKind::Cancelled | OutcomeKind::DryRun => {
            if detection.extension.attempt == Some(false) {
                return Tuned::NoMatch;
            }
            true
        }
    };
    let mut verdict = Verdict { attempt, ..Verdict::at(detection.info.level) };
    let baselines = detection.extension.baselines.iter().enumerate();
    let baselines = baselines.filter(|(_, baseline)| baseline.asks(event)).map(|(at, _)| at).collect();
    let known = detection.extension.known.iter().enumerate();
    let known = known.filter(|(_, known)| known.asks(event)).map(|(at, _)| at).collect();
    for adjust in &detection.extension.adjust {
        let holds = adjust.holds(event);
        if !holds {
            continue;
        }
        if let Some(change) = adjust.level {
            verdict.move_to(change.apply(verdict.level), adjust.because.as_str());
        }
        verdict.labels.extend(adjust.tags.iter().cloned());
        verdict.extra_techniques.extend(adjust.technique.clone());
        verdict.title = adjust.title.clone().or(verdict.title);
        verdict.sentence = adjust.sentence.clone().or(verdict.sentence);
        verdict.check = adjust.check.clone().or(verdict.check);
    }
    if attempt {
        verdict.move_to(verdict.level.step(-1), format!("the call was {}", outcome.past()));
    }
    if attempt && outcome == OutcomeKind::DryRun {
        verdict.move_to(Level::Informational, "only a dry run");
    }
    Tuned::Match { verdict: Box::new(verdict), baselines, known }
}

/// Does the rule match only because of how the call ended? Then that is what it is for, and it is taken as written,
/// unless it says itself that these are attempts.
fn asks_how_it_ended(event: &Event<'_>, detection: &Detection) -> bool {
    detection.extension.attempt != Some(true) && !detection.compiled.matches(&Unsaid(event))
}

impl OutcomeKind {
    fn past(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Cancelled => "cancelled",
            _ => "not successful",
        }
    }
}
