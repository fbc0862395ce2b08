//! A folder of blobs: what an operator keeps there to be read, and what is kept there for a replay.

mod archive;
mod listing;
mod objects;
mod tags;

use std::time::Duration;

use azure_core::http::headers::{CONTENT_TYPE, HeaderName};
use azure_core::http::{Method, Request, Url};
use tokio::time::{Instant, timeout_at};
use trailhound_courier::ports::{Blobs, Files, Listed, is_one_file};
use trailhound_courier::tries::{Tries, passes};

use crate::moment::moment;
use crate::{Azure, Reply, STORAGE, Service};

pub use archive::{BlobArchive, BlobBody, BlobError, Wanted};
pub use objects::{BlobObject, BlobObjects, container_name, object};

/// How long one request may take.
const ATTEMPT: Duration = Duration::from_secs(10);
/// How long reading what an operator keeps may take, whatever it takes.
const READING: Duration = Duration::from_secs(7);
/// The first wait after a fault that passes.
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
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(name.split('/'));
        }
        url
    }

    /// Sends a request, and again until a moment, if what came of it passes.
    async fn send(
        &self,
        method: Method,
        url: &Url,
        body: Option<&[u8]>,
        until: Instant,
    ) -> Result<Reply, String> {
        let mut tries = Tries::until(until, PAUSE);
        let mut fault = "no time was left".to_owned();
        while let Some(within) = tries.next(ATTEMPT) {
            let mut request = Request::new(url.clone(), method);
            request.insert_header(HeaderName::from_static("x-ms-version"), "2021-12-02");
            if let Some(body) = body {
                request.insert_header(HeaderName::from_static("x-ms-blob-type"), "BlockBlob");
                request.insert_header(CONTENT_TYPE, "application/gzip");
                request.set_body(body.to_vec());
            }
            fault = match timeout_at(until, self.service.send(&mut request, within)).await {
                Ok(Ok(reply)) if !passes(reply.status) => return Ok(reply),
                Ok(Ok(reply)) => reply.error(),
                Ok(Err(no_reply)) => no_reply.to_string(),
                Err(_) => "no answer, nor a token, in the time there was".to_owned(),
            };
            if !tries.again(None).await {
                break;
            }
        }
        Err(fault)
    }

    async fn look(&self, method: Method, url: &Url) -> Result<Reply, String> {
        self.send(method, url, None, Instant::now() + READING).await
    }
}

/// Is this how a blob is refused whose name is taken for good? A name that is made of the content holds that content.
fn is_there(reply: &Reply) -> bool {
    reply.status == 409
        && ["BlobAlreadyExists", "BlobImmutableDueToPolicy", "BlobImmutableDueToLegalHold"]
            .iter()
            .any(|code| reply.error().contains(code))
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

    async fn put(&self, name: &str, bytes: Vec<u8>, until: Instant) -> Result<(), String> {
        let reply = self.send(Method::Put, &self.below(name), Some(&bytes), until).await?;
        match reply.status {
            200..=299 => Ok(()),
            _ if is_there(&reply) => Ok(()),
            _ => Err(refusal(
                &reply,
                "Storage Blob Data Contributor",
                "the container's address (a function's is TRAILHOUND_REJECTS_URL)",
            )),
        }
    }

    async fn remove(&self, name: &str) -> Result<(), String> {
        let reply = self.look(Method::Delete, &self.below(name)).await?;
        match reply.status {
            200..=299 | 404 => Ok(()),
            // What a policy keeps may stay; its replay publishes nothing anew.
            _ if is_there(&reply) => Ok(()),
            _ => Err(reply.error()),
        }
    }
}

impl Files for BlobFolder {
    fn place(&self) -> String {
        self.at.to_string()
    }

    async fn list(&self) -> Result<Vec<Listed>, String> {
        if !is_one_file(self.at.path()) {
            return self.list_below().await;
        }
        let reply = self.look(Method::Head, &self.at).await?;
        match reply.status {
            200 => Ok(vec![Listed {
                name: self.at.to_string(),
                version: reply.header("etag").unwrap_or_default().to_owned(),
                size: reply.header("content-length").and_then(|size| size.parse().ok()).unwrap_or(0),
                written: reply.header("last-modified").and_then(moment),
            }]),
            _ => Err(refusal(&reply, "Storage Blob Data Reader", "its address")),
        }
    }

    async fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let url = Url::parse(name).map_err(|error| error.to_string())?;
        let reply = self.look(Method::Get, &url).await?;
        match reply.status {
            200 => Ok(reply.body),
            _ => Err(refusal(&reply, "Storage Blob Data Reader", "its address")),
        }
    }
}
