//! The expression that joins a rule's selections.
//!
//! `not` binds closer than `and`, `and` closer than `or`. `them` leaves out selections whose name starts with
//! an underscore. A pattern that names no selection is an error: it would make a rule that never, or always,
//! matches.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt;

pub(crate) use parse::parse;

/// How many of the named selections must match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// `all of`
    All,
    /// `1 of`, `any of`, `2 of` …
    AtLeast(usize),
}

/// A condition over named selections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A selection by its name.
    Name(String),
    /// Every one of these.
    And(Vec<Condition>),
    /// At least one of these.
    Or(Vec<Condition>),
    /// The opposite.
    Not(Box<Condition>),
    /// `1 of selection_*` and its kin.
    Of {
        /// How many.
        quantifier: Quantifier,
        /// `them` or a pattern with `*`, as written.
        pattern: String,
        /// The selections it stands for, in the order of the rule.
        names: Vec<String>,
    },
}

impl Condition {
    /// Calls `visit` with every selection this condition refers to, repeats included.
    pub fn visit_names<'c>(&'c self, visit: &mut dyn FnMut(&'c str)) {
        match self {
            Self::Name(name) => visit(name),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit_names(visit)),
            Self::Not(inner) => inner.visit_names(visit),
            Self::Of { names, .. } => names.iter().for_each(|name| visit(name)),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Condition], word: &str| {
            for (n, part) in parts.iter().enumerate() {
                if n > 0 {
                    write!(f, " {word} ")?;
                }
                match part {
                    Self::And(_) | Self::Or(_) => write!(f, "({part})")?,
                    _ => write!(f, "{part}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::Name(name) => f.write_str(name),
            Self::And(parts) => joined(f, parts, "and"),
            Self::Or(parts) => joined(f, parts, "or"),
            Self::Not(inner) => match &**inner {
                Self::And(_) | Self::Or(_) => write!(f, "not ({inner})"),
                _ => write!(f, "not {inner}"),
            },
            Self::Of { quantifier: Quantifier::All, pattern, .. } => write!(f, "all of {pattern}"),
            Self::Of { quantifier: Quantifier::AtLeast(n), pattern, .. } => write!(f, "{n} of {pattern}"),
        }
    }
}
