//! How far a window has come: what was counted of its members, taken in one after the other.
//!
//! It holds no more of them than the correlation asks for, so that taking one in costs the same whether it is the
//! tenth or the ten-thousandth, and what is no longer kept as a member still counts.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use trailhound_sigma::CorrelationKind;

use super::measure::{Count, Measure};
use super::member::{Counted, EventId, Member};
use super::runs::{Run, Runs};
use crate::rules::MOST_COUNTED;

/// Before everything.
const NEVER: i64 = i64::MIN;

/// What was counted of a window's members.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Course {
    /// The latest that was taken in.
    pub(super) last: Option<(i64, usize, EventId)>,
    pub(super) counts: Counts,
    /// For each value that is counted, when it last occurred.
    pub(super) values: Latest,
    /// The numbers that are computed with, by time.
    pub(super) numbers: VecDeque<(i64, f64)>,
    /// For each rule the latest moment from which on it is reached: when it last matched, or when the latest sequence
    /// began that leads to it.
    pub(super) reached: Vec<i64>,
    /// For each step of a sequence the two events with the latest beginnings: two are enough to know of one that is not
    /// this.
    pub(super) steps: Vec<Vec<(i64, EventId)>>,
    /// The events of the latest moment, where one may match several rules: the first, and those after it.
    first_of_moment: Option<EventId>,
    moment: HashSet<EventId>,
    /// What was answered last, and to which rules reached.
    answered: Option<(u64, bool)>,
}

/// How many there were at each moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) runs: Runs,
    events: usize,
    members: usize,
    /// The latest moment that had to be forgotten.
    pub(super) forgotten: Option<i64>,
}

impl Counts {
    pub(super) fn add(&mut self, run: Run) {
        self.events += run.events as usize;
        self.members += run.members as usize;
        self.runs.add(run);
        while self.members > MOST_COUNTED
            && self.runs.len() > 1
            && let Some(first) = self.pop()
        {
            self.forgotten = self.forgotten.max(Some(first.at));
        }
    }

    fn pop(&mut self) -> Option<Run> {
        let first = self.runs.pop_first()?;
        self.events -= first.events as usize;
        self.members -= first.members as usize;
        Some(first)
    }

    fn forget_before(&mut self, start: i64) {
        while self.runs.first().is_some_and(|first| first.at < start) {
            self.pop();
        }
        self.forgotten = self.forgotten.filter(|at| *at >= start);
    }
}

/// Values by when they last occurred.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Latest {
    by_value: HashMap<u64, i64>,
    by_time: BTreeSet<(i64, u64)>,
}

impl Latest {
    /// Takes in a value; no more than so many of the latest are kept.
    pub(super) fn add(&mut self, value: u64, at: i64, most: usize) {
        match self.by_value.get_mut(&value) {
            Some(last) if *last >= at => return,
            Some(last) => {
                self.by_time.remove(&(*last, value));
                *last = at;
            }
            None => _ = self.by_value.insert(value, at),
        }
        self.by_time.insert((at, value));
        if self.by_time.len() > most {
            self.pop();
        }
    }

    fn pop(&mut self) -> bool {
        let first = self.by_time.pop_first();
        first.is_some_and(|(_, value)| self.by_value.remove(&value).is_some())
    }

    fn forget_before(&mut self, start: i64) {
        while self.by_time.first().is_some_and(|(last, _)| *last < start) {
            self.pop();
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, u64)> + '_ {
        self.by_time.iter().copied()
    }

    pub(super) fn len(&self) -> usize {
        self.by_time.len()
    }
}

impl Course {
    /// May a member be taken in, or must those after it be taken in anew?
    pub(super) fn takes(&self, member: &Member, measure: &Measure<'_>) -> bool {
        self.last.is_none_or(|last| match measure.correlation.kind {
            CorrelationKind::EventCount | CorrelationKind::ValueCount | CorrelationKind::Temporal => {
                member.at >= last.0
            }
            _ => member.place() > last,
        })
    }

    /// Takes in a member.
    pub(super) fn take(&mut self, member: &Member, measure: &Measure<'_>) {
        let Measure { correlation, demand, .. } = *measure;
        let last_at = self.last.map_or(NEVER, |last| last.0);
        let is_first_of_event = correlation.rules.len() < 2 || {
            let is_first = member.at != last_at;
            if is_first {
                self.moment.clear();
                self.first_of_moment = Some(member.event);
            }
            is_first || self.first_of_moment != Some(member.event) && self.moment.insert(member.event)
        };
        self.last = self.last.max(Some(member.place()));
        self.counts.add(Run { at: member.at, events: u32::from(is_first_of_event), members: 1 });
        match correlation.kind {
            CorrelationKind::EventCount => self.need(member, measure),
            CorrelationKind::ValueCount => {
                self.need(member, measure);
                for value in member.values() {
                    self.values.add(value.digest, member.at, demand.most);
                }
            }
            CorrelationKind::Temporal => self.reach(member.rule, member.at, correlation.rules.len()),
            CorrelationKind::TemporalOrdered => self.step(member, measure),
            _ if is_first_of_event => {
                let number = |value: &Counted| {
                    if correlation.compares_shares() {
                        return Some(number_of(value.digest));
                    }
                    value.text.trim().parse().ok().filter(|number: &f64| number.is_finite())
                };
                let numbers = member.values().iter().filter_map(number);
                self.numbers.extend(numbers.map(|number| (member.at, number)));
                let over = self.numbers.len().saturating_sub(MOST_COUNTED);
                self.numbers.drain(..over);
            }
            _ => {}
        }
    }

