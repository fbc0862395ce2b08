//! The ports over the AWS SDK: S3, SNS, SQS, DynamoDB, CloudTrail's keys, a file a service. They decide nothing, and nobody else knows the SDK.

pub mod address;
pub mod clients;
pub mod cloudtrail;
pub mod dynamodb;
#[cfg(feature = "inspect")]
pub mod inspect;
pub mod s3;
pub mod sns;
pub mod sqs;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

/// An SDK error in one line: code, message, or what the transport says.
fn in_words<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => {
            let mut words = error.to_string();
            let mut source = std::error::Error::source(error);
            while let Some(cause) = source {
                words = format!("{words}: {cause}");
                source = cause.source();
            }
            words
        }
    }
}
