//! The blobs below a folder: List Blobs, page by page.

#[cfg(test)]
mod tests;

use azure_core::http::{Method, Url};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;
use trailhound_courier::ports::Listed;

use super::{BlobFolder, refusal};
use crate::moment::moment;

/// A blob as it is listed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Blob {
    /// Within the container.
    pub(super) name: String,
    pub(super) version: String,
    pub(super) size: u64,
    pub(super) written: Option<Timestamp>,
}

/// One page of a listing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct BlobPage {
    pub(super) blobs: Vec<Blob>,
    /// What stands for all that begins so, where folders were asked for.
    pub(super) folders: Vec<String>,
    /// Where the next page begins.
    pub(super) next: Option<String>,
}

impl BlobFolder {
    pub(super) async fn list_below(&self) -> Result<Vec<Listed>, String> {
        let (container, folder) = split(&self.at);
        let mut found = Vec::new();
        let mut marker = Some(String::new());
        while let Some(from) = marker.take() {
            let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
            let url = page_of(&container, &prefix, false, &from);
            let reply = self.look(Method::Get, &url).await?;
            if reply.status != 200 {
                return Err(refusal(&reply, "Storage Blob Data Reader", "its address"));
            }
            let page = page(&String::from_utf8_lossy(&reply.body))?;
            for Blob { name, version, size, written } in page.blobs {
                found.push(Listed { name: address_of(&container, &name)?, version, size, written });
            }
            marker = page.next;
        }
        Ok(found)
    }
}

/// What asks for one page of the blobs whose names begin so; those below a slash as one folder, where that is wanted.
pub(super) fn page_of(container: &Url, prefix: &str, by_folder: bool, from: &str) -> Url {
    let mut url = container.clone();
    url.query_pairs_mut().extend_pairs([("restype", "container"), ("comp", "list")]);
    let more = [("prefix", prefix), ("delimiter", if by_folder { "/" } else { "" }), ("marker", from)];
    url.query_pairs_mut().extend_pairs(more.iter().filter(|(_, value)| !value.is_empty()));
    url
}

/// The whole address of a blob.
pub(super) fn address_of(container: &Url, name: &str) -> Result<String, String> {
    let mut url = container.clone();
    url.path_segments_mut().map_err(|()| "no address of a container")?.extend(name.split('/'));
    Ok(url.to_string())
}

/// The container's address, and the folder within it. Where the account is part of the path, as in an emulator's
/// address, the container comes after it.
pub(super) fn split(at: &Url) -> (Url, String) {
    let by_host = at.host_str().is_some_and(|host| host.contains(".blob."));
    let path = at.path().trim_matches('/');
    let names: Vec<&str> = path.splitn(if by_host { 2 } else { 3 }, '/').collect();
    let (container, folder) = names.split_at(names.len().min(if by_host { 1 } else { 2 }));
    let mut url = at.clone();
    url.set_path(&container.join("/"));
    (url, percent_decode_str(&folder.concat()).decode_utf8_lossy().into_owned())
}

/// Reads `<EnumerationResults>`.
pub(super) fn page(xml: &str) -> Result<BlobPage, String> {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let mut page = BlobPage::default();
    let mut text = String::new();
    let mut is_folder = false;
    loop {
        match reader.read_event().map_err(|error| format!("no listing of blobs: {error}"))? {
            Event::Start(start) => {
                text.clear();
                match start.name().as_ref() {
                    "Blob" => page.blobs.push(Blob::default()),
                    "BlobPrefix" => is_folder = true,
                    _ => {}
                }
            }
            Event::Text(piece) => text.push_str(&piece),
            Event::GeneralRef(entity) => {
                let entity = format!("&{};", &*entity);
                text.push_str(&unescape(&entity).map_err(|error| format!("no listing of blobs: {error}"))?);
            }
            Event::End(end) => match (end.name().as_ref(), page.blobs.last_mut()) {
                ("Name", _) if is_folder => page.folders.push(std::mem::take(&mut text)),
                ("BlobPrefix", _) => is_folder = false,
                ("Name", Some(blob)) => blob.name = std::mem::take(&mut text),
                ("Etag", Some(blob)) => blob.version = std::mem::take(&mut text),
                ("Content-Length", Some(blob)) => blob.size = text.parse().unwrap_or(0),
                ("Last-Modified", Some(blob)) => blob.written = moment(&text),
                ("NextMarker", _) => page.next = (!text.is_empty()).then(|| std::mem::take(&mut text)),
                _ => {}
            },
            Event::Eof => return Ok(page),
            _ => {}
        }
    }
}
