//! What is remembered between deliveries, in Azure Table Storage.
//!
//! One entity a key; a claim is inserted if absent and changed only against its ETag, so that of two claimants one
//! wins. A store that does not answer is left alone for a moment, so that an outage costs a delivery one wait, not
//! one for each finding.

mod entity;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use azure_core::http::headers::{CONTENT_TYPE, HeaderName};
use azure_core::http::{Method, Request, Url};
use jiff::{SignedDuration, Timestamp};
use trailhound_detect::ports::{Claim, StateError, StateStore};

use crate::azure::{Azure, Reply, Service};
use entity::{CALLER, CLAIM, Entity};

/// Whom a token for Storage is for.
pub(crate) const SCOPE: &str = "https://storage.azure.com/.default";
/// How long one request may take; a healthy table answers in milliseconds.
const ATTEMPT: Duration = Duration::from_secs(3);
/// How often a claim is tried against others who change it at the same time.
const CONTESTS: usize = 4;
/// How long an unanswering store is left alone.
const PAUSE: SignedDuration = SignedDuration::from_secs(5);
/// How long a published finding is known to be; Event Hubs keeps events for at most 90 days.
const KEEP: SignedDuration = SignedDuration::from_hours(24 * 90);

/// A state table.
pub struct TableStore {
    table: Url,
    service: Service,
    /// Unanswering until this time, in milliseconds since the epoch.
    down_until: AtomicI64,
}

impl TableStore {
    /// The table at a URL that ends in its name.
    pub fn new(azure: &Azure, table: &Url) -> Self {
        Self { table: table.clone(), service: azure.service(SCOPE), down_until: AtomicI64::new(0) }
    }

    async fn send(
        &self,
        method: Method,
        url: Url,
        entity: Option<&Entity>,
        etag: Option<&str>,
        now: Timestamp,
    ) -> Result<Reply, StateError> {
        if now.as_millisecond() < self.down_until.load(Ordering::Relaxed) {
            return Err(StateError("it did not answer a moment ago".to_owned()));
        }
        let mut request = Request::new(url, method);
        for (name, value) in [
            ("x-ms-version", "2020-12-06"),
            ("dataserviceversion", "3.0;NetFx"),
            ("accept", "application/json;odata=nometadata"),
            ("prefer", "return-no-content"),
        ] {
            request.insert_header(HeaderName::from_static(name), value);
        }
        if let Some(etag) = etag {
            request.insert_header(HeaderName::from_static("if-match"), etag.to_owned());
        }
        if let Some(entity) = entity {
            request.insert_header(CONTENT_TYPE, "application/json");
            request.set_body(entity.to_json());
        }
        let answer = self.service.send(&mut request, ATTEMPT).await;
        let fault = match answer {
            Ok(reply) if reply.status < 500 && reply.status != 429 => return Ok(reply),
            Ok(reply) => reply.error(),
            Err(no_reply) => no_reply.to_string(),
        };
        let until = now.checked_add(PAUSE).unwrap_or(Timestamp::MAX);
        self.down_until.store(until.as_millisecond(), Ordering::Relaxed);
        Err(StateError(fault))
    }

    async fn insert(&self, entity: &Entity, now: Timestamp) -> Result<bool, StateError> {
        let reply = self.send(Method::Post, self.table.clone(), Some(entity), None, now).await?;
        match reply.status {
            201 | 204 => Ok(true),
            409 => Ok(false),
            _ => Err(self.refusal(&reply)),
        }
    }

    async fn get(
        &self,
        key: &str,
        row: &str,
        now: Timestamp,
    ) -> Result<Option<(Entity, String)>, StateError> {
        let reply = self.send(Method::Get, entity::url(&self.table, key, row), None, None, now).await?;
        match reply.status {
            200 => {
                let etag = reply.header("etag").unwrap_or("*").to_owned();
                let entity = Entity::from_json(&reply.body)
                    .ok_or_else(|| StateError(format!("an entity of {key} cannot be read")))?;
                Ok(Some((entity, etag)))
            }
            404 if reply.error().contains("ResourceNotFound") => Ok(None),
            _ => Err(self.refusal(&reply)),
        }
    }

    /// Writes an entity: over the version read, or over whatever is there.
    async fn put(&self, entity: &Entity, etag: Option<&str>, now: Timestamp) -> Result<bool, StateError> {
        let url = entity::url(&self.table, &entity.key, &entity.row);
        let reply = self.send(Method::Put, url, Some(entity), etag, now).await?;
        match reply.status {
            200..=204 => Ok(true),
            404 | 412 if etag.is_some() => Ok(false),
            _ => Err(self.refusal(&reply)),
        }
    }

    /// What an operator can do about it.
    fn refusal(&self, reply: &Reply) -> StateError {
        let hint = match reply.status {
            401 | 403 => "; grant the function's identity 'Storage Table Data Contributor'",
            404 => "; check TRAILHOUND_STATE_TABLE_URL",
            _ => "",
        };
        StateError(format!("{}: {}{hint}", self.table.path(), reply.error()))
    }
}

fn after(now: Timestamp, duration: SignedDuration) -> Timestamp {
    now.checked_add(duration).unwrap_or(Timestamp::MAX)
}

impl StateStore for TableStore {
    async fn claim(
        &self,
        finding: &str,
        claimant: &str,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Claim, StateError> {
        let ours = Entity::claim(finding, claimant, after(now, lease), after(now, KEEP));
        for _ in 0..CONTESTS {
            if self.insert(&ours, now).await? {
                return Ok(Claim::Won);
            }
            let Some((theirs, etag)) = self.get(&ours.key, CLAIM, now).await? else { continue };
            if theirs.expires_at > now.as_second() {
                match theirs.held_until() {
                    None => return Ok(Claim::Published),
                    Some(until) if theirs.by != claimant && now < until => return Ok(Claim::Held(until)),
                    Some(_) => {}
                }
            }
            if self.put(&ours, Some(&etag), now).await? {
                return Ok(Claim::Won);
            }
        }
        // Others keep changing it, so somebody is at work on it.
        Ok(Claim::Held(after(now, lease)))
    }

    async fn published(&self, finding: &str, now: Timestamp) -> Result<(), StateError> {
        self.put(&Entity::published(finding, after(now, KEEP)), None, now).await.map(|_| ())
    }

    async fn put_caller(&self, operation: &str, address: &str, now: Timestamp) -> Result<(), StateError> {
        self.put(&Entity::caller(operation, address, after(now, KEEP)), None, now).await.map(|_| ())
    }

    async fn caller(&self, operation: &str) -> Result<Option<String>, StateError> {
        let now = Timestamp::now();
        let key = Entity::caller(operation, "", now).key;
        Ok(self.get(&key, CALLER, now).await?.map(|(entity, _)| entity.value))
    }
}
