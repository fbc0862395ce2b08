//! Objects from S3: streamed, listed, and kept.

mod folder;

use std::collections::HashMap;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::config::{Config, Region};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::{GetObjectError, GetObjectOutput};
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use jiff::Timestamp;
use trailhound_courier::ports::{ObjectBody, ObjectError, ObjectRef, Objects, Written};

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
    /// What this client reads.
    pub fn new(client: aws_sdk_s3::Client) -> Self {
        Self { client }
    }

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
                let (bucket, key) = (bucket.to_owned(), key.to_owned());
                let object = ObjectRef { bucket, key, ..ObjectRef::default() };
                let listed = Listed { object, size };
                if listed.object.key == prefix {
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
    version: Option<String>,
    stream: ByteStream,
    replaced_by: Option<Written>,
    metadata: Option<HashMap<String, String>>,
}

type Got = Result<GetObjectOutput, SdkError<GetObjectError, HttpResponse>>;

impl S3Objects {
    /// Asks for an object where its bucket is said to be, and once more where S3 says that it is.
    async fn get(&self, object: &ObjectRef, version: Option<&str>) -> Got {
        let answer = self.get_in(object.region.as_deref(), object, version).await;
        match answer.as_ref().err().and_then(elsewhere) {
            Some(region) if Some(&region) != object.region.as_ref() => {
                self.get_in(Some(&region), object, version).await
            }
            _ => answer,
        }
    }

    async fn get_in(&self, region: Option<&str>, object: &ObjectRef, version: Option<&str>) -> Got {
        let request = self.client.get_object().bucket(&object.bucket).key(&object.key);
        let request = request.set_version_id(version.map(str::to_owned));
        match region {
            Some(region) if self.client.config().region().is_none_or(|own| own.as_ref() != region) => {
                request.customize().config_override(there(region)).send().await
            }
            _ => request.send().await,
        }
    }
}

impl Objects for S3Objects {
    type Body = S3Body;

    const SCHEME: &'static str = "s3";

    /// The version that the notice is about is asked for only where the object is another by now: reading versions needs a
    /// permission of its own, and a trail never writes a key twice.
    async fn open(&self, object: &ObjectRef) -> Result<S3Body, ObjectError> {
        let uri = Self::uri(object);
        let got = self.get(object, None).await.map_err(|error| classify(uri.clone(), &error));
        let now = match &got {
            Ok(got) => other(object, got),
            // A marker of deletion hides the versions, and leaves them.
            Err(ObjectError::Missing { .. }) => None,
            Err(_) => return got.map(|got| body(uri, got, None)),
        };
        if now.is_none() && got.is_ok() {
            return got.map(|got| body(uri, got, None));
        }
        if let Some(version) = object.version.as_deref().filter(|version| *version != "null") {
            match self.get(object, Some(version)).await.map_err(|error| classify(uri.clone(), &error)) {
                Ok(before) if other(object, &before).is_none() => return Ok(body(uri, before, None)),
                // What passes by itself comes again, and may be read then.
                Err(busy @ ObjectError::Busy { .. }) => return Err(busy),
                _ => {}
            }
        }
        got.map(|got| body(uri, got, now))
    }
}

/// What was got; where versioning is suspended, what is written has the version `null`, which is any content's.
fn body(uri: String, got: GetObjectOutput, replaced_by: Option<Written>) -> S3Body {
    let version = got.version_id.filter(|id| id != "null").or(got.e_tag);
    S3Body { uri, version, stream: got.body, replaced_by, metadata: got.metadata }
}

/// What was got, if the notice was about another. Notices have no quotes around the entity tag.
fn other(object: &ObjectRef, got: &GetObjectOutput) -> Option<Written> {
    let announced = object.e_tag.as_deref()?.trim_matches('"');
    let read = got.e_tag()?.trim_matches('"');
    let at = got.last_modified().and_then(|at| Timestamp::new(at.secs(), 0).ok());
    (!announced.is_empty() && !read.is_empty() && announced != read)
        .then(|| Written { e_tag: read.to_owned(), at })
}

/// A client that asks in a region.
fn there(region: &str) -> aws_sdk_s3::config::Builder {
    Config::builder().region(Region::new(region.to_owned()))
}

/// The region that S3 says a bucket is in, where it was asked in another.
fn elsewhere<E>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let response = error.raw_response()?;
    let is_redirected = matches!(response.status().as_u16(), 301 | 307 | 400);
    let region = response.headers().get("x-amz-bucket-region").filter(|_| is_redirected)?;
    Some(region.to_owned())
}

impl ObjectBody for S3Body {
    fn metadata(&self, name: &str) -> Option<&str> {
        self.metadata.as_ref()?.get(name).map(String::as_str)
    }

    fn replaced_by(&self) -> Option<&Written> {
        self.replaced_by.as_ref()
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>, ObjectError> {
        self.stream.next().await.transpose().map_err(|error| ObjectError::Interrupted {
            uri: self.uri.clone(),
            detail: std::error::Error::source(&error)
                .map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}")),
        })
    }

    fn version(&self) -> Option<String> {
        self.version.clone()
    }
}

fn is_expired(code: &str) -> bool {
    matches!(code, "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired")
}

/// Which permissions and keys can be mended, and what passes by itself.
fn classify(uri: String, error: &SdkError<GetObjectError, HttpResponse>) -> ObjectError {
    let detail = in_words(error);
    let code = error.code().unwrap_or_default();
    match code {
        "NoSuchKey" | "NoSuchBucket" | "NotFound" | "NoSuchVersion" => ObjectError::Missing { uri, detail },
        "InvalidObjectState" => ObjectError::Archived { uri, detail },
        "AccessDenied"
        | "AllAccessDisabled"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "AccessDeniedException"
        | "KMS.AccessDeniedException"
        | "KMS.DisabledException"
        | "KMS.InvalidKeyUsageException"
        | "KMS.KMSInvalidStateException"
        | "KMS.NotFoundException" => ObjectError::Denied { uri, detail },
        _ if is_expired(code) => {
            ObjectError::Busy { uri, detail: format!("{detail}; the credentials have run out") }
        }
        "PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed" => {
            let region = elsewhere(error).map(|region| format!(" (S3 says {region})")).unwrap_or_default();
            let detail =
                format!("{detail}; its bucket is in another region{region}, which would not answer either");
            ObjectError::Busy { uri, detail }
        }
        _ => ObjectError::Busy { uri, detail },
    }
}
