//! `stats`: how often the values of fields occur in all records, and from when to when.

mod count;
mod told;

use std::collections::BTreeMap;

use jiff::Timestamp;
use trailhound_detect::describe::visible;

use crate::args::{Every, Stats};
use crate::exit::Exit;
use crate::query::{Field, Query};
use crate::records::{self, Item, Sought, Wanted};
use count::{Count, ValueTable};

/// What is counted where nothing is said, each by itself.
const USUAL: [&str; 7] = ["log", "account", "action", "actor", "source", "user_agent", "error"];
/// A record counts in so many rows of one table: it may have several values of a field.
const MOST_ROWS: usize = 256;

pub(crate) fn run(arguments: &Stats) -> anyhow::Result<Exit> {
    let usual = || USUAL.iter().filter_map(|name| name.parse().ok()).collect();
    let asks: Vec<Field> = if arguments.by.is_empty() { usual() } else { arguments.by.clone() };
    let tables: Vec<Vec<usize>> = if arguments.by.is_empty() {
        (0..asks.len()).map(|at| vec![at]).collect()
    } else {
        vec![(0..asks.len()).collect()]
    };
    let mut tables: Vec<ValueTable> =
        tables.into_iter().map(|fields| ValueTable { fields, rows: BTreeMap::new() }).collect();
    let sought = Sought { query: arguments.only.clone(), asks, ..Sought::default() };
    let mut all = Count::default();
    let exit = records::read(&arguments.reading, Wanted::Every, &sought, &mut |item| {
        let Item::Record(record, _) = item else { return Ok(()) };
        all.add(record.time);
        let part = arguments.every.map(|every| every.part(record.time));
        for table in &mut tables {
            for values in combined(&table.fields, &record.asked) {
                table.rows.entry((part.clone(), values)).or_default().add(record.time);
            }
        }
        Ok(())
    })?;
    told::tell(arguments, &sought.asks, all, &tables)?;
    let without = sought.asks.iter().enumerate().filter(|(at, field)| {
        let is_asked = |table: &ValueTable| table.fields.iter().position(|own| own == at);
        let has = |table: &ValueTable| {
            is_asked(table)
                .is_some_and(|column| table.rows.keys().any(|(_, values)| !values[column].is_empty()))
        };
        matches!(field, Field::Path(_)) && !tables.iter().any(has)
    });
    let unknown = arguments.only.iter().flat_map(Query::unknown);
    for path in without.map(|(_, field)| field.name()).chain(unknown) {
        anstream::eprintln!("no record that was looked at has a field {}", visible(path));
    }
    Ok(exit)
}

/// The values of some fields in one record, each with each; none where it has none of the fields.
fn combined(fields: &[usize], asked: &[Vec<String>]) -> Vec<Vec<String>> {
    if fields.iter().all(|at| asked[*at].is_empty()) {
        return Vec::new();
    }
    let nothing = [String::new()];
    let mut rows = vec![Vec::new()];
    for at in fields {
        let values = if asked[*at].is_empty() { &nothing[..] } else { &asked[*at][..] };
        rows = rows
            .iter()
            .flat_map(|row: &Vec<String>| {
                values.iter().map(|value| [&row[..], std::slice::from_ref(value)].concat())
            })
            .take(MOST_ROWS)
            .collect();
    }
    rows
}

impl Every {
    /// The part that a moment is in, by its beginning.
    fn part(self, at: Option<Timestamp>) -> String {
        let form = match self {
            Self::Minute => "%Y-%m-%d %H:%M",
            Self::Hour => "%Y-%m-%d %H:00",
            Self::Day => "%Y-%m-%d",
        };
        at.map_or_else(String::new, |at| at.strftime(form).to_string())
    }
}
