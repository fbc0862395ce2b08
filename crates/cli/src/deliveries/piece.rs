//! What comes out of an input, a piece at a time.

use std::collections::HashMap;

use trailhound_detect::event::Caller;
use trailhound_detect::matched::Match;
use trailhound_detect::ports::Reject;
use trailhound_detect::tally::Tally;
use trailhound_sigma::Explanation;

/// Why a rule matched, by record and rule.
pub(crate) type Explanations = HashMap<(String, String), Explanation>;

/// What an input gives, a piece at a time.
pub(crate) enum Piece {
    Found {
        matches: Vec<Match>,
        rejects: Vec<Reject>,
        callers: Vec<(String, Caller)>,
        explanations: Explanations,
    },
    Unreadable(String),
    End(Tally),
}
