//! What is remembered between deliveries, in Azure Table Storage.
//!
//! One entity an item, whose version is its ETag, and one partition a scope: what is written together to a scope is
//! one transaction. What is read together is read by point queries at the same time: a filter over several row keys
//! would scan the partition. A table that does not answer is left alone for a moment. Nothing expires by itself;
//! readers look at `expires_at`.

mod batch;
mod entity;
mod listing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use azure_core::http::headers::{CONTENT_TYPE, HeaderName};
use azure_core::http::{Method, Request, Url};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio::time::Instant;
use trailhound_courier::tries::{Tries, passes};
use trailhound_detect::remember::Pause;
use trailhound_detect::state::{Committed, Item, Key, StateError, StateStore, Version, Write};

use crate::{Azure, Reply, STORAGE, Service};

/// How long one request may take; a healthy table answers in milliseconds.
const ATTEMPT: Duration = Duration::from_secs(2);
/// How long reading or writing may take, whatever it takes.
const WITHIN: Duration = Duration::from_secs(4);
/// How long a token is waited for before; findings need one of the same identity, so nothing waits longer for it.
const TOKEN: Duration = Duration::from_secs(10);
/// The first wait after a fault that passes.
const PAUSE: Duration = Duration::from_millis(100);
/// Requests under way at the same time.
const AT_ONCE: usize = 16;
/// Most writes in one transaction.
const TOGETHER: usize = 100;
/// Most bytes of values in one transaction; Table Storage takes 4 MiB with everything around them.
const TRANSACTION: usize = 2 << 20;
/// What a write is told that comes too late: something is there, it has another version, nothing is there.
const CONTESTED: [&str; 4] =
    ["EntityAlreadyExists", "UpdateConditionNotSatisfied", "ConditionNotMet", "ResourceNotFound"];

/// A state table.
pub struct TableStore {
    table: Url,
    service: Service,
    pause: Pause,
}

/// What became of writes that are one request.
enum Answer {
    Done(Vec<Version>),
    Refused,
}

impl TableStore {
    /// The table at a URL that ends in its name.
    pub fn new(azure: &Azure, table: &Url) -> Self {
        Self { table: table.clone(), service: azure.service(STORAGE), pause: Pause::default() }
    }

    /// Bounds what is done to the table.
    async fn within<T>(&self, work: impl Future<Output = Result<T, StateError>>) -> Result<T, StateError> {
        self.pause.check()?;
        match tokio::time::timeout(TOKEN, self.service.is_ready()).await {
            Ok(Ok(())) => {}
            Ok(Err(no_token)) => return Err(self.unanswered(no_token.to_string())),
            Err(_) => return Err(self.unanswered(format!("no token within {} seconds", TOKEN.as_secs()))),
        }
        match tokio::time::timeout(WITHIN, work).await {
            Ok(answer) => answer,
            Err(_) => Err(self.unanswered(format!("no answer within {} seconds", WITHIN.as_secs()))),
        }
    }

    /// Leaves the table alone for a moment.
    fn unanswered(&self, fault: String) -> StateError {
        let error = StateError(fault);
        self.pause.begin(&error);
        error
    }

    fn request(method: Method, url: Url) -> Request {
        let mut request = Request::new(url, method);
        for (name, value) in [
            ("x-ms-version", "2020-12-06"),
            ("dataserviceversion", "3.0;NetFx"),
            ("accept", "application/json;odata=nometadata"),
            ("prefer", "return-no-content"),
        ] {
            request.insert_header(HeaderName::from_static(name), value);
        }
        request
    }

    /// Sends a request, and again for as long as the whole may take, if what came of it passes.
    async fn send(&self, request: &mut Request) -> Result<Reply, StateError> {
        let mut tries = Tries::until(Instant::now() + WITHIN, PAUSE);
        loop {
            let fault = match self.service.send(request, ATTEMPT).await {
                Ok(reply) if !passes(reply.status) => return Ok(reply),
                Ok(reply) => reply.error(),
                Err(no_reply) => no_reply.to_string(),
            };
            if !tries.again(None).await {
                return Err(self.unanswered(fault));
            }
        }
    }

    async fn get(&self, key: &Key) -> Result<Option<Item>, StateError> {
        let reply = self.send(&mut Self::request(Method::Get, entity::url(&self.table, key))).await?;
        match reply.status {
            200 => {
                let version = reply.header("etag").map(|etag| Version(etag.to_owned()));
                version
                    .zip(entity::parse(&reply.body))
                    .map(|(version, (value, expires_at))| {
                        Some(Item { value: value.into(), version, expires_at })
                    })
                    .ok_or_else(|| StateError(format!("the entity {} is none of ours", entity::row(key))))
            }
            404 if reply.error().contains("ResourceNotFound") => Ok(None),
            _ => Err(self.refusal(&reply)),
        }
    }

