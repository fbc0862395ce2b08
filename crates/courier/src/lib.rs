//! What a function owes a delivery, written once over ports: evaluate, publish, park, renew, account, acknowledge.
//!
//! A cloud brings what wakes it, its answer, its settings, and adapters for [`ports`]; it decides nothing of what is
//! here. [`delivery`] is the way of one delivery, [`fetching`] that of the object a notice points at, [`notices`] what those say, [`gathering`] that of one of which
//! only is kept what rules make of it, [`digests`] what
//! CloudTrail signed for, [`parking`] what is
//! kept for a replay, [`listening`] who has fallen silent, [`time`] what a delivery may take, [`tries`] what is asked again, [`trial`] what came before. The
//! process around it is `trailhound-runtime`'s.

pub mod attempt;
mod courier;
pub mod delivery;
pub mod digests;
pub mod evaluation;
pub mod failure;
pub mod fetching;
pub mod gathering;
mod lease;
pub mod listening;
pub mod notices;
pub mod parking;
pub mod ports;
mod publishing;
mod shadow;
pub mod time;
pub mod trial;
pub mod tries;

pub use courier::Courier;
