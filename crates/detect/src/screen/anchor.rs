//! One key, and the values under it that rules ask for.

use std::ops::ControlFlow;

use trailhound_sigma::Necessary;

use super::raw::{RawKey, Under};
use super::values::Values;

/// A key to look for in raw bytes.
#[derive(Debug)]
pub(super) struct Anchor {
    key: RawKey,
    values: Values,
    /// Bytes that a value asked for may begin with.
    first: [bool; 256],
}

impl Anchor {
    pub(super) fn new(path: &str, always_there: bool, is_word: bool) -> Self {
        Self {
            key: RawKey::new(path, always_there, is_word),
            values: Values::default(),
            // Outside ASCII: to be looked at.
            first: std::array::from_fn(|byte| byte >= 0x80),
        }
    }

    pub(super) fn path(&self) -> &str {
        self.key.path()
    }

    /// A value of this shape makes a record a candidate.
    pub(super) fn admit(&mut self, shape: &Necessary) {
        self.values.ask(shape);
        match shape {
            // A value outside ASCII is never compared.
            Necessary::Exact(literal) => {
                let first = literal.text.to_lowercase().bytes().next();
                let Some(first) = first else { return self.first = [true; 256] };
                self.first[usize::from(first.to_ascii_lowercase())] = true;
                self.first[usize::from(first.to_ascii_uppercase())] = true;
            }
            _ => self.first = [true; 256],
        }
    }

    /// Could a value asked for stand under this key? The bytes hide no literals.
    pub(super) fn may_hold(&self, record: &[u8]) -> bool {
        let mut may = false;
        self.key.visit(record, &mut |under| {
            may = match under {
                Under::Text(value) => {
                    value.first().is_none_or(|first| self.first[usize::from(*first)])
                        && self.values.may_be(value)
                }
                Under::Unsure => true,
            };
            if may { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        may
    }
}
