//! The members of one correlation's group, and the episodes that were alerted.
//!
//! A member's window is the time span that ends with it. Whether it meets the correlation depends on the members alone,
//! not on the order they came in; members that do, no further apart than the time span, are one episode, and an
//! episode is alerted once. Members are kept for as long as a late event may still share a window with them.

use serde::{Deserialize, Serialize};
use trailhound_sigma::{Correlation, Member as SigmaMember};

use crate::event::LogType;
use crate::rules::MOST_MEMBERS;
use crate::state::Record;

/// Events are expected at most this much later than others of their time; sign-in risk is rated within the hour.
pub(crate) const LATENESS: i64 = 3_600_000;
/// So many bytes of members are kept: DynamoDB takes 400 KB in an item, Table Storage 1 MiB in two-byte characters.
pub(crate) const MOST_BYTES: usize = 200_000;

/// The group of a correlation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Window {
    #[serde(rename = "m")]
    members: Vec<Member>,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    alerted: Vec<Alerted>,
}

/// An event that one of the correlation's rules matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Member {
    /// A digest of what the event is.
    #[serde(rename = "e")]
    pub(crate) event: String,
    /// The event's own id, for people.
    #[serde(rename = "u")]
    pub(crate) uid: String,
    /// When, in milliseconds since the epoch.
    #[serde(rename = "t")]
    pub(crate) at: i64,
    /// The log it stands in.
    #[serde(rename = "l")]
    pub(crate) log: LogType,
    /// Which of the correlation's rules, by position.
    #[serde(rename = "r")]
    pub(crate) rule: usize,
    /// The values that are counted or computed with.
    #[serde(rename = "v", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) values: Vec<String>,
    /// What it was done to, as far as that fits.
    #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) targets: Vec<String>,
    /// Who did it, for people.
    #[serde(rename = "a", default, skip_serializing_if = "String::is_empty")]
    pub(crate) actor: String,
}

/// An episode for which there is an alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Alerted {
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
}

/// A correlation that an event completes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fired {
    /// The event that the alert's id is made of.
    pub(crate) anchor: String,
    /// The members of the window, oldest first.
    pub(crate) members: Vec<Member>,
}

impl Record for Window {
    fn bytes(&self) -> usize {
        self.members.iter().map(Member::bytes).sum()
    }
}

impl Member {
    /// Its length where it is kept.
    fn bytes(&self) -> usize {
        // Members are plain structs of strings and numbers.
        serde_json::to_string(self).map_or(0, |text| text.len() + 1)
    }
}

impl Window {
    /// Adds a member; says what it completes.
    pub(crate) fn add(&mut self, member: Member, correlation: &Correlation) -> Vec<Fired> {
        let span = span(correlation);
        let place = |other: &Member| {
            (other.at, other.rule, &other.event).cmp(&(member.at, member.rule, &member.event))
        };
        let (event, at) = (member.event.clone(), member.at);
        match self.members.binary_search_by(place) {
            Ok(_) => {}
            Err(_) if self.is_too_late(at, span) => return self.again(&event, span),
            Err(place) => self.members.insert(place, member),
        }
        let mut fired = self.again(&event, span);
        // Only windows that hold the member can have come to meet the correlation.
        for last in 0..self.members.len() {
            let end = self.members[last].at;
            let holds_it = (at..=at.saturating_add(span)).contains(&end);
            // Members of one moment are in each other's windows, so only the last of them speaks for it.
            let speaks = self.members.get(last + 1).is_none_or(|next| next.at != end);
            if !holds_it || !speaks || !is_met(correlation, self.ending(end, span)) {
                continue;
            }
            if let Some(known) = self
                .alerted
                .iter_mut()
                .find(|a| (a.from.saturating_sub(span)..=a.to.saturating_add(span)).contains(&end))
            {
                known.from = known.from.min(end);
                known.to = known.to.max(end);
                continue;
            }
            let members = self.ending(end, span).to_vec();
            let anchor = members.first().map_or_else(String::new, |first| first.event.clone());
            self.alerted.push(Alerted {
                from: end,
                to: end,
                anchor: anchor.clone(),
                trigger: event.clone(),
                published: false,
            });
            fired.push(Fired { anchor, members });
        }
        self.prune(span);
        fired
    }

