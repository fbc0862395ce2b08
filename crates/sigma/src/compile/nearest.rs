//! What would have to differ for a rule to match an event that it misses.

use super::Expr;
use super::trace::{Change, SelectionTrace, Trace};

/// Clauses, by selection and by their place in it.
type Clauses = Vec<(usize, usize)>;

/// The fewest clauses that would have to come out the other way, in the order of the rule; none where no such set does.
pub(super) fn nearest(condition: &Expr, selections: &[SelectionTrace]) -> Vec<Change> {
    let Some(mut clauses) = in_condition(condition, true, selections) else { return Vec::new() };
    clauses.sort_unstable();
    clauses.dedup();
    // A condition may ask one selection for both.
    if !holds(condition, selections, &clauses) {
        return Vec::new();
    }
    let change = |(selection, clause): (usize, usize)| {
        let SelectionTrace { name, trace, .. } = &selections[selection];
        let clause = (*trace.fields().get(clause)?).clone();
        Some(Change { selection: name.clone(), clause })
    };
    clauses.into_iter().filter_map(change).collect()
}

/// The fewest clauses that make a condition come out as wanted.
fn in_condition(expr: &Expr, wanted: bool, selections: &[SelectionTrace]) -> Option<Clauses> {
    if holds(expr, selections, &[]) == wanted {
        return Some(Vec::new());
    }
    let parts = |parts: &[Expr]| -> Vec<Option<Clauses>> {
        parts.iter().map(|part| in_condition(part, wanted, selections)).collect()
    };
    match expr {
        Expr::Selection(at) => in_trace(&selections[*at].trace, wanted, *at, 0),
        Expr::And(all) => {
            if wanted {
                every(parts(all))
            } else {
                fewest(parts(all))
            }
        }
        Expr::Or(any) => {
            if wanted {
                fewest(parts(any))
            } else {
                every(parts(any))
            }
        }
        Expr::Not(inner) => in_condition(inner, !wanted, selections),
        Expr::AtLeast(n, of) => {
            let held = of.iter().filter(|at| selections[**at].trace.matched()).count();
            let others = of.iter().filter(|at| selections[**at].trace.matched() != wanted);
            let mut ways: Vec<Clauses> =
                others.filter_map(|at| in_trace(&selections[*at].trace, wanted, *at, 0)).collect();
            ways.sort_by_key(Vec::len);
            let lacking = if wanted { n.checked_sub(held)? } else { (held + 1).checked_sub(*n)? };
            (ways.len() >= lacking).then(|| ways.into_iter().take(lacking).flatten().collect())
        }
    }
}

/// The same within a selection, whose clauses are counted from `first`.
fn in_trace(trace: &Trace, wanted: bool, selection: usize, first: usize) -> Option<Clauses> {
    if trace.matched() == wanted {
        return Some(Vec::new());
    }
    let (parts, is_all) = match trace {
        Trace::Field(_) => return Some(vec![(selection, first)]),
        Trace::All(parts) => (parts, true),
        Trace::Any(parts) => (parts, false),
    };
    let mut at = first;
    let ways = parts.iter().map(|part| {
        let way = in_trace(part, wanted, selection, at);
        at += part.fields().len();
        way
    });
    let ways = ways.collect();
    if is_all == wanted { every(ways) } else { fewest(ways) }
}

fn every(ways: Vec<Option<Clauses>>) -> Option<Clauses> {
    ways.into_iter().collect::<Option<Vec<Clauses>>>().map(|all| all.concat())
}

/// The first of those with the fewest.
fn fewest(ways: Vec<Option<Clauses>>) -> Option<Clauses> {
    ways.into_iter().flatten().min_by_key(Vec::len)
}

/// The verdict with some clauses the other way round.
fn holds(expr: &Expr, selections: &[SelectionTrace], changed: &[(usize, usize)]) -> bool {
    let selection = |at: &usize| trace_holds(&selections[*at].trace, *at, changed, &mut 0);
    match expr {
        Expr::Selection(at) => selection(at),
        Expr::And(parts) => parts.iter().all(|part| holds(part, selections, changed)),
        Expr::Or(parts) => parts.iter().any(|part| holds(part, selections, changed)),
        Expr::Not(inner) => !holds(inner, selections, changed),
        Expr::AtLeast(n, of) => of.iter().filter(|at| selection(at)).count() >= *n,
    }
}

/// Looks at every part, for clauses are counted on the way.
fn trace_holds(trace: &Trace, selection: usize, changed: &[(usize, usize)], at: &mut usize) -> bool {
    let mut holding =
        |parts: &[Trace]| parts.iter().filter(|part| trace_holds(part, selection, changed, at)).count();
    match trace {
        Trace::All(parts) => holding(parts) == parts.len(),
        Trace::Any(parts) => holding(parts) > 0,
        Trace::Field(field) => {
            let is_changed = changed.contains(&(selection, *at));
            *at += 1;
            field.matched != is_changed
        }
    }
}
