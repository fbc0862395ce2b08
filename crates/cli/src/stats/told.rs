//! Counts as they are told: to people what came most often, to tools all of it.

use std::cmp::Reverse;
use std::io::{BufWriter, Write};

use serde_json::{Map, Value, json};
use trailhound_detect::describe::escape::csv_cell;

use super::count::{Count, ValueTable, Values};
use crate::args::{Stats, StatsFormat};
use crate::query::Field;
use crate::words::{clock, counted, thousands};

pub(super) fn tell(
    arguments: &Stats,
    asks: &[Field],
    all: Count,
    tables: &[ValueTable],
) -> anyhow::Result<()> {
    let mut out = BufWriter::new(anstream::stdout());
    match arguments.format {
        StatsFormat::Text => text(&mut out, arguments, asks, all, tables)?,
        StatsFormat::Ndjson => {
            for table in tables {
                for (values, count) in sorted(table, arguments) {
                    writeln!(out, "{}", object(asks, table, values, *count))?;
                }
            }
        }
        StatsFormat::Csv => csv(&mut out, arguments, asks, tables)?,
    }
    Ok(out.flush()?)
}

/// In order of time where it is counted by time; else what came most often first.
fn sorted<'t>(table: &'t ValueTable, arguments: &Stats) -> Vec<(&'t Values, &'t Count)> {
    let mut rows: Vec<_> = table.rows.iter().collect();
    if arguments.every.is_some() {
        rows.sort_by_key(|(values, count)| (&values.0, Reverse(count.records), *values));
    } else {
        rows.sort_by_key(|(values, count)| (Reverse(count.records), *values));
    }
    rows
}

fn names<'f>(asks: &'f [Field], table: &ValueTable) -> Vec<&'f str> {
    table.fields.iter().map(|at| asks[*at].name()).collect()
}

fn text(
    out: &mut impl Write,
    arguments: &Stats,
    asks: &[Field],
    all: Count,
    tables: &[ValueTable],
) -> anyhow::Result<()> {
    let span = all.span.map(|(first, last)| format!(", {} to {}", clock(Some(first)), clock(Some(last))));
    writeln!(out, "{}{}", counted(all.records, "record", "records"), span.unwrap_or_default())?;
    for table in tables.iter().filter(|table| !table.rows.is_empty()) {
        writeln!(out, "\n{}", names(asks, table).join(", "))?;
        let rows = sorted(table, arguments);
        for ((part, values), Count { records, span }) in rows.iter().take(arguments.top) {
            let or_none = |value: &String| if value.is_empty() { "(none)".to_owned() } else { value.clone() };
            let mut cells: Vec<String> = part.iter().map(or_none).collect();
            cells.extend(values.iter().map(or_none));
            if part.is_none() {
                cells.extend(span.map(|(first, last)| {
                    if first == last {
                        clock(Some(first))
                    } else {
                        format!("{} to {}", clock(Some(first)), clock(Some(last)))
                    }
                }));
            }
            writeln!(out, "{:>9}  {}", thousands(*records), cells.join("  "))?;
        }
        let more = rows.len().saturating_sub(arguments.top);
        if more > 0 {
            writeln!(out, "{:>9}  and {} more; --top and --format tell more", "", thousands(more as u64))?;
        }
    }
    Ok(())
}

fn object(asks: &[Field], table: &ValueTable, (part, values): &Values, count: Count) -> Value {
    let mut row = Map::new();
    row.insert("by".to_owned(), json!(names(asks, table).join(",")));
    row.extend(part.as_ref().map(|part| ("time".to_owned(), json!(part))));
    let named = names(asks, table).into_iter().zip(values);
    row.insert("values".to_owned(), named.map(|(name, value)| (name.to_owned(), json!(value))).collect());
    let (first, last) = count.span.unzip();
    row.extend([("records", json!(count.records)), ("first", json!(first)), ("last", json!(last))].map(own));
    Value::Object(row)
}

fn own((name, value): (&str, Value)) -> (String, Value) {
    (name.to_owned(), value)
}

fn csv(out: &mut impl Write, arguments: &Stats, asks: &[Field], tables: &[ValueTable]) -> anyhow::Result<()> {
    let mut writer = csv::WriterBuilder::new().from_writer(out);
    let by: Vec<&str> = match tables {
        [table] => names(asks, table),
        _ => vec!["by", "value"],
    };
    let time = arguments.every.map(|_| "time");
    writer.write_record(time.into_iter().chain(by).chain(["records", "first", "last"]))?;
    for table in tables {
        let name = (tables.len() > 1).then(|| names(asks, table).join(","));
        for ((part, values), Count { records, span }) in sorted(table, arguments) {
            let mut cells: Vec<String> = part.iter().chain(&name).cloned().collect();
            cells.extend(values.iter().map(|value| csv_cell(value)));
            cells.push(records.to_string());
            let (first, last) = span.unzip();
            cells.extend([first, last].map(|at| at.map_or_else(String::new, |at| at.to_string())));
            writer.write_record(cells)?;
        }
    }
    Ok(writer.flush()?)
}
