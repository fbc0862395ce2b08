//! Blobs of Azure as inputs: all below a container or a folder in it, each read while it arrives.

use std::io::{self, Read};

use bytes::{Buf, Bytes};
use tokio::runtime::Handle;
use trailhound_azure_sdk::blob::{BlobArchive, BlobBody, Wanted};

use super::delivered::span_of;
use crate::args::Window;
use crate::cloud;

/// One blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blob {
    address: String,
    size: u64,
}

/// The blobs whose names begin with what follows the container, in order; or the problem, with a remedy. Of an archive by
/// hours only what may have been delivered within a window is listed.
pub(super) fn list(address: &str, window: Window) -> Result<Vec<Blob>, String> {
    let wanted = |folder: &str| is_wanted(folder, window);
    let listed = archive().and_then(|(archive, handle)| {
        let listing = archive.list(address, &wanted);
        handle.block_on(listing).map_err(|problem| format!("cannot be listed: {problem}"))
    })?;
    let blobs: Vec<Blob> = listed
        .into_iter()
        .filter(|listed| window.touches(span_of(&listed.name).map(|(span, _)| span)))
        .map(|listed| Blob { address: listed.name, size: listed.size })
        .collect();
    if blobs.is_empty() {
        let hint = if address.contains(['*', '?']) {
            "it is taken as it stands, not as a pattern"
        } else if window.is_open() {
            "`az storage blob list` shows what there is"
        } else {
            "or none was delivered between --since and --until"
        };
        return Err(format!("no blob's name begins so; {hint}"));
    }
    Ok(blobs)
}

fn is_wanted(folder: &str, window: Window) -> Wanted {
    if window.is_open() {
        return Wanted::Whole;
    }
    match span_of(folder) {
        Some((span, _)) if !window.touches(Some(span)) => Wanted::Not,
        Some((span, is_hour)) if is_hour || window.covers(span) => Wanted::Whole,
        _ => Wanted::InPart,
    }
}

impl Blob {
    /// Its address.
    pub(super) fn name(&self) -> String {
        self.address.clone()
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let (archive, handle) = archive().map_err(io::Error::other)?;
        let body = handle.block_on(archive.open(&self.address)).map_err(io::Error::other)?;
        Ok(Box::new(BlobReader { body, handle, at_hand: Bytes::new() }))
    }
}

fn archive() -> Result<(BlobArchive, Handle), String> {
    let ready = || anyhow::Ok((BlobArchive::new(cloud::azure()?), cloud::runtime()?.handle().clone()));
    ready().map_err(|problem| format!("{problem:#}"))
}

/// A blob on its way.
struct BlobReader {
    body: BlobBody,
    handle: Handle,
    at_hand: Bytes,
}

impl Read for BlobReader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.at_hand.has_remaining() {
            match self.handle.block_on(self.body.chunk()).map_err(io::Error::other)? {
                Some(chunk) => self.at_hand = chunk.into(),
                None => return Ok(0),
            }
        }
        let count = into.len().min(self.at_hand.remaining());
        self.at_hand.copy_to_slice(&mut into[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_archive_by_hours_only_the_hours_of_a_window_are_looked_at() {
        let at = |text: &str| text.parse().ok();
        let window = Window::between(at("2026-03-18T09:30:00Z"), at("2026-03-19T02:00:00Z"));
        let of = |folder: &str| is_wanted(&format!("resourceId=/SUBSCRIPTIONS/0/{folder}"), window);
        for (folder, wanted) in [
            ("", Wanted::InPart),
            ("y=2025/", Wanted::Not),
            ("y=2026/m=03/", Wanted::InPart),
            ("y=2026/m=04/", Wanted::Not),
            ("y=2026/m=03/d=18/", Wanted::InPart),
            ("y=2026/m=03/d=18/h=08/", Wanted::Not),
            ("y=2026/m=03/d=18/h=09/", Wanted::Whole),
            ("y=2026/m=03/d=19/h=01/", Wanted::Whole),
            ("y=2026/m=03/d=19/h=02/", Wanted::Not),
        ] {
            assert_eq!(of(folder), wanted, "{folder}");
        }
        assert_eq!(is_wanted("hubs-example/activity/0/2026/03/17/", window), Wanted::Not);
        assert_eq!(is_wanted("hubs-example/activity/0/2026/03/18/", window), Wanted::InPart);
        assert_eq!(is_wanted("anything/at/all/", Window::default()), Wanted::Whole);
    }
}
