//! The detection core, shared by both clouds and the command.
//!
//! Data flows one way: [`decode`] turns bytes into records, `screen` drops those no rule could match,
//! [`event`] reads the rest, `rules` match, `tune` sets level and score or suppresses, [`remember`] knows what
//! was seen before, [`describe`] writes the finding, and a [`ports::FindingSink`] publishes it. `pipeline` joins
//! the stages. No cloud SDK, no network and no async runtime in here.

pub mod account;
pub mod behind;
pub mod canary;
mod clock;
pub mod context;
pub mod decode;
pub mod describe;
mod digest;
pub mod event;
mod facts;
pub mod integrity;
pub mod judge;
mod log_type;
mod logs;
pub mod matched;
pub mod outbox;
pub mod part;
pub mod pipeline;
pub mod policy;
pub mod ports;
pub mod proving;
pub mod remember;
pub mod rules;
pub mod screen;
pub mod settle;
pub mod state;
pub mod tally;
pub mod tune;
