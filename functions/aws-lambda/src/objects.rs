//! Objects that notices point at: fetched as a stream, with a stated policy for each way that can fail.

use std::future::Future;

use bytes::Bytes;

use crate::sources::ObjectRef;

/// Why an object could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// It is not there (any more): S3 is consistent, so it will not be there later either.
    #[error("{uri} does not exist: {detail}")]
    Missing {
        /// `s3://bucket/key`.
        uri: String,
        /// S3's words.
        detail: String,
    },
    /// It lies in an archive and would have to be restored first.
    #[error("{uri} is archived: {detail}")]
    Archived {
        /// `s3://bucket/key`.
        uri: String,
        /// S3's words.
        detail: String,
    },
    /// The role, the bucket's policy or the key's policy does not let us.
    #[error("{uri} may not be read: {detail}")]
    Denied {
        /// `s3://bucket/key`.
        uri: String,
        /// S3's words.
        detail: String,
    },
    /// Throttled, timed out, or S3 had an error of its own.
    #[error("{uri} cannot be read for now: {detail}")]
    Busy {
        /// `s3://bucket/key`.
        uri: String,
        /// S3's words.
        detail: String,
    },
    /// The transfer ended before the object did.
    #[error("{uri} broke off while being read: {detail}")]
    Interrupted {
        /// `s3://bucket/key`.
        uri: String,
        /// What happened.
        detail: String,
    },
}

impl ObjectError {
    /// Will the object never be readable, so that its notice is parked and acknowledged? All else fails the message:
    /// permissions can be mended and throttling passes, and until then the queue keeps it.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Missing { .. } | Self::Archived { .. })
    }
}

/// Fetches objects.
pub trait ObjectSource: Send + Sync {
    /// An object's bytes on their way.
    type Body: ObjectBody;

    /// Begins to fetch an object.
    fn open(&self, object: &ObjectRef) -> impl Future<Output = Result<Self::Body, ObjectError>> + Send;
}

/// An object's bytes, in order.
pub trait ObjectBody: Send {
    /// The next bytes; `None` when all have come.
    fn chunk(&mut self) -> impl Future<Output = Result<Option<Bytes>, ObjectError>> + Send;
}
