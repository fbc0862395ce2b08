//! Files of settings in S3: an object, or all under a prefix, with what tells whether they changed.

use std::future::Future;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::in_words;
use crate::settings::S3Uri;
use trailhound_detect::rules::FileKind;

/// Most files under a prefix, and most bytes in all of them.
const MOST_FILES: usize = 2_000;
const MOST_BYTES: i64 = 16 << 20;
/// How many are fetched at the same time.
const AT_ONCE: usize = 32;

/// Files as listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Keys and ETags, in key order.
    pub files: Vec<(String, String)>,
}

/// Lists the YAML files at an address; an address that ends in `.yml` or `.yaml` is one file.
pub async fn list(client: &aws_sdk_s3::Client, place: &S3Uri, until: Instant) -> Result<Listing, String> {
    let what = || format!("s3://{}/{} cannot be listed", place.bucket, place.key);
    in_time(until, list_all(client, place), what).await
}

/// Fetches the files of a listing: how messages name each, and its text.
pub async fn fetch(
    client: &aws_sdk_s3::Client,
    bucket: &str,
    listing: &Listing,
    until: Instant,
) -> Result<Vec<(String, String)>, String> {
    let what = || format!("the {} files in s3://{bucket} cannot be read", listing.files.len());
    in_time(until, fetch_all(client, bucket, listing), what).await
}

async fn in_time<T>(
    until: Instant,
    work: impl Future<Output = Result<T, String>>,
    what: impl FnOnce() -> String,
) -> Result<T, String> {
    timeout_at(until, work).await.unwrap_or_else(|_| Err(format!("{}: no answer in time", what())))
}

async fn list_all(client: &aws_sdk_s3::Client, place: &S3Uri) -> Result<Listing, String> {
    let single = is_yaml(&place.key);
    let prefix = if single || place.key.is_empty() { place.key.clone() } else { format!("{}/", place.key) };
    let mut listing = Listing::default();
    let mut bytes = 0;
    let mut token = None;
    loop {
        let page = client
            .list_objects_v2()
            .bucket(&place.bucket)
            .prefix(&prefix)
            .set_continuation_token(token)
            .send()
            .await
            .map_err(|error| {
                format!("s3://{}/{prefix} cannot be listed: {}", place.bucket, in_words(&error))
            })?;
        for object in page.contents() {
            let Some(key) = object.key().filter(|key| is_yaml(key) && (!single || *key == place.key)) else {
                continue;
            };
            bytes += object.size().unwrap_or(0);
            listing.files.push((key.to_owned(), object.e_tag().unwrap_or_default().to_owned()));
        }
        if listing.files.len() > MOST_FILES || bytes > MOST_BYTES {
            return Err(format!(
                "s3://{}/{prefix} holds more than {MOST_FILES} files or {MOST_BYTES} bytes",
                place.bucket
            ));
        }
        token = page.next_continuation_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    if listing.files.is_empty() {
        return Err(format!("s3://{}/{prefix} holds no .yml or .yaml file", place.bucket));
    }
    listing.files.sort();
    Ok(listing)
}

async fn fetch_all(
    client: &aws_sdk_s3::Client,
    bucket: &str,
    listing: &Listing,
) -> Result<Vec<(String, String)>, String> {
    let mut files = Vec::with_capacity(listing.files.len());
    let mut waiting = listing.files.iter();
    let mut fetching = JoinSet::new();
    loop {
        for (key, _) in waiting.by_ref().take(AT_ONCE - fetching.len()) {
            fetching.spawn(fetch_one(client.clone(), bucket.to_owned(), key.clone()));
        }
        match fetching.join_next().await {
            None => break,
            Some(Ok(fetched)) => files.push(fetched?),
            Some(Err(error)) => return Err(format!("a file in s3://{bucket} cannot be read: {error}")),
        }
    }
    // The order decides which of two rules of a name is in force.
    files.sort();
    Ok(files)
}

async fn fetch_one(
    client: aws_sdk_s3::Client,
    bucket: String,
    key: String,
) -> Result<(String, String), String> {
    let uri = format!("s3://{bucket}/{key}");
    let object = client.get_object().bucket(bucket).key(key).send().await;
    let object = object.map_err(|error| format!("{uri} cannot be read: {}", in_words(&error)))?;
    let body = object.body.collect().await.map_err(|error| format!("{uri} cannot be read: {error}"))?;
    let text = String::from_utf8(body.to_vec()).map_err(|_| format!("{uri} is not UTF-8"))?;
    Ok((uri, text))
}

/// Is this a file that rules or suppressions are read from? Tests beside rules are not.
pub fn is_yaml(name: &str) -> bool {
    FileKind::of(name) == Some(FileKind::Rules)
}
