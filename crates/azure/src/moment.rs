//! Moments as HTTP writes them.

use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// `Wed, 18 Mar 2026 09:00:00 GMT`.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    rfc2822::parse(text).ok().map(|at| at.timestamp())
}
