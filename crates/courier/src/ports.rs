//! What a courier asks of a cloud's services; adapters implement these and decide nothing.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::time::Instant;
use trailhound_detect::context::ContextKind;
use trailhound_detect::describe::Finding;
use trailhound_detect::ports::PublishError;
use trailhound_detect::rules::FileKind;

/// Where findings go.
pub trait Publisher: Send + Sync {
    /// Most findings that the service takes at once.
    const TOGETHER: usize;

    /// Offers findings, again within reason, until a moment; answers for each, in order.
    fn publish_until(
        &self,
        findings: &[Finding],
        until: Instant,
    ) -> impl Future<Output = Vec<Result<(), PublishError>>> + Send;
}

/// A place that keeps objects by name.
pub trait Blobs: Send + Sync {
    /// Its address, for messages.
    fn place(&self) -> String;

    /// Keeps bytes under a name, in place of what was there; tries again, within reason, until a moment. Errors say what
    /// to do about them.
    fn put(
        &self,
        name: &str,
        bytes: Vec<u8>,
        until: Instant,
    ) -> impl Future<Output = Result<(), String>> + Send;

    /// Forgets what is under a name, if there is anything.
    fn remove(&self, name: &str) -> impl Future<Output = Result<(), String>> + Send;
}

/// Why a queue did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// Our identity or the queue's policy does not let us.
    #[error("{0}")]
    Denied(String),
    /// Anything else, in the service's words.
    #[error("{0}")]
    Failed(String),
}

/// The queues that messages were handed out of.
pub trait Queues: Send + Sync {
    /// Most messages that one request speaks of.
    const TOGETHER: usize;

    /// How often a message is handed out before its queue gives it up; `None` where it never does.
    fn tries(&self, queue: &str) -> impl Future<Output = Result<Option<u32>, QueueError>> + Send;

    /// Has messages handed out again after so long and no sooner, each by its receipt; answers for each, in order.
    fn hide(
        &self,
        queue: &str,
        messages: &[(&str, Duration)],
    ) -> impl Future<Output = Vec<Result<(), QueueError>>> + Send;
}

/// A file as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its whole address, by which messages name it.
    pub name: String,
    /// What is another for other content.
    pub version: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written, where the service says so.
    pub written: Option<Timestamp>,
}

/// Is an address that of one file, by its ending, and not that of a folder?
pub fn is_one_file(address: &str) -> bool {
    FileKind::of(address).is_some() || ContextKind::is_any_in(address)
}

/// A file, or a folder of files, that an operator changes while a function runs.
pub trait Files: Send + Sync {
    /// Its address, for messages.
    fn place(&self) -> String;

    /// All files there, whatever they are; the one file where the address is that of a file.
    fn list(&self) -> impl Future<Output = Result<Vec<Listed>, String>> + Send;

    /// The content of a file that was listed.
    fn read(&self, name: &str) -> impl Future<Output = Result<Vec<u8>, String>> + Send;
}

/// An object that a notice points at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ObjectRef {
    /// Its bucket.
    pub bucket: String,
    /// Its key, decoded.
    pub key: String,
    /// Where the bucket is, if the notice says so.
    pub region: Option<String>,
    /// The version that the notice is about, in a bucket that keeps them.
    pub version: Option<String>,
    /// What is another for other content, as the notice has it.
    pub e_tag: Option<String>,
}

/// Why an object could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// It is not there (any more), and will not be there later either.
    #[error("{uri} does not exist: {detail}")]
    Missing {
        /// Which.
        uri: String,
        /// The service's words.
        detail: String,
    },
    /// It lies in an archive and would have to be restored first.
    #[error("{uri} is archived: {detail}")]
    Archived {
        /// Which.
        uri: String,
        /// The service's words.
        detail: String,
    },
    /// Our identity, the bucket's policy or the key's policy does not let us.
    #[error("{uri} may not be read: {detail}")]
    Denied {
        /// Which.
        uri: String,
        /// The service's words.
        detail: String,
    },
    /// Throttled, timed out, or the service had an error of its own.
    #[error("{uri} cannot be read for now: {detail}")]
    Busy {
        /// Which.
        uri: String,
        /// The service's words.
        detail: String,
    },
    /// The transfer ended before the object did.
    #[error("{uri} broke off while being read: {detail}")]
    Interrupted {
        /// Which.
        uri: String,
        /// What happened.
        detail: String,
    },
}

/// Fetches objects.
pub trait Objects: Send + Sync {
    /// An object's bytes on their way.
    type Body: ObjectBody;

    /// How addresses of such objects begin, as `s3`.
    const SCHEME: &'static str;

    /// An object's address: `s3://bucket/key`.
    fn uri(object: &ObjectRef) -> String {
        format!("{}://{}/{}", Self::SCHEME, object.bucket, object.key)
    }

    /// Begins to fetch an object.
    fn open(&self, object: &ObjectRef) -> impl Future<Output = Result<Self::Body, ObjectError>> + Send;
}

/// What an object holds by now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its entity tag.
    pub e_tag: String,
    /// When that was written, where the service says so.
    pub at: Option<Timestamp>,
}

/// Which key signed a digest file.
#[derive(Clone, Copy, Debug)]
pub struct KeyAsked<'a> {
    /// In the region it is of.
    pub region: &'a str,
    /// Its fingerprint, in hex.
    pub fingerprint: &'a str,
    /// It signed no earlier,
    pub from: Timestamp,
    /// and no later.
    pub until: Timestamp,
}

/// A key as it comes: in DER, an RSAPublicKey of PKCS #1; `None` where the service knows none such.
pub type KeyComing<'a> = Pin<Box<dyn Future<Output = Result<Option<Vec<u8>>, ObjectError>> + Send + 'a>>;

/// Keys that a trail signs with.
pub trait PublicKeys: Send + Sync {
    /// The one that is asked for.
    fn key<'a>(&'a self, asked: KeyAsked<'a>) -> KeyComing<'a>;
}

/// An object's bytes, in order.
pub trait ObjectBody: Send {
    /// What its writer said of it under a name, where the service keeps such things.
    fn metadata(&self, _name: &str) -> Option<&str> {
        None
    }

    /// Is this no longer what its notice was about, and that cannot be had any more? Says what it is.
    fn replaced_by(&self) -> Option<&Written>;

    /// The next bytes; `None` when all have come.
    fn chunk(&mut self) -> impl Future<Output = Result<Option<Bytes>, ObjectError>> + Send;

    /// What the service calls this content of the object: its version's id, or its ETag where no versions are kept.
    fn version(&self) -> Option<String>;
}
