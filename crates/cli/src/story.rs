//! Findings that belong together as one story each.
//!
//! What joins them is of the logs' own making: whom a session comes from, the key it acts with, the event itself, the
//! session or command on a machine, an identity that one made or gave rights to and that then acts. A machine joins what
//! was done to it with what was seen on it or done by it, an address what came from it where few use it, both only within
//! a time. Names that a caller chooses join nothing.

mod case;
mod join;
mod told;

pub(crate) use case::{Case, Seen, Step};
pub(crate) use join::{Crowd, joined};
pub(crate) use told::Told;
