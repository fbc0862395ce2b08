//! What a function owes a delivery, written once over ports: evaluate, publish, park, renew, account, acknowledge.
//!
//! A cloud brings what wakes it, its answer, its settings, and adapters for [`ports`]; it decides nothing of what is
//! here. [`delivery`] is the way of one delivery, [`rulebook`] the rules in force, [`parking`] what is kept for a
//! replay; around them [`settings`], [`telemetry`], [`ledger`], [`time`] and, for hosts that speak HTTP, `server`.

pub mod attempt;
mod courier;
pub mod delivery;
pub mod evaluation;
pub mod failure;
pub mod fetching;
mod lease;
pub mod ledger;
pub mod parking;
pub mod ports;
mod publishing;
pub mod rulebook;
#[cfg(feature = "server")]
pub mod server;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod time;

pub use courier::Courier;
