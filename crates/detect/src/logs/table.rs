//! Tables: rows apart from the names of their columns, as query services answer.
//!
//! Known by their outline, not by who answers: names stand in one list (Log Analytics, Kusto, Athena, Splunk,
//! OpenSearch's SQL, Snowflake, BigQuery), or beside each value (CloudTrail Lake, Logs Insights).

mod columns;
#[cfg(test)]
mod tests;
mod typed;

use std::borrow::Cow;
use std::collections::HashSet;

use trailhound_sigma::json::{Kind, Node};

use super::json::Object;

/// Names and rows stand no deeper below the table's object.
const DEPTH: usize = 3;
/// An answer has few lists; an object with more is no table.
const MOST_LISTS: usize = 64;
/// What a column calls its name.
const NAME: &[&str] = &["name", "Name", "ColumnName", "columnName", "field", "label", "Label", "text"];
/// What a pair calls its name beside those.
const KEY: &[&str] = &["key", "Key"];
/// And its value.
const VALUE: &[&str] = &["value", "Value"];
/// The list of a row that is an object.
const CELLS: &[&str] = &["Data", "data", "f", "cells", "values"];

/// The rows that an object is with all its members: one whose values say their types, or those of a table that stands
/// column by column.
pub(crate) fn rows_of_all(root: Node<'_>) -> Option<Vec<String>> {
    typed::object(root).map(|row| vec![row]).or_else(|| columns::rows(root))
}

/// The rows of a table, each as an object; nothing for what is none.
pub(crate) fn rows(root: Node<'_>) -> Option<Vec<String>> {
    if let Some(rows) = rows_of_all(root) {
        return Some(rows);
    }
    let mut lists = Vec::new();
    gather(root, DEPTH, &mut lists);
    if lists.len() > MOST_LISTS {
        return None;
    }
    let names = lists.iter().filter_map(|list| names(*list));
    for names in names {
        for list in &lists {
            if let Some(rows) = below(&names, *list) {
                return Some(rows);
            }
        }
    }
    None
}

/// The lists of an object and of the objects in it.
fn gather<'d>(node: Node<'d>, depth: usize, lists: &mut Vec<Node<'d>>) {
    for (_, value) in node.entries() {
        match value.kind() {
            Kind::Array => lists.push(value),
            Kind::Object if depth > 1 => gather(value, depth - 1, lists),
            _ => {}
        }
    }
}

/// The names of columns: text, or objects that have one.
fn names(list: Node<'_>) -> Option<Vec<Cow<'_, str>>> {
    let names: Option<Vec<_>> = list
        .members()
        .map(|column| match column.kind() {
            Kind::Object => NAME.iter().find_map(|name| column.key(name))?.as_str(),
            _ => column.as_str(),
        })
        .collect();
    names.filter(|names| !names.is_empty())
}

/// The members of a list as rows below these names; nothing where they do not fit.
fn below(names: &[Cow<'_, str>], list: Node<'_>) -> Option<Vec<String>> {
    let mut rows = Vec::new();
    for row in list.members() {
        let cells = cells(row)?;
        if cells.members().count() != names.len() {
            return None;
        }
        let mut object = Object::default();
        let mut is_header = true;
        for (name, cell) in names.iter().zip(cells.members().map(bare)) {
            is_header &= cell.as_str().is_some_and(|text| text == *name);
            let is_empty = cell.kind() == Kind::Object && cell.entries().next().is_none();
            if !cell.is_null() && !is_empty {
                object.copy(name, cell);
            }
        }
        // Athena repeats the names as the first row of its first page.
        if !(is_header && rows.is_empty()) {
            rows.push(object.finish());
        }
    }
    (list.members().next().is_some()).then_some(rows)
}

/// The list that a row is or holds.
fn cells(row: Node<'_>) -> Option<Node<'_>> {
    match row.kind() {
        Kind::Array => Some(row),
        Kind::Object => {
            let (key, value) = row.entries().next()?;
            let is_row = row.entries().count() == 1
                && value.kind() == Kind::Array
                && CELLS.iter().any(|name| key.raw() == *name);
            is_row.then_some(value)
        }
        _ => None,
    }
}

/// The value of a cell, without what says of which type it is.
fn bare(cell: Node<'_>) -> Node<'_> {
    let mut entries = cell.entries();
    match (entries.next(), entries.next()) {
        (Some((key, value)), None)
            if key.raw() == "v" || key.raw().ends_with("Value") || key.raw().ends_with("value") =>
        {
            value
        }
        _ => cell,
    }
}

/// A list that is one row, each of its members a name of its own and its value; nothing for other lists.
pub(crate) fn pairs(list: Node<'_>) -> Option<String> {
    let mut object = Object::default();
    let mut names = HashSet::new();
    for member in list.members() {
        let mut entries = member.entries();
        let first = entries.next()?;
        let (name, value) = match (entries.next(), entries.next()) {
            (None, _) => first,
            (Some(_), None) => {
                let of = |names: &[&str]| names.iter().find_map(|name| member.key(name));
                (of(NAME).or_else(|| of(KEY))?, of(VALUE)?)
            }
            _ => return None,
        };
        let name = name.as_str()?;
        object.json(&name, &typed::bare(value));
        if !names.insert(name) {
            return None;
        }
    }
    (names.len() > 1).then(|| object.finish())
}
