//! All that an event must hold for a rule to match, clause by clause: the index's side of what `screen` derives for
//! raw bytes. Fields are read as rules read them, so that computed ones count too.

use super::screen::{Literal, Necessary};
use super::{CompiledRule, Expr, Leaf, Tree};
use crate::value::Field;

/// A value at `field`, or any value of the event where there is none, must have this shape.
#[derive(Clone, Debug)]
pub(crate) struct Demand {
    pub(crate) field: Option<Field>,
    pub(crate) shape: Necessary,
    /// How common the field's values are.
    rank: u32,
}

/// How common a field's values are, the most telling zero; none for what is not to be looked at. Asked without a field
/// for keywords.
pub(crate) type Rank<'r> = &'r dyn Fn(Option<&Field>) -> Option<u32>;

/// One of these must be met.
pub(crate) type AnyOf = Vec<Demand>;

impl CompiledRule {
    /// Clauses of which every one must be met, the most telling first; none when nothing can be said without looking
    /// at fields that have no rank.
    pub(crate) fn demands(&self, rank: Rank<'_>) -> Vec<AnyOf> {
        let mut clauses = self.clauses_of(&self.condition, rank);
        clauses.sort_by_key(weight);
        clauses
    }

    fn clauses_of(&self, expr: &Expr, rank: Rank<'_>) -> Vec<AnyOf> {
        match expr {
            Expr::Selection(at) => self.selections[*at].1.clauses(rank),
            Expr::And(parts) => parts.iter().flat_map(|part| self.clauses_of(part, rank)).collect(),
            Expr::Or(parts) => either(parts.iter().map(|part| self.clauses_of(part, rank))),
            Expr::Not(_) => Vec::new(),
            // One of them must match, whichever it is.
            Expr::AtLeast(_, selections) => {
                either(selections.iter().map(|at| self.selections[*at].1.clauses(rank)))
            }
        }
    }
}

impl Tree {
    fn clauses(&self, rank: Rank<'_>) -> Vec<AnyOf> {
        match self {
            Self::All(parts) => parts.iter().flat_map(|part| part.clauses(rank)).collect(),
            Self::Any(parts) => either(parts.iter().map(|part| part.clauses(rank))),
            Self::Leaf(leaf) => leaf.clauses(rank),
        }
    }
}

impl Leaf {
    fn clauses(&self, rank: Rank<'_>) -> Vec<AnyOf> {
        let Some(rank) = rank(self.field.as_ref()) else { return Vec::new() };
        let clause = |shapes: Vec<Necessary>| {
            shapes
                .into_iter()
                .map(|shape| Demand { field: self.field.clone(), shape, rank })
                .collect::<AnyOf>()
        };
        // In a value's lower case a cased text is only sure to be found if it is ASCII.
        let sound = |clause: &AnyOf| {
            clause.iter().all(|demand| {
                let Literal { text, cased } = demand.shape.literal();
                !cased || text.is_ascii()
            })
        };
        self.all_shapes()
            .into_iter()
            .map(clause)
            .filter(|clause| !clause.is_empty() && sound(clause))
            .collect()
    }
}

/// Any part may hold: the cheapest clause of each, taken together, must be met.
fn either(parts: impl Iterator<Item = Vec<AnyOf>>) -> Vec<AnyOf> {
    let cheapest: Option<Vec<AnyOf>> = parts.map(|clauses| clauses.into_iter().min_by_key(weight)).collect();
    match cheapest {
        Some(clauses) if !clauses.is_empty() => vec![clauses.into_iter().flatten().collect()],
        _ => Vec::new(),
    }
}

/// About how often a clause is met by chance: short texts anywhere are met most.
fn weight(clause: &AnyOf) -> usize {
    let of = |demand: &Demand| {
        let (text, bits) = match &demand.shape {
            Necessary::Exact(literal) => (&literal.text, 6),
            Necessary::Prefix(literal) | Necessary::Suffix(literal) => (&literal.text, 2),
            Necessary::Contains(literal) => (&literal.text, 0),
        };
        let anywhere = if demand.field.is_none() { 16 } else { 1 };
        (anywhere * ((1 << 20) >> (text.len() + bits).min(20)).max(1)) << (4 * demand.rank).min(32)
    };
    clause.iter().map(of).sum()
}
