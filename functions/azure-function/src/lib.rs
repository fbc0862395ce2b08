//! The Azure Function: Event Hubs in, Event Grid out, nothing lost in between.
//!
//! [`server`] answers the Functions host, [`invocation`] reads what it posts, [`evaluate`] runs the detection core,
//! [`handler`] publishes and parks under the host's rules of retry and checkpoint. [`event_grid`], [`table`] and
//! [`parking`] are the services it talks to, through [`azure`].

pub mod account;
pub mod azure;
pub mod evaluate;
pub mod event_grid;
pub mod handler;
pub mod invocation;
pub mod parking;
pub mod rulebook;
pub mod server;
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