    /// The windows that hold a moment and meet the correlation, each as far as the last of its members.
    pub(crate) fn met(&self, at: i64, correlation: &Correlation) -> Vec<Fired> {
        let span = span(correlation);
        let mut ends: Vec<i64> = self.members.iter().map(|member| member.at).collect();
        ends.dedup();
        ends.into_iter()
            .filter(|end| (at..=at.saturating_add(span)).contains(end))
            .map(|end| self.ending(end, span).to_vec())
            .filter(|members| is_met(correlation, members))
            .map(|members| Fired {
                anchor: members.first().map_or_else(String::new, |first| first.event.clone()),
                members,
            })
            .collect()
    }

    /// What an event brought before, for when it is delivered again.
    fn again(&self, event: &str, span: i64) -> Vec<Fired> {
        let mine = self.alerted.iter().filter(|alerted| alerted.trigger == event);
        mine.map(|alerted| Fired {
            anchor: alerted.anchor.clone(),
            members: self.ending(alerted.from, span).to_vec(),
        })
        .collect()
    }

    /// The members of the window that ends at a time.
    fn ending(&self, end: i64, span: i64) -> &[Member] {
        let from = self.members.partition_point(|member| member.at < end.saturating_sub(span));
        let to = self.members.partition_point(|member| member.at <= end);
        &self.members[from..to]
    }

    fn horizon(&self, span: i64) -> i64 {
        self.members.last().map_or(i64::MIN, |last| last.at.saturating_sub(span).saturating_sub(LATENESS))
    }

    fn is_too_late(&self, at: i64, span: i64) -> bool {
        at < self.horizon(span)
    }

    fn prune(&mut self, span: i64) {
        let horizon = self.horizon(span);
        self.alerted.retain(|alerted| !alerted.published || alerted.to >= horizon.saturating_sub(span));
        let needed = |at: i64| {
            let waits = |a: &Alerted| !a.published && (a.from.saturating_sub(span)..=a.from).contains(&at);
            self.alerted.iter().any(waits)
        };
        self.members.retain(|member| member.at >= horizon || needed(member.at));
        let mut bytes = 0;
        let fits = |member: &&Member| {
            bytes += member.bytes();
            bytes <= MOST_BYTES
        };
        let kept = self.members.iter().rev().take(MOST_MEMBERS).take_while(fits).count();
        self.members.drain(..self.members.len() - kept);
    }

    /// Records that the sink accepted the alert of an episode.
    pub(crate) fn published(&mut self, anchor: &str, correlation: &Correlation) {
        for alerted in self.alerted.iter_mut().filter(|alerted| alerted.anchor == anchor) {
            alerted.published = true;
        }
        self.prune(span(correlation));
    }

    /// Is an alert still to be accepted?
    pub(crate) fn owes(&self) -> bool {
        self.alerted.iter().any(|alerted| !alerted.published)
    }

    /// The time of the latest member, in milliseconds.
    pub(crate) fn latest(&self) -> i64 {
        self.members.last().map_or(0, |last| last.at)
    }
}

/// The time span in milliseconds.
pub(crate) fn span(correlation: &Correlation) -> i64 {
    i64::try_from(correlation.timespan.as_millis()).unwrap_or(i64::MAX)
}

/// Do the members of a window meet the correlation together?
pub(crate) fn is_met(correlation: &Correlation, members: &[Member]) -> bool {
    let members: Vec<SigmaMember<'_>> = members
        .iter()
        .map(|member| SigmaMember { event: &member.event, rule: member.rule, values: &member.values })
        .collect();
    correlation.is_met(&members)
}
