//! Detections: Sigma rules with what `trailhound:` adds, compiled and indexed.
//!
//! Rules are found by log type and, within it, by the one field that most rules name (`eventName`,
//! `operationName`), so that adding rules does not slow the records they are not about.

mod adjust;
mod baseline;
mod bounds;
mod collected;
mod correlated;
mod demand;
mod detection;
mod embedded;
mod extension;
mod files;
mod guard;
mod index;
mod info;
mod known;
mod lane;
mod load;
mod making;
mod placeholders;
mod presence;
mod report;
pub mod schema;
mod sentence;
mod set;
mod tags;
mod takes;
#[cfg(test)]
mod tests;
mod values;
mod words;

pub use adjust::{Adjust, LevelChange};
pub use baseline::{Baseline, FirstFact};
pub use bounds::{MOST_COUNTED, MOST_EVENTS, MOST_MEMBERS};
pub(crate) use correlated::FAMILY;
pub use correlated::{Correlated, Feed, ValueSource};
pub use demand::Demand;
pub use detection::Detection;
pub use embedded::{EMBEDDED, EMBEDDED_TESTS, EmbeddedFile};
pub use extension::Extension;
pub use files::FileKind;
pub use guard::Guard;
pub use known::KnownLowers;
pub use lane::Lane;
pub use load::{Loaded, Loading, RuleFile, load, load_as, load_embedded};
#[cfg(test)]
pub(crate) use load::{compiled, detection};
pub use report::{Beyond, FileReport, ReplacedRule};
pub use sentence::PLACEHOLDERS;
pub use set::RuleSet;
#[cfg(test)]
pub(crate) use tags::tag_fault;
pub use takes::Takes;
pub(crate) use words::unknown_key;
pub use words::{duration, log_source_name};
