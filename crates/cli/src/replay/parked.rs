//! Parked objects, line by line.

use std::io::{BufRead, BufReader, Read};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use serde::Deserialize;

/// A body that was parked.
pub(super) struct Parked {
    /// Its line, from 1.
    pub(super) line: usize,
    pub(super) reason: String,
    pub(super) origin: String,
    pub(super) received_at: Timestamp,
    pub(super) body: Vec<u8>,
    /// How many others it stands for.
    pub(super) more: u64,
}

#[derive(Deserialize)]
struct ParkedLine {
    reason: String,
    origin: String,
    received_at: String,
    body_base64: String,
    #[serde(default)]
    pointers: Vec<Pointer>,
}

#[derive(Deserialize)]
struct Pointer {
    rejected: u64,
}

/// Is it called what rejects of a delivery are called: `<hash>.ndjson.gz`, and no findings in shadow?
pub(super) fn is_parked(name: &str) -> bool {
    let mut parts = name.rsplit(['/', '\\']);
    let hash = parts.next().and_then(|last| last.strip_suffix(".ndjson.gz")).unwrap_or_default();
    hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) && parts.nth(3) != Some("shadow")
}

/// The text of what may be compressed.
pub(super) fn unpacked(bytes: impl Read + Send + 'static) -> std::io::Result<Box<dyn Read>> {
    let mut bytes = BufReader::new(bytes);
    let is_packed = bytes.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_packed { Box::new(MultiGzDecoder::new(bytes)) } else { Box::new(bytes) })
}

/// Hands on each line.
pub(super) fn each(
    bytes: impl Read + Send + 'static,
    take: &mut dyn FnMut(Parked) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for (at, line) in BufReader::new(unpacked(bytes)?).lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let of = || format!("line {}: no reject as the functions park it", at + 1);
        let ParkedLine { reason, origin, received_at, body_base64, pointers } =
            serde_json::from_str(&line).with_context(of)?;
        let body = STANDARD.decode(body_base64).with_context(of)?;
        // Its own body is one of those.
        let more = pointers.iter().map(|pointer| pointer.rejected).sum::<u64>().saturating_sub(1);
        take(Parked {
            line: at + 1,
            reason,
            origin,
            received_at: received_at.parse().unwrap_or(Timestamp::UNIX_EPOCH),
            body,
            more,
        })?;
    }
    Ok(())
}
