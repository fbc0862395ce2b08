//! The same event told to be two different ones.
//!
//! CloudTrail gives every event an id of its own, and all copies of an event say the same. Where one of them says
//! something else, one of the two was not written by CloudTrail: both are told, and that they disagree is an alert.

use std::sync::Arc;

use crate::facts::Deciding;
use crate::integrity;
use crate::matched::Match;

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
    let mut alert = Match::of(Arc::new(integrity::of_two_records()), event.facts, event.from);
    alert.excerpt = event.excerpt;
    alert
}
