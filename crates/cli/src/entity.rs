//! `who`, `machine` and `pivot`: what all records say about one actor, one machine, or one key, address, client or session.

mod seen;

use std::io::Write;

use crate::args::{EntityFormat, IndexChoice, Machine, Pivot, RecordsArguments, Who};
use crate::exit::Exit;
use crate::records::{self, Entry, Item, ListedFinding, Occurrences, Purpose, Sought, Wanted};
use crate::words::names;
use seen::{Columns, EntitySummary};

/// Who did it,
const WHO: [Columns; 2] = [("actors", &["actor", "log"]), ("behind", &["behind", "actor"])];
/// what it was done to,
const TARGETS: Columns = ("targets", &["target", "kind", "action"]);
/// and from where.
const FROM: [Columns; 4] = [
    ("addresses", &["address"]),
    ("keys", &["key"]),
    ("clients", &["user_agent"]),
    ("accounts", &["account", "region"]),
];

pub(crate) fn who(arguments: &Who) -> anyhow::Result<Exit> {
    let sought = Sought { actor: Some(arguments.name.clone()), ..Sought::default() };
    let own: [Columns; 2] = [TARGETS, ("tried", &["target", "kind", "action", "outcome"])];
    let summary = EntitySummary::of(&arguments.name, &[&WHO[..], &own, &FROM].concat());
    tell(
        summary,
        (&arguments.reading, &arguments.keeping),
        &sought,
        arguments.format,
        &|summary, record, seen| {
            add_around(summary, record, seen);
            for target in &record.targets {
                let row: [&str; 4] = [target, &record.target_kind, &record.action, &record.outcome];
                // What was refused or failed was acted on by nobody.
                if record.is_tried() {
                    summary.add("tried", &row, seen);
                } else {
                    summary.add("targets", &row[..3], seen);
                }
            }
        },
    )
}

pub(crate) fn machine(arguments: &Machine) -> anyhow::Result<Exit> {
    let sought = Sought { machine: Some(arguments.id.clone()), ..Sought::default() };
    let summary = EntitySummary::of(
        &arguments.id,
        &[
            ("acted_on_by", &["actor", "action", "outcome"]),
            ("tried_by", &["actor", "action", "outcome"]),
            ("behind", &["behind", "actor"]),
            ("addresses", &["address"]),
            ("ran", &["what", "actor"]),
            ("keys", &["key"]),
            ("did", &["action", "target"]),
        ],
    );
    tell(
        summary,
        (&arguments.reading, &arguments.keeping),
        &sought,
        arguments.format,
        &|summary, record, seen| {
            let is_target = record.targets.iter().any(|target| names(target, &arguments.id));
            if !is_target && names(&record.actor, &arguments.id) {
                summary.add("did", &[&record.action, &record.targets.join(" ")], seen);
                return;
            }
            summary.add("behind", &[&record.behind, &record.actor], seen);
            let by = if record.is_tried() { "tried_by" } else { "acted_on_by" };
            summary.add(by, &[&record.actor, &record.action, &record.outcome], seen);
            summary.add("addresses", &[&record.source], seen);
            if !record.is_tried() {
                summary.add("ran", &[&record.what, &record.actor], seen);
            }
            summary.add("keys", &[&record.key], seen);
        },
    )
}

pub(crate) fn pivot(arguments: &Pivot) -> anyhow::Result<Exit> {
    let sought = Sought { thing: Some(arguments.thing.clone()), ..Sought::default() };
    let own: [Columns; 2] = [("actions", &["action", "outcome"]), TARGETS];
    let summary = EntitySummary::of(&arguments.thing, &[&WHO[..], &own, &FROM].concat());
    tell(
        summary,
        (&arguments.reading, &arguments.keeping),
        &sought,
        arguments.format,
        &|summary, record, seen| {
            add_around(summary, record, seen);
            summary.add("actions", &[&record.action, &record.outcome], seen);
            // What was refused or failed was acted on by nobody.
            for target in record.targets.iter().filter(|_| !record.is_tried()) {
                summary.add("targets", &[target, &record.target_kind, &record.action], seen);
            }
        },
    )
}

/// Who did it and from where, whatever is asked.
fn add_around(summary: &mut EntitySummary, record: &Entry, seen: Occurrences) {
    summary.add("actors", &[&record.actor, &record.log], seen);
    summary.add("behind", &[&record.behind, &record.actor], seen);
    summary.add("addresses", &[&record.source], seen);
    summary.add("keys", &[&record.key], seen);
    summary.add("clients", &[&record.user_agent], seen);
    summary.add("accounts", &[&record.account, &record.region], seen);
}

fn tell(
    mut summary: EntitySummary,
    (reading, keeping): (&RecordsArguments, &IndexChoice),
    sought: &Sought,
    format: EntityFormat,
    add: &dyn Fn(&mut EntitySummary, &Entry, Occurrences),
) -> anyhow::Result<Exit> {
    let exit = records::read_with((keeping, Purpose::Sum), reading, Wanted::Every, sought, &mut |item| {
        let found: ListedFinding = match item {
            Item::Record(record, seen) => {
                summary.count(seen);
                add(&mut summary, &record, seen);
                return Ok(());
            }
            Item::Finding(finding) => (*finding).into(),
            Item::Kept(found) => *found,
        };
        if sought.finds_of(&found.facts, found.behind.iter().map(String::as_str)) {
            summary.find(&[&found.level, &found.rule], Occurrences::once(found.facts.time));
        }
        Ok(())
    })?;
    let mut out = anstream::stdout().lock();
    match format {
        EntityFormat::Text => summary.text(&mut out)?,
        EntityFormat::Json => writeln!(out, "{:#}", summary.json())?,
    }
    Ok(exit)
}
