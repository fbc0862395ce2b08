//! The last word on a match, once memory has said what is new.

use jiff::Timestamp;

use super::score::score;
use super::suppress::{Action, Suppressions};
use crate::matched::{Adjustment, AppliedSuppression, Level, Match};

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
