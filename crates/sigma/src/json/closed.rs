//! Where an object ends, by its braces alone.

use std::ops::ControlFlow;

use super::runs::{BLOCK, Braces, escaped};

/// Do an object's braces close where the text ends? Of one that is cut off they do not, nor of what has a backslash outside
/// its strings.
///
/// ```
/// use trailhound_sigma::json::is_closed;
///
/// assert!(is_closed(r#"{"a": {"b": "}"}} "#));
/// assert!(!is_closed(r#"{"a": {"b": "}"}"#) && !is_closed("{} {}"));
/// ```
pub fn is_closed(text: &str) -> bool {
    let bytes = text.trim_ascii().as_bytes();
    let mut depth = Depth::default();
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    for (at, block) in blocks.iter().enumerate() {
        if let ControlFlow::Break(end) = depth.block(block) {
            return end.is_some_and(|end| at * BLOCK + end + 1 == bytes.len());
        }
    }
    let mut padded = [b' '; BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    let end = depth.block(&padded).break_value().flatten();
    end.is_some_and(|end| blocks.len() * BLOCK + end + 1 == bytes.len())
}

/// How many braces are open, and whether a string is.
#[derive(Default)]
struct Depth {
    open: u32,
    /// All ones inside a string.
    in_string: u64,
    escaping: u64,
}

impl Depth {
    /// Takes in a block; where that decides it, says where in it the outermost brace closes, or that none does well.
    #[inline]
    fn block(&mut self, block: &[u8; BLOCK]) -> ControlFlow<Option<usize>> {
        let braces = Braces::of(block);
        let escaped = if braces.backslashes | self.escaping == 0 {
            0
        } else {
            escaped(braces.backslashes, &mut self.escaping)
        };
        let strings = parity(braces.quotes & !escaped) ^ self.in_string;
        self.in_string = 0u64.wrapping_sub(strings >> 63);
        if braces.backslashes & !strings != 0 {
            return ControlFlow::Break(None);
        }
        let (opens, mut closes) = (braces.opens & !strings, braces.closes & !strings);
        let closing = closes.count_ones();
        if self.open <= closing {
            let mut closed = 0;
            while closes != 0 {
                let at = closes.trailing_zeros();
                closed += 1;
                let open = self.open + (opens & ((1 << at) - 1)).count_ones();
                if open <= closed {
                    return ControlFlow::Break((open == closed).then_some(at as usize));
                }
                closes &= closes - 1;
            }
        }
        self.open = self.open + opens.count_ones() - closing;
        ControlFlow::Continue(())
    }
}

/// Ones from every odd bit set up to the next: inside strings, given the quotes.
#[inline]
fn parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