    fn reach(&mut self, rule: usize, since: i64, rules: usize) {
        self.reached.resize(rules, NEVER);
        if let Some(reached) = self.reached.get_mut(rule) {
            *reached = since.max(*reached);
        }
    }

    /// Notes a rule that the count needs.
    fn need(&mut self, member: &Member, measure: &Measure<'_>) {
        if !measure.demand.needs.is_empty() {
            self.reach(member.rule, member.at, measure.correlation.rules.len());
        }
    }

    /// Was one of the rules that a count needs reached from then on?
    fn has_needed(&self, start: i64, measure: &Measure<'_>) -> bool {
        let needs = &measure.demand.needs;
        let is_reached = |rule: &usize| self.reached.get(*rule).is_some_and(|since| *since >= start);
        needs.is_empty() || needs.iter().any(is_reached)
    }

    /// A rule counts only after a rule of the step before it, matched by another event.
    fn step(&mut self, member: &Member, measure: &Measure<'_>) {
        let steps = &measure.demand.steps;
        let Some(&step) = steps.get(member.rule) else { return };
        let since = if step == 0 {
            Some(member.at)
        } else {
            let before = self.steps.get(step - 1).into_iter().flatten();
            before.filter(|(_, event)| *event != member.event).map(|(since, _)| *since).max()
        };
        let Some(since) = since else { return };
        self.reach(member.rule, since, steps.len());
        if self.steps.len() <= step {
            self.steps.resize(step + 1, Vec::new());
        }
        let best = &mut self.steps[step];
        match best.iter_mut().find(|(_, event)| *event == member.event) {
            Some(known) => known.0 = known.0.max(since),
            None => best.push((since, member.event)),
        }
        best.sort_unstable_by_key(|(since, _)| std::cmp::Reverse(*since));
        best.truncate(2);
    }

    /// Leaves behind what is before the start of every window that will be asked about.
    pub(super) fn advance(&mut self, start: i64) {
        self.counts.forget_before(start);
        self.values.forget_before(start);
        while self.numbers.front().is_some_and(|(at, _)| *at < start) {
            self.numbers.pop_front();
        }
    }

    /// Does the window that begins then meet the correlation? Must have advanced to there.
    pub(super) fn is_met(&mut self, start: i64, measure: &Measure<'_>) -> bool {
        let correlation = measure.correlation;
        match correlation.kind {
            CorrelationKind::EventCount => {
                self.has_needed(start, measure) && correlation.is_met_by(count(self.counts.events))
            }
            CorrelationKind::ValueCount => {
                self.has_needed(start, measure) && correlation.is_met_by(count(self.values.len()))
            }
            CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => {
                let rules = correlation.rules.len();
                let is_reached = |rule: usize| {
                    self.reached.get(rule).is_some_and(|since| *since != NEVER && *since >= start)
                };
                let bits = (rules <= 64).then(|| {
                    (0..rules).filter(|rule| is_reached(*rule)).fold(0_u64, |bits, rule| bits | 1 << rule)
                });
                if let (Some(bits), Some((before, answer))) = (bits, self.answered)
                    && bits == before
                {
                    return answer;
                }
                let reached: Vec<bool> = (0..rules).map(is_reached).collect();
                let answer = correlation.is_met_by_rules(&reached);
                self.answered = bits.map(|bits| (bits, answer));
                answer
            }
            _ => correlation.is_met_by_numbers(self.numbers.iter().map(|(_, number)| *number).collect()),
        }
    }

    /// How many members there are from a moment on, and whether there are more than can be told. Must have advanced to
    /// there.
    pub(super) fn members(&self, start: i64) -> Count {
        let Counts { events, members, .. } = self.counts;
        let or_more = self.counts.forgotten.is_some_and(|at| at >= start);
        Count { members, events: Some(events), or_more }
    }

    /// How long it is where it is kept outside, or a little more.
    pub(super) fn written(&self) -> usize {
        // In base 64, times in milliseconds.
        self.counts.runs.len() * 7 + self.values.len() * 17 + self.numbers.len() * 17 + self.steps.len() * 80
    }

    /// Forgets the earliest of what does not fit: how many there were before is no longer told.
    pub(super) fn fit(&mut self, room: usize) {
        while self.written() > room
            && let Some(first) = self.counts.pop()
        {
            self.counts.forgotten = self.counts.forgotten.max(Some(first.at));
        }
        while self.written() > room && (self.numbers.pop_front().is_some() || self.values.pop()) {}
    }

    /// How much memory it takes, about.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.counts.runs.len() * size_of::<Run>()
            + self.values.len() * 64
            + self.numbers.len() * size_of::<(i64, f64)>()
            + self.reached.len() * size_of::<i64>()
            + self.moment.len() * 2 * size_of::<EventId>()
    }
}

/// A number that stands for a value among a few thousand.
#[allow(clippy::cast_precision_loss, reason = "no more bits are left than a number holds")]
fn number_of(digest: u64) -> f64 {
    (digest >> 11) as f64
}

#[allow(clippy::cast_precision_loss, reason = "no more than MOST_COUNTED")]
fn count(count: usize) -> f64 {
    count as f64
}
