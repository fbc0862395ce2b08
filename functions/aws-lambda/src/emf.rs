//! The figures of each delivery as CloudWatch metrics, beside its account's line.

use jiff::Timestamp;
use serde_json::{Value, json};
use trailhound_detect::account::{Account, Ledger};
use trailhound_detect::describe::Finding;
use trailhound_detect::tally::Notice;
use trailhound_runtime::ledger::{StdoutLedger, say};

/// Namespace of all metrics.
pub const NAMESPACE: &str = "trailhound";

/// Enters accounts on standard output, where CloudWatch Logs picks them up, and their figures as metrics.
#[derive(Clone, Debug)]
pub struct MetricLedger {
    /// The dimension `Function`.
    pub function: String,
}

impl Ledger for MetricLedger {
    fn enter(&self, account: &Account) {
        StdoutLedger.enter(account);
        for set in metrics(account, &self.function, Timestamp::now()) {
            say(&set);
        }
    }

    fn note(&self, finding: &Finding) {
        StdoutLedger.note(finding);
    }
}

/// Raises `RulesInvalid`: rules or suppressions cannot be used.
pub fn rules_invalid(function: &str) {
    say(&embedded(&[("Function", function)], &[("RulesInvalid", "Count", 1)], Timestamp::now()));
}

/// The metric set, in CloudWatch's embedded metric format; rejects again by reason, what no rule reads by category, failures
/// by cause, and an object's
/// records by its bucket, so that one that falls silent is not hidden by others.
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
        ("Failed", "Count", u64::from(account.failure.is_some())),
        ("Uncopied", "Count", account.uncopied),
        ("AgeMilliseconds", "Milliseconds", account.age_ms),
        ("CpuMilliseconds", "Milliseconds", account.cpu_ms),
        ("StateUnavailable", "Count", u64::from(account.state_unavailable.is_some())),
    ];
    if !tally.unread.is_empty() {
        figures.push(("Unread", "Count", tally.unread_total()));
    }
    for (name, count) in [("Verified", account.verified), ("Unverified", account.unverified)] {
        if count > 0 {
            figures.push((name, "Count", count));
        }
    }
    if let Some(quiet) = account.quiet_sources {
        figures.push(("QuietSources", "Count", quiet));
    }
    if tally.repaired > 0 {
        figures.push(("Repaired", "Count", tally.repaired));
    }
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
    if let Some(cause) = account.cause {
        sets.push(embedded(&[("Function", function), ("Cause", cause)], &[("Failed", "Count", 1)], now));
    }
    let bucket = account.origin.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
    if let Some((bucket, _)) = bucket.filter(|_| tally.records > 0) {
        let records = [("Records", "Count", tally.records)];
        sets.push(embedded(&[("Function", function), ("Bucket", bucket)], &records, now));
    }
    sets
}

/// One document of the embedded metric format.
fn embedded(dimensions: &[(&str, &str)], figures: &[(&str, &str, u64)], now: Timestamp) -> Value {
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

#[cfg(test)]
mod tests;
