//! Many rules made ready together: files in, matches out.

mod build;
mod correlator;
mod rules;
#[cfg(test)]
mod tests;

pub use build::EngineBuilder;
pub use correlator::{Correlator, Hit};
pub use rules::{Engine, EngineRule};
