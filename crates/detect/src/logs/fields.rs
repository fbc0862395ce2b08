//! A log's table of field names: what rules may name, and where the canonical form keeps it.
//!
//! Declared as data in the log's `fields.tsv`: a name, a tab, paths in order of preference. `=` is the name itself;
//! `name.*` passes whatever follows on. What no row covers is unknown, which is an error at load.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A table, parsed when first asked.
pub(crate) type Fields = LazyLock<FieldTable>;

/// The rows of one table.
#[derive(Debug)]
pub(crate) struct FieldTable {
    /// By lower-case name.
    names: BTreeMap<String, Row>,
    /// Lower-case prefix with its dot, and what stands in its place.
    prefixes: Vec<(String, Row)>,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    paths: Vec<&'static str>,
}

impl FieldTable {
    pub(super) fn parse(text: &'static str) -> Self {
        let mut table = Self { names: BTreeMap::new(), prefixes: Vec::new() };
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (name, paths) = line.split_once('\t').unwrap_or((line, "="));
            let paths = paths.split_whitespace().collect();
            if let Some(prefix) = name.strip_suffix('*') {
                table.prefixes.push((prefix.to_ascii_lowercase(), Row { name: prefix, paths }));
            } else {
                table.names.insert(name.to_ascii_lowercase(), Row { name, paths });
            }
        }
        table
    }

    /// Where a field stands; nothing for one that is unknown.
    pub(crate) fn resolve(&self, field: &str) -> Option<Vec<String>> {
        let lower = field.to_ascii_lowercase();
        if let Some(row) = self.names.get(&lower) {
            let path = |path: &&str| if *path == "=" { row.name } else { *path }.to_owned();
            return Some(row.paths.iter().map(path).collect());
        }
        let (prefix, row) = self.prefixes.iter().find(|(prefix, _)| lower.starts_with(prefix.as_str()))?;
        // Both differ in case at most, so the cut is on a character's border.
        let rest = field.get(prefix.len()..).filter(|rest| !rest.is_empty())?;
        let path = |path: &&str| {
            let head = if *path == "=" { row.name } else { path.trim_end_matches('*') };
            format!("{head}{rest}")
        };
        Some(row.paths.iter().map(path).collect())
    }

    /// The names, to suggest one for another.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.values().map(|row| row.name)
    }

    /// Every path of the table.
    #[cfg(test)]
    pub(crate) fn paths(&self) -> impl Iterator<Item = &'static str> {
        let rows = self.names.values().chain(self.prefixes.iter().map(|(_, row)| row));
        rows.flat_map(|row| row.paths.iter().copied())
    }

    /// The members of the canonical form whose members rules may name.
    #[cfg(test)]
    pub(super) fn open_members(&self) -> impl Iterator<Item = &'static str> {
        let first = |row: &Row| if row.paths == ["="] { row.name } else { row.paths[0] };
        self.prefixes.iter().map(move |(_, row)| first(row).trim_end_matches(['.', '*']))
    }
}
