//! Events that belong together.

use crate::log_type::LogType;
use crate::state::Key;

/// Where a window is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WindowPlace {
    /// In which item.
    pub item: Key,
    /// Under what there: a digest in hex of its correlation and of what keeps it apart.
    pub window: String,
    /// The machine that it is about, in lower case, where machines are kept apart.
    pub about: Option<String>,
}

/// Events that a correlation found to belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Episode {
    /// What the episode is: a digest of correlation, group and first member.
    pub id: String,
    /// Where its window is kept.
    pub window: WindowPlace,
    /// The first member, as the window knows it.
    pub anchor: String,
    /// The members, oldest first; the latest of them where there are more than are kept.
    pub members: Vec<EpisodeMember>,
    /// How many there are,
    pub count: usize,
    /// or more.
    pub or_more: bool,
    /// Who did it, each once, the first few; untrusted.
    pub actors: Vec<String>,
    /// What was counted, each once, the first few; untrusted.
    pub values: Vec<String>,
    /// From when to when is what it tells.
    pub span: Option<(jiff::Timestamp, jiff::Timestamp)>,
    /// It tells of steps one after another, the last of which is done on what is told.
    pub is_sequence: bool,
    /// The event it is told with is the last of them; another came late.
    pub is_in_order: bool,
    /// Nothing of it came about.
    pub is_tried: bool,
}

/// One of the events of an episode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpisodeMember {
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
