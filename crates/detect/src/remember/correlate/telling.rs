//! Of which of a window's members an alert speaks: all of them, or of a sequence those that lead to its end. What was
//! before a sequence began was not done after it.

use std::collections::HashSet;

use trailhound_sigma::CorrelationKind;

use crate::log_type::LogType;
use crate::matched::Match;
use crate::remember::window::{EventId, Member};
use crate::rules::Correlated;

/// So many people, or values, are told.
const MOST_TOLD: usize = 8;

pub(super) struct Telling<'m> {
    pub(super) members: Vec<&'m Member>,
    pub(super) is_sequence: bool,
    /// The event that completed it is the last of them, and no late one.
    pub(super) is_in_order: bool,
    /// All of them were only tried.
    pub(super) is_tried: bool,
}

impl<'m> Telling<'m> {
    /// Of the members of a window that an event completed.
    pub(super) fn of(correlated: &Correlated, all: &'m [Member], event: EventId) -> Self {
        let is_ordered = matches!(correlated.correlation.kind, CorrelationKind::TemporalOrdered);
        let sequence = is_ordered.then(|| sequence(&correlated.demand.steps, all)).flatten();
        let is_sequence = sequence.is_some();
        let members = sequence.unwrap_or_else(|| all.iter().collect());
        let last = members.last().map(|last| last.at);
        let mut of_the_last = members.iter().rev().take_while(|member| Some(member.at) == last);
        // Where a count needs one of some rules, it is told with what one of these found.
        let needs = &correlated.demand.needs;
        let is_needed = |member: &Member| needs.is_empty() || needs.contains(&member.rule);
        let is_in_order = of_the_last.any(|member| member.event == event && is_needed(member));
        let is_tried = members.iter().all(|member| member.told.tried);
        Self { members, is_sequence, is_in_order, is_tried }
    }

    /// From when to when is what it tells.
    pub(super) fn span(&self, all: &[Member]) -> Option<(i64, i64)> {
        if !self.is_in_order {
            return Some((all.iter().map(Member::begins).min()?, all.last()?.at));
        }
        Some((self.members.iter().map(|member| member.begins()).min()?, self.members.last()?.at))
    }

    /// The machines of its members, of a sequence those of the last step that has some. What was only tried was not
    /// reached, unless all was; what stands in a directory's log is no machine where another log names some.
    pub(super) fn targets(&self) -> impl Iterator<Item = &'m String> + '_ {
        let has_some =
            |member: &&Member| (!member.told.tried || self.is_tried) && !member.told.targets.is_empty();
        let is_of_machines = move |member: &&Member| has_some(member) && !is_of_a_directory(member.told.log);
        let are_machines = self.members.iter().any(is_of_machines);
        // A sequence that ends with a sign-in is about what was signed in to.
        let last = self.members.last().copied().filter(|last| self.is_sequence && has_some(last));
        let is_told = move |member: &&Member| match last {
            Some(last) => std::ptr::eq(last, *member),
            None if are_machines => is_of_machines(member),
            None => has_some(member),
        };
        let of_the_last = self.members.iter().rposition(is_told);
        let told = match of_the_last {
            Some(last) if self.is_sequence => &self.members[last..=last],
            _ => &self.members[..],
        };
        told.iter().copied().filter(is_told).flat_map(|member| &member.told.targets)
    }

    /// Are the machines of the event it is told with among them?
    pub(super) fn has_targets_of(&self, found: &Match) -> bool {
        let is_machine = |log| !is_of_a_directory(log);
        (self.is_tried || !is_tried(found))
            && (!self.is_sequence || self.is_in_order)
            && (self.is_sequence
                || is_machine(found.facts.log)
                || !self.members.iter().any(|member| is_machine(member.told.log)))
    }

    /// How many events its members are at least, where some are several themselves; those may be the same.
    pub(super) fn events(all: &[Member]) -> Option<usize> {
        let most = all.iter().filter_map(|member| member.told.several()).map(|(count, _)| count).max()?;
        let single = all.iter().filter(|member| member.told.several().is_none());
        let uids: HashSet<&str> = all.iter().map(|member| member.told.uid.as_str()).collect();
        Some((most + Self::apart(single)).max(uids.len()))
    }

    /// How many events members are, of which one may have been found by several rules.
    pub(super) fn apart<'a>(all: impl Iterator<Item = &'a Member>) -> usize {
        all.map(|member| member.event).collect::<HashSet<_>>().len()
    }

    /// What was counted, each once, the first few.
    pub(super) fn values(&self) -> Vec<String> {
        let mut known: HashSet<&str> = HashSet::new();
        let all = self.members.iter().flat_map(|member| member.values()).map(|value| &*value.text);
        all.filter(|value| known.insert(value)).take(MOST_TOLD).map(str::to_owned).collect()
    }

    /// Who did it, each once in whatever case, the first few.
    pub(super) fn actors(&self) -> Vec<String> {
        let mut known: HashSet<String> = HashSet::new();
        let all = self.members.iter().flat_map(|member| {
            [&member.told.actor].into_iter().chain(member.told.others()).map(String::as_str)
        });
        all.filter(|actor| known.insert(actor.to_lowercase())).take(MOST_TOLD).map(str::to_owned).collect()
    }
}

/// The members that lead to a sequence's end, the latest of each step.
fn sequence<'m>(steps: &[usize], all: &'m [Member]) -> Option<Vec<&'m Member>> {
    let mut step = steps.iter().copied().max()?;
    let mut members: Vec<&Member> = Vec::new();
    for member in all.iter().rev() {
        let is_another = members.last().is_none_or(|later| later.event != member.event);
        if steps.get(member.rule) == Some(&step) && is_another {
            members.push(member);
            if step == 0 {
                members.reverse();
                return Some(members);
            }
            step -= 1;
        }
    }
    None
}

/// Did it come to nothing?
pub(super) fn is_tried(found: &Match) -> bool {
    match &found.episode {
        Some(episode) => episode.is_tried,
        None => found.verdict.attempt || found.facts.outcome.kind.is_failure(),
    }
}

/// Logs whose targets are applications and identities.
fn is_of_a_directory(log: LogType) -> bool {
    matches!(log, LogType::EntraSignIn | LogType::EntraAudit | LogType::EntraRisk)
}
