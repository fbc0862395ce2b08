//! Which fields are worth reading for every event: as few as let each rule be ruled out, and those that many share.

use std::collections::{BTreeMap, HashSet};

use crate::compile::AnyOf;

/// A field that one rule in so many looks at is read for them all.
const POPULAR: usize = 16;

type Paths = Vec<String>;

/// The paths of the fields to read, given every rule's clauses, the most telling first.
pub(super) fn fields(rules: &[Vec<AnyOf>]) -> HashSet<Paths> {
    let mut askers: BTreeMap<Paths, HashSet<usize>> = BTreeMap::new();
    for (rule, clauses) in rules.iter().enumerate() {
        for paths in clauses.iter().flat_map(fields_of) {
            askers.entry(paths.clone()).or_default().insert(rule);
        }
    }
    let asking = rules.iter().filter(|clauses| !clauses.is_empty()).count();
    let popular = (asking / POPULAR).max(2);
    let mut chosen: HashSet<Paths> =
        askers.iter().filter(|(_, rules)| rules.len() >= popular).map(|(paths, _)| paths.clone()).collect();
    for clauses in rules {
        if !clauses.iter().any(|clause| is_within(clause, &chosen))
            && let Some(clause) = clauses.first()
        {
            chosen.extend(fields_of(clause).cloned());
        }
    }
    chosen
}

/// Can it be told from these fields whether a clause is met?
pub(super) fn is_within(clause: &AnyOf, chosen: &HashSet<Paths>) -> bool {
    fields_of(clause).all(|paths| chosen.contains(paths))
}

fn fields_of(clause: &AnyOf) -> impl Iterator<Item = &Paths> {
    clause.iter().filter_map(|demand| demand.field.as_ref().map(|field| &field.paths))
}
