//! Objects from S3, streamed.

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;

use super::in_words;
use crate::objects::{ObjectBody, ObjectError, ObjectSource};
use crate::sources::ObjectRef;

/// The S3 of the account.
#[derive(Clone, Debug)]
pub struct S3Objects {
    /// Its client.
    pub client: aws_sdk_s3::Client,
}

/// An object's body on its way.
#[derive(Debug)]
pub struct S3Body {
    uri: String,
    stream: ByteStream,
}

impl ObjectSource for S3Objects {
    type Body = S3Body;

    async fn open(&self, object: &ObjectRef) -> Result<S3Body, ObjectError> {
        let uri = object.uri();
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
