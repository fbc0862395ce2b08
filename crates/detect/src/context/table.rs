//! Tables as people export them: CSV with a heading, a JSON list of objects, or an object a line.

use std::collections::BTreeMap;

use serde_json::Value;

use super::given::{ContextError, Given};

/// An entry: where it stands, and its values by column.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) place: String,
    pub(super) values: BTreeMap<&'static str, String>,
}

/// The rows of a table, and the columns of it that are not read.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    unread: Vec<String>,
}

impl Table {
    /// Reads the columns that are wanted.
    pub(super) fn read(given: Given<'_>, wanted: &'static [&'static str]) -> Result<Self, ContextError> {
        let Ok(text) = std::str::from_utf8(given.bytes) else {
            return Err(given.wrong("", "it is not UTF-8", "save it as UTF-8"));
        };
        let text = text.trim_start_matches('\u{feff}');
        let mut table = Self::default();
        match text.trim_start().bytes().next() {
            Some(b'[') => table.list(given, text, wanted)?,
            Some(b'{') => table.lines(given, text, wanted)?,
            _ => table.csv(given, text, wanted)?,
        }
        Ok(table)
    }

    /// Columns that are there and not read, for whoever counts on them.
    pub(super) fn aside(&self) -> String {
        if self.unread.is_empty() { String::new() } else { format!("; not read: {}", self.unread.join(", ")) }
    }

    fn csv(
        &mut self,
        given: Given<'_>,
        text: &str,
        wanted: &'static [&'static str],
    ) -> Result<(), ContextError> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let broken = |error: &csv::Error| {
            let place = error.position().map(|at| format!(":{}", at.line())).unwrap_or_default();
            given.wrong(
                &place,
                format!("no CSV ({error})"),
                "mend the line; each needs as many values as the heading",
            )
        };
        let heading = reader.headers().map_err(|error| broken(&error))?.clone();
        let columns: Vec<Option<&'static str>> =
            heading.iter().map(|name| self.column(name, wanted)).collect();
        if !columns.contains(&wanted.first().copied()) {
            let problem = format!("no column {}", wanted[0]);
            return Err(given.wrong(":1", problem, format!("begin with the heading {}", wanted.join(","))));
        }
        for record in reader.records() {
            let record = record.map_err(|error| broken(&error))?;
            let place = record.position().map(|at| format!(":{}", at.line())).unwrap_or_default();
            let values = columns.iter().zip(&record).filter(|(_, value)| !value.is_empty());
            let values = values.filter_map(|(column, value)| Some(((*column)?, value.to_owned()))).collect();
            self.rows.push(Row { place, values });
        }
        Ok(())
    }

    fn list(
        &mut self,
        given: Given<'_>,
        text: &str,
        wanted: &'static [&'static str],
    ) -> Result<(), ContextError> {
        let entries: Vec<Value> =
            serde_json::from_str(text).map_err(|error| no_json(given, error.line(), &error))?;
        for (at, entry) in entries.iter().enumerate() {
            self.object(given, format!("#{}", at + 1), entry, wanted)?;
        }
        Ok(())
    }

    fn lines(
        &mut self,
        given: Given<'_>,
        text: &str,
        wanted: &'static [&'static str],
    ) -> Result<(), ContextError> {
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let entry = serde_json::from_str(line).map_err(|error| no_json(given, at + 1, &error))?;
            self.object(given, format!(":{}", at + 1), &entry, wanted)?;
        }
        Ok(())
    }

    fn object(
        &mut self,
        given: Given<'_>,
        place: String,
        entry: &Value,
        wanted: &'static [&'static str],
    ) -> Result<(), ContextError> {
        let Value::Object(entry) = entry else {
            return Err(given.wrong(&place, "no object", format!("write {{\"{}\": …}}", wanted[0])));
        };
        let mut values = BTreeMap::new();
        for (name, value) in entry {
            let Some(column) = self.column(name, wanted) else { continue };
            let text = match value {
                Value::String(text) => text.trim().to_owned(),
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                Value::Null => continue,
                Value::Array(_) | Value::Object(_) => {
                    let problem = format!("{name} is a list or an object");
                    return Err(given.wrong(&place, problem, "write a text, or an entry for each"));
                }
            };
            if !text.is_empty() {
                values.insert(column, text);
            }
        }
        self.rows.push(Row { place, values });
        Ok(())
    }

    /// The column of a name, however it is written: `Crown jewel`, `crown_jewel`.
    fn column(&mut self, name: &str, wanted: &'static [&'static str]) -> Option<&'static str> {
        let plain = name.trim().to_lowercase().replace([' ', '-'], "_");
        let column = wanted.iter().copied().find(|column| *column == plain);
        if column.is_none() && !self.unread.iter().any(|unread| unread == name) {
            self.unread.push(name.to_owned());
        }
        column
    }
}

fn no_json(given: Given<'_>, line: usize, error: &serde_json::Error) -> ContextError {
    given.wrong(
        &format!(":{line}"),
        format!("no JSON ({error})"),
        "mend it: a list of objects, or an object a line",
    )
}
