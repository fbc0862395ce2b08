//! The Azure Function: Event Hubs in, Event Grid out, nothing lost in between.
//!
//! [`invocation`] reads what the Functions host posts; [`event_grid`], [`table`] and [`parking`] are the services it
//! talks to, through [`azure`].

pub mod azure;
pub mod event_grid;
pub mod invocation;
pub mod parking;
pub mod settings;
pub mod state;
pub mod table;
pub mod telemetry;

/// Lower-case hex.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
