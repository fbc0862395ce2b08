//! What became of each delivery: one JSON line with the account, and the same figures as CloudWatch metrics.
//!
//! Both are written by serde_json, so that no text in an event can end a line or begin another.

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Map, Value, json};
use trailhound_detect::describe::visible;
use trailhound_detect::tally::{Notice, Tally};

/// Namespace of all metrics.
pub const NAMESPACE: &str = "trailhound";

/// The account of one delivery.
#[derive(Clone, Debug, Default)]
pub struct Account {
    /// Where it came from.
    pub origin: String,
    /// Its figures.
    pub tally: Tally,
    /// From the time of the oldest event among its findings to their publication; zero when it had none.
    pub lag_ms: u64,
    /// Processor time it took.
    pub cpu_ms: u64,
    /// Why it must be delivered again.
    pub failure: Option<String>,
    /// Why the store could not be asked.
    pub state_unavailable: Option<String>,
}

/// Where accounts are written.
pub trait Ledger: Send + Sync {
    /// Writes one.
    fn enter(&self, account: &Account);
}

/// Writes accounts to standard output, where CloudWatch Logs picks them up.
#[derive(Clone, Debug)]
pub struct StdoutLedger {
    /// The dimension `Function`.
    pub function: String,
}

impl Ledger for StdoutLedger {
    fn enter(&self, account: &Account) {
        let now = Timestamp::now();
        println!("{}", line(account, now));
        for metrics in metrics(account, &self.function, now) {
            println!("{metrics}");
        }
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
    });
    if !tally.suppressed.is_empty() {
        line["suppressed_by"] = json!(tally.suppressed);
    }
    if !tally.notices.is_empty() {
        line["notices"] = json!(tally.notices);
    }
    if let Some(failure) = &account.failure {
        line["error"] = json!(visible(failure));
    }
    if let Some(fault) = &account.state_unavailable {
        line["state_unavailable"] = json!(visible(fault));
    }
    line
}

/// The metric set, in CloudWatch's embedded metric format; rejects again by reason.
pub fn metrics(account: &Account, function: &str, now: Timestamp) -> Vec<Value> {
    let tally = &account.tally;
    let mut figures = vec![
        ("Records", "Count", tally.records),
        ("Evaluated", "Count", tally.evaluated),
        ("Rejected", "Count", tally.rejected_total()),
        ("Matches", "Count", tally.matches),
        ("Published", "Count", tally.published),
        ("Suppressed", "Count", tally.suppressed_total()),
        ("Duplicates", "Count", tally.duplicates),
        ("Deferred", "Count", tally.deferred),
        ("CpuMilliseconds", "Milliseconds", account.cpu_ms),
        ("StateUnavailable", "Count", u64::from(account.state_unavailable.is_some())),
    ];
    let canary = tally.notices.contains_key(&Notice::Canary);
    if canary && tally.deferred == 0 {
        figures.push(("Canary", "Count", 1));
    }
    if tally.published > 0 && !canary {
        figures.push(("LagMilliseconds", "Milliseconds", account.lag_ms));
    }
    let mut sets = vec![embedded(&[("Function", function)], &figures, now)];
    for (reason, count) in &tally.rejected {
        let dimensions = [("Function", function), ("Reason", reason.as_str())];
        sets.push(embedded(&dimensions, &[("Rejected", "Count", *count)], now));
    }
    sets
}

/// One document of the embedded metric format.
pub fn embedded(dimensions: &[(&str, &str)], figures: &[(&str, &str, u64)], now: Timestamp) -> Value {
    let names: Vec<&str> = dimensions.iter().map(|(name, _)| *name).collect();
    let metrics: Vec<Value> =
        figures.iter().map(|(name, unit, _)| json!({"Name": name, "Unit": unit})).collect();
    let mut document = json!({
        "_aws": {
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": [names], "Metrics": metrics}],
        }
    });
    for (name, value) in dimensions {
        document[*name] = json!(value);
    }
    for (name, _, value) in figures {
        document[*name] = json!(value);
    }
    document
}

/// Processor time this process has used, in milliseconds.
pub fn cpu_ms() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000 + u64::try_from(time.tv_nsec).unwrap_or(0) / 1_000_000
}

#[cfg(test)]
mod tests;
