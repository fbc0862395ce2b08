//! Correlations: what several matches mean together. Read, checked and evaluated here; windows need memory, which
//! belongs to whoever has it.

mod evaluate;
mod parse;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use evaluate::Member;
pub(crate) use parse::{COMPARISONS, KEYS, parse};

use crate::condition::Condition;
use crate::diagnostic::{Diagnostic, Place, Report};
use crate::filter::{Reference, missed};
use crate::matcher::Comparison;
use crate::rule::{Metadata, Rule};

/// What is counted or compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CorrelationKind {
    /// How many events there are.
    EventCount,
    /// How many distinct values a field has.
    ValueCount,
    /// Whether all rules matched.
    Temporal,
    /// Whether all rules matched, in order.
    TemporalOrdered,
    /// The sum of a field.
    ValueSum,
    /// The mean of a field.
    ValueAvg,
    /// A percentile of a field.
    ValuePercentile,
    /// The median of a field.
    ValueMedian,
}

impl CorrelationKind {
    pub(crate) const ALL: [(&'static str, Self); 8] = [
        ("event_count", Self::EventCount),
        ("value_count", Self::ValueCount),
        ("temporal", Self::Temporal),
        ("temporal_ordered", Self::TemporalOrdered),
        ("value_sum", Self::ValueSum),
        ("value_avg", Self::ValueAvg),
        ("value_percentile", Self::ValuePercentile),
        ("value_median", Self::ValueMedian),
    ];

    /// As correlations write it.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// `temporal` or `temporal_ordered`?
    pub fn is_temporal(self) -> bool {
        matches!(self, Self::Temporal | Self::TemporalOrdered)
    }

    /// Reads the values of a field?
    pub fn reads_field(self) -> bool {
        !self.is_temporal() && self != Self::EventCount
    }
}

/// When a correlation matches.
#[derive(Clone, Debug, PartialEq)]
pub enum Threshold {
    /// Every comparison holds for the figure that the kind names.
    Figure(Vec<(Comparison, f64)>),
    /// The rules that matched satisfy an expression over their names.
    Rules(Condition),
}

/// A field under which several rules keep the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alias {
    /// The name that `group-by` uses.
    pub name: String,
    /// The rule, and the field of its events.
    pub fields: Vec<(Reference, String)>,
}

/// A correlation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Correlation {
    /// What it says about itself.
    pub meta: Metadata,
    /// What is counted or compared.
    pub kind: CorrelationKind,
    /// The rules or correlations it looks at, in order.
    pub rules: Vec<Reference>,
    /// The fields, or aliases, whose values keep groups apart.
    pub group_by: Vec<String>,
    /// How long a group is looked back on.
    pub timespan: Duration,
    /// When it matches.
    pub condition: Threshold,
    /// The fields that are counted, summed or ordered.
    pub fields: Vec<String>,
    /// Which percentile, from 0 to 100. Without it `value_percentile` is what the specification's example makes of it:
    /// some value is so many percent of all.
    pub percentile: Option<f64>,
    /// Fields that differ between rules.
    pub aliases: Vec<Alias>,
    /// Whether the rules it looks at also alert by themselves.
    pub generate: bool,
    /// Where fields, and the condition, stand.
    places: Vec<(String, Place)>,
}

impl Correlation {
    /// The field that a name stands for in the events of one of the rules.
    pub fn field_of<'c>(&'c self, name: &'c str, rule: &Reference) -> &'c str {
        let alias = self.aliases.iter().find(|alias| alias.name == name);
        let field = alias.and_then(|alias| alias.fields.iter().find(|(other, _)| other.is(&rule.name)));
        field.map_or(name, |(_, field)| field)
    }

    /// Where a field, or `condition`, stands.
    pub fn place_of(&self, field: &str) -> Place {
        let found = self.places.iter().find(|(name, _)| name == field);
        found.map_or(Place { line: self.meta.line, column: 1 }, |(_, place)| *place)
    }

    /// Is this the document a reference names?
    pub fn is_named(&self, reference: &str) -> bool {
        self.meta.is_named(reference)
    }
}

/// Tells of references that lead nowhere and of correlations that lead back to themselves, or that can never be met.
/// A missing rule is a warning where the others suffice.
pub fn check_correlations(correlations: &[Correlation], rules: &[Rule]) -> Vec<Diagnostic> {
    correlations.iter().flat_map(|correlation| correlation.check(correlations, rules)).collect()
}

impl Correlation {
    /// The same of one of them.
    pub fn check(&self, correlations: &[Self], rules: &[Rule]) -> Vec<Diagnostic> {
        let metas =
            || rules.iter().map(|rule| &rule.meta).chain(correlations.iter().map(|other| &other.meta));
        let mut report = Report::new(&self.meta.file);
        let is_there = |reference: &&Reference| metas().any(|meta| meta.is_named(&reference.name));
        let (known, missing): (Vec<&Reference>, Vec<&Reference>) = self.rules.iter().partition(is_there);
        let is_fatal = !self.can_be_met(&known);
        for reference in missing {
            missed(reference, is_fatal, metas(), &mut report);
        }
        for reference in known {
            if leads_back(&reference.name, self, correlations, 0) {
                report.error(reference.place, format!("`{}` leads back to this correlation", reference.name));
            }
        }
        let mut told = report.take_warnings();
        told.extend(report.finish(()).err().into_iter().flat_map(|found| found.0));
        told
    }
}

fn leads_back(name: &str, to: &Correlation, all: &[Correlation], depth: usize) -> bool {
    if to.is_named(name) || depth > all.len() {
        return true;
    }
    let next = all.iter().find(|other| other.is_named(name));
    next.is_some_and(|next| next.rules.iter().any(|rule| leads_back(&rule.name, to, all, depth + 1)))
}
