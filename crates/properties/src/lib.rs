//! What must hold of any input. Each function takes bytes, whatever they are, and panics where something does not hold.
//!
//! `fuzz/` runs them under libFuzzer, for hours and by coverage; `tests/any_input.rs` runs each some hundred times on its
//! seeds, bent a little, with the ordinary tests.

mod command_line;
mod csv;
mod decode;
mod describe;
mod event_read;
mod json_document;
mod parts;
mod rule_load;
mod state_items;
mod suppressions;
mod tolerant;
mod unwrapper;

pub use command_line::command_line;
pub use csv::csv;
pub use decode::decode;
pub use describe::describe;
pub use event_read::event_read;
pub use json_document::json_document;
pub use rule_load::rule_load;
pub use state_items::state_items;
pub use suppressions::suppressions;
pub use tolerant::tolerant;
pub use unwrapper::unwrapper;
