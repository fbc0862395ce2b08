//! The members of one correlation's group, and the episodes that were alerted.
//!
//! A member's window is the time span that ends with it. Whether it meets the correlation depends on the members alone,
//! not on the order they came in; members that do, no further apart than the time span, are one episode, and an
//! episode is alerted once. Members are kept for as long as a late event may still share a window with them, the latest
//! ones in full and of those before them what was counted. What comes in order of time is taken in without looking at
//! the others.

mod course;
mod measure;
mod member;
mod runs;
mod stored;

use std::collections::VecDeque;
use std::ops::Range;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::rules::MOST_MEMBERS;
use course::Course;
pub(crate) use measure::{Count, Measure};
pub(crate) use member::{Counted, EventId, Member, MemberTold};
pub(crate) use stored::StoredCourse;

/// Events are expected at most this much later than others of their time; sign-in risk is rated within the hour.
pub(crate) const LATENESS: i64 = 3_600_000;
/// How long an alert that was not accepted yet is waited for.
pub(crate) const OWED: SignedDuration = SignedDuration::from_hours(14 * 24);

/// So many more members than are told are kept, so that those before them go together, and seldom.
const SPARE: usize = 64;

/// So many members are counted anew each time; most windows never have more.
const FEW: usize = 4;

/// The group of a correlation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Window {
    members: VecDeque<Member>,
    alerted: Vec<Alerted>,
    /// What was counted of members before these.
    older: Option<Box<Course>>,
    /// What was counted of all of them, in the window that ends with the latest.
    now: Option<Box<Course>>,
    bytes: usize,
    /// How long the members are where they are kept outside.
    written: usize,
}

/// An episode for which there is an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Alerted {
    /// The first and the last member that met the correlation.
    from: i64,
    to: i64,
    /// The first member of the window that was alerted: what the alert's id is made of.
    anchor: String,
    /// The event that brought the alert: delivered again, it brings it again.
    trigger: String,
    /// Accepted by the sink; until then all that the alert needs is kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    published: bool,
    /// How many members there were, where they were more than are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<Count>,
}

/// A correlation that an event completes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fired {
    /// The event that the alert's id is made of.
    pub(crate) anchor: String,
    /// The members of the window that are kept, oldest first.
    pub(crate) members: Vec<Member>,
    /// How many it has.
    pub(crate) count: Count,
}

/// What came of a member.
#[derive(Default)]
pub(crate) struct Added {
    /// Episodes that begin, and those that its event began before.
    pub(crate) fired: Vec<Fired>,
    /// The windows that hold it and meet the correlation, if it was asked for them.
    pub(crate) met: Vec<Fired>,
    /// Did that change anything?
    pub(crate) changed: bool,
}

/// A moment whose window meets the correlation.
struct Met {
    end: i64,
    count: Count,
}

impl PartialEq for Window {
    fn eq(&self, other: &Self) -> bool {
        (&self.members, &self.alerted, &self.older) == (&other.members, &other.alerted, &other.older)
    }
}

impl Window {
    /// A window of what is kept outside.
    pub(crate) fn of(
        mut members: VecDeque<Member>,
        alerted: Vec<Alerted>,
        older: Option<StoredCourse>,
    ) -> Self {
        members.make_contiguous().sort_by_key(Member::place);
        let bytes = members.iter().map(Member::bytes).sum();
        let written = members.iter().map(Member::written).sum();
        let older = older.map(|older| Box::new(older.into()));
        Self { members, alerted, older, now: None, bytes, written }
    }

    /// What is kept outside: the alerts, and what was counted of members before those that are kept.
    pub(crate) fn told(&self) -> (&[Alerted], Option<StoredCourse>) {
        (&self.alerted, self.older.as_deref().map(StoredCourse::from))
    }

    /// How much memory it takes, about.
    pub(crate) fn bytes(&self) -> usize {
        let course = |course: &Option<Box<Course>>| course.as_ref().map_or(0, |course| course.bytes());
        size_of::<Self>() + self.bytes + course(&self.older) + course(&self.now) + 200 * self.alerted.len()
    }

