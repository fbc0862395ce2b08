//! What an object holds once inflated, chunk by chunk: its sum, and its bytes where they are wanted.

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use sha2::{Digest, Sha256};

/// No object of a trail inflates to more; whatever does is none of CloudTrail's.
const LARGEST: u64 = 1 << 30;

/// An object on its way.
pub(super) struct Content {
    inflating: MultiGzDecoder<Sums>,
}

/// An object that has ended.
pub(super) struct Summed {
    /// SHA-256, in hex.
    pub(super) sum: String,
    /// Its bytes, as far as they are kept.
    pub(super) kept: Vec<u8>,
    /// There were more.
    pub(super) is_cut: bool,
}

struct Sums {
    hasher: Sha256,
    kept: Vec<u8>,
    most: usize,
    size: u64,
}

impl Write for Sums {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.size += bytes.len() as u64;
        if self.size > LARGEST {
            return Err(io::Error::other("more than any object of a trail"));
        }
        self.hasher.update(bytes);
        let room = self.most.saturating_sub(self.kept.len()).min(bytes.len());
        self.kept.extend_from_slice(&bytes[..room]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Content {
    /// Of which only the sum is wanted.
    pub(super) fn summed() -> Self {
        Self::kept(0)
    }

    /// Of which the first bytes are kept.
    pub(super) fn kept(most: usize) -> Self {
        let sums = Sums { hasher: Sha256::new(), kept: Vec::new(), most, size: 0 };
        Self { inflating: MultiGzDecoder::new(sums) }
    }

    /// The next bytes; `false` where they are no gzip, or are too many.
    pub(super) fn take(&mut self, chunk: &[u8]) -> bool {
        self.inflating.write_all(chunk).is_ok()
    }

    /// `None` where it ends too early.
    pub(super) fn end(self) -> Option<Summed> {
        let Sums { hasher, kept, size, .. } = self.inflating.finish().ok()?;
        let is_cut = size > kept.len() as u64;
        Some(Summed { sum: hex(&hasher.finalize()), kept, is_cut })
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
