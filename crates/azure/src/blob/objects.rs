//! Blobs as the objects that a function reads for itself: a bucket is a container by its address, without its scheme.

#[cfg(test)]
mod tests;

use azure_core::http::Url;
use bytes::Bytes;
use trailhound_courier::ports::{ObjectBody, ObjectError, ObjectRef, Objects, Written};

use super::archive::{BlobArchive, BlobBody, BlobError};
use super::listing::{address_of, split};
use crate::address::https;

const SCHEME: &str = "https";

/// A container as a bucket is called: `<account>.blob.core.windows.net/<container>`.
pub fn container_name(container: &Url) -> String {
    let address = container.as_str();
    address.strip_prefix("https://").unwrap_or(address).to_owned()
}

/// The blob that an address names. One with a query is none of ours to follow: what a SAS lets one read is not what our
/// identity may.
///
/// ```
/// # use trailhound_azure_sdk::blob::object;
/// let blob = object("https://example.blob.core.windows.net/logs/y=2026/PT1H.json").unwrap();
/// assert_eq!((blob.bucket.as_str(), blob.key.as_str()), ("example.blob.core.windows.net/logs", "y=2026/PT1H.json"));
/// ```
pub fn object(address: &str) -> Result<ObjectRef, String> {
    if address.ends_with('/') {
        return Err("names a folder, and no blob".to_owned());
    }
    let (container, key) = split(&https(address)?);
    if key.is_empty() {
        return Err("names no blob".to_owned());
    }
    // Written into an address again these would be another's.
    if key.split('/').any(|segment| matches!(segment, "." | "..")) || key.contains('\u{fffd}') {
        return Err("names a blob that no address leads back to".to_owned());
    }
    Ok(ObjectRef { bucket: container_name(&container), key, ..ObjectRef::default() })
}

/// The blobs that an identity may read.
#[derive(Clone)]
pub struct BlobObjects(pub BlobArchive);

impl Objects for BlobObjects {
    type Body = BlobObject;

    const SCHEME: &'static str = SCHEME;

    /// As a listing has it.
    fn uri(object: &ObjectRef) -> String {
        let ObjectRef { bucket, key, .. } = object;
        Url::parse(&format!("{SCHEME}://{bucket}"))
            .ok()
            .and_then(|container| address_of(&container, key).ok())
            .unwrap_or_else(|| format!("{SCHEME}://{bucket}/{key}"))
    }

    async fn open(&self, object: &ObjectRef) -> Result<BlobObject, ObjectError> {
        let uri = Self::uri(object);
        match self.0.open(&uri).await {
            Ok(body) => Ok(BlobObject { body, uri }),
            Err(error) => Err(unread(uri, error)),
        }
    }
}

/// A blob's bytes on their way.
pub struct BlobObject {
    body: BlobBody,
    uri: String,
}

impl ObjectBody for BlobObject {
    fn replaced_by(&self) -> Option<&Written> {
        None
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, ObjectError> {
        match self.body.chunk().await {
            Ok(chunk) => Ok(chunk.map(Bytes::from)),
            Err(error) => Err(unread(self.uri.clone(), error)),
        }
    }

    fn version(&self) -> Option<String> {
        self.body.e_tag().map(str::to_owned)
    }
}

fn unread(uri: String, error: BlobError) -> ObjectError {
    match error {
        BlobError::Missing(detail) => ObjectError::Missing { uri, detail },
        BlobError::Archived(detail) => ObjectError::Archived { uri, detail },
        BlobError::Denied(detail) => ObjectError::Denied { uri, detail },
        BlobError::Replaced => ObjectError::Interrupted { uri, detail: error.to_string() },
        BlobError::Failed(detail) => ObjectError::Busy { uri, detail },
    }
}
