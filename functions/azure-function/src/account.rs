//! What became of each delivery: one JSON line, which Application Insights keeps and its alarms query.
//!
//! Written by serde_json, so that no text in an event can end a line or begin another.

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use trailhound_detect::describe::visible;
use trailhound_detect::tally::Tally;

/// The account of one delivery.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Where it came from.
    pub origin: String,
    /// Its figures.
    pub tally: Tally,
    /// From the time of the oldest event among its findings to their publication; zero when it had none.
    pub lag_ms: u64,
    /// Processor time its evaluation took.
    pub cpu_ms: u64,
    /// Which attempt this was; zero is the first.
    pub attempt: i64,
    /// Event bodies parked because their findings could not be published.
    pub parked: u64,
    /// Why the host was asked to try again.
    pub failure: Option<String>,
    /// Why the store could not be asked.
    pub state_unavailable: Option<String>,
}

/// Where accounts are written.
pub trait Ledger: Send + Sync {
    /// Writes one.
    fn enter(&self, account: &Account);
}

/// Standard output, which the Functions host hands on.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdoutLedger;

impl Ledger for StdoutLedger {
    fn enter(&self, account: &Account) {
        use std::io::Write;
        // A host that no longer listens must not stop the work.
        let _ = writeln!(std::io::stdout().lock(), "{}", line(account, Timestamp::now()));
    }
}

/// The accounting line.
pub fn line(account: &Account, now: Timestamp) -> Value {
    let tally = &account.tally;
    let rejected: Map<String, Value> =
        tally.rejected.iter().map(|(reason, count)| (reason.as_str().to_owned(), json!(count))).collect();
    let mut line = json!({
        "timestamp": now.to_string(),
        "level": if account.failure.is_some() { "ERROR" } else { "INFO" },
        "target": "trailhound",
        "event": "delivery",
        "origin": visible(&account.origin),
        "records": tally.records,
        "evaluated": tally.evaluated,
        "rejected": rejected,
        "matches": tally.matches,
        "published": tally.published,
        "suppressed": tally.suppressed_total(),
        "duplicates": tally.duplicates,
        "deferred": tally.deferred,
        "lag_ms": account.lag_ms,
        "cpu_ms": account.cpu_ms,
        "attempt": account.attempt,
    });
    if !tally.suppressed.is_empty() {
        line["suppressed_by"] = json!(tally.suppressed);
    }
    if !tally.notices.is_empty() {
        line["notices"] = json!(tally.notices);
    }
    if account.parked > 0 {
        line["parked_unpublished"] = json!(account.parked);
    }
    if let Some(failure) = &account.failure {
        line["error"] = json!(visible(failure));
    }
    if let Some(fault) = &account.state_unavailable {
        line["state_unavailable"] = json!(visible(fault));
    }
    line
}
