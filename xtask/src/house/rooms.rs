//! The rooms of a crate in the order data walks through them: each may use those before it, none those after.
//! ARCHITECTURE.md shows the same list, so that what newcomers read is what is held.

use std::fs;
use std::path::Path;

use super::resolve::Need;
use super::syntax::Crate;

/// A crate's folder and its rooms; `main` and `lib` themselves stand outside, for they only open the doors.
const HOUSES: &[(&str, &[&str])] = &[(
    "crates/detect",
    &[
        // The ground floor: what every stage may stand on.
        "digest",
        "clock",
        "tally",
        "state",
        "log_type",
        "facts",
        "logs", // The stages.
        "decode",
        "screen",
        "context",
        "event",
        "behind",
        "matched",
        "integrity",
        "rules",
        "tune",
        "remember",
        "settle",
        "policy",
        "judge",
        "describe", // What joins them, and what speaks of what they did.
        "account",
        "ports",
        "pipeline",
        "part",
        "outbox",
        "canary",
        "proving",
    ],
)];

/// Needs that run against the list, and rooms that the list does not know.
pub(super) fn check(folder: &Path, krate: &Crate, needs: &[Need]) -> Vec<String> {
    match HOUSES.iter().find(|(own, _)| folder.ends_with(own)) {
        Some((_, rooms)) => against(rooms, krate, needs),
        None => Vec::new(),
    }
}

pub(super) fn against(rooms: &[&str], krate: &Crate, needs: &[Need]) -> Vec<String> {
    let room = |module: usize| krate.modules[module].path.first().map(String::as_str);
    let floor = |room: &str| rooms.iter().position(|other| *other == room);
    let mut faults = Vec::new();
    for (name, child) in &krate.modules[0].children {
        if floor(name).is_none() {
            let file = &krate.modules[*child].file;
            faults.push(format!("{file}:1: the room `{name}` has no place in xtask/src/house/rooms.rs"));
        }
    }
    for need in needs {
        let (Some(from), Some(to)) = (room(need.from), room(need.to)) else { continue };
        if let (Some(low), Some(high)) = (floor(from), floor(to))
            && low < high
        {
            let file = &krate.modules[need.from].file;
            faults.push(format!("{file}:{}: `{}`: `{from}` comes before `{to}`", need.line, need.path));
        }
    }
    faults
}

/// The tables of ARCHITECTURE.md name every room, in this order.
pub(super) fn check_table(root: &Path) -> anyhow::Result<Vec<String>> {
    let text = fs::read_to_string(root.join("ARCHITECTURE.md"))?;
    Ok(HOUSES.iter().filter_map(|(folder, rooms)| table_fault(&text, folder, rooms)).collect())
}

pub(super) fn table_fault(text: &str, folder: &str, rooms: &[&str]) -> Option<String> {
    let start = format!("`{folder}/src/");
    let mut named: Vec<&str> = Vec::new();
    for line in text.lines().filter(|line| line.starts_with('|')) {
        for rest in line.split(&start).skip(1) {
            let room = rest.split(['`', '/', '.']).next().unwrap_or_default();
            if !named.contains(&room) {
                named.push(room);
            }
        }
    }
    (named != rooms).then(|| {
        let (named, rooms) = (named.join(", "), rooms.join(", "));
        format!("ARCHITECTURE.md: its tables name the rooms {named} of {folder}; held is {rooms}")
    })
}
