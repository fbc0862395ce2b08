//! Whether a window of members meets a correlation. What a window is and who keeps it is the caller's business.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::{Correlation, CorrelationKind, Threshold};
use crate::condition::{Condition, Quantifier};
use crate::filter::Reference;
use crate::matcher::Comparison;

/// A match inside a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Member<'m> {
    /// The event; the same for all rules that it matched.
    pub event: &'m str,
    /// Which of the correlation's rules it matched, by position.
    pub rule: usize,
    /// The values of the field that is counted or computed with, arrays exploded.
    pub values: &'m [String],
}

impl Correlation {
    /// Do these members, in order of time, meet the condition together?
    pub fn is_met(&self, members: &[Member<'_>]) -> bool {
        match &self.condition {
            Threshold::Rules(_) => self.is_met_by_rules(&self.reached(members)),
            Threshold::Figure(_) => self.figures(members).into_iter().any(|figure| self.is_met_by(figure)),
        }
    }

    /// Does a figure meet the condition? For whoever keeps what is counted as members come.
    pub fn is_met_by(&self, figure: f64) -> bool {
        match &self.condition {
            Threshold::Figure(comparisons) => {
                comparisons.iter().all(|(comparison, bound)| compare(figure, *comparison, *bound))
            }
            Threshold::Rules(_) => false,
        }
    }

    /// Do the rules that were reached, by position, meet the condition of a `temporal` or `temporal_ordered` correlation?
    /// For whoever keeps that as members come; a rule of a sequence is reached only after one of the step before it.
    #[allow(clippy::cast_precision_loss, reason = "a handful of rules")]
    pub fn is_met_by_rules(&self, reached: &[bool]) -> bool {
        match &self.condition {
            Threshold::Rules(condition) => holds(condition, &|name| {
                self.rules.iter().zip(reached).any(|(rule, reached)| *reached && rule.name == name)
            }),
            Threshold::Figure(_) => self.is_met_by(reached.iter().filter(|reached| **reached).count() as f64),
        }
    }

    /// Do the numbers of members meet the condition of a sum, a mean, a median or a percentile? For whoever keeps them as
    /// members come. Where shares are compared, a number stands for each value.
    pub fn is_met_by_numbers(&self, numbers: Vec<f64>) -> bool {
        if self.compares_shares() {
            return shares(numbers.into_iter().map(f64::to_bits))
                .into_iter()
                .any(|share| self.is_met_by(share));
        }
        self.figure_of(numbers).is_some_and(|figure| self.is_met_by(figure))
    }

    /// Is the share of each value compared, which a `value_percentile` without a `percentile` asks for?
    pub fn compares_shares(&self) -> bool {
        self.kind == CorrelationKind::ValuePercentile && self.percentile.is_none()
    }

    /// Could it be met by matches of these rules alone?
    pub(super) fn can_be_met(&self, known: &[&Reference]) -> bool {
        let is_known = |name: &str| known.iter().any(|reference| reference.is(name));
        match &self.condition {
            Threshold::Rules(condition) => may_hold(condition, &is_known),
            #[allow(clippy::cast_precision_loss, reason = "a handful of rules")]
            Threshold::Figure(comparisons) if self.kind.is_temporal() => (1..=known.len()).any(|most| {
                comparisons.iter().all(|(comparison, bound)| compare(most as f64, *comparison, *bound))
            }),
            Threshold::Figure(_) => !known.is_empty(),
        }
    }

    /// What is compared: one figure, or the share of every value where a share is asked for.
    fn figures(&self, members: &[Member<'_>]) -> Vec<f64> {
        if !self.compares_shares() {
            return self.figure(members).into_iter().collect();
        }
        let mut seen = HashSet::new();
        let once = members.iter().filter(|member| seen.insert(member.event));
        shares(once.flat_map(|member| member.values))
    }

    #[allow(clippy::cast_precision_loss, reason = "windows hold hundreds of members")]
    fn figure(&self, members: &[Member<'_>]) -> Option<f64> {
        let count = |count: usize| Some(count as f64);
        match self.kind {
            CorrelationKind::EventCount => {
                count(members.iter().map(|member| member.event).collect::<HashSet<_>>().len())
            }
            CorrelationKind::ValueCount => {
                count(members.iter().flat_map(|member| member.values).collect::<HashSet<_>>().len())
            }
            CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => {
                count(self.reached(members).iter().filter(|reached| **reached).count())
            }
            CorrelationKind::ValueSum
            | CorrelationKind::ValueAvg
            | CorrelationKind::ValueMedian
            | CorrelationKind::ValuePercentile => self.figure_of(numbers(members)),
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "windows hold thousands of members")]
    fn figure_of(&self, numbers: Vec<f64>) -> Option<f64> {
        if numbers.is_empty() {
            return None;
        }
        match self.kind {
            CorrelationKind::ValueSum => Some(numbers.iter().sum()),
            CorrelationKind::ValueAvg => Some(numbers.iter().sum::<f64>() / numbers.len() as f64),
            CorrelationKind::ValueMedian => Some(percentile(numbers, 50.0)),
            CorrelationKind::ValuePercentile => Some(percentile(numbers, self.percentile.unwrap_or(50.0))),
            CorrelationKind::EventCount
            | CorrelationKind::ValueCount
            | CorrelationKind::Temporal
            | CorrelationKind::TemporalOrdered => None,
        }
    }

    /// Which rules matched. In an ordered correlation a rule counts only after a rule of the step before it, matched by
    /// another event.
    fn reached(&self, members: &[Member<'_>]) -> Vec<bool> {
        let mut reached = vec![false; self.rules.len()];
        let steps = (self.kind == CorrelationKind::TemporalOrdered).then(|| self.steps());
        // The events of each step; two are enough to know of one that is not this.
        let most = steps.iter().flatten().max().map_or(0, |last| last + 1);
        let mut taken: Vec<Vec<&str>> = vec![Vec::new(); most];
        for member in members.iter().filter(|member| member.rule < self.rules.len()) {
            let Some(steps) = &steps else {
                reached[member.rule] = true;
                continue;
            };
            let step = steps[member.rule];
            let open = step == 0 || taken[step - 1].iter().any(|&event| event != member.event);
            if open {
                reached[member.rule] = true;
                if taken[step].len() < 2 && !taken[step].contains(&member.event) {
                    taken[step].push(member.event);
                }
            }
        }
        reached
    }

    /// Which step each rule of an ordered correlation belongs to: `(a or b) and (c or d)` has two, and without such a
    /// condition every rule is a step of its own.
    pub fn steps(&self) -> Vec<usize> {
        let parts: &[Condition] = match &self.condition {
            Threshold::Rules(Condition::And(parts)) => parts,
            _ => &[],
        };
        let part_of = |name: &str| {
            parts.iter().position(|part| {
                let mut names = false;
                part.visit_names(&mut |other| names |= other == name);
                names
            })
        };
        self.rules.iter().enumerate().map(|(at, rule)| part_of(&rule.name).unwrap_or(at)).collect()
    }
}

fn compare(figure: f64, comparison: Comparison, bound: f64) -> bool {
    match comparison {
        Comparison::Less => figure < bound,
        Comparison::AtMost => figure <= bound,
        Comparison::Greater => figure > bound,
        Comparison::AtLeast => figure >= bound,
        Comparison::Equal => (figure - bound).abs() < f64::EPSILON,
        Comparison::Unequal => (figure - bound).abs() >= f64::EPSILON,
    }
}

/// How many percent of all values each one makes up.
#[allow(clippy::cast_precision_loss, reason = "windows hold thousands of members")]
fn shares<T: Eq + Hash>(values: impl Iterator<Item = T>) -> Vec<f64> {
    let mut counts: HashMap<T, usize> = HashMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    counts.values().map(|count| 100.0 * *count as f64 / all as f64).collect()
}

/// Every value that is a number, once for each event.
fn numbers(members: &[Member<'_>]) -> Vec<f64> {
    let mut seen = HashSet::new();
    let mut numbers = Vec::new();
    for member in members.iter().filter(|member| seen.insert(member.event)) {
        let finite = |text: &String| text.trim().parse().ok().filter(|number: &f64| number.is_finite());
        numbers.extend(member.values.iter().filter_map(finite));
    }
    numbers
}

/// The percentile by linear interpolation between the nearest ranks.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rank within a window"
)]
fn percentile(mut numbers: Vec<f64>, percentile: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let rank = percentile / 100.0 * (numbers.len() - 1) as f64;
    let (below, part) = (rank.floor() as usize, rank.fract());
    let above = numbers.get(below + 1).copied().unwrap_or(numbers[below]);
    numbers[below] + (above - numbers[below]) * part
}

/// Could a condition hold if only these rules ever match?
fn may_hold(condition: &Condition, matches: &dyn Fn(&str) -> bool) -> bool {
    match condition {
        Condition::And(parts) => parts.iter().all(|part| may_hold(part, matches)),
        Condition::Or(parts) => parts.iter().any(|part| may_hold(part, matches)),
        Condition::Not(_) => true,
        Condition::Name(_) | Condition::Of { .. } => holds(condition, matches),
    }
}

fn holds(condition: &Condition, matched: &dyn Fn(&str) -> bool) -> bool {
    match condition {
        Condition::Name(name) => matched(name),
        Condition::And(parts) => parts.iter().all(|part| holds(part, matched)),
        Condition::Or(parts) => parts.iter().any(|part| holds(part, matched)),
        Condition::Not(inner) => !holds(inner, matched),
        Condition::Of { quantifier, names, .. } => {
            let count = names.iter().filter(|name| matched(name)).count();
            match quantifier {
                Quantifier::All => count == names.len(),
                Quantifier::AtLeast(least) => count >= *least,
            }
        }
    }
}
