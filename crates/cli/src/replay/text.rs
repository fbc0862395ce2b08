//! What became of everything that was replayed, for people.

use std::io::Write;

use trailhound_detect::describe::{clean, visible};

use super::figures::{Failing, Figures};
use crate::baseline::Store;
use crate::words::{counted, thousands};
use crate::write_units::{table_requests, write_units};

pub(super) fn write(out: &mut dyn Write, figures: &Figures, table: Option<&Store>) -> std::io::Result<()> {
    let bodies = counted(figures.bodies, "parked body", "parked bodies");
    let files = counted(figures.files, "file", "files");
    let events = match figures.events {
        0 => String::new(),
        count => format!(", {}", counted(count, "captured event", "captured events")),
    };
    writeln!(out, "{bodies} and {files}{events}, {}", counted(figures.records, "record", "records"))?;
    if figures.taken_before > 0 {
        writeln!(out, "{} taken before, by the ledger", thousands(figures.taken_before))?;
    }
    let publishes = if figures.is_done { "published" } else { "would publish" };
    writeln!(out, "{publishes} {}", thousands(figures.publish_total()))?;
    for (rule, days) in &figures.publish {
        let days: Vec<String> =
            days.iter().map(|(day, count)| format!("{day} {}", thousands(*count))).collect();
        writeln!(out, "  {}  {}", visible(rule), days.join(", "))?;
    }
    if !figures.is_done && figures.publish_total() > 0 {
        let is_table_storage = matches!(table, Some(Store::TableStorage(_)));
        let units = if is_table_storage { table_requests } else { write_units };
        let [least, most] = units(figures.publish_total()).map(thousands);
        let takes = if is_table_storage {
            "requests to a table in Table Storage"
        } else {
            "write units of a table in DynamoDB"
        };
        writeln!(out, "  which takes {least} to {most} {takes}")?;
    }
    writeln!(out, "published before {}", thousands(figures.duplicates))?;
    writeln!(out, "suppressed {}", thousands(figures.suppressed_total()))?;
    for (by, count) in &figures.suppressed {
        writeln!(out, "  {}  {}", visible(by), thousands(*count))?;
    }
    writeln!(out, "still failing {}", thousands(figures.failing_total()))?;
    for (reason, Failing { count, first: (place, detail) }) in &figures.failing {
        let (place, detail) = (clean(place), clean(detail));
        writeln!(out, "  {reason}  {}, first {}: {}", thousands(*count), visible(&place), visible(&detail))?;
    }
    let [total, published, before, kept, failing] = [
        figures.total(),
        figures.publish_total(),
        figures.duplicates,
        figures.suppressed_total(),
        figures.failing_total(),
    ]
    .map(thousands);
    writeln!(
        out,
        "{total} in = {published} published + {before} duplicates + {kept} suppressed + {failing} still failing"
    )
}
