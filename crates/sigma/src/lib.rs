//! The Sigma rule language: parse, compile, evaluate.
//!
//! Knows no cloud, does no I/O and has no async. Rules are compiled once against a field map and evaluated
//! over an [`Event`], which reads lazily; [`json::Document`] is such an event over raw JSON bytes.

pub mod json;
mod level;
mod value;

pub use level::{Level, UnknownLevel};
pub use value::{Event, Field, Presence, Value};
