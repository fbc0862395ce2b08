//! What could not be read, or not be finished, kept as blobs for a replay.
//!
//! One object for each delivery, `<yyyy>/<mm>/<dd>/<hash>.ndjson.gz`. The hash is of what is kept, not of when it
//! was tried, so that parking the same again on another attempt writes the same object.

#[cfg(test)]
mod tests;

use std::io::Write;
use std::time::Duration;

use azure_core::http::headers::{CONTENT_TYPE, HeaderName};
use azure_core::http::{Method, Request, Url};
use base64::Engine;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use trailhound_detect::ports::{ParkError, Reject, RejectSink};

use crate::azure::{Azure, Reply, Service};
use crate::table::SCOPE;

/// How long one request may take.
const ATTEMPT: Duration = Duration::from_secs(3);
/// How often a request is tried.
const ATTEMPTS: u32 = 2;

/// A place of rejects that can also forget: work parked before it is tried is taken back once it is done.
pub trait Parking: RejectSink {
    /// Takes back what [`RejectSink::park`] kept under the same rejects.
    fn withdraw(&self, rejects: &[Reject]) -> impl Future<Output = Result<(), ParkError>> + Send;
}

/// A container.
pub struct BlobParking {
    container: Url,
    service: Service,
}

impl BlobParking {
    /// The container at a URL that ends in its name.
    pub fn new(azure: &Azure, container: &Url) -> Self {
        Self { container: container.clone(), service: azure.service(SCOPE) }
    }

    async fn send(&self, method: Method, name: &str, body: Option<Vec<u8>>) -> Result<Reply, String> {
        let mut url = self.container.clone();
        url.set_path(&format!("{}/{name}", self.container.path()));
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
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        }
        Err(fault)
    }

    fn error(&self, count: usize, detail: String) -> ParkError {
        ParkError { count, place: self.container.to_string(), detail }
    }
}

impl RejectSink for BlobParking {
    async fn park(&self, rejects: &[Reject]) -> Result<(), ParkError> {
        if rejects.is_empty() {
            return Ok(());
        }
        let error = |detail| self.error(rejects.len(), detail);
        let body = object(rejects).map_err(|io| error(io.to_string()))?;
        let reply = self.send(Method::Put, &name(rejects), Some(body)).await.map_err(error)?;
        match reply.status {
            200..=299 => Ok(()),
            401 | 403 => Err(error(format!(
                "{}; grant the function's identity 'Storage Blob Data Contributor'",
                reply.error()
            ))),
            404 => Err(error(format!("{}; check TRAILHOUND_REJECTS_URL", reply.error()))),
            _ => Err(error(reply.error())),
        }
    }
}

impl Parking for BlobParking {
    async fn withdraw(&self, rejects: &[Reject]) -> Result<(), ParkError> {
        let error = |detail| self.error(rejects.len(), detail);
        let reply = self.send(Method::Delete, &name(rejects), None).await.map_err(error)?;
        match reply.status {
            200..=299 | 404 => Ok(()),
            _ => Err(error(reply.error())),
        }
    }
}

/// `<yyyy>/<mm>/<dd>/<hash>.ndjson.gz`.
pub fn name(rejects: &[Reject]) -> String {
    let received = rejects.iter().map(|reject| reject.received_at).min().unwrap_or(Timestamp::UNIX_EPOCH);
    let mut hash = Sha256::new();
    for reject in rejects {
        for part in [reject.reason.as_str().as_bytes(), reject.origin.as_bytes(), &reject.body] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    let hash = crate::hex(&hash.finalize());
    format!("{}/{}.ndjson.gz", received.strftime("%Y/%m/%d"), &hash[..32])
}

/// The object: a line for each reject, compressed.
pub fn object(rejects: &[Reject]) -> std::io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    for reject in rejects {
        let line = serde_json::json!({
            "reason": reject.reason.as_str(),
            "detail": reject.detail,
            "origin": reject.origin,
            "received_at": reject.received_at.to_string(),
            "body_base64": base64::engine::general_purpose::STANDARD.encode(&reject.body),
        });
        writeln!(gzip, "{line}")?;
    }
    gzip.finish()
}
