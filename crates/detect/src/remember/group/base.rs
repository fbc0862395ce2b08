//! What the text of a group goes on from.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::id::WindowId;
use crate::remember::window::{EventId, Member, MemberTold, StoredCourse};

/// A member of a window: event, rule, values.
pub(super) type MemberRow = Vec<usize>;

/// An event that is known.
pub(super) type KnownEvent = (i64, EventId, Arc<MemberTold>);

/// A state of a group that is kept in an item of its own, so that what comes later need not say it again.
#[derive(Debug, Default)]
pub(crate) struct Base {
    /// Under what name.
    pub(crate) name: String,
    /// Until when.
    pub(crate) until: Timestamp,
    /// How long its text is.
    pub(crate) length: usize,
    pub(super) texts: Vec<String>,
    pub(super) events: Vec<KnownEvent>,
    pub(super) windows: HashMap<WindowId, (Vec<MemberRow>, Option<StoredCourse>)>,
}

impl Base {
    /// Where an event stands here.
    pub(super) fn place(&self, member: &Member) -> Option<usize> {
        let from = self.events.partition_point(|(at, event, _)| (*at, *event) < (member.at, member.event));
        let mut others = self.events[from..].iter();
        others
            .position(|(at, event, told)| is_told_alike(member, (*at, *event, told)))
            .map(|position| from + position)
    }
}

/// Is it the same event, told alike?
pub(super) fn is_told_alike(member: &Member, (at, event, told): (i64, EventId, &Arc<MemberTold>)) -> bool {
    (member.at, member.event) == (at, event) && (Arc::ptr_eq(&member.told, told) || member.told == *told)
}