    /// What tells whether two windows hold the same events: how many, and from which to which.
    pub(crate) fn extent(&self) -> (usize, Option<EventId>, Option<EventId>) {
        let event = |member: &Member| member.event;
        (self.members.len(), self.members.front().map(event), self.members.back().map(event))
    }

    /// How long it is where it is kept outside, or a little more.
    pub(crate) fn written(&self) -> usize {
        let older = self.older.as_ref().map_or(0, |older| older.written());
        self.written + older + 250 * self.alerted.len()
    }

    /// Adds a member; says what it completes, and if asked, which of its windows meet the correlation.
    pub(crate) fn add(&mut self, member: Member, measure: &Measure<'_>, tells_met: bool) -> Added {
        let span = measure.span();
        let (event, at) = (member.event.to_string(), member.at);
        let place = self.members.partition_point(|other| other.place() < member.place());
        let is_known = self.members.get(place).is_some_and(|other| other.place() == member.place());
        let is_late = !is_known && self.is_too_late(at, span);
        let mut added = Added { fired: self.again(&event, span), ..Added::default() };
        let is_last = place == self.members.len();
        if !is_known && !is_late {
            self.bytes += member.bytes();
            self.written += member.written();
            self.members.insert(place, member);
            added.changed = true;
        }
        if is_late && !tells_met {
            return added;
        }
        let met = match &mut self.now {
            Some(now) if is_last && !is_late && now.takes(&self.members[place], measure) => {
                now.take(&self.members[place], measure);
                Self::met_at(now, at, measure).into_iter().collect()
            }
            _ => self.met_by_all(at, measure),
        };
        if !is_late {
            for met in &met {
                added.fired.extend(self.enter(met, &event, span, &mut added.changed));
            }
        }
        if tells_met {
            added.met = met.iter().map(|met| self.fired(met, span)).collect();
        }
        if !is_late {
            added.changed |= self.prune(measure);
        }
        added
    }

    /// Takes in all members anew; answers with the windows that hold a moment and meet the correlation.
    fn met_by_all(&mut self, at: i64, measure: &Measure<'_>) -> Vec<Met> {
        let mut course = self.older.as_deref().cloned().unwrap_or_default();
        // What is counted of members before these cannot be told apart.
        let from = course.last.map_or(at, |last| last.0.max(at));
        let to = at.saturating_add(measure.span());
        let mut met = Vec::new();
        for (n, member) in self.members.iter().enumerate() {
            course.take(member, measure);
            // Members of one moment are in each other's windows, so only the last of them speaks for it.
            let speaks = self.members.get(n + 1).is_none_or(|next| next.at != member.at);
            if speaks && (from..=to).contains(&member.at) {
                met.extend(Self::met_at(&mut course, member.at, measure));
            }
        }
        self.now = (self.members.len() > FEW).then(|| Box::new(course));
        met
    }

    /// The window that ends with the latest that was taken in, if it meets the correlation.
    fn met_at(course: &mut Course, end: i64, measure: &Measure<'_>) -> Option<Met> {
        let start = end.saturating_sub(measure.span());
        course.advance(start);
        course.is_met(start, measure).then(|| Met { end, count: course.members(start) })
    }

    /// Enters a moment that meets the correlation into its episode, or begins one.
    fn enter(&mut self, met: &Met, event: &str, span: i64, changed: &mut bool) -> Option<Fired> {
        let end = met.end;
        let near =
            |a: &&mut Alerted| (a.from.saturating_sub(span)..=a.to.saturating_add(span)).contains(&end);
        if let Some(known) = self.alerted.iter_mut().find(near) {
            let before = (known.from, known.to);
            (known.from, known.to) = (known.from.min(end), known.to.max(end));
            *changed |= before != (known.from, known.to);
            return None;
        }
        let fired = self.fired(met, span);
        self.alerted.push(Alerted {
            from: end,
            to: end,
            anchor: fired.anchor.clone(),
            trigger: event.to_owned(),
            published: false,
            count: (fired.count.members != fired.members.len() || fired.count.or_more).then_some(fired.count),
        });
        *changed = true;
        Some(fired)
    }

    fn fired(&self, met: &Met, span: i64) -> Fired {
        let members = self.latest_of(met.end, span);
        let anchor = members.first().map_or_else(String::new, |first| first.event.to_string());
        let mut count = met.count;
        if count.members == members.len() && !count.or_more {
            count.events = None;
        }
        Fired { anchor, members, count }
    }

