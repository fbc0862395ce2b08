//! Rules ready to be evaluated.
//!
//! A selection that no field of the event satisfies costs one walk of the event a field; text is compared in
//! place. `not` over an absent field holds, a `null` matches an absent field, one member of a list suffices.

mod closed;
mod demand;
mod evaluate;
mod example;
mod explain;
mod nearest;
mod outside;
mod screen;
mod set;
#[cfg(test)]
pub(crate) mod tests;
mod trace;

pub(crate) use demand::{AnyOf, Demand};
pub use example::{Example, Wanted};
pub use explain::Explanation;
pub use screen::{Literal, Necessary, hides_literals};
pub use trace::{Change, FieldTrace, SelectionTrace, Trace};

use crate::condition::{Condition, Quantifier};
use crate::detection::{self, Search};
use crate::diagnostic::{Diagnostic, Diagnostics, Place, Report, nearest};
use crate::fields::FieldMap;
use crate::matcher::Matcher;
use crate::modifier::Modifier;
use crate::pattern::{Anchor, Case, Pattern};
use crate::rule::{LogSource, Rule};
use crate::value::{Event, Field};
use crate::yaml::Yaml;
use outside::Outside;
use set::ExactSet;

/// A rule ready to be evaluated.
///
/// ```
/// use trailhound_sigma::{CompiledRule, ParseOptions, PlainFields, SigmaDocument, json, parse};
///
/// let text = "{title: t, logsource: {product: p}, detection: {s: {port|gte: 1024}, condition: s}}";
/// let documents = parse("t.yml", text, &ParseOptions::default())?;
/// let [SigmaDocument::Rule(rule)] = &documents[..] else { unreachable!("one rule") };
/// let rule = CompiledRule::compile(rule, &PlainFields)?;
/// assert!(rule.matches(&json::Document::parse(r#"{"port": 8080}"#)?));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CompiledRule {
    selections: Vec<(String, Tree)>,
    condition: Expr,
    /// The conditions as written, joined by `or`.
    written: String,
    warnings: Vec<Diagnostic>,
}

/// A selection without a rule around it, ready to be evaluated.
///
/// ```
/// use trailhound_sigma::{CompiledSelection, LogSource, PlainFields, json, yaml};
///
/// let nodes = yaml::parse("s.yml", "user|contains: adm")?;
/// let selection = CompiledSelection::compile(&nodes[0], "s.yml", &LogSource::default(), &PlainFields)?;
/// assert!(selection.matches(&json::Document::parse(r#"{"user": "badmin"}"#)?));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CompiledSelection {
    root: Tree,
}

/// A condition over numbered selections.
#[derive(Clone, Debug)]
enum Expr {
    Selection(usize),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    AtLeast(usize, Vec<usize>),
}

/// A selection's search.
#[derive(Clone, Debug)]
enum Tree {
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Leaf(Box<Leaf>),
}

#[derive(Clone, Debug)]
struct Leaf {
    /// As the rule writes it, modifiers included.
    label: String,
    /// Where that stands.
    line: usize,
    /// `None` for keywords.
    field: Option<Field>,
    test: Test,
    /// `neq`: the field is there and no value matches.
    negated: bool,
    /// The field is known never to hold what this asks for.
    never: bool,
}

#[derive(Clone, Debug)]
enum Test {
    Exists(bool),
    /// One value matches.
    Any(Values),
    /// Each is matched by some value.
    All(Vec<(Matcher, String)>),
    /// One of the other fields' values compares with one of this field's.
    Fields(Vec<OtherField>),
}

#[derive(Clone, Debug)]
struct Values {
    /// Whole texts without regard to case, as most rules have them.
    exact: ExactSet,
    /// All others, each with its text as written.
    others: Vec<(Matcher, String)>,
    /// `null` is among them.
    null: bool,
    /// `[]` is among them, as some write an empty list.
    empty: bool,
}

#[derive(Clone, Debug)]
struct OtherField {
    field: Field,
    anchor: Anchor,
    case: Case,
}

impl Values {
    fn new(matchers: impl Iterator<Item = (Matcher, String)>) -> Self {
        let (mut exact, mut others, mut null, mut empty) = (Vec::new(), Vec::new(), false, false);
        for (matcher, text) in matchers {
            empty |= matches!(&matcher, Matcher::Text(Pattern::Exact(needle)) if needle.text() == "[]");
            match matcher {
                Matcher::Null => null = true,
                Matcher::Text(Pattern::Exact(needle)) if !needle.is_cased() => {
                    exact.push((needle.text().into(), text));
                }
                other => others.push((other, text)),
            }
        }
        Self { exact: ExactSet::new(exact), others, null, empty }
    }
}

impl CompiledRule {
    /// Resolves a rule's fields and makes it ready.
    pub fn compile(rule: &Rule, fields: &dyn FieldMap) -> Result<Self, Diagnostics> {
        let mut report = Report::new(&rule.meta.file);
        let detection = &rule.detection;
        let mut outside = Vec::new();
        let mut compiler =
            Compiler { logsource: &rule.logsource, fields, report: &mut report, outside: &mut outside };
        let selections: Vec<(String, Tree)> = detection
            .selections
            .iter()
            .map(|selection| (selection.name.clone(), compiler.search(&selection.search)))
            .collect();
        let number = |name: &str| selections.iter().position(|(other, _)| other == name);
        let mut conditions = detection.conditions.iter().map(|condition| expr(condition, &number));
        let condition = match (conditions.next(), conditions.len()) {
            (Some(only), 0) => only,
            (first, _) => Expr::Or(first.into_iter().chain(conditions).collect()),
        };
        let written: Vec<String> = detection.conditions.iter().map(ToString::to_string).collect();
        let mut compiled =
            Self { selections, condition, written: written.join(" or "), warnings: Vec::new() };
        let is_idle = !compiled.can_match();
        for outside in outside {
            outside.tell(is_idle, &mut report);
        }
        compiled.warnings = report.take_warnings();
        report.finish(compiled)
    }

