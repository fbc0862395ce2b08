//! The tests beside a rule, and running them.
//!
//! A tests file names its rule and lists events with what is expected of them; `from` and `merge` (RFC 7386) make
//! one event out of another, so that a case says only what is different about it. Tests of correlations list several
//! events each.

mod draft;
mod episodes;
mod expect;
mod mutation;
mod prover;
pub mod schema;
pub mod shapes;
mod single;
mod stage;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use trailhound_sigma::Diagnostics;

use crate::rules::{EMBEDDED_TESTS, EmbeddedFile, RuleFile};
pub use draft::{Draft, Drafted, Naming, NoDraft};
pub use episodes::{EpisodeTest, EpisodeTests};
pub use expect::Expect;
pub use mutation::{Survivor, survivors};
pub use prover::{Firing, InShape, PLAIN, Proof, Prover};
pub use single::{Failure, RuleTest, RuleTests, run, told};
pub use stage::{EpisodeFailure, Stage};

/// What a tests file holds.
#[derive(Debug)]
pub enum Tests {
    /// Tests of a rule, one event each.
    Rule(RuleTests),
    /// Tests of a correlation, several events each.
    Correlation(EpisodeTests),
}

impl Tests {
    /// What is tested.
    pub fn rule(&self) -> &str {
        match self {
            Self::Rule(tests) => &tests.rule,
            Self::Correlation(tests) => &tests.rule,
        }
    }

    /// Tests that expect it to speak, and all tests.
    pub fn counts(&self) -> (usize, usize) {
        let speaks = |expect: Expect| matches!(expect, Expect::Match | Expect::Attempt);
        match self {
            Self::Rule(tests) => {
                (tests.tests.iter().filter(|test| speaks(test.expect)).count(), tests.tests.len())
            }
            Self::Correlation(tests) => {
                (tests.tests.iter().filter(|test| speaks(test.expect)).count(), tests.tests.len())
            }
        }
    }
}

/// The shipped tests files.
pub fn shipped() -> Vec<RuleFile> {
    let file = |file: &EmbeddedFile| RuleFile { path: file.path.to_owned(), text: file.text.to_owned() };
    EMBEDDED_TESTS.iter().map(file).collect()
}

/// Reads tests files, in their order. Tests of correlations may take the events of other files' tests, shipped ones
/// included.
pub fn parse_all(files: &[RuleFile]) -> Vec<Result<Tests, Diagnostics>> {
    let mut known = HashMap::new();
    let is_episodes =
        |file: &RuleFile| file.text.lines().any(|line| line.trim_start().starts_with("events:"));
    if files.iter().any(is_episodes) {
        for file in shipped().iter().chain(files).filter(|file| !is_episodes(file)) {
            // What is wrong with it is told below.
            let _ = single::parse(&file.path, &file.text, &mut known);
        }
    }
    let read = |file: &RuleFile| {
        if is_episodes(file) {
            episodes::parse(&file.path, &file.text, &known).map(Tests::Correlation)
        } else {
            single::parse(&file.path, &file.text, &mut HashMap::new()).map(Tests::Rule)
        }
    };
    files.iter().map(read).collect()
}
