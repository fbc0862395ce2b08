//! What was decided about matches, and what that leaves to be done.

use jiff::Timestamp;

use crate::behind::HandOut;
use crate::matched::{Match, Verdict};
use crate::remember::desk::Desk;

/// What was decided about one match.
pub(super) struct Decision {
    pub(super) verdict: Verdict,
    pub(super) fate: Fate,
    /// Correlations hear of it.
    pub(super) feeds: bool,
    /// It left on the desk what it teaches, to be said again should the desk be refused.
    pub(super) teaches: bool,
    /// The match as memory tells it from others, where that is not as it was handed over.
    pub(super) instead: Option<Box<Match>>,
    /// Correlations do not hear of it, or not at its level, because of a suppression.
    pub(super) withheld: Option<Box<Withheld>>,
    /// An alert of its own that it gives rise to.
    pub(super) beside: Option<Box<(Match, Decision)>>,
}

impl Decision {
    pub(super) fn of(verdict: Verdict, fate: Fate) -> Self {
        Self { verdict, fate, feeds: false, teaches: false, instead: None, withheld: None, beside: None }
    }
}

/// A match that a suppression keeps from correlations.
#[derive(Clone, Debug)]
pub struct Withheld {
    /// The suppression's id.
    pub by: String,
    /// The match as they would have heard of it.
    pub found: Match,
}

/// What becomes of a match.
pub(super) enum Fate {
    /// To be published.
    Ready,
    /// Kept back by this.
    Suppressed(String),
    /// Published before, or twice in the same hand.
    Duplicate,
    /// Another process is publishing it, until then at the latest.
    Held(Timestamp),
    /// It only serves correlations, and is no alert of its own.
    Silent,
}

/// What is to become of matches.
#[derive(Default)]
pub struct Judged {
    /// To be published, in order.
    pub ready: Vec<Match>,
    /// What kept each of the others back: suppressions and the least level.
    pub suppressed: Vec<String>,
    /// Published before, or twice in the same hand.
    pub duplicates: u64,
    /// Another process is publishing them, as they were handed over.
    pub held: Vec<Match>,
    /// Until when at the latest.
    pub held_until: Option<Timestamp>,
    /// The store could not be asked, with its words.
    pub unavailable: Option<String>,
    /// Groups of correlations in which events are not counted that name too many.
    pub left_out: u64,
    /// What suppressions keep from correlations.
    pub withheld: Vec<Withheld>,
    /// What correlations are to hear of, where they are fed later.
    pub heard: Vec<Match>,
    /// What is left to do once findings are out.
    pub(super) pending: Pending,
}

impl Judged {
    /// Adds a match and what was decided about it.
    pub(super) fn add(&mut self, found: Match, decision: Decision) {
        let Decision { verdict, fate, feeds, teaches, instead, withheld, beside } = decision;
        self.withheld.extend(withheld.map(|withheld| *withheld));
        let found = instead.map_or(found, |instead| *instead);
        if let Some((alert, decision)) = beside.map(|beside| *beside) {
            self.add(alert, decision);
        }
        if teaches {
            self.pending.taught.push(found.clone());
        }
        let kept = match fate {
            Fate::Held(until) => {
                self.held_until = self.held_until.max(Some(until));
                self.held.push(found.clone());
                found.with(verdict)
            }
            Fate::Ready => {
                let found = found.with(verdict);
                if !feeds {
                    self.ready.push(found);
                    return;
                }
                let heard = found.without_excerpt();
                self.ready.push(found);
                heard
            }
            Fate::Suppressed(by) => {
                self.suppressed.push(by);
                found.with(verdict)
            }
            Fate::Duplicate => {
                self.duplicates += 1;
                found.with(verdict)
            }
            Fate::Silent => found.with(verdict),
        };
        if feeds {
            self.heard.push(kept);
        }
    }

    /// Is there nothing to publish and nothing to record?
    pub fn is_done(&self) -> bool {
        self.ready.is_empty() && self.pending.is_empty()
    }
}

/// What a decision leaves to be recorded.
#[derive(Default)]
pub(super) struct Pending {
    /// What was decided on.
    pub(super) desk: Desk,
    /// Matches that taught what is new, as they were handed over.
    pub(super) taught: Vec<Match>,
    /// What matches hand out that is kept.
    pub(super) handed_out: Vec<HandOut>,
    /// Those that correlations have yet to hear of.
    pub(super) unheard: Vec<Match>,
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.unheard.is_empty() && self.desk.is_clean()
    }
}
