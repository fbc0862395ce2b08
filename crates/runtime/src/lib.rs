//! What a function's process is made of around its deliveries, once for every cloud: [`settings`], the rules in force
//! ([`rulebook`]), where state is kept ([`store`]), what it says on standard output ([`telemetry`], [`ledger`]) and, for
//! hosts that speak HTTP, `server`.
//!
//! What it owes a delivery is the courier's.

pub mod ledger;
pub mod rulebook;
#[cfg(feature = "server")]
pub mod server;
pub mod settings;
pub mod store;
pub mod telemetry;
