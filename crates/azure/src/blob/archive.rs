//! Blobs that are read through once, for people: listed by their folders, so that of an archive by hours only the hours that
//! are wanted are looked at, and read range by range, so that memory does not depend on their size.

use std::time::Duration;

use azure_core::http::headers::HeaderName;
use azure_core::http::{Method, Request, Url};
use tokio::time::Instant;
use trailhound_courier::ports::Listed;
use trailhound_courier::tries::{Tries, passes};

use super::listing::{Blob, BlobPage, address_of, page, page_of, split};
use super::{PAUSE, refusal};
use crate::address::https;
use crate::{Azure, Reply, STORAGE, Service};

/// How long an answer may take to come, over whatever line, and one request for it.
const PATIENCE: Duration = Duration::from_mins(1);
const ATTEMPT: Duration = Duration::from_secs(30);
/// How much is asked for at once.
const RANGE: u64 = 4 << 20;
/// Who may read blobs.
const READER: &str = "Storage Blob Data Reader";

/// Is a folder wanted?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All below it.
    Whole,
    /// That depends on the folders in it.
    InPart,
    /// Nothing below it.
    Not,
}

/// Blobs by their whole addresses.
#[derive(Clone)]
pub struct BlobArchive {
    service: Service,
    patience: Duration,
}

/// Why a blob cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// It is not there.
    #[error("{0}")]
    Missing(String),
    /// It lies in the archive tier.
    #[error("{0}")]
    Archived(String),
    /// The identity may not read it.
    #[error("{0}")]
    Denied(String),
    /// Another was written in its place.
    #[error("was written anew while it was read")]
    Replaced,
    /// Anything else, in the service's words.
    #[error("{0}")]
    Failed(String),
}

impl BlobArchive {
    /// Those that an identity may read.
    pub fn new(azure: &Azure) -> Self {
        Self { service: azure.service(STORAGE), patience: PATIENCE }
    }

    /// The same, where an answer may take so long to come and no longer.
    #[must_use]
    pub fn patient_for(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The blobs whose names begin with what follows the container, in the order of their names and without the empty ones
    /// that stand for folders; the blob alone if there is one of that very name. Of folders that are not wanted nothing is
    /// asked.
    pub async fn list(
        &self,
        address: &str,
        wanted: &(dyn Fn(&str) -> Wanted + Sync),
    ) -> Result<Vec<Listed>, String> {
        let (container, name) = split(&https(address.trim_end_matches('/'))?);
        let prefix = if address.ends_with('/') && !name.is_empty() { format!("{name}/") } else { name };
        let (mut folders, mut found) = (vec![prefix.clone()], Vec::new());
        while let Some(folder) = folders.pop() {
            let by_folder = match wanted(&folder) {
                Wanted::Not => continue,
                Wanted::Whole => false,
                Wanted::InPart => true,
            };
            let mut marker = Some(String::new());
            while let Some(from) = marker.take() {
                let BlobPage { blobs, folders: below, next } =
                    self.page(&page_of(&container, &folder, by_folder, &from)).await?;
                for Blob { name, version, size, written } in blobs {
                    let listed = Listed { name: address_of(&container, &name)?, version, size, written };
                    if blob_is(&listed, &container, &prefix) {
                        return Ok(vec![listed]);
                    }
                    found.extend((listed.size > 0).then_some(listed));
                }
                folders.extend(below);
                marker = next;
            }
        }
        found.sort();
        Ok(found)
    }

    async fn page(&self, url: &Url) -> Result<BlobPage, String> {
        let reply = self.send(Method::Get, url, &[], Vec::new()).await?;
        match reply.status {
            200 => page(&String::from_utf8_lossy(&reply.body)),
            _ => Err(refusal(&reply, READER, "its address")),
        }
    }

    /// Begins to read a blob.
    pub async fn open(&self, address: &str) -> Result<BlobBody, BlobError> {
        let url = Url::parse(address).map_err(|error| BlobError::Failed(error.to_string()))?;
        let mut body =
            BlobBody { archive: self.clone(), url, e_tag: None, at: 0, length: 0, first: Vec::new() };
        body.first = body.range(0).await?;
        Ok(body)
    }

    /// Deletes a blob, if it is there.
    pub async fn remove(&self, address: &str) -> Result<(), String> {
        let url = Url::parse(address).map_err(|error| error.to_string())?;
        let reply = self.send(Method::Delete, &url, &[], Vec::new()).await?;
        match reply.status {
            200..=299 | 404 => Ok(()),
            _ => Err(refusal(&reply, "Storage Blob Data Contributor", "its address")),
        }
    }

    /// Sends a request, and again while what came of it passes.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &Url,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<Reply, String> {
        let mut tries = Tries::until(Instant::now() + self.patience, PAUSE);
        let mut fault = String::new();
        while let Some(within) = tries.next(ATTEMPT) {
            let mut request = Request::new(url.clone(), method);
            request.insert_header(HeaderName::from_static("x-ms-version"), "2021-12-02");
            for (name, value) in headers {
                request.insert_header(HeaderName::from_static(name), value.clone());
            }
            request.set_body(body.clone());
            fault = match self.service.send(&mut request, within).await {
                Ok(reply) if !passes(reply.status) => return Ok(reply),
                Ok(reply) => reply.error(),
                Err(no_reply) => no_reply.to_string(),
            };
            if !tries.again(None).await {
                break;
            }
        }
        Err(fault)
    }
}

