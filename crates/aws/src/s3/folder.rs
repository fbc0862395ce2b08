//! A folder of objects: what an operator keeps there to be read, and what is kept there for a replay.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Tag, Tagging};
use bytes::Bytes;
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};
use trailhound_courier::ports::{Blobs, Files, Listed, is_one_file};

use super::{elsewhere, there};
use crate::address::S3Uri;
use crate::in_words;

/// All objects below a prefix, or one object.
#[derive(Clone, Debug)]
pub struct S3Folder {
    /// Client.
    pub client: aws_sdk_s3::Client,
    /// Where.
    pub at: S3Uri,
}

impl S3Folder {
    fn uri(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.at.bucket)
    }

    /// The key of an object that was listed.
    fn key<'n>(&self, uri: &'n str) -> &'n str {
        uri.strip_prefix(&self.uri("")).unwrap_or(uri)
    }

    /// Adds a tag to those that an object has.
    pub async fn tag(&self, name: &str, key: &str, value: &str) -> Result<(), String> {
        let object = self.below(name);
        let asked = self.client.get_object_tagging().bucket(&self.at.bucket).key(&object).send().await;
        let mut tags = asked.map_err(|error| in_words(&error))?.tag_set;
        tags.retain(|tag| tag.key != key);
        tags.push(Tag::builder().key(key).value(value).build().map_err(|error| error.to_string())?);
        let tags = Tagging::builder().set_tag_set(Some(tags)).build().map_err(|error| error.to_string())?;
        let request = self.client.put_object_tagging().bucket(&self.at.bucket).key(object).tagging(tags);
        request.send().await.map(drop).map_err(|error| in_words(&error))
    }

    fn below(&self, name: &str) -> String {
        let slash = if self.at.key.is_empty() { "" } else { "/" };
        format!("{}{slash}{name}", self.at.key)
    }
}

impl Files for S3Folder {
    fn place(&self) -> String {
        self.uri(&self.at.key)
    }

    async fn list(&self) -> Result<Vec<Listed>, String> {
        let one = is_one_file(&self.at.key);
        let prefix = if one || self.at.key.is_empty() { self.at.key.clone() } else { self.below("") };
        let mut found = Vec::new();
        let request = self.client.list_objects_v2().bucket(&self.at.bucket).prefix(prefix);
        let mut pages = request.into_paginator().send();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| in_words(&error))?;
            for object in page.contents() {
                let Some(key) = object.key().filter(|key| !one || *key == self.at.key) else { continue };
                found.push(Listed {
                    name: self.uri(key),
                    version: object.e_tag().unwrap_or_default().to_owned(),
                    size: object.size().and_then(|size| size.try_into().ok()).unwrap_or(0),
                    written: object.last_modified().and_then(|at| Timestamp::from_second(at.secs()).ok()),
                });
            }
        }
        Ok(found)
    }

    async fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let object = self.client.get_object().bucket(&self.at.bucket).key(self.key(name)).send().await;
        let object = object.map_err(|error| in_words(&error))?;
        // A database has tens of megabytes: it stands in memory once.
        let size = object.content_length().and_then(|size| size.try_into().ok()).unwrap_or(0);
        let (mut body, mut bytes) = (object.body, Vec::with_capacity(size));
        while let Some(chunk) = body.try_next().await.map_err(|error| error.to_string())? {
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

impl Blobs for S3Folder {
    fn place(&self) -> String {
        self.uri(&self.at.key)
    }

    async fn put(&self, name: &str, bytes: Vec<u8>, until: Instant) -> Result<(), String> {
        let bytes = Bytes::from(bytes);
        let request = || {
            let request = self.client.put_object().bucket(&self.at.bucket).key(self.below(name));
            let request = request.content_type("application/x-ndjson").content_encoding("gzip");
            request.body(ByteStream::from(bytes.clone()))
        };
        let putting = async {
            let put = request().send().await;
            match put.as_ref().err().and_then(elsewhere) {
                Some(region) => request().customize().config_override(there(&region)).send().await,
                None => put,
            }
        };
        match timeout_at(until, putting).await {
            Ok(put) => put.map(drop).map_err(|error| in_words(&error)),
            Err(_) => Err("no answer in the time there was".to_owned()),
        }
    }

    async fn remove(&self, name: &str) -> Result<(), String> {
        let request = self.client.delete_object().bucket(&self.at.bucket).key(self.below(name));
        request.send().await.map(drop).map_err(|error| in_words(&error))
    }
}
