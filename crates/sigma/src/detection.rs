//! What a rule looks for: named selections and the condition that joins them.
//!
//! Values are checked and made ready when they are read, so that every fault is told with its place; fields are
//! resolved later, when a rule is compiled for its log source.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use parse::{parse, search};

use crate::condition::Condition;
use crate::diagnostic::Place;
use crate::matcher::Matcher;
use crate::modifier::Modifier;

/// The `detection` of a rule or the body of a filter.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Detection {
    /// The named selections in the order written.
    pub selections: Vec<Selection>,
    /// The conditions; a rule matches when one of them holds.
    pub conditions: Vec<Condition>,
}

/// A named selection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Selection {
    /// Its name.
    pub name: String,
    /// What it looks for.
    pub search: Search,
    /// Where its name stands.
    pub place: Place,
}

/// What a selection looks for.
#[derive(Clone, Debug)]
pub enum Search {
    /// Every item must match; a mapping. Nothing at all always matches.
    All(Vec<Item>),
    /// One of these must match; a list.
    Any(Vec<Search>),
}

/// One entry of a mapping, or a list of keywords.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Item {
    /// The field as written; keywords have none.
    pub field: Option<String>,
    /// The modifiers in the order written.
    pub modifiers: Vec<Modifier>,
    /// The values; one must match, or all with `all`.
    pub values: Vec<RuleValue>,
    /// Where the field's name stands.
    pub place: Place,
}

/// A value of an item.
#[derive(Clone, Debug)]
pub struct RuleValue {
    /// As written.
    pub text: String,
    /// Where it stands.
    pub place: Place,
    pub(crate) matcher: Matcher,
    /// The value of an `exists`.
    pub(crate) exists: Option<bool>,
}

impl Item {
    pub(crate) fn has(&self, modifier: Modifier) -> bool {
        self.modifiers.contains(&modifier)
    }
}

/// The key as a rule writes it: field and modifiers.
impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => f.write_str(field)?,
            None if self.modifiers.is_empty() => f.write_str("keywords")?,
            None => {}
        }
        self.modifiers.iter().try_for_each(|modifier| write!(f, "|{}", modifier.as_str()))
    }
}
