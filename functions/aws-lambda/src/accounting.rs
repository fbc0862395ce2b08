//! What became of each delivery: its account's line, and the same figures as CloudWatch metrics.

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use trailhound_detect::account::{Account, Ledger};
use trailhound_detect::tally::Notice;

/// Namespace of all metrics.
pub const NAMESPACE: &str = "trailhound";

/// Writes accounts to standard output, where CloudWatch Logs picks them up.
#[derive(Clone, Debug)]
pub struct StdoutLedger {
    /// The dimension `Function`.
    pub function: String,
}

impl Ledger for StdoutLedger {
    fn enter(&self, account: &Account) {
        let now = Timestamp::now();
        println!("{}", account.line(now));
        for metrics in metrics(account, &self.function, now) {
            println!("{metrics}");
        }
    }
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
