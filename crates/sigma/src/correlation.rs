//! Correlations: what several matches mean together. Read, checked and evaluated here; windows need memory, which
//! belongs to whoever has it.

mod evaluate;
mod parse;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use evaluate::Member;
pub(crate) use parse::parse;

use crate::condition::Condition;
use crate::diagnostic::{Diagnostics, Place, Report, nearest};
use crate::filter::Reference;
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
    /// Which percentile, from 0 to 100.
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
        let field = alias.and_then(|alias| alias.fields.iter().find(|(other, _)| other.name == rule.name));
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

/// Refuses references that lead nowhere and correlations that lead back to themselves.
pub fn check_correlations(correlations: &[Correlation], rules: &[Rule]) -> Result<(), Diagnostics> {
    let mut faults = Vec::new();
    let names = || {
        let rules = rules.iter().filter_map(|rule| rule.meta.name.as_deref());
        rules.chain(correlations.iter().filter_map(|other| other.meta.name.as_deref()))
    };
    for correlation in correlations {
        let mut report = Report::new(&correlation.meta.file);
        for reference in &correlation.rules {
            let known = rules.iter().any(|rule| rule.is_named(&reference.name))
                || correlations.iter().any(|other| other.is_named(&reference.name));
            if !known {
                let message = format!("there is no rule `{}`", reference.name);
                let error = report.error(reference.place, message);
                if let Some(meant) = nearest(&reference.name, names()) {
                    error.help(format!("did you mean `{meant}`?"));
                }
            } else if leads_back(&reference.name, correlation, correlations, 0) {
                let message = format!("`{}` leads back to this correlation", reference.name);
                report.error(reference.place, message);
            }
        }
        if let Err(found) = report.finish(()) {
            faults.extend(found.0);
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Diagnostics(faults)) }
}

fn leads_back(name: &str, to: &Correlation, all: &[Correlation], depth: usize) -> bool {
    if to.is_named(name) || depth > all.len() {
        return true;
    }
    let next = all.iter().find(|other| other.is_named(name));
    next.is_some_and(|next| next.rules.iter().any(|rule| leads_back(&rule.name, to, all, depth + 1)))
}