    /// What an event brought before, for when it is delivered again.
    fn again(&self, event: &str, span: i64) -> Vec<Fired> {
        let mine = self.alerted.iter().filter(|alerted| alerted.trigger == event);
        mine.map(|alerted| {
            let members = self.latest_of(alerted.from, span);
            let count =
                alerted.count.unwrap_or(Count { members: members.len(), events: None, or_more: false });
            Fired { anchor: alerted.anchor.clone(), members, count }
        })
        .collect()
    }

    /// The members to be told of the window that ends at a time.
    fn latest_of(&self, end: i64, span: i64) -> Vec<Member> {
        let all = self.ending(end, span);
        let from = all.start.max(all.end.saturating_sub(MOST_MEMBERS));
        self.members.range(from..all.end).cloned().collect()
    }

    /// The members of the window that ends at a time.
    fn ending(&self, end: i64, span: i64) -> Range<usize> {
        let from = self.members.partition_point(|member| member.at < end.saturating_sub(span));
        let to = self.members.partition_point(|member| member.at <= end);
        from..to
    }

    fn horizon(&self, span: i64) -> i64 {
        self.members.back().map_or(i64::MIN, |last| last.at.saturating_sub(span).saturating_sub(LATENESS))
    }

    fn is_too_late(&self, at: i64, span: i64) -> bool {
        at < self.horizon(span)
    }

    /// Leaves out what nobody will ask for; says whether there was any.
    fn prune(&mut self, measure: &Measure<'_>) -> bool {
        let span = measure.span();
        let horizon = self.horizon(span);
        let before = (self.alerted.len(), self.members.len());
        self.alerted.retain(|alerted| !alerted.published || alerted.to >= horizon.saturating_sub(span));
        if self.owes() && self.members.front().is_some_and(|first| first.at < horizon) {
            let needed = |at: i64| {
                let waits =
                    |a: &Alerted| !a.published && (a.from.saturating_sub(span)..=a.from).contains(&at);
                self.alerted.iter().any(waits)
            };
            self.members.retain(|member| member.at >= horizon || needed(member.at));
            self.bytes = self.members.iter().map(Member::bytes).sum();
            self.written = self.members.iter().map(Member::written).sum();
        }
        while !self.owes() && self.members.front().is_some_and(|first| first.at < horizon) {
            self.pop();
        }
        // What does not fit outside is counted before it is left out there.
        let most = if self.members.len() > MOST_MEMBERS + SPARE { MOST_MEMBERS } else { usize::MAX };
        while (self.members.len() > most || self.written > measure.room && self.members.len() > 1)
            && let Some(member) = self.pop()
        {
            self.older.get_or_insert_default().take(&member, measure);
        }
        if let Some(older) = &mut self.older {
            older.fit(measure.room);
        }
        if let (Some(older), Some(first)) = (&mut self.older, self.members.front()) {
            let start = first.at.saturating_sub(span);
            older.advance(start);
            if older.last.is_none_or(|last| last.0 < start) {
                self.older = None;
            }
        }
        before != (self.alerted.len(), self.members.len())
    }

    fn pop(&mut self) -> Option<Member> {
        let member = self.members.pop_front()?;
        self.bytes -= member.bytes();
        self.written -= member.written();
        Some(member)
    }

    /// Records that the sink accepted the alert of an episode; says whether that changed anything.
    pub(crate) fn published(&mut self, anchor: &str, measure: &Measure<'_>) -> bool {
        let mut changed = false;
        for alerted in self.alerted.iter_mut().filter(|alerted| alerted.anchor == anchor) {
            changed |= !std::mem::replace(&mut alerted.published, true);
        }
        self.prune(measure) || changed
    }

    /// Is an alert still to be accepted?
    pub(crate) fn owes(&self) -> bool {
        self.alerted.iter().any(|alerted| !alerted.published)
    }

    /// The time of the latest member, in milliseconds.
    pub(crate) fn latest(&self) -> i64 {
        self.members.back().map_or(0, |last| last.at)
    }

    /// The members that are kept, oldest first.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.iter()
    }
}
