//! How long something is as JSON, without writing it anywhere.

use std::io;

use serde::Serialize;

pub(super) fn length(value: &impl Serialize) -> usize {
    let mut count = CountedBytes(0);
    // Nobody but the value could fail, and what JSON cannot hold has no length.
    serde_json::to_writer(&mut count, value).map_or(0, |()| count.0)
}

struct CountedBytes(usize);

impl io::Write for CountedBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
