//! Which rules an event is worth trying on.
//!
//! What each rule needs is derived from its compiled form, so a rule that is left out cannot match; tests compare
//! with trying every rule. A field is read and folded once, whatever the number of rules that look at it.

mod literals;
mod plan;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ops::ControlFlow;

use self::literals::{Asker, Literals};
use crate::compile::{AnyOf, CompiledRule, Demand, Necessary};
use crate::value::{Event, Field, Value};

/// How many clauses of a rule are looked at; more would rarely rule out what these let through.
const CLAUSES: usize = 4;

/// Finds the rules that an event could match, by their numbers.
///
/// ```
/// # use trailhound_sigma::{CompiledRule, ParseOptions, PlainFields, SigmaDocument, index::Index, json};
/// # fn rule(detection: &str) -> CompiledRule {
/// #     let text = format!("title: t\nlogsource: {{product: windows}}\ndetection: {detection}\n");
/// #     let documents = trailhound_sigma::parse("t.yml", &text, &ParseOptions::default()).unwrap();
/// #     let SigmaDocument::Rule(rule) = &documents[0] else { panic!() };
/// #     CompiledRule::compile(rule, &PlainFields).unwrap()
/// # }
/// let rules = [
///     rule(r"{s: {Image|endswith: '\whoami.exe'}, condition: s}"),
///     rule(r"{s: {CommandLine|contains: ' /all'}, condition: s}"),
/// ];
/// let index = Index::new(rules.iter());
/// let event = json::Document::parse(r#"{"Image": "C:\\Windows\\System32\\WHOAMI.EXE"}"#)?;
/// assert_eq!(index.candidates(&event), [0]);
/// # Ok::<_, json::JsonError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Each field that rules look at, with the texts they look for.
    fields: Vec<(Field, Literals)>,
    /// What keyword searches look for in every value.
    anywhere: Option<Literals>,
    /// For each rule, a bit for each of its clauses; none for rules that have to be tried on every event.
    clauses: Vec<u8>,
    always: Vec<usize>,
}

impl Index {
    /// Of rules, which are numbered in the order given.
    pub fn new<'r>(rules: impl IntoIterator<Item = &'r CompiledRule>) -> Self {
        Self::over(rules, &|_| Some(0))
    }

    /// Like [`Index::new`], looking only at fields that have a rank, for events that compute others at a cost: the more
    /// events share a field's values, the higher. It is asked without a field whether keywords may be looked for in
    /// every value.
    pub fn over<'r>(
        rules: impl IntoIterator<Item = &'r CompiledRule>,
        rank: &dyn Fn(Option<&Field>) -> Option<u32>,
    ) -> Self {
        let demands: Vec<Vec<AnyOf>> = rules.into_iter().map(|rule| rule.demands(rank)).collect();
        let chosen = plan::fields(&demands);
        Self::build(demands, &|clause| plan::is_within(clause, &chosen))
    }

    /// Like [`Index::over`], looking at every such field, however few rules ask for it.
    pub fn over_all<'r>(
        rules: impl IntoIterator<Item = &'r CompiledRule>,
        rank: &dyn Fn(Option<&Field>) -> Option<u32>,
    ) -> Self {
        Self::build(rules.into_iter().map(|rule| rule.demands(rank)).collect(), &|_| true)
    }

    fn build(demands: Vec<Vec<AnyOf>>, is_looked_at: &dyn Fn(&AnyOf) -> bool) -> Self {
        let mut index = Self::default();
        let mut asked = Asked::default();
        for (number, mut clauses) in demands.into_iter().enumerate() {
            clauses.retain(is_looked_at);
            clauses.truncate(CLAUSES);
            index.clauses.push(clauses.iter().fold(0, |bits, _| bits << 1 | 1));
            if clauses.is_empty() {
                index.always.push(number);
            }
            for (clause, demands) in (0..).zip(clauses) {
                for demand in demands {
                    asked.add(demand, Asker { rule: number, clause });
                }
            }
        }
        index.anywhere = (!asked.anywhere.is_empty()).then(|| Literals::new(&asked.anywhere));
        // What most rules ask for rules most of them out.
        asked.fields.sort_by_key(|(_, asked)| std::cmp::Reverse(asked.len()));
        let fields = asked.fields.into_iter();
        index.fields = fields.map(|(field, asked)| (field, Literals::new(&asked))).collect();
        index
    }

    /// Could any rule match? Like asking whether there are candidates, and done with the first.
    pub fn is_candidate<E: Event + ?Sized>(&self, event: &E) -> bool {
        if !self.always.is_empty() {
            return true;
        }
        let mut met = vec![0_u8; self.clauses.len()];
        let mut is_any = false;
        let mut tell = |Asker { rule: at, clause }: Asker| {
            met[at] |= 1 << clause;
            is_any |= met[at] == self.clauses[at];
        };
        self.hear(event, &mut tell);
        is_any
    }

    /// Tells of each literal that a value of the event has, for whom it stands.
    fn hear<E: Event + ?Sized>(&self, event: &E, tell: &mut impl FnMut(Asker)) {
        let mut lower = String::new();
        for (field, literals) in &self.fields {
            event.values(field, &mut |value| {
                look(literals, &value, &mut lower, tell);
                ControlFlow::Continue(())
            });
        }
        if let Some(literals) = &self.anywhere {
            event.every_value(&mut |value| {
                look(literals, &value, &mut lower, tell);
                ControlFlow::Continue(())
            });
        }
    }

    /// The rules that could match, in order; no other can.
    pub fn candidates<E: Event + ?Sized>(&self, event: &E) -> Vec<usize> {
        let mut found = self.always.clone();
        let mut met = vec![0_u8; self.clauses.len()];
        let mut tell = |Asker { rule: at, clause }: Asker| {
            let before = met[at];
            met[at] |= 1 << clause;
            if met[at] == self.clauses[at] && before != met[at] {
                found.push(at);
            }
        };
        self.hear(event, &mut tell);
        found.sort_unstable();
        found
    }
}

/// What is looked for, field by field.
#[derive(Default)]
struct Asked {
    fields: Vec<(Field, Vec<(Necessary, Asker)>)>,
    by_paths: HashMap<Vec<String>, usize>,
    anywhere: Vec<(Necessary, Asker)>,
}

impl Asked {
    fn add(&mut self, Demand { field, shape, .. }: Demand, asker: Asker) {
        let Some(field) = field else { return self.anywhere.push((shape, asker)) };
        let at = *self.by_paths.entry(field.paths.clone()).or_insert_with(|| {
            self.fields.push((field, Vec::new()));
            self.fields.len() - 1
        });
        self.fields[at].1.push((shape, asker));
    }
}

fn look(literals: &Literals, value: &Value<'_>, lower: &mut String, tell: &mut impl FnMut(Asker)) {
    let Some(text) = value.text() else { return };
    lower.clear();
    if text.is_ascii() {
        lower.push_str(&text);
        lower.make_ascii_lowercase();
    } else {
        lower.push_str(&text.to_lowercase());
    }
    literals.find(lower, tell);
}
