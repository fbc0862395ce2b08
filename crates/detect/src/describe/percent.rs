//! Text inside addresses.

use std::fmt::Write;

/// Text in which everything that is not unreserved in an address is percent-encoded; of very long text the beginning.
pub(super) fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes().take(256) {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
