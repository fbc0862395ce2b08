//! The last word on a match, once memory has said what is new: suppressions, score and the least level.
//!
//! Lowering a level never makes a match vanish; only a suppression or the least level does, and both are counted.

mod load;
mod score;
mod suppress;
#[cfg(test)]
mod tests;
mod window;

use jiff::Timestamp;

use crate::matched::{Adjustment, AppliedSuppression, Level, Match};
pub use score::score;
pub use suppress::{Action, Suppression, Suppressions};

/// Applies suppressions and the least level, and scores what is left. Says what kept the match back, if anything
/// did.
pub fn settle(
    found: &mut Match,
    suppressions: &Suppressions,
    min_level: Level,
    now: Timestamp,
) -> Option<String> {
    let acting = suppressions.acting_on(found, now);
    for suppression in &acting {
        found.suppressions.push(AppliedSuppression {
            id: suppression.id.clone(),
            action: suppression.action.as_str(),
            reason: suppression.reason.clone(),
        });
    }
    if let Some(strongest) = acting.first() {
        match strongest.action_on(found.level) {
            Action::Drop => return Some(strongest.id.clone()),
            Action::Downgrade(to) if to < found.level => {
                let because = format!("suppression {}: {}", strongest.id, strongest.reason);
                found.adjustments.push(Adjustment { from: found.level, to, because });
                found.level = to;
            }
            Action::Downgrade(_) => {}
            Action::Tag => found.labels.extend(strongest.labels()),
        }
    }
    found.score = score(found);
    (found.level < min_level).then(|| "min_level".to_owned())
}
