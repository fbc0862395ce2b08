//! What the record alone decides about a rule that matched: the outcome policy (attempts) and the rule's adjustments.

#[cfg(test)]
mod tests;

use crate::event::{Event, OutcomeKind};
use crate::matched::{Adjustment, Level};
use crate::rules::{Detection, LevelChange};

/// What a record says about a rule that matched it.
#[derive(Debug)]
pub enum Verdict {
    /// Nothing to tell: throttled, interrupted, or failed where the rule counts only success.
    NoMatch,
    /// An operation has only begun; other records will say how it went.
    Pending,
    /// A match.
    Match(Tuned),
}

/// A match's level and what made it.
#[derive(Debug)]
pub struct Tuned {
    /// Denied or failed.
    pub attempt: bool,
    /// The level.
    pub level: Level,
    /// What moved it.
    pub adjustments: Vec<Adjustment>,
    /// Labels.
    pub labels: Vec<String>,
    /// Further techniques.
    pub extra_techniques: Vec<String>,
    /// The rule's baselines that are asked about it, by position.
    pub asks: Vec<usize>,
}

/// Applies the outcome policy and the rule's adjustments.
pub fn tune(event: &Event<'_>, detection: &Detection) -> Verdict {
    let outcome = event.facts().outcome.kind;
    let attempt = match outcome {
        OutcomeKind::Success | OutcomeKind::Accepted => false,
        OutcomeKind::Pending => return Verdict::Pending,
        OutcomeKind::Throttled | OutcomeKind::Interrupted => return Verdict::NoMatch,
        OutcomeKind::Denied | OutcomeKind::Failed | OutcomeKind::DryRun => {
            if !detection.extension.attempt {
                return Verdict::NoMatch;
            }
            true
        }
    };
    let mut tuned = Tuned {
        attempt,
        level: detection.info.level,
        adjustments: Vec::new(),
        labels: Vec::new(),
        extra_techniques: Vec::new(),
        asks: Vec::new(),
    };
    let baselines = detection.extension.baselines.iter().enumerate();
    tuned.asks.extend(baselines.filter(|(_, baseline)| baseline.asks(event)).map(|(at, _)| at));
    for adjust in &detection.extension.adjust {
        let holds = adjust.when.as_ref().is_none_or(|when| when.matches(event))
            && !adjust.unless.as_ref().is_some_and(|unless| unless.matches(event));
        if !holds {
            continue;
        }
        if let Some(change) = adjust.level {
            tuned.change(change, &adjust.because);
        }
        tuned.labels.extend(adjust.tags.iter().cloned());
        tuned.extra_techniques.extend(adjust.technique.clone());
    }
    if attempt {
        tuned.change(LevelChange::By(-1), &format!("the call was {}", outcome.past()));
    }
    if outcome == OutcomeKind::DryRun {
        tuned.change(LevelChange::To(Level::Informational), "only a dry run");
    }
    Verdict::Match(tuned)
}

impl Tuned {
    fn change(&mut self, change: LevelChange, because: &str) {
        let to = change.apply(self.level);
        if to != self.level {
            self.adjustments.push(Adjustment { from: self.level, to, because: because.to_owned() });
            self.level = to;
        }
    }
}

impl OutcomeKind {
    fn past(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            _ => "not successful",
        }
    }
}
