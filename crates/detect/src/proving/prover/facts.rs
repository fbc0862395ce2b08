//! The way back from what is worked out of a record: what to put there so that a fact is so.

use std::sync::LazyLock;

use serde_json::Value;
use trailhound_sigma::Wanted;

use super::place::{self, Choosing};
use crate::event::Reader;

/// One way to make a fact so.
struct Recipe {
    fact: &'static str,
    log: &'static str,
    patch: Value,
}

static RECIPES: LazyLock<Vec<Recipe>> = LazyLock::new(|| {
    let rows = include_str!("facts.tsv").lines().filter(|line| !line.starts_with('#'));
    let recipe = |line: &'static str| {
        let mut columns = line.split('\t');
        let (fact, log) = (columns.next()?, columns.next()?);
        Some(Recipe { fact, log, patch: serde_json::from_str(columns.next()?).ok()? })
    };
    rows.filter_map(recipe).collect()
});

/// Makes a fact what is wanted, if a way is known.
pub(super) fn put(record: &mut Value, fact: &str, wanted: &Wanted, choosing: Choosing) -> bool {
    let ways = RECIPES.iter().filter(|way| way.fact == fact && way.log == choosing.log.as_str());
    let mut ways: Vec<Option<&Recipe>> = std::iter::once(None).chain(ways.map(Some)).collect();
    let others = ways.len();
    ways.rotate_left(choosing.number % others);
    for way in ways {
        let mut tried = record.clone();
        if let Some(way) = way {
            place::merge(&mut tried, &way.patch, text(wanted));
        }
        if is_so(&tried, fact, wanted) {
            *record = tried;
            return true;
        }
    }
    false
}

fn text(wanted: &Wanted) -> &str {
    match wanted {
        Wanted::Text(text) | Wanted::Number(text) => text.trim(),
        _ => "one",
    }
}

/// Does a record say it?
fn is_so(record: &Value, fact: &str, wanted: &Wanted) -> bool {
    let mut is_so = false;
    Reader::default().read(record.to_string().as_bytes(), &mut |event| {
        let Ok(event) = event else { return };
        is_so |= event.facts().texts(fact).iter().any(|told| is_as_wanted(told, wanted));
    });
    is_so
}

/// A text may stand inside of what is told, as rules ask for beginnings and parts of it; a number is reached.
fn is_as_wanted(told: &str, wanted: &Wanted) -> bool {
    match wanted {
        Wanted::Text(text) => told.to_lowercase().contains(text.trim().to_lowercase().as_str()),
        Wanted::Number(digits) => told.parse::<f64>().ok() >= digits.parse::<f64>().ok(),
        Wanted::Bool(is) => told == is.to_string(),
        _ => !told.is_empty(),
    }
}

/// Every recipe's log is one, and its fact too.
#[cfg(test)]
pub(super) fn faults() -> Vec<String> {
    let rows = include_str!("facts.tsv").lines().filter(|line| !line.starts_with('#')).count();
    let mut faults: Vec<String> = RECIPES
        .iter()
        .filter(|way| {
            crate::log_type::LogType::ALL.iter().all(|log| log.as_str() != way.log)
                || !crate::facts::NAMES.contains(&way.fact)
        })
        .map(|way| format!("{} of {}", way.fact, way.log))
        .collect();
    if rows != RECIPES.len() {
        faults.push(format!("{} of {rows} rows are read", RECIPES.len()));
    }
    faults
}
