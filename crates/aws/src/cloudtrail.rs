//! The public keys that CloudTrail signs digest files with. Each region has its own.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_cloudtrail::config::{Config, Region};
use aws_sdk_cloudtrail::error::ProvideErrorMetadata;
use aws_sdk_cloudtrail::primitives::DateTime;
use trailhound_courier::ports::{KeyAsked, KeyComing, ObjectError, PublicKeys};

use crate::clients::Clients;
use crate::in_words;

/// Most keys that are kept; a region has one at a time.
const MOST_KEPT: usize = 256;

/// The keys of all regions, each asked for once.
#[derive(Debug)]
pub struct CloudTrailKeys {
    client: aws_sdk_cloudtrail::Client,
    kept: Mutex<HashMap<(String, String), Vec<u8>>>,
}

impl CloudTrailKeys {
    /// Those that these clients may ask for.
    pub fn new(clients: &Clients) -> Self {
        Self { client: aws_sdk_cloudtrail::Client::new(clients.config()), kept: Mutex::default() }
    }

    async fn ask(&self, asked: KeyAsked<'_>) -> Result<Option<Vec<u8>>, ObjectError> {
        let named = (asked.region.to_owned(), asked.fingerprint.to_owned());
        if let Some(key) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&named) {
            return Ok(Some(key.clone()));
        }
        let region = Config::builder().region(Region::new(asked.region.to_owned()));
        let mut next = None;
        loop {
            let request = self
                .client
                .list_public_keys()
                .start_time(DateTime::from_secs(asked.from.as_second()))
                .end_time(DateTime::from_secs(asked.until.as_second()))
                .set_next_token(next);
            let told = match request.customize().config_override(region.clone()).send().await {
                Ok(told) => told,
                Err(error) if error.code() == Some("InvalidTimeRangeException") => return Ok(None),
                Err(error) => return Err(classify(&asked, error.code(), in_words(&error))),
            };
            let keys = told.public_key_list.unwrap_or_default();
            let found = keys.into_iter().find(|key| key.fingerprint.as_deref() == Some(asked.fingerprint));
            if let Some(key) = found.and_then(|key| key.value) {
                let key = key.into_inner();
                let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() >= MOST_KEPT {
                    kept.clear();
                }
                kept.insert(named, key.clone());
                return Ok(Some(key));
            }
            next = told.next_token;
            if next.is_none() {
                return Ok(None);
            }
        }
    }
}

impl PublicKeys for CloudTrailKeys {
    fn key<'a>(&'a self, asked: KeyAsked<'a>) -> KeyComing<'a> {
        Box::pin(self.ask(asked))
    }
}

fn classify(asked: &KeyAsked<'_>, code: Option<&str>, detail: String) -> ObjectError {
    let uri = format!("the public keys of CloudTrail in {}", asked.region);
    match code.unwrap_or_default() {
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => {
            ObjectError::Denied { uri, detail: format!("{detail}; it needs cloudtrail:ListPublicKeys") }
        }
        _ => ObjectError::Busy { uri, detail },
    }
}
