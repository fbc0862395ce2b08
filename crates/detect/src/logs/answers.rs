//! Answers of query services: rows that are told apart from their columns' names.
//!
//! Athena's `GetQueryResults` repeats the names as the first row of its first page; CloudTrail Lake names every value.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use trailhound_sigma::json::{Kind, Node};

use super::json::Object;
use super::log::Shape;

pub(super) fn rows(root: Node<'_>) -> Option<Shape<'_>> {
    of_lake(root).or_else(|| of_athena(root)).map(Shape::Rows)
}

fn of_lake(root: Node<'_>) -> Option<Vec<String>> {
    let rows = root.key("QueryResultRows").filter(|rows| rows.kind() == Kind::Array)?;
    let row = |row: Node<'_>| {
        let mut object = Object::default();
        for (name, value) in row.members().flat_map(Node::entries) {
            object.copy(&name.as_str().unwrap_or_default(), value);
        }
        object.finish()
    };
    Some(rows.members().map(row).collect())
}

fn of_athena(root: Node<'_>) -> Option<Vec<String>> {
    let result = root.key("ResultSet")?;
    let columns = result.get("ResultSetMetadata.ColumnInfo")?;
    let names: Vec<Cow<'_, str>> = columns
        .members()
        .map(|column| column.key("Name").and_then(Node::as_str).unwrap_or_default())
        .collect();
    let mut rows = Vec::new();
    for row in result.key("Rows")?.members() {
        let cells: Vec<Option<Node<'_>>> = row
            .key("Data")
            .into_iter()
            .flat_map(Node::members)
            .map(|cell| cell.key("VarCharValue"))
            .collect();
        let is_header = cells
            .iter()
            .zip(&names)
            .all(|(cell, name)| cell.and_then(Node::as_str).is_some_and(|cell| cell == *name));
        if rows.is_empty() && is_header {
            continue;
        }
        let mut object = Object::default();
        for (name, cell) in names.iter().zip(cells) {
            object.copy_some(name, cell);
        }
        rows.push(object.finish());
    }
    Some(rows)
}
