//! Objects from S3: streamed, listed, and kept.

mod folder;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use trailhound_courier::ports::{ObjectBody, ObjectError, ObjectRef, Objects};

use crate::in_words;
pub use folder::S3Folder;

/// The S3 of the account.
#[derive(Clone, Debug)]
pub struct S3Objects {
    /// Its client.
    pub client: aws_sdk_s3::Client,
}

/// An object in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub object: ObjectRef,
    /// Its size in bytes.
    pub size: u64,
}

impl S3Objects {
    /// The objects whose keys begin with `prefix`, in key order, without the empty ones that stand for folders; the
    /// object alone if there is one of that very key. Errors are S3's words and what to do about them.
    pub async fn list(&self, bucket: &str, prefix: &str) -> Result<Vec<Listed>, String> {
        let request = self.client.list_objects_v2().bucket(bucket).prefix(prefix);
        let mut pages = request.into_paginator().send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| format!("{}{}", in_words(&error), remedy(error.code())))?;
            for object in page.contents() {
                let Some(key) = object.key() else { continue };
                let size = object.size().and_then(|size| size.try_into().ok()).unwrap_or(0);
                if size == 0 && key.ends_with('/') {
                    continue;
                }
                let object = ObjectRef { bucket: bucket.to_owned(), key: key.to_owned() };
                let listed = Listed { object, size };
                if key == prefix {
                    return Ok(vec![listed]);
                }
                found.push(listed);
            }
        }
        // As general purpose buckets answer; directory buckets do in any order.
        found.sort_by(|one, other| one.object.key.cmp(&other.object.key));
        Ok(found)
    }
}

fn remedy(code: Option<&str>) -> &'static str {
    match code.unwrap_or_default() {
        "AccessDenied" => "; listing needs s3:ListBucket",
        "PermanentRedirect" | "AuthorizationHeaderMalformed" => "; AWS_REGION must be the bucket's region",
        _ => "",
    }
}

/// An object's body on its way.
#[derive(Debug)]
pub struct S3Body {
    uri: String,
    stream: ByteStream,
}

impl Objects for S3Objects {
    type Body = S3Body;

    const SCHEME: &'static str = "s3";

    async fn open(&self, object: &ObjectRef) -> Result<S3Body, ObjectError> {
        let uri = Self::uri(object);
        // Not by version: that needs a permission of its own, and a trail never writes a key twice.
        let answer = self.client.get_object().bucket(&object.bucket).key(&object.key).send().await;
        match answer {
            Ok(output) => Ok(S3Body { uri, stream: output.body }),
            Err(error) => Err(classify(uri, &error)),
        }
    }
}

impl ObjectBody for S3Body {
    async fn chunk(&mut self) -> Result<Option<Bytes>, ObjectError> {
        self.stream.next().await.transpose().map_err(|error| ObjectError::Interrupted {
            uri: self.uri.clone(),
            detail: std::error::Error::source(&error)
                .map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}")),
        })
    }
}

fn classify<R>(uri: String, error: &SdkError<GetObjectError, R>) -> ObjectError
where
    R: std::fmt::Debug,
{
    let detail = in_words(error);
    let code = error.code().unwrap_or_default();
    match code {
        "NoSuchKey" | "NoSuchBucket" | "NotFound" | "NoSuchVersion" => ObjectError::Missing { uri, detail },
        "InvalidObjectState" => ObjectError::Archived { uri, detail },
        "AccessDenied"
        | "AllAccessDisabled"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "ExpiredToken"
        | "AccessDeniedException" => ObjectError::Denied { uri, detail },
        code if code.starts_with("KMS.") => ObjectError::Denied { uri, detail },
        _ => ObjectError::Busy { uri, detail },
    }
}
