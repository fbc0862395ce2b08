//! `baseline show`: what a baseline knows, by account.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::bail;
use trailhound_detect::describe::visible;
use trailhound_detect::remember::Entry;

use super::Store;
use crate::exit::Exit;
use crate::words::counted;

pub(super) fn run(baseline: &Store, account: Option<&str>) -> anyhow::Result<Exit> {
    let entries = baseline.entries()?;
    let mut out = anstream::stdout().lock();
    match account {
        None => accounts(&entries, &mut out)?,
        Some(account) => combinations(&entries, account, &mut out)?,
    }
    Ok(Exit::Clean)
}

/// What is known of one account.
#[derive(Default)]
struct Account {
    learning: String,
    by_kind: BTreeMap<String, usize>,
}

fn accounts(entries: &[Entry], out: &mut impl Write) -> anyhow::Result<()> {
    let mut accounts: BTreeMap<&str, Account> = BTreeMap::new();
    for entry in entries {
        let account = accounts.entry(entry.scope()).or_default();
        match entry {
            Entry::Seen { what, .. } => {
                let kind = what.split(':').next().unwrap_or_default().to_owned();
                *account.by_kind.entry(kind).or_default() += 1;
            }
            Entry::Learning { since, events, done, .. } => {
                let state = if *done { "learned from history" } else { "learned while watching" };
                account.learning = format!("{state}, {events} events since {since}");
            }
        }
    }
    if accounts.is_empty() {
        writeln!(out, "The baseline is empty.")?;
    }
    for (scope, account) in accounts {
        writeln!(out, "{}  {}", visible(named(scope)), account.learning)?;
        for (kind, number) in account.by_kind {
            writeln!(out, "  {number:>6}  {kind}")?;
        }
    }
    Ok(())
}

fn combinations(entries: &[Entry], account: &str, out: &mut impl Write) -> anyhow::Result<()> {
    let mut rows: Vec<(&str, String, String)> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.scope() == account) {
        if let Entry::Seen { what, last, days, .. } = entry {
            let days: Vec<String> = days.counts().map(|(what, days)| format!("{what} on {days}")).collect();
            rows.push((what, last.to_string(), days.join(", ")));
        }
    }
    if rows.is_empty() {
        let known: Vec<&str> =
            entries.iter().map(Entry::scope).collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        bail!(
            "nothing is known of account {account}; the baseline has {}: {}",
            counted(known.len() as u64, "account", "accounts"),
            known.join(", ")
        );
    }
    rows.sort_unstable();
    for (what, last, days) in rows {
        let days = if days.is_empty() { days } else { format!("  (of 32 days: {})", visible(&days)) };
        writeln!(out, "{last}  {}{days}", visible(what))?;
    }
    Ok(())
}

fn named(scope: &str) -> &str {
    if scope.is_empty() { "(no account)" } else { scope }
}
