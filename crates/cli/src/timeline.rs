//! `timeline`: all records of all logs in order of time, findings marked.

mod order;
mod rows;
#[cfg(test)]
mod tests;

use trailhound_detect::matched::Level;

use crate::args::{IndexChoice, RecordsArguments, Timeline, TimelineFormat};
use crate::exit::Exit;
use crate::ordered::Ordered;
use crate::records::{self, Item, Purpose, Sought, Wanted};
use crate::shown::Shown;
use order::{Line, Mark};
use rows::RowWriter;

/// What is held in memory before it is put aside.
const MOST_HELD: usize = 64 << 20;

pub(crate) fn run(arguments: &Timeline) -> anyhow::Result<Exit> {
    let sought = Sought {
        actor: arguments.actor.clone(),
        machine: arguments.machine.clone(),
        account: arguments.account.clone(),
        address: arguments.address,
        ..Sought::default()
    };
    // A record that no rule could match has no finding.
    let wanted = if arguments.min_level.is_some() { Wanted::Candidates } else { Wanted::Every };
    let reading = (&arguments.reading, &arguments.keeping);
    tell(reading, wanted, &sought, arguments.min_level, arguments.format)
}

/// Tells the records that are sought in order of time.
pub(crate) fn tell(
    (reading, keeping): (&RecordsArguments, &IndexChoice),
    wanted: Wanted,
    sought: &Sought,
    min_level: Option<Level>,
    format: TimelineFormat,
) -> anyhow::Result<Exit> {
    let (mut ordered, mut shown) = (Ordered::within(MOST_HELD), Shown::default());
    let exit =
        records::read_with((keeping, Purpose::List), reading, wanted, sought, &mut |item| match item {
            Item::Record(entry, _) => ordered.add(Line::Record(entry)),
            Item::Finding(finding) => ordered.add(Line::Mark(Mark::of((*finding).into(), &mut shown))),
            Item::Kept(found) => ordered.add(Line::Mark(Mark::of(*found, &mut shown))),
        })?;
    let mut rows = RowWriter::begin(format, min_level)?;
    ordered.for_each(&mut |line| rows.take(line))?;
    rows.end()?;
    Ok(exit)
}