/// Is this the one blob that was named?
fn blob_is(listed: &Listed, container: &Url, name: &str) -> bool {
    !name.is_empty() && address_of(container, name).is_ok_and(|address| address == listed.name)
}

/// A blob on its way.
pub struct BlobBody {
    archive: BlobArchive,
    url: Url,
    /// Where it may be written over; what is only appended to stays what it was.
    e_tag: Option<String>,
    at: u64,
    length: u64,
    first: Vec<u8>,
}

impl BlobBody {
    /// The next bytes; `None` when all have come that there were at the beginning.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, BlobError> {
        if self.first.is_empty() && self.at < self.length {
            self.first = self.range(self.at).await?;
        }
        let chunk = std::mem::take(&mut self.first);
        self.at += chunk.len() as u64;
        Ok((!chunk.is_empty()).then_some(chunk))
    }

    async fn range(&mut self, from: u64) -> Result<Vec<u8>, BlobError> {
        let last = if from == 0 { RANGE - 1 } else { (from + RANGE).min(self.length) - 1 };
        let mut headers = vec![("x-ms-range", format!("bytes={from}-{last}"))];
        headers.extend(self.e_tag.clone().map(|e_tag| ("if-match", e_tag)));
        let sent = self.archive.send(Method::Get, &self.url, &headers, Vec::new()).await;
        let reply = sent.map_err(BlobError::Failed)?;
        let said = || refusal(&reply, READER, "its address");
        match reply.status {
            200 | 206 => {
                if from == 0 {
                    let whole = reply.header("content-range").and_then(|range| range.rsplit('/').next());
                    self.length =
                        whole.and_then(|whole| whole.parse().ok()).unwrap_or(reply.body.len() as u64);
                    let grows = reply.header("x-ms-blob-type") == Some("AppendBlob");
                    self.e_tag = reply.header("etag").filter(|_| !grows).map(str::to_owned);
                }
                Ok(reply.body)
            }
            // It is empty.
            416 if from == 0 => Ok(Vec::new()),
            412 => Err(BlobError::Replaced),
            401 | 403 => Err(BlobError::Denied(said())),
            404 => Err(BlobError::Missing(said())),
            409 if reply.header("x-ms-error-code") == Some("BlobArchived") => {
                Err(BlobError::Archived(said()))
            }
            _ => Err(BlobError::Failed(said())),
        }
    }

    /// Its entity tag, of what is not only appended to.
    pub fn e_tag(&self) -> Option<&str> {
        self.e_tag.as_deref()
    }
}
