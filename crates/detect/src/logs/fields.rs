//! A log's table of field names: what rules may name, and where the canonical form keeps it.
//!
//! Declared as data in the log's `fields.tsv`: a name, a tab, paths in order of preference. `=` is the name itself;
//! `name.*` passes whatever follows on; `a+b` is the values of both; `list|*` is the value that goes by the name in a
//! list of names and values. A second tab and words say that the field holds one of these for good. What no row covers
//! is unknown, which is an error at load.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A table, parsed when first asked.
pub(crate) type LazyFields = LazyLock<FieldTable>;

/// The rows of one table.
#[derive(Debug)]
pub(crate) struct FieldTable {
    /// By lower-case name.
    names: BTreeMap<String, FieldRow>,
    /// Lower-case prefix with its dot, and what stands in its place.
    prefixes: Vec<(String, FieldRow)>,
    /// Whole paths of the canonical form as it spells them, by the same in lower case.
    spellings: BTreeMap<String, &'static str>,
}

#[derive(Debug)]
struct FieldRow {
    name: &'static str,
    paths: Vec<&'static str>,
    closed: Vec<&'static str>,
}

/// Stands before the paths of which all are read.
pub(crate) const ALL_OF: &str = "n.all:";
/// Stands before the path of a list of names and values.
pub(crate) const NAMED_IN: &str = "n.named:";

impl FieldTable {
    pub(super) fn parse(text: &'static str) -> Self {
        let mut table = Self { names: BTreeMap::new(), prefixes: Vec::new(), spellings: BTreeMap::new() };
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let mut columns = line.split('\t');
            let name = columns.next().unwrap_or_default();
            let paths = columns.next().unwrap_or("=").split_whitespace().collect();
            let closed = columns.next().map(|words| words.split('|').collect()).unwrap_or_default();
            let paths: Vec<&'static str> = paths;
            let whole = paths.iter().map(|path| if *path == "=" { name } else { path });
            let whole = whole.filter(|path| !path.contains(['*', '+', '|']) && !path.starts_with("n."));
            table.spellings.extend(whole.map(|path| (path.to_ascii_lowercase(), path)));
            if let Some(prefix) = name.strip_suffix('*') {
                table.prefixes.push((prefix.to_ascii_lowercase(), FieldRow { name: prefix, paths, closed }));
            } else {
                table.names.insert(name.to_ascii_lowercase(), FieldRow { name, paths, closed });
            }
        }
        table
    }

    /// Where a field stands; nothing for one that is unknown.
    pub(crate) fn resolve(&self, field: &str) -> Option<Vec<String>> {
        let lower = field.to_ascii_lowercase();
        if let Some(row) = self.names.get(&lower) {
            let path = |path: &&str| match *path {
                "=" => row.name.to_owned(),
                both if both.contains('+') => format!("{ALL_OF}{both}"),
                path => path.to_owned(),
            };
            return Some(row.paths.iter().map(path).collect());
        }
        let prefixes = self.prefixes.iter().filter(|(prefix, _)| lower.starts_with(prefix.as_str()));
        let (prefix, row) = prefixes.max_by_key(|(prefix, _)| prefix.len())?;
        // Both differ in case at most, so the cut is on a character's border.
        let rest = field.get(prefix.len()..).filter(|rest| !rest.is_empty())?;
        let path = |path: &&str| {
            let head = if *path == "=" { row.name } else { path.trim_end_matches('*') };
            let mark = if head.contains('|') { NAMED_IN } else { "" };
            let path = format!("{mark}{head}{rest}");
            // What is open is looked up as it is written; what is known of it has its own spelling.
            self.spellings.get(&path.to_ascii_lowercase()).map_or(path, |known| (*known).to_owned())
        };
        Some(row.paths.iter().map(path).collect())
    }

    /// All that a field can hold, where that is known for good.
    pub(crate) fn closed(&self, field: &str) -> Option<&[&'static str]> {
        let row = self.names.get(&field.to_ascii_lowercase())?;
        (!row.closed.is_empty()).then_some(&row.closed)
    }

    /// The names, to suggest one for another.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.values().map(|row| row.name)
    }

    /// Every path of the table.
    #[cfg(test)]
    pub(crate) fn paths(&self) -> impl Iterator<Item = &'static str> {
        let rows = self.names.values().chain(self.prefixes.iter().map(|(_, row)| row));
        rows.flat_map(|row| row.paths.iter().flat_map(|path| path.split('+')))
    }

    /// The members of the canonical form whose members rules may name.
    #[cfg(test)]
    pub(super) fn open_members(&self) -> impl Iterator<Item = &'static str> {
        let first = |row: &FieldRow| if row.paths.first() == Some(&"=") { row.name } else { row.paths[0] };
        let list = |path: &'static str| path.split_once('|').map_or(path, |(list, _)| list);
        self.prefixes.iter().map(move |(_, row)| list(first(row)).trim_end_matches(['.', '*']))
    }
}
