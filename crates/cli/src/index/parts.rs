//! Parts of what is kept, each in pieces.

use redb::{ReadOnlyTable, Table};

/// What it is a part of, by number, that of the part, and that of a piece of it.
pub(super) type PartKey = (u64, u32, u32);

/// Large values take pages of twice the size of the next smaller; with its page's head a piece fills one of 64 KiB.
const PIECE: usize = 65_000;

pub(super) fn put(
    table: &mut Table<'_, PartKey, &'static [u8]>,
    (number, at): (u64, u32),
    bytes: &[u8],
) -> Result<(), redb::Error> {
    for (piece, bytes) in (0..).zip(bytes.chunks(PIECE)) {
        table.insert((number, at, piece), bytes)?;
    }
    Ok(())
}

pub(super) fn part(
    table: &ReadOnlyTable<PartKey, &'static [u8]>,
    number: u64,
    at: u32,
) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for piece in table.range((number, at, 0)..=(number, at, u32::MAX))? {
        bytes.extend_from_slice(piece?.1.value());
    }
    anyhow::ensure!(!bytes.is_empty(), "a part of it is missing");
    Ok(bytes)
}
