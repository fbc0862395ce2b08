//! Accounts of deliveries on standard output, which the Functions host hands on: Application Insights keeps the lines
//! and its alarms query them.

use jiff::Timestamp;
use trailhound_detect::account::{Account, Ledger};

/// Standard output.
#[derive(Clone, Copy, Debug, Default)]
pub struct StdoutLedger;

impl Ledger for StdoutLedger {
    fn enter(&self, account: &Account) {
        use std::io::Write;
        // A host that no longer listens must not stop the work.
        let _ = writeln!(std::io::stdout().lock(), "{}", account.line(Timestamp::now()));
    }
}
