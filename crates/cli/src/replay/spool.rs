//! Bodies that wait to be handed over, in a file without a name: what is replayed may be more than memory holds.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};

use anyhow::Context as _;

/// Bodies, one behind the other.
pub(super) struct BodySpool {
    file: File,
    end: u64,
}

/// Where a body lies.
#[derive(Clone, Copy)]
pub(super) struct Spooled {
    from: u64,
    length: usize,
}

impl BodySpool {
    pub(super) fn new() -> anyhow::Result<Self> {
        Ok(Self { file: tempfile::tempfile().context("no file for what waits to be handed over")?, end: 0 })
    }

    pub(super) fn keep(&mut self, body: &[u8]) -> anyhow::Result<Spooled> {
        let spooled = Spooled { from: self.end, length: body.len() };
        self.file.write_all(body).context("what waits to be handed over cannot be kept")?;
        self.end += body.len() as u64;
        Ok(spooled)
    }

    pub(super) fn read(&self, spooled: Spooled) -> anyhow::Result<Vec<u8>> {
        let mut file = &self.file;
        let mut body = vec![0; spooled.length];
        file.seek(SeekFrom::Start(spooled.from))?;
        file.read_exact(&mut body)?;
        Ok(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_come_back_as_they_were() {
        let mut spool = BodySpool::new().unwrap();
        let kept: Vec<Spooled> =
            [&b"one"[..], b"", b"three"].iter().map(|body| spool.keep(body).unwrap()).collect();
        let back: Vec<Vec<u8>> = kept.iter().rev().map(|at| spool.read(*at).unwrap()).collect();
        assert_eq!(back, [&b"three"[..], b"", b"one"]);
    }
}
