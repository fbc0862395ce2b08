//! What was seen before: the only stage with state.
//!
//! Everything is read and changed on a desk of items that were loaded together and are committed together; where
//! another process got in between, it is decided anew. Every decision gives the same answer for the same event again,
//! so a crash at any point and a second delivery change nothing.

pub(crate) mod alarm;
pub(crate) mod alone;
mod apart;
mod bases;
mod cache;
mod callers;
pub(crate) mod cases;
pub(crate) mod claims;
pub(crate) mod correlate;
mod days;
pub(crate) mod desk;
pub(crate) mod group;
mod history;
mod in_process;
pub(crate) mod learning;
pub(crate) mod memory;
pub(crate) mod mode;
mod moment;
pub(crate) mod newness;
pub(crate) mod operations;
mod pause;
mod routine;
mod seen;
pub(crate) mod sessions;
mod sources;
mod strangers;
mod trials;
pub(crate) mod window;

pub use apart::Apart;
pub use cases::LEAST_OF_CASE;
pub use claims::{LEASE, are_published, is_published};
pub use history::{Entry, History, import};
pub use in_process::MemoryStore;
pub use memory::Memory;
pub use pause::Pause;
pub use routine::{Alarms, Habits};
pub use sources::HOUR as SOURCE_EXACTNESS;
pub use trials::TrialStanding;
