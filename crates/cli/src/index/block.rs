//! Records that are kept together: packed, with the signs of their names and the time that they span.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::Serialize;

use super::row::IndexRow;
use super::signs::{self, Signs};

/// So many bytes of rows, or so many rows, are packed together.
const MOST_BYTES: usize = 256 << 10;
const MOST_ROWS: usize = 512;
/// Seconds that stand before signs: the first and the last of a block.
const SPAN: usize = 16;

/// Rows as they come.
#[derive(Default)]
pub(super) struct IndexBlock {
    rows: Vec<u8>,
    count: usize,
    signs: HashSet<u32>,
    /// Texts of which the signs are there, by their hashes: those of a log repeat.
    texts: HashSet<u64>,
    hashes: RandomState,
    span: Option<(i64, i64)>,
    /// A record does not say when it was.
    is_untimed: bool,
}

/// Rows as they are kept.
pub(super) struct Packed {
    pub(super) rows: Vec<u8>,
    pub(super) head: Vec<u8>,
}

impl IndexBlock {
    /// Adds a row.
    pub(super) fn add(&mut self, row: &IndexRow<'_>) -> anyhow::Result<()> {
        add_row(&mut self.rows, row)?;
        self.count += 1;
        for text in row.texts() {
            if self.texts.insert(self.hashes.hash_one(text)) {
                signs::of_text(text, &mut |sign| _ = self.signs.insert(sign));
            }
        }
        match row.time().map(Timestamp::as_second) {
            None => self.is_untimed = true,
            Some(at) => {
                let (first, last) = self.span.unwrap_or((at, at));
                self.span = Some((first.min(at), last.max(at)));
            }
        }
        Ok(())
    }

    pub(super) fn is_full(&self) -> bool {
        self.count >= MOST_ROWS || self.rows.len() >= MOST_BYTES
    }

    pub(super) fn is_as_large_as(&self, bytes: usize) -> bool {
        self.rows.len() >= bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Packs what it holds.
    pub(super) fn pack(self) -> Packed {
        let (first, last) = match self.span {
            Some(span) if !self.is_untimed => span,
            _ => (i64::MIN, i64::MAX),
        };
        let mut head = [first.to_le_bytes(), last.to_le_bytes()].concat();
        head.extend(Signs::of(self.signs).to_bytes());
        Packed { rows: packed(&self.rows), head }
    }
}

/// Adds a row to others.
pub(super) fn add_row(rows: &mut Vec<u8>, row: &impl Serialize) -> anyhow::Result<()> {
    add_bytes(rows, &postcard::to_stdvec(row).context("a record cannot be kept")?)
}

/// Adds the bytes of a row to others.
pub(super) fn add_bytes(rows: &mut Vec<u8>, bytes: &[u8]) -> anyhow::Result<()> {
    let length = u32::try_from(bytes.len()).context("a record cannot be kept")?;
    rows.extend_from_slice(&length.to_le_bytes());
    rows.extend_from_slice(bytes);
    Ok(())
}

/// The row that begins at a place.
pub(super) fn row_at(rows: &[u8], at: usize) -> anyhow::Result<&[u8]> {
    let cannot = "a place where no record is";
    let (length, rest) = rows.get(at..).and_then(<[u8]>::split_first_chunk).context(cannot)?;
    rest.get(..u32::from_le_bytes(*length) as usize).context(cannot)
}

/// The first and the last second of a block, and its signs.
pub(super) fn head(bytes: &[u8]) -> anyhow::Result<((i64, i64), Signs)> {
    let (span, signs) = bytes.split_at_checked(SPAN).context("a block without a head")?;
    let second = |bytes: &[u8]| bytes.try_into().map(i64::from_le_bytes);
    let span = (second(&span[..SPAN / 2])?, second(&span[SPAN / 2..])?);
    Ok((span, Signs::from_bytes(signs)))
}

/// Bytes as they are kept.
pub(super) fn packed(bytes: &[u8]) -> Vec<u8> {
    lz4_flex::compress_prepend_size(bytes)
}

/// Bytes that were kept, in a room that serves for one after the other.
pub(super) fn unpacked_in<'r>(bytes: &[u8], room: &'r mut Vec<u8>) -> anyhow::Result<&'r [u8]> {
    let cannot = "a block that cannot be unpacked";
    let (size, packed) = lz4_flex::block::uncompressed_size(bytes).context(cannot)?;
    if room.len() < size {
        room.resize(size, 0);
    }
    let size = lz4_flex::decompress_into(packed, &mut room[..size]).context(cannot)?;
    Ok(&room[..size])
}

/// Bytes that were kept.
pub(super) fn unpacked(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    lz4_flex::decompress_size_prepended(bytes).context("a block that cannot be unpacked")
}

/// Hands on every row of some that were unpacked, as its bytes.
pub(super) fn each_row<'b>(
    mut rows: &'b [u8],
    take: &mut dyn FnMut(&'b [u8]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    while let Some((length, rest)) = rows.split_first_chunk() {
        let length = u32::from_le_bytes(*length) as usize;
        let (row, rest) = rest.split_at_checked(length).context("a block that ends within a record")?;
        take(row)?;
        rows = rest;
    }
    Ok(())
}

/// A row out of its bytes.
pub(super) fn row(bytes: &[u8]) -> anyhow::Result<IndexRow<'_>> {
    postcard::from_bytes(bytes).context("a record that cannot be read")
}
