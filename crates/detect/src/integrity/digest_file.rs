//! A digest file of CloudTrail's: which log files it delivered in an hour, with their hashes, and the digest file before.
//!
//! Its fields, and what of it is signed, are as AWS documents them:
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html>. Hashes are
//! SHA-256, in hex, of what the objects hold once inflated.

use jiff::Timestamp;
use serde::Deserialize;

use crate::digest;

/// Where digest files lie, in a key.
const FOLDER: &str = "/CloudTrail-Digest/";
/// The one algorithm there is, of signatures and of hashes.
const SIGNATURES: &str = "SHA256withRSA";
const HASHES: &str = "SHA-256";

/// A digest file, as it says of itself; nothing of it is to be believed until its signature was found to be CloudTrail's.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DigestFile {
    /// Whose trail it is.
    #[serde(rename = "awsAccountId")]
    pub account: String,
    /// The time as it is signed.
    #[serde(rename = "digestEndTime")]
    signed_time: String,
    #[serde(skip, default = "never")]
    end: Timestamp,
    #[serde(rename = "digestS3Bucket")]
    bucket: String,
    #[serde(rename = "digestS3Object")]
    key: String,
    /// Which key signed it.
    #[serde(rename = "digestPublicKeyFingerprint")]
    pub fingerprint: String,
    #[serde(rename = "digestSignatureAlgorithm")]
    algorithm: String,
    #[serde(rename = "previousDigestS3Bucket")]
    previous_bucket: Option<String>,
    #[serde(rename = "previousDigestS3Object")]
    previous_key: Option<String>,
    #[serde(rename = "previousDigestHashValue")]
    previous_hash: Option<String>,
    #[serde(rename = "previousDigestHashAlgorithm")]
    previous_algorithm: Option<String>,
    /// The signature of the one before; nothing where a chain begins.
    #[serde(rename = "previousDigestSignature")]
    pub previous_signature: Option<String>,
    #[serde(default)]
    log_files: Vec<LogFile>,
}

fn never() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogFile {
    s3_bucket: String,
    s3_object: String,
    hash_value: String,
    hash_algorithm: String,
}

/// An object as a digest file names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<'d> {
    /// Its bucket.
    pub bucket: &'d str,
    /// Its key.
    pub key: &'d str,
    /// SHA-256, in hex, of what it holds once inflated.
    pub hash: &'d str,
}

impl DigestFile {
    /// Is this the key of a digest file?
    pub fn is_at(key: &str) -> bool {
        // CloudTrail writes an empty object for the folder as well.
        key.contains(FOLDER) && key.ends_with(".json.gz")
    }

    /// Reads what a digest file holds, inflated; errors say what is wrong with it.
    pub fn read(content: &[u8]) -> Result<Self, String> {
        let mut read: Self = serde_json::from_slice(content).map_err(|error| error.to_string())?;
        read.end = read.signed_time.parse().map_err(|_| "digestEndTime is no time".to_owned())?;
        if read.algorithm != SIGNATURES {
            return Err("its signature is not SHA256withRSA".to_owned());
        }
        let algorithms = read.log_files.iter().map(|file| file.hash_algorithm.as_str());
        if algorithms.chain(read.previous_algorithm.as_deref()).any(|algorithm| algorithm != HASHES) {
            return Err("a hash of it is not SHA-256".to_owned());
        }
        Ok(read)
    }

    /// The end of the hour it is about.
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// Does it say that it lies here?
    pub fn belongs_at(&self, bucket: &str, key: &str) -> bool {
        self.bucket == bucket && self.key == key
    }

    /// The region whose key signed it: the one its folder is of.
    pub fn region(&self) -> Option<&str> {
        let region = self.key.split_once(FOLDER)?.1.split('/').next()?;
        let is_one = region.contains('-')
            && region.len() <= 32
            && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        is_one.then_some(region)
    }

    /// What is signed, of the content that this was read from.
    pub fn signed_text(&self, content: &[u8]) -> String {
        let Self { signed_time, bucket, key, .. } = self;
        let hash = digest::of_bytes(content);
        let previous = self.previous_signature.as_deref().unwrap_or("null");
        format!("{signed_time}\n{bucket}/{key}\n{hash}\n{previous}")
    }

    /// The digest file before, if the chain does not begin with this one.
    pub fn previous(&self) -> Option<Named<'_>> {
        let bucket = self.previous_bucket.as_deref()?;
        Some(Named { bucket, key: self.previous_key.as_deref()?, hash: self.previous_hash.as_deref()? })
    }

    /// The log files that CloudTrail delivered.
    pub fn log_files(&self) -> impl Iterator<Item = Named<'_>> {
        self.log_files.iter().map(|file| Named {
            bucket: &file.s3_bucket,
            key: &file.s3_object,
            hash: &file.hash_value,
        })
    }
}

#[cfg(test)]
mod tests;
