//! What differs between two folders or files of rules.

mod changes;
mod differences;
mod side;
mod text;
mod verdicts;

use std::io::Write;

use crate::args::{Diff, DiffFormat};
use crate::exit::Exit;
use differences::between;
use side::Side;

pub(super) fn diff(arguments: &Diff) -> anyhow::Result<Exit> {
    let old = Side::read(&arguments.old, &arguments.placeholders)?;
    let new = Side::read(&arguments.new, &arguments.placeholders)?;
    let exit = old.exit.or(new.exit);
    let differences = between(&old, &new);
    let mut out = anstream::stdout().lock();
    match arguments.format {
        DiffFormat::Text => text::write(&mut out, &differences)?,
        DiffFormat::Json => {
            serde_json::to_writer_pretty(&mut out, &differences)?;
            writeln!(out)?;
        }
    }
    let fails = arguments.fail_on_change && !differences.is_nothing();
    Ok(if exit == Exit::Clean && fails { Exit::Findings } else { exit })
}