    /// What makes one wonder about it, now that its fields are known.
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// Does the event match?
    pub fn matches<E: Event + ?Sized>(&self, event: &E) -> bool {
        self.holds(&self.condition, event)
    }
}

impl CompiledSelection {
    /// Reads and resolves a selection that stands by itself in a file.
    pub fn compile(
        node: &Yaml,
        file: &str,
        logsource: &LogSource,
        fields: &dyn FieldMap,
    ) -> Result<Self, Diagnostics> {
        let mut report = Report::new(file);
        let search = detection::search(node, &[], &mut report);
        if !report.is_clean() {
            return report.finish(Self { root: Tree::Any(Vec::new()) });
        }
        Self::of(&search, logsource, fields, report)
    }

    /// Makes a selection ready that was read before.
    pub fn from_search(
        search: &Search,
        file: &str,
        logsource: &LogSource,
        fields: &dyn FieldMap,
    ) -> Result<Self, Diagnostics> {
        Self::of(search, logsource, fields, Report::new(file))
    }

    fn of(
        search: &Search,
        logsource: &LogSource,
        fields: &dyn FieldMap,
        mut report: Report,
    ) -> Result<Self, Diagnostics> {
        let mut outside = Vec::new();
        let mut compiler = Compiler { logsource, fields, report: &mut report, outside: &mut outside };
        let root = compiler.search(search);
        let is_idle = !root.can_match();
        for outside in outside {
            outside.tell(is_idle, &mut report);
        }
        report.finish(Self { root })
    }

    /// Does the event match?
    pub fn matches<E: Event + ?Sized>(&self, event: &E) -> bool {
        self.root.matches(event)
    }
}

fn expr(condition: &Condition, number: &dyn Fn(&str) -> Option<usize>) -> Expr {
    let all = |parts: &[Condition]| parts.iter().map(|part| expr(part, number)).collect();
    match condition {
        // Names were checked when the condition was read; one that is missing never matches.
        Condition::Name(name) => number(name).map_or(Expr::Or(Vec::new()), Expr::Selection),
        Condition::And(parts) => Expr::And(all(parts)),
        Condition::Or(parts) => Expr::Or(all(parts)),
        Condition::Not(inner) => Expr::Not(Box::new(expr(inner, number))),
        Condition::Of { quantifier, names, .. } => {
            let names: Vec<usize> = names.iter().filter_map(|name| number(name)).collect();
            match quantifier {
                Quantifier::All => Expr::And(names.into_iter().map(Expr::Selection).collect()),
                Quantifier::AtLeast(1) => Expr::Or(names.into_iter().map(Expr::Selection).collect()),
                Quantifier::AtLeast(n) => Expr::AtLeast(*n, names),
            }
        }
    }
}

struct Compiler<'c> {
    logsource: &'c LogSource,
    fields: &'c dyn FieldMap,
    report: &'c mut Report,
    /// Values that closed fields never hold.
    outside: &'c mut Vec<Outside>,
}

impl Compiler<'_> {
    fn search(&mut self, search: &Search) -> Tree {
        match search {
            Search::All(items) => match &items[..] {
                [item] => self.item(item),
                items => Tree::All(items.iter().map(|item| self.item(item)).collect()),
            },
            Search::Any(searches) => Tree::Any(searches.iter().map(|search| self.search(search)).collect()),
        }
    }

    fn item(&mut self, item: &detection::Item) -> Tree {
        let field = item.field.as_ref().map(|name| self.field(name, item.place));
        let matchers = || item.values.iter().map(|value| (value.matcher.clone(), value.text.clone()));
        let test = if let Some(exists) = item.values.first().and_then(|value| value.exists) {
            Test::Exists(exists)
        } else if item.has(Modifier::FieldRef) {
            let mut others = Vec::new();
            for value in &item.values {
                if let Matcher::FieldRef(other) = &value.matcher {
                    let field = self.field(&other.name, value.place);
                    others.push(OtherField { field, anchor: other.anchor, case: other.case });
                }
            }
            Test::Fields(others)
        } else if item.has(Modifier::All) {
            Test::All(matchers().collect())
        } else {
            Test::Any(Values::new(matchers()))
        };
        let negated = item.has(Modifier::Neq);
        let (label, line) = (item.to_string(), item.place.line);
        let mut leaf = Leaf { label, line, field, test, negated, never: false };
        self.look_whether_closed(item, &mut leaf);
        Tree::Leaf(Box::new(leaf))
    }

    fn field(&mut self, name: &str, place: Place) -> Field {
        let paths = match self.fields.resolve(self.logsource, name) {
            Ok(paths) if !paths.is_empty() => paths,
            Ok(_) => vec![name.to_owned()],
            Err(unknown) => {
                let error = self.report.error(place, format!("the log source has no field `{name}`"));
                if let Some(meant) = unknown.suggestion {
                    error.help(format!("did you mean `{meant}`?"));
                }
                vec![name.to_owned()]
            }
        };
        Field { name: name.to_owned(), paths }
    }
}

/// The candidate that a misspelt field most likely meant, for implementations of [`FieldMap`].
pub fn suggest_field<'c>(field: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(field, candidates).map(str::to_owned)
}
