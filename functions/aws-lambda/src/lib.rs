//! The AWS Lambda: the core, fed by whatever an account already has, with nothing lost.
//!
//! [`sources`] recognises what an invocation carries, [`handler`] runs it over ports, [`aws`] implements those ports
//! with the SDK, [`book`] keeps the rules in force, and [`accounting`] says what became of everything.

pub mod accounting;
pub mod aws;
pub mod book;
pub mod budget;
pub mod handler;
pub mod objects;
pub mod settings;
pub mod sources;
pub mod store;