    async fn put(&self, write: &Write) -> Result<Answer, StateError> {
        let mut request = match &write.replaces {
            None => Self::request(Method::Post, self.table.clone()),
            Some(version) => {
                let mut request = Self::request(Method::Put, entity::url(&self.table, &write.key));
                request.insert_header(HeaderName::from_static("if-match"), version.0.clone());
                request
            }
        };
        request.insert_header(CONTENT_TYPE, "application/json");
        request.set_body(entity::of(write));
        let reply = self.send(&mut request).await?;
        match (reply.status, reply.header("etag")) {
            (200..=204, Some(etag)) => Ok(Answer::Done(vec![Version(etag.to_owned())])),
            _ if is_contested(reply.status, &reply.error()) => Ok(Answer::Refused),
            _ => Err(self.refusal(&reply)),
        }
    }

    /// Writes to one partition.
    async fn put_all(&self, writes: Vec<&Write>) -> Result<Answer, StateError> {
        if let [write] = writes.as_slice() {
            return self.put(write).await;
        }
        let mut request = Self::request(Method::Post, batch::url(&self.table));
        request.insert_header(CONTENT_TYPE, batch::content_type());
        request.set_body(batch::body(&self.table, &writes));
        let reply = self.send(&mut request).await?;
        if reply.status != 202 {
            return Err(self.refusal(&reply));
        }
        let parts = batch::parts(&reply.body);
        if let Some(wrong) = parts.iter().find(|part| !(200..300).contains(&part.status)) {
            if is_contested(wrong.status, &wrong.body) {
                return Ok(Answer::Refused);
            }
            let body = wrong.body.clone().into_bytes();
            return Err(self.refusal(&Reply { status: wrong.status, headers: reply.headers, body }));
        }
        let versions: Vec<Version> = parts.into_iter().filter_map(|part| part.etag).map(Version).collect();
        if versions.len() != writes.len() {
            return Err(StateError(format!("{}: a transaction without an answer", self.table.path())));
        }
        Ok(Answer::Done(versions))
    }

    /// What an operator can do about it.
    fn refusal(&self, reply: &Reply) -> StateError {
        let hint = match reply.status {
            401 | 403 => "; grant the identity 'Storage Table Data Contributor'",
            404 => "; check the table's address (a function's is TRAILHOUND_STATE_TABLE_URL)",
            _ => "",
        };
        StateError(format!("{}: {}{hint}", self.table.path(), reply.error()))
    }
}

/// Is this how a write is answered that comes too late?
fn is_contested(status: u16, error: &str) -> bool {
    matches!(status, 404 | 409 | 412) && CONTESTED.iter().any(|code| error.contains(code))
}

/// Writes by position, in transactions that Table Storage takes.
fn transactions(writes: &[Write]) -> Vec<Vec<usize>> {
    let mut partitions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, write) in writes.iter().enumerate() {
        partitions.entry(entity::partition(&write.key)).or_default().push(at);
    }
    let mut all: Vec<Vec<usize>> = Vec::new();
    for partition in partitions.into_values() {
        let mut bytes = usize::MAX;
        for at in partition {
            bytes = bytes.saturating_add(writes[at].value.as_str().len());
            match all.last_mut() {
                Some(last) if last.len() < TOGETHER && bytes <= TRANSACTION => last.push(at),
                _ => {
                    bytes = writes[at].value.as_str().len();
                    all.push(vec![at]);
                }
            }
        }
    }
    all
}

/// Awaits requests, so many at the same time; answers come in their order.
async fn together<T>(
    requests: Vec<impl Future<Output = Result<T, StateError>>>,
) -> Result<Vec<T>, StateError> {
    stream::iter(requests).buffered(AT_ONCE).try_collect().await
}

impl StateStore for TableStore {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        let requests = keys.iter().map(|key| self.get(key)).collect();
        self.within(together(requests)).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        let transactions = transactions(writes);
        let requests = transactions
            .iter()
            .map(|positions| self.put_all(positions.iter().map(|at| &writes[*at]).collect()))
            .collect();
        let answers = self.within(together(requests)).await?;
        let mut committed = vec![Committed::Refused; writes.len()];
        for (positions, answer) in transactions.into_iter().zip(answers) {
            if let Answer::Done(versions) = answer {
                for (at, version) in positions.into_iter().zip(versions) {
                    committed[at] = Committed::Done(version);
                }
            }
        }
        Ok(committed)
    }
}
