//! Why a rule matched, or did not: every selection, field and value that was looked at.

use std::fmt;
use std::ops::ControlFlow;

use super::nearest::nearest;
use super::trace::{Change, FieldTrace, SelectionTrace, Trace};
use super::{CompiledRule, CompiledSelection, Leaf, Test, Tree, Values};
use crate::matcher::Matcher;
use crate::pattern::Text;
use crate::value::{Event, Value};

/// How many values of a field are told, and how much of each.
const VALUES: usize = 8;
const VALUE_CHARS: usize = 200;

/// What a rule saw in an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The verdict.
    pub matched: bool,
    /// The condition as written.
    pub condition: String,
    /// Every selection in the order of the rule.
    pub selections: Vec<SelectionTrace>,
    /// Of a miss, the fewest clauses that would have to come out the other way for the rule to match; none where no such
    /// set is known.
    pub nearest: Vec<Change>,
}

impl CompiledRule {
    /// Evaluates every selection and tells what it saw.
    pub fn explain<E: Event + ?Sized>(&self, event: &E) -> Explanation {
        let selections = self.selections.iter().map(|(name, tree)| SelectionTrace {
            name: name.clone(),
            matched: tree.matches(event),
            trace: tree.explain(event),
        });
        let (matched, selections) = (self.matches(event), selections.collect::<Vec<_>>());
        let nearest = if matched { Vec::new() } else { nearest(&self.condition, &selections) };
        Explanation { matched, condition: self.written.clone(), selections, nearest }
    }
}

impl CompiledSelection {
    /// Tells what the selection saw.
    pub fn explain<E: Event + ?Sized>(&self, event: &E) -> Trace {
        self.root.explain(event)
    }
}

impl Tree {
    fn explain<E: Event + ?Sized>(&self, event: &E) -> Trace {
        match self {
            Self::All(parts) => Trace::All(parts.iter().map(|part| part.explain(event)).collect()),
            Self::Any(parts) => Trace::Any(parts.iter().map(|part| part.explain(event)).collect()),
            Self::Leaf(item) => Trace::Field(item.explain(event)),
        }
    }
}

impl Leaf {
    fn explain<E: Event + ?Sized>(&self, event: &E) -> FieldTrace {
        let mut seen = Vec::new();
        let mut hits = Vec::new();
        let mut patterns: Vec<String> = Vec::new();
        let mut visit = |value: Value<'_>| {
            let found = self.test.patterns(&value, event);
            if !found.is_empty() {
                push(&mut hits, &value);
            }
            // Keywords look at everything, so what they did not find is not worth telling.
            if self.field.is_some() {
                push(&mut seen, &value);
            }
            for pattern in found {
                if !patterns.contains(&pattern) {
                    patterns.push(pattern);
                }
            }
            ControlFlow::Continue(())
        };
        match &self.field {
            Some(field) => _ = event.values(field, &mut visit),
            None => event.every_value(&mut visit),
        }
        let matched = self.matches(event);
        if patterns.is_empty() {
            patterns = match &self.test {
                Test::Any(Values { null: true, .. }) if matched => vec!["null".to_owned()],
                test => test.wanted(),
            };
        }
        FieldTrace {
            field: self.label.clone(),
            line: self.line,
            paths: self.field.as_ref().map(|field| field.paths.clone()).unwrap_or_default(),
            matched,
            patterns,
            values: if hits.is_empty() { seen } else { hits },
        }
    }
}

impl Test {
    /// All that it would match, as written.
    fn wanted(&self) -> Vec<String> {
        let written = |matchers: &[(Matcher, String)]| -> Vec<String> {
            matchers.iter().map(|(_, written)| written.clone()).collect()
        };
        match self {
            Self::Exists(wanted) => vec![wanted.to_string()],
            Self::Any(values) => {
                let exact = values.exact.written().map(str::to_owned);
                let mut all: Vec<String> = exact.chain(written(&values.others)).collect();
                all.extend(values.null.then(|| "null".to_owned()));
                all.extend(values.empty.then(|| "[]".to_owned()));
                all
            }
            Self::All(matchers) => written(matchers),
            Self::Fields(others) => others.iter().map(|other| other.field.name.clone()).collect(),
        }
    }

    /// The rule's values that this value of the event matches, as written.
    fn patterns<E: Event + ?Sized>(&self, value: &Value<'_>, event: &E) -> Vec<String> {
        let Some(text) = value.text() else { return Vec::new() };
        let text = Text::new(&text);
        let matching = |matchers: &[(Matcher, String)]| -> Vec<String> {
            let hits = matchers.iter().filter(|(matcher, _)| matcher.matches(value, Some(&text)));
            hits.map(|(_, written)| written.clone()).collect()
        };
        match self {
            Self::Exists(_) => Vec::new(),
            Self::Any(values) => {
                let exact = values.exact.find(&text).map(str::to_owned);
                exact.into_iter().chain(matching(&values.others)).collect()
            }
            Self::All(matchers) => matching(matchers),
            Self::Fields(others) => {
                let hits = others.iter().filter(|other| other.matches(value, event));
                hits.map(|other| other.field.name.clone()).collect()
            }
        }
    }
}

fn push(values: &mut Vec<String>, value: &Value<'_>) {
    if values.len() < VALUES {
        let text =
            value.text().map_or_else(|| "null".to_owned(), |text| text.chars().take(VALUE_CHARS).collect());
        values.push(text);
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", mark(self.matched), self.condition)?;
        for selection in &self.selections {
            writeln!(f, "  {} {}", mark(selection.matched), selection.name)?;
            selection.trace.write(f, 2)?;
        }
        for Change { selection, clause } in &self.nearest {
            let other = if clause.matched { "fail" } else { "hold" };
            writeln!(f, "  nearest: line {}, {selection}: {clause}; it would have to {other}", clause.line)?;
        }
        Ok(())
    }
}

impl Trace {
    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let indent = "  ".repeat(depth);
        match self {
            Self::All(parts) => parts.iter().try_for_each(|part| part.write(f, depth)),
            Self::Any(parts) => {
                writeln!(f, "{indent}{} one of", mark(self.matched()))?;
                parts.iter().try_for_each(|part| part.write(f, depth + 1))
            }
            Self::Field(field) => writeln!(f, "{indent}{} {field}", mark(field.matched)),
        }
    }
}

/// What it wanted and what it met.
impl fmt::Display for FieldTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.field)?;
        if !self.patterns.is_empty() {
            let told = &self.patterns[..self.patterns.len().min(VALUES)];
            write!(f, " wanted {}", told.join(", "))?;
            if self.patterns.len() > VALUES {
                write!(f, " and {} more", self.patterns.len() - VALUES)?;
            }
            write!(f, ",")?;
        }
        match &self.values[..] {
            [] => write!(f, " met no value"),
            values => write!(f, " met {values:?}"),
        }
    }
}

fn mark(matched: bool) -> char {
    if matched { '+' } else { '-' }
}
