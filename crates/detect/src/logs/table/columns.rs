//! Tables column by column: a list for each name, or an object whose keys are the rows', as pandas and ClickHouse write.
//! <https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.to_json.html>,
//! <https://clickhouse.com/docs/interfaces/formats/JSONColumns>.

use std::collections::HashSet;

use trailhound_sigma::json::{Kind, Node};

use crate::logs::json::Object;
use crate::logs::recognise;

/// Fewer columns are lists that happen to be as long as each other.
const LEAST: usize = 4;

/// The rows; nothing where some column is no column, or not as long as the others.
pub(super) fn rows(root: Node<'_>) -> Option<Vec<String>> {
    let mut entries = root.entries();
    let (_, first) = entries.next()?;
    let kind = first.kind();
    // Records by their ids are rows already.
    if kind == Kind::Object && (recognise(first).is_some() || recognise(first.ignoring_case()).is_some()) {
        return None;
    }
    let count = length(first).filter(|count| *count > 0)?;
    let mut columns = 1;
    for (_, column) in entries {
        if column.kind() != kind || length(column) != Some(count) || !are_alike(first, column) {
            return None;
        }
        columns += 1;
    }
    if columns < LEAST {
        return None;
    }
    let mut rows: Vec<Object> = (0..count).map(|_| Object::default()).collect();
    for (name, column) in root.entries() {
        let name = name.as_str()?;
        for (row, cell) in rows.iter_mut().zip(cells(column)) {
            row.copy_some(&name, Some(cell));
        }
    }
    Some(rows.into_iter().map(Object::finish).collect())
}

/// How many rows a column has; each has its own key.
fn length(column: Node<'_>) -> Option<usize> {
    match column.kind() {
        Kind::Array => Some(column.members().count()),
        Kind::Object => {
            let mut keys = HashSet::new();
            column.entries().all(|(key, _)| keys.insert(key.raw())).then_some(keys.len())
        }
        _ => None,
    }
}

/// Have they the same rows in the same order?
fn are_alike(one: Node<'_>, other: Node<'_>) -> bool {
    one.entries().map(|(key, _)| key.raw()).eq(other.entries().map(|(key, _)| key.raw()))
}

fn cells(column: Node<'_>) -> Vec<Node<'_>> {
    match column.kind() {
        Kind::Array => column.members().collect(),
        _ => column.entries().map(|(_, value)| value).collect(),
    }
}
