//! State in one DynamoDB table: `pk`, `sk`, and `expires_at` for its TTL.
//!
//! `pk` is an item's key and `sk` the layout of its attributes: `value`, and `rev`, which is another number for each
//! state. A later layout gets another `sk`: it reads both, writes its own, and the TTL removes the old. What is read
//! together is one request. Items are written side by side: each stands by itself, and a transaction costs twice as much.

mod item;
mod listing;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use trailhound_detect::remember::Pause;
use trailhound_detect::state::{Committed, Item, Key, StateError, StateStore, Write};

use crate::in_words;
use item::{next, parse, partition};

/// Most keys that DynamoDB reads in one request.
const TOGETHER: usize = 100;
/// Most items that are written side by side: connections are as many, and a small function has to open them.
const SIDE_BY_SIDE: usize = 8;
/// How long reading or writing may take in a function, whatever it takes.
const WITHIN: Duration = Duration::from_secs(3);
/// How often keys are asked for that were left out of an answer.
const LEFT_OUT: u32 = 5;
/// How much more time there is for each that has to wait for others.
const EACH: Duration = Duration::from_millis(5);
/// How long another's write to the same items is given to end.
const BREATH: Duration = Duration::from_millis(20);

/// A table.
#[derive(Debug)]
pub struct DynamoStore {
    client: Client,
    table: String,
    within: Duration,
    pause: Pause,
}

/// An attempt that gave no answer of the table's; worth leaving it alone for a moment or not.
struct Fault {
    error: StateError,
    unanswered: bool,
}

impl<E, R> From<SdkError<E, R>> for Fault
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
    R: std::fmt::Debug,
{
    fn from(error: SdkError<E, R>) -> Self {
        let unanswered = !matches!(error, SdkError::ServiceError(_) | SdkError::ConstructionFailure(_))
            || error.code().is_some_and(|code| code.starts_with("InternalServer"));
        Self { error: StateError(in_words(&error)), unanswered }
    }
}

impl From<StateError> for Fault {
    fn from(error: StateError) -> Self {
        Self { error, unanswered: false }
    }
}

impl DynamoStore {
    /// The table of this name or ARN.
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table, within: WITHIN, pause: Pause::default() }
    }

    /// For whoever has more time than a function.
    #[must_use]
    pub fn within_at_most(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    /// Bounds what is done to the table, and leaves one alone that does not answer.
    async fn within<T>(
        &self,
        within: Duration,
        work: impl Future<Output = Result<T, Fault>>,
    ) -> Result<T, StateError> {
        self.pause.check()?;
        let fault = match tokio::time::timeout(within, work).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(fault)) => fault,
            Err(_) => Fault {
                error: StateError(format!("no answer within {} seconds", within.as_secs())),
                unanswered: true,
            },
        };
        if fault.unanswered {
            self.pause.begin(&fault.error);
        }
        Err(fault.error)
    }

    async fn get(&self, key: &Key) -> Result<Option<Item>, Fault> {
        let request = self.client.get_item().table_name(&self.table).consistent_read(true);
        let answer = request.set_key(Some(item::key(&partition(key)))).send().await?;
        Ok(answer.item().map(parse).transpose()?.map(|(_, item)| item))
    }

    /// Items by their `pk`.
    async fn get_many(&self, pks: &[String]) -> Result<HashMap<String, Item>, Fault> {
        let mut found = HashMap::new();
        for pks in pks.chunks(TOGETHER) {
            let keys = KeysAndAttributes::builder()
                .consistent_read(true)
                .set_keys(Some(pks.iter().map(|pk| item::key(pk)).collect()))
                .build()
                .map_err(|error| StateError(error.to_string()))?;
            let mut wanted = Some(HashMap::from([(self.table.clone(), keys)]));
            let mut asked = 0;
            while let Some(keys) = wanted.take() {
                if asked > 0 {
                    tokio::time::sleep(BREATH * 2_u32.pow(asked)).await;
                }
                let answer = self.client.batch_get_item().set_request_items(Some(keys)).send().await?;
                for item in answer.responses().into_iter().flat_map(HashMap::values).flatten() {
                    found.extend([parse(item)?]);
                }
                wanted = answer.unprocessed_keys.filter(|keys| !keys.is_empty());
                asked += 1;
                if asked > LEFT_OUT && wanted.is_some() {
                    return Err(StateError("throttled: items are left out of every answer".to_owned()).into());
                }
            }
        }
        Ok(found)
    }

    async fn put(&self, write: &Write, version: u64) -> Result<Committed, Fault> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item::of(write, version)))
            .condition_expression(item::condition(write))
            .set_expression_attribute_values(item::expected(write)?)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Committed::Done(item::version(version))),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(_)) => Ok(Committed::Refused),
                Some(PutItemError::TransactionConflictException(_)) => {
                    tokio::time::sleep(BREATH).await;
                    Ok(Committed::Refused)
                }
                _ => Err(error.into()),
            },
        }
    }
}

impl StateStore for DynamoStore {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.within(self.within, async {
            match keys {
                [] => Ok(Vec::new()),
                [key] => Ok(vec![self.get(key).await?]),
                keys => {
                    let all: Vec<String> = keys.iter().map(partition).collect();
                    let mut seen = HashSet::new();
                    let distinct: Vec<String> = all.iter().filter(|pk| seen.insert(*pk)).cloned().collect();
                    let found = self.get_many(&distinct).await?;
                    Ok(all.iter().map(|pk| found.get(pk).cloned()).collect())
                }
            }
        })
        .await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        let first = u64::try_from(Timestamp::now().as_microsecond()).unwrap_or(1);
        let more = u32::try_from(writes.len().saturating_sub(SIDE_BY_SIDE)).unwrap_or(u32::MAX);
        self.within(self.within.saturating_add(EACH.saturating_mul(more)), async {
            let versions: Result<Vec<(&Write, u64)>, StateError> =
                writes.iter().map(|write| Ok((write, next(write, first)?))).collect();
            let puts: Vec<_> =
                versions?.into_iter().map(|(write, version)| self.put(write, version)).collect();
            stream::iter(puts).buffered(SIDE_BY_SIDE).try_collect().await
        })
        .await
    }
}

#[cfg(test)]
mod tests;
