//! Sigma rules: read, checked, compiled and evaluated over events that are never copied.
//!
//! # Match events
//!
//! An [`Engine`] takes files and finds the rules that an event matches. [`json::Document`] is an event over JSON
//! bytes; with the feature `serde_json` a `serde_json::Value` is one too.
//!
//! ```
//! use trailhound_sigma::{Engine, json};
//!
//! let mut builder = Engine::builder();
//! builder.add("whoami.yml", r"
//! title: Whoami
//! logsource: {category: process_creation, product: windows}
//! detection:
//!   selection:
//!     Image|endswith: '\whoami.exe'
//!   condition: selection
//! ")?;
//! let engine = builder.build()?;
//! let event = json::Document::parse(r#"{"Image": "C:\\Windows\\System32\\WHOAMI.EXE"}"#)?;
//! assert_eq!(engine.matching(&event).count(), 1);
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # Tell an author what is wrong
//!
//! Every fault of a file is told at once, with its place and what to write instead.
//!
//! ```
//! use trailhound_sigma::Engine;
//!
//! let text = "title: t\nlogsource: {product: aws}\ndetection:\n  selection: {a: x}\n  condition: selektion\n";
//! let wrong = Engine::builder().add("slip.yml", text).unwrap_err();
//! assert_eq!(wrong.0[0].line, 5);
//! assert_eq!(wrong.0[0].help.as_deref(), Some("did you mean `selection`?"));
//! ```
//!
//! # Say why
//!
//! ```
//! # use trailhound_sigma::{Engine, json};
//! # let mut builder = Engine::builder();
//! # builder.add("r.yml", "{title: r, logsource: {product: p}, detection: {s: {a|contains: [foo, bar]}, condition: s}}")?;
//! # let engine = builder.build()?;
//! let event = json::Document::parse(r#"{"a": "so FOO"}"#)?;
//! let explanation = engine.rules()[0].compiled().explain(&event);
//! assert!(explanation.matched);
//! assert!(explanation.to_string().contains("met [\"so FOO\"]"));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # Count and order
//!
//! Correlations look at what rules found: see [`Correlator`].
//!
//! # Fields of your own logs
//!
//! Rules name fields as Sigma does; a [`FieldMap`] says where events keep them.
//!
//! ```
//! use trailhound_sigma::{Engine, FieldMap, LogSource, UnknownField, json};
//!
//! struct Elastic;
//!
//! impl FieldMap for Elastic {
//!     fn resolve(&self, _: &LogSource, field: &str) -> Result<Vec<String>, UnknownField> {
//!         match field {
//!             "Image" => Ok(vec!["process.executable".into()]),
//!             other => Ok(vec![other.into()]),
//!         }
//!     }
//! }
//!
//! let mut builder = Engine::builder().fields(&Elastic);
//! builder.add("r.yml", "{title: r, logsource: {product: windows}, detection: {s: {Image: a.exe}, condition: s}}")?;
//! let event = json::Document::parse(r#"{"process": {"executable": "a.exe"}}"#)?;
//! assert_eq!(builder.build()?.matching(&event).count(), 1);
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(doc)]
#[doc = include_str!("../CONFORMANCE.md")]
pub mod conformance {}

mod compile;
mod condition;
mod correlation;
mod detection;
pub mod diagnostic;
mod engine;
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
#[cfg(feature = "serde_json")]
mod serde_event;
mod uuid;
mod value;
pub mod words;
pub mod yaml;

pub use compile::{
    Change, CompiledRule, CompiledSelection, Example, Explanation, FieldTrace, Literal, Necessary,
    SelectionTrace, Trace, Wanted, hides_literals, suggest_field,
};
pub use condition::{Condition, Quantifier};
pub use correlation::{Alias, Correlation, CorrelationKind, Member, Threshold, check_correlations};
pub use detection::{Detection, Item, RuleValue, Search, Selection};
pub use diagnostic::{Diagnostic, Diagnostics, Place, Report, Severity};
pub use engine::{Correlator, Engine, EngineBuilder, EngineRule, Hit};
pub use fields::{FieldMap, PlainFields, UnknownField};
pub use filter::{Filter, Reference, apply_filters};
pub use level::{Level, UnknownLevel};
pub use matcher::Comparison;
pub use modifier::Modifier;
pub use removal::Clause;
pub use rule::{LogSource, Metadata, ParseOptions, Rule, SigmaDocument, Status, parse};
pub use value::{Event, Field, Presence, Value};
