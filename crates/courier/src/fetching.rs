//! Objects that notices point at: fetched as a stream, with a stated policy for each way that can fail.

use std::collections::BTreeSet;

use trailhound_detect::integrity::{DigestFile, Replaced};
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::{Notice, RejectReason};

use crate::delivery::Delivery;
use crate::digests::{Digests, Reading};
use crate::failure::Failure;
use crate::parking::is_named;
use crate::ports::{Blobs, ObjectBody, ObjectError, ObjectRef, Objects, Publisher};

/// Where objects are fetched from.
pub struct Fetching<From> {
    /// The service.
    pub objects: From,
    /// Buckets that may be read; `None` for all.
    pub allowed_buckets: Option<BTreeSet<String>>,
    /// What names them.
    pub allowed_setting: &'static str,
    /// How addresses of what this function parks begin; a place whose notices come here would never come to rest.
    pub own: Option<String>,
    /// Verifies digest files; `None` where they are only counted.
    pub digests: Option<Digests>,
}

impl<From> Fetching<From> {
    /// What is said of an object elsewhere.
    pub(crate) fn not_allowed(&self, object: &ObjectRef) -> String {
        format!("bucket {} is not among {}", object.bucket, self.allowed_setting)
    }
}

impl ObjectError {
    /// Will the object never be readable, so that its notice is parked and acknowledged? All else fails the delivery:
    /// permissions can be mended and throttling passes, and until then the source keeps it.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::Archived { .. })
    }
}

impl<Store: StateStore, Sink: Publisher, Place: Blobs> Delivery<'_, Store, Sink, Place> {
    /// Reads the object that a notice points at.
    pub async fn fetch<From: Objects>(
        &mut self,
        from: &Fetching<From>,
        object: &ObjectRef,
        notice: &[u8],
    ) -> Result<(), Failure> {
        let uri = From::uri(object);
        // By its whole name: a place of rejects may be a bucket that a trail delivers to as well.
        if from.own.as_ref().and_then(|own| uri.strip_prefix(own.as_str())).is_some_and(is_named) {
            self.notice(Notice::OwnReject);
            return Ok(());
        }
        if from.allowed_buckets.as_ref().is_some_and(|allowed| !allowed.contains(&object.bucket)) {
            self.reject(RejectReason::NotAllowed, &from.not_allowed(object), notice);
            return Ok(());
        }
        let budget = self.budget();
        let opened = budget.taking(from.objects.open(object)).await;
        let mut body = match opened.map_err(|_| Failure::OutOfTime)? {
            Ok(body) => body,
            Err(error) if error.is_final() => {
                self.reject(RejectReason::Unreadable, &error.to_string(), notice);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(now) = body.replaced_by() {
            let announced = object.e_tag.as_deref().unwrap_or_default();
            self.replaced(&Replaced { uri: &uri, announced, read: &now.e_tag, written: now.at });
        }
        self.of_version(body.version());
        if let Some(digests) = from.digests.as_ref().filter(|_| DigestFile::is_at(&object.key)) {
            let reading = Reading { objects: &from.objects, allowed: from.allowed_buckets.as_ref() };
            return Box::pin(self.verify(&reading, digests, object, body, notice)).await;
        }
        while let Some(chunk) = budget.taking(body.chunk()).await.map_err(|_| Failure::OutOfTime)?? {
            self.take(&chunk).await?;
        }
        Ok(())
    }
}
