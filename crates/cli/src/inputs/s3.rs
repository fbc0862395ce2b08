//! Objects of S3 as inputs: all below a prefix, each read while it arrives.

use std::io::{self, Read};

use bytes::{Buf, Bytes};
use tokio::runtime::Handle;
use trailhound_aws::address::bucket;
use trailhound_aws::s3::{S3Body, S3Objects};
use trailhound_courier::ports::{ObjectBody, ObjectError, ObjectRef, Objects};

use crate::cloud;

/// One object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    object: ObjectRef,
    size: u64,
}

/// The objects whose keys begin with what follows the bucket, in key order; or the problem, with a remedy.
pub(super) fn list(address: &str) -> Result<Vec<Object>, String> {
    let rest = address.strip_prefix("s3://").unwrap_or(address);
    let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let name = bucket(name).map_err(|problem| format!("{problem}; write s3://bucket/prefix"))?;
    let listed = objects().and_then(|(source, handle)| {
        handle.block_on(source.list(&name, prefix)).map_err(|problem| format!("cannot be listed: {problem}"))
    })?;
    if listed.is_empty() {
        let hint = if prefix.contains(['*', '?']) {
            "it is taken as it stands, not as a pattern"
        } else {
            "`aws s3 ls` shows what there is"
        };
        return Err(format!("no object's key begins with \"{prefix}\"; {hint}"));
    }
    Ok(listed.into_iter().map(|listed| Object { object: listed.object, size: listed.size }).collect())
}

impl Object {
    /// One that a notice names.
    pub(super) fn of(object: ObjectRef) -> Self {
        Self { object, size: 0 }
    }

    pub(super) fn reference(&self) -> &ObjectRef {
        &self.object
    }

    /// `s3://bucket/key`.
    pub(super) fn name(&self) -> String {
        S3Objects::uri(&self.object)
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    pub(super) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        let (source, handle) = objects().map_err(io::Error::other)?;
        let body = handle.block_on(source.open(&self.object)).map_err(|error| in_words(&error))?;
        Ok(Box::new(Reader { body, handle, at_hand: Bytes::new() }))
    }
}

fn objects() -> Result<(S3Objects, Handle), String> {
    let ready = || anyhow::Ok((cloud::aws()?.s3.clone(), cloud::runtime()?.handle().clone()));
    let (client, handle) = ready().map_err(|problem| format!("{problem:#}"))?;
    Ok((S3Objects::new(client), handle))
}

/// A body on its way.
struct Reader {
    body: S3Body,
    handle: Handle,
    at_hand: Bytes,
}

impl Read for Reader {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while !self.at_hand.has_remaining() {
            match self.handle.block_on(self.body.chunk()).map_err(|error| in_words(&error))? {
                Some(chunk) => self.at_hand = chunk,
                None => return Ok(0),
            }
        }
        let count = into.len().min(self.at_hand.remaining());
        self.at_hand.copy_to_slice(&mut into[..count]);
        Ok(count)
    }
}

/// Messages begin with the object's address already.
fn in_words(error: &ObjectError) -> io::Error {
    io::Error::other(match error {
        ObjectError::Missing { detail, .. } => format!("is no longer there: {detail}"),
        ObjectError::Archived { detail, .. } => format!("is archived and must be restored first: {detail}"),
        ObjectError::Denied { detail, .. } => {
            format!("may not be read: {detail}; reading needs s3:GetObject, and kms:Decrypt on its key")
        }
        ObjectError::Busy { detail, .. } => format!("cannot be read for now: {detail}"),
        ObjectError::Interrupted { detail, .. } => format!("broke off while being read: {detail}"),
    })
}
