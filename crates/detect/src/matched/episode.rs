//! Events that belong together.

use crate::log_type::LogType;
use crate::state::Key;

/// Where a window is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// In which item.
    pub item: Key,
    /// Under what there: a digest in hex of its correlation and of what keeps it apart.
    pub window: String,
}

/// Events that a correlation found to belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// What the episode is: a digest of correlation, group and first member.
    pub id: String,
    /// Where its window is kept.
    pub window: Place,
    /// The first member, as the window knows it.
    pub anchor: String,
    /// The members, oldest first; the latest of them where there are more than are kept.
    pub members: Vec<Member>,
    /// How many there are,
    pub count: usize,
    /// or more.
    pub or_more: bool,
}

/// One of the events of an episode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The event's own id.
    pub uid: String,
    /// Who did it, for people; untrusted.
    pub actor: String,
    /// When.
    pub at: jiff::Timestamp,
    /// The log it stands in.
    pub log: LogType,
    /// The rule that matched it.
    pub rule: String,
}
