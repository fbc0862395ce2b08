//! Two readers of Sigma rules, side by side.
//!
//! `generate` makes rules and events, `verdict` asks both engines, `difference` holds every way in which they are
//! meant to differ. What no listed difference explains is a fault of one of the two.

pub mod conformance;
pub mod difference;
pub mod generate;
pub mod streams;
pub mod verdict;
