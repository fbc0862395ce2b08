//! A folder of blobs: what an operator keeps there to be read, and what is kept there for a replay.

mod listing;

use std::time::Duration;

use azure_core::http::headers::{CONTENT_TYPE, HeaderName};
use azure_core::http::{Method, Request, Url};
use trailhound_courier::ports::{Blobs, Files, Listed};
use trailhound_detect::rules::FileKind;

use crate::{Azure, Reply, STORAGE, Service};

/// How long one request may take.
const ATTEMPT: Duration = Duration::from_secs(3);
/// How often a request is tried.
const ATTEMPTS: u32 = 2;
/// Wait before another attempt.
const PAUSE: Duration = Duration::from_millis(300);

/// A container, a folder in one, or one blob.
pub struct BlobFolder {
    at: Url,
    service: Service,
}

impl BlobFolder {
    /// What an address without a slash at its end stands for.
    pub fn new(azure: &Azure, at: &Url) -> Self {
        Self { at: at.clone(), service: azure.service(STORAGE) }
    }

    fn below(&self, name: &str) -> Url {
        let mut url = self.at.clone();
        url.set_path(&format!("{}/{name}", self.at.path()));
        url
    }

    /// Sends a request, once more if the service had no time for it.
    async fn send(&self, method: Method, url: &Url, body: Option<Vec<u8>>) -> Result<Reply, String> {
        let mut fault = String::new();
        for attempt in 1..=ATTEMPTS {
            let mut request = Request::new(url.clone(), method);
            request.insert_header(HeaderName::from_static("x-ms-version"), "2021-12-02");
            if let Some(body) = &body {
                request.insert_header(HeaderName::from_static("x-ms-blob-type"), "BlockBlob");
                request.insert_header(CONTENT_TYPE, "application/gzip");
                request.set_body(body.clone());
            }
            match self.service.send(&mut request, ATTEMPT).await {
                Ok(reply) if reply.status < 500 && reply.status != 429 => return Ok(reply),
                Ok(reply) => fault = reply.error(),
                Err(no_reply) => fault = no_reply.to_string(),
            }
            if attempt < ATTEMPTS {
                tokio::time::sleep(PAUSE).await;
            }
        }
        Err(fault)
    }
}

/// What an operator can do about an answer, beside the service's words.
fn refusal(reply: &Reply, role: &str, address: &str) -> String {
    match reply.status {
        401 | 403 => format!("{}; grant the function's identity '{role}'", reply.error()),
        404 => format!("{}; check {address}", reply.error()),
        _ => reply.error(),
    }
}

impl Blobs for BlobFolder {
    fn place(&self) -> String {
        self.at.to_string()
    }

    async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), String> {
        let reply = self.send(Method::Put, &self.below(name), Some(bytes)).await?;
        match reply.status {
            200..=299 => Ok(()),
            _ => Err(refusal(
                &reply,
                "Storage Blob Data Contributor",
                "the container's address (a function's is TRAILHOUND_REJECTS_URL)",
            )),
        }
    }

    async fn remove(&self, name: &str) -> Result<(), String> {
        let reply = self.send(Method::Delete, &self.below(name), None).await?;
        match reply.status {
            200..=299 | 404 => Ok(()),
            _ => Err(reply.error()),
        }
    }
}

impl Files for BlobFolder {
    fn place(&self) -> String {
        self.at.to_string()
    }

    async fn list(&self) -> Result<Vec<Listed>, String> {
        if FileKind::of(self.at.path()).is_none() {
            return self.list_below().await;
        }
        let reply = self.send(Method::Head, &self.at, None).await?;
        match reply.status {
            200 => Ok(vec![Listed {
                name: self.at.to_string(),
                version: reply.header("etag").unwrap_or_default().to_owned(),
                size: reply.header("content-length").and_then(|size| size.parse().ok()).unwrap_or(0),
            }]),
            _ => Err(refusal(&reply, "Storage Blob Data Reader", "its address")),
        }
    }

    async fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let url = Url::parse(name).map_err(|error| error.to_string())?;
        let reply = self.send(Method::Get, &url, None).await?;
        match reply.status {
            200 => Ok(reply.body),
            _ => Err(refusal(&reply, "Storage Blob Data Reader", "its address")),
        }
    }
}
