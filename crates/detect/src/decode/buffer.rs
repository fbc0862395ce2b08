//! The bytes that are not done with yet, and room behind them.

/// Begins this large, and holds more only for a record that is larger.
const ROOM: usize = 128 << 10;

/// A stretch of text that moves along the input.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    /// What is not done with.
    pub(super) fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// So many bytes are done with.
    pub(super) fn consume(&mut self, count: usize) {
        self.start += count;
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
    }

    /// Room to write to; never empty.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.bytes.len() - self.end < ROOM / 4 && self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.bytes.len() - self.end < ROOM / 4 {
            self.bytes.resize((self.bytes.len() * 2).max(ROOM), 0);
        }
        &mut self.bytes[self.end..]
    }

    /// So many bytes were written to the room.
    pub(super) fn fill(&mut self, count: usize) {
        self.end += count;
    }

    /// Adds as many of these bytes as there is room for.
    pub(super) fn take(&mut self, bytes: &[u8]) -> usize {
        let room = self.room();
        let count = room.len().min(bytes.len());
        room[..count].copy_from_slice(&bytes[..count]);
        self.fill(count);
        count
    }
}
