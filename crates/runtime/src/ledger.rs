//! Accounts of deliveries on standard output, where a cloud's logs pick them up.

use std::io::Write;

use jiff::Timestamp;
use serde_json::Value;
use trailhound_detect::account::{Account, Ledger, finding_line};
use trailhound_detect::describe::Finding;

/// Standard output.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdoutLedger;

impl Ledger for StdoutLedger {
    fn enter(&self, account: &Account) {
        say(&account.line(Timestamp::now()));
    }

    fn note(&self, finding: &Finding) {
        say(&finding_line(finding, Timestamp::now()));
    }
}

/// Writes a line. Whoever no longer listens must not stop the work.
pub fn say(line: &Value) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}
