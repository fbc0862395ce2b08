//! Texts that rows share, each written once, to a file without a name. What is kept in memory of one is a number and a
//! hash of 128 bits under keys of this process, so that no input can make two of them meet.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::io;

use super::spool::Spool;

pub(super) struct Texts {
    keys: (RandomState, RandomState),
    known: HashMap<u128, usize>,
    spool: Spool,
}

impl Texts {
    pub(super) fn begin() -> io::Result<Self> {
        let keys = (RandomState::new(), RandomState::new());
        let mut own = Self { keys, known: HashMap::new(), spool: Spool::begin()? };
        // The first, so that zero says that there is none.
        own.id("")?;
        Ok(own)
    }

    /// The number of a text.
    pub(super) fn id(&mut self, text: &str) -> io::Result<usize> {
        let hash = u128::from(self.keys.0.hash_one(text)) << 64 | u128::from(self.keys.1.hash_one(text));
        if let Some(id) = self.known.get(&hash) {
            return Ok(*id);
        }
        let id = self.known.len();
        self.spool.add(&quoted(text))?;
        self.known.insert(hash, id);
        Ok(id)
    }

    /// All of them, in order of their numbers.
    pub(super) fn into_spool(self) -> Spool {
        self.spool
    }
}

/// A text as JSON that ends no script and begins no markup.
pub(super) fn quoted(text: &str) -> String {
    inert(&serde_json::Value::from(text).to_string())
}

/// JSON of which nothing can be taken for markup: such signs stand in its strings alone.
pub(super) fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // A text takes all that is written to it.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
