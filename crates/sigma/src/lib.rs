//! The Sigma rule language: parse, compile, evaluate.
//!
//! Knows no cloud, does no I/O and has no async. Rules are compiled once against a field map and evaluated
//! over an [`Event`], which reads lazily; [`json::Document`] is such an event over raw JSON bytes.

mod compile;
mod condition;
mod correlation;
mod detection;
pub mod diagnostic;
mod fields;
mod filter;
pub mod index;
pub mod json;
mod level;
mod matcher;
mod modifier;
mod pattern;
mod removal;
mod rule;
mod value;
pub mod yaml;

pub use compile::{
    CompiledRule, CompiledSelection, Explanation, FieldTrace, Literal, Necessary, SelectionTrace, Trace,
    hides_literals, suggest_field,
};
pub use condition::{Condition, Quantifier};
pub use correlation::{Alias, Correlation, CorrelationKind, Member, Threshold, check_correlations};
pub use detection::{Detection, Item, RuleValue, Search, Selection};
pub use diagnostic::{Diagnostic, Diagnostics, Place, Report};
pub use fields::{FieldMap, PlainFields, UnknownField};
pub use filter::{Filter, Reference, apply_filters};
pub use level::{Level, UnknownLevel};
pub use matcher::Comparison;
pub use modifier::Modifier;
pub use removal::Clause;
pub use rule::{LogSource, Metadata, ParseOptions, Rule, SigmaDocument, Status, parse};
pub use value::{Event, Field, Presence, Value};
