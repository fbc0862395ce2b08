//! The parts of a rule that can be taken away, so that tests can be shown to notice.

#[cfg(test)]
mod tests;

use std::fmt;

use crate::condition::{Condition, Quantifier};
use crate::detection::{Item, Search};
use crate::rule::Rule;

/// A part of a rule, by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// What it is, in an author's words.
    pub description: String,
    /// Where it stands.
    pub line: usize,
    target: Target,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// A whole item, in a selection, under a path of list members.
    Item { selection: usize, path: Vec<usize>, item: usize },
    /// One value of an item.
    Value { selection: usize, path: Vec<usize>, item: usize, value: usize },
    /// One member of a list of mappings.
    Member { selection: usize, path: Vec<usize>, member: usize },
    /// The n-th operand of a condition, in reading order.
    Operand { condition: usize, operand: usize },
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.description)
    }
}

impl Rule {
    /// Every part that can be taken away.
    pub fn clauses(&self) -> Vec<Clause> {
        let mut clauses = Vec::new();
        for (n, selection) in self.detection.selections.iter().enumerate() {
            for (target, line, what) in parts(&selection.search) {
                let description = format!("{}: {what}", selection.name);
                clauses.push(Clause { description, line, target: target.within(n) });
            }
        }
        for (n, condition) in self.detection.conditions.iter().enumerate() {
            let mut operands = Vec::new();
            visit_operands(condition, &mut operands);
            for (operand, description) in operands.into_iter().enumerate() {
                let description = format!("condition: {description}");
                clauses.push(Clause {
                    description,
                    line: self.meta.line,
                    target: Target::Operand { condition: n, operand },
                });
            }
        }
        clauses
    }

    /// The rule with one part taken away.
    #[must_use]
    pub fn without(&self, clause: &Clause) -> Self {
        let mut rule = self.clone();
        match &clause.target {
            Target::Operand { condition, operand } => {
                let mut count = 0;
                let condition = &mut rule.detection.conditions[*condition];
                remove_operand(condition, *operand, &mut count);
            }
            Target::Item { selection, .. }
            | Target::Value { selection, .. }
            | Target::Member { selection, .. } => {
                remove(&mut rule.detection.selections[*selection].search, &clause.target);
            }
        }
        rule
    }
}

impl Search {
    /// Every part that can be taken away.
    pub fn clauses(&self) -> Vec<Clause> {
        parts(self)
            .into_iter()
            .map(|(target, line, description)| Clause { description, line, target })
            .collect()
    }

    /// The search with one part taken away.
    #[must_use]
    pub fn without(&self, clause: &Clause) -> Self {
        let mut search = self.clone();
        remove(&mut search, &clause.target);
        search
    }
}

impl Target {
    fn within(self, at: usize) -> Self {
        match self {
            Self::Item { path, item, .. } => Self::Item { selection: at, path, item },
            Self::Value { path, item, value, .. } => Self::Value { selection: at, path, item, value },
            Self::Member { path, member, .. } => Self::Member { selection: at, path, member },
            operand @ Self::Operand { .. } => operand,
        }
    }
}

fn parts(search: &Search) -> Vec<(Target, usize, String)> {
    let mut found = Vec::new();
    collect(search, &mut Vec::new(), &mut found);
    found
}

fn collect(search: &Search, path: &mut Vec<usize>, found: &mut Vec<(Target, usize, String)>) {
    match search {
        Search::All(items) => {
            for (n, item) in items.iter().enumerate() {
                let target = Target::Item { selection: 0, path: path.clone(), item: n };
                found.push((target, item.place.line, item.to_string()));
                if item.values.len() > 1 {
                    for (value, own) in item.values.iter().enumerate() {
                        let target = Target::Value { selection: 0, path: path.clone(), item: n, value };
                        found.push((target, own.place.line, format!("{item}: {}", own.text)));
                    }
                }
            }
        }
        Search::Any(members) => {
            for (n, member) in members.iter().enumerate() {
                if members.len() > 1 {
                    let target = Target::Member { selection: 0, path: path.clone(), member: n };
                    found.push((target, first_line(member), format!("member {}", n + 1)));
                }
                path.push(n);
                collect(member, path, found);
                path.pop();
            }
        }
    }
}

fn first_line(search: &Search) -> usize {
    match search {
        Search::All(items) => items.first().map_or(0, |item: &Item| item.place.line),
        Search::Any(members) => members.first().map_or(0, first_line),
    }
}

fn remove(search: &mut Search, target: &Target) {
    let (Target::Item { path, .. } | Target::Value { path, .. } | Target::Member { path, .. }) = target
    else {
        return;
    };
    let mut at = search;
    for step in path {
        let Search::Any(members) = at else { return };
        at = &mut members[*step];
    }
    match (at, target) {
        // What is left of a mapping without items matches everything.
        (Search::All(items), Target::Item { item, .. }) => _ = items.remove(*item),
        (Search::All(items), Target::Value { item, value, .. }) => _ = items[*item].values.remove(*value),
        (Search::Any(members), Target::Member { member, .. }) => _ = members.remove(*member),
        _ => {}
    }
}

/// The operands of `and` and `or`, and the members of `… of` patterns, in reading order.
fn visit_operands(condition: &Condition, found: &mut Vec<String>) {
    match condition {
        Condition::Name(_) => {}
        Condition::Not(inner) => visit_operands(inner, found),
        Condition::And(parts) | Condition::Or(parts) => {
            for part in parts {
                found.push(part.to_string());
                visit_operands(part, found);
            }
        }
        Condition::Of { quantifier, names, .. } => {
            if removable(*quantifier, names) {
                found.extend(names.iter().map(|name| format!("{name} in {condition}")));
            }
        }
    }
}

fn removable(quantifier: Quantifier, names: &[String]) -> bool {
    match quantifier {
        Quantifier::All => names.len() > 1,
        Quantifier::AtLeast(n) => names.len() > n,
    }
}

/// Takes operand number `wanted` away; true once that is done.
fn remove_operand(condition: &mut Condition, wanted: usize, count: &mut usize) -> bool {
    match condition {
        Condition::Name(_) => false,
        Condition::Not(inner) => remove_operand(inner, wanted, count),
        Condition::And(parts) | Condition::Or(parts) => {
            for at in 0..parts.len() {
                if *count == wanted {
                    parts.remove(at);
                    return true;
                }
                *count += 1;
                if remove_operand(&mut parts[at], wanted, count) {
                    return true;
                }
            }
            false
        }
        Condition::Of { quantifier, names, .. } => {
            if removable(*quantifier, names) {
                if wanted < *count + names.len() {
                    names.remove(wanted - *count);
                    return true;
                }
                *count += names.len();
            }
            false
        }
    }
}
