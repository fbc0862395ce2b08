//! The last word on a match, once memory has said what is new: suppressions, score and the least level.
//!
//! Lowering a level never makes a match vanish; only a suppression or the least level does, and both are counted.

mod load;
mod score;
mod suppress;
#[cfg(test)]
mod tests;
mod together;
mod values;
mod who;
mod window;

use jiff::Timestamp;

use crate::matched::{AppliedSuppression, Level, Match, Verdict};
pub use score::score;
pub use suppress::{Suppression, SuppressionAction, Suppressions};
pub(crate) use values::is_a_class;

/// What keeps a match back that is below the least level.
pub const LEAST_LEVEL: &str = "min_level";

/// Applies suppressions and the least level, and scores what is left. Says what kept the match back, if anything
/// did.
pub fn settle(
    found: &Match,
    verdict: &mut Verdict,
    suppressions: &Suppressions,
    min_level: Level,
    now: Timestamp,
) -> Option<String> {
    let acting = suppressions.acting_on(found, &verdict.newness, now);
    for suppression in &acting {
        verdict.suppressions.push(AppliedSuppression {
            id: suppression.id.clone(),
            action: suppression.action.as_str(),
            reason: suppression.reason.clone(),
        });
    }
    if let Some(strongest) = acting.first() {
        match strongest.action_on(verdict.level) {
            SuppressionAction::Drop => return Some(strongest.id.clone()),
            SuppressionAction::Downgrade(to) if to < verdict.level => {
                verdict.move_to(to, format!("suppression {}: {}", strongest.id, strongest.reason));
            }
            SuppressionAction::Downgrade(_) => {}
            SuppressionAction::Tag => verdict.labels.extend(strongest.labels()),
        }
    }
    verdict.score = score(&found.facts, verdict);
    (verdict.level < min_level).then(|| LEAST_LEVEL.to_owned())
}
