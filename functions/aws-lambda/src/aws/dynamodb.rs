//! State in one DynamoDB table: `pk`, `sk`, and `expires_at` for its TTL.
//!
//! A claim goes from absent to claimed, with a lease of seconds, to published. Each step is one conditional write;
//! an item past its `expires_at` counts as absent, because TTL deletes late. What is published stays published.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use jiff::{SignedDuration, Timestamp};
use trailhound_detect::ports::{Claim, StateError, StateStore};

use super::in_words;

/// How long a finding counts as published: CloudTrail redelivers for up to 30 days.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(35 * 24);
/// How long the caller of an operation is kept.
const CALLER: SignedDuration = SignedDuration::from_hours(24);

/// A table.
#[derive(Clone, Debug)]
pub struct DynamoStore {
    /// Client.
    pub client: aws_sdk_dynamodb::Client,
    /// Table name or ARN.
    pub table: String,
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn expiry(now: Timestamp, after: SignedDuration) -> AttributeValue {
    number(now.checked_add(after).unwrap_or(Timestamp::MAX).as_second())
}

impl StateStore for DynamoStore {
    async fn claim(
        &self,
        finding: &str,
        claimant: &str,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Claim, StateError> {
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        let answer = self
            .client
            .put_item()
            .table_name(&self.table)
            .item("pk", text(format!("finding#{finding}")))
            .item("sk", text("claim"))
            .item("state", text("claimed"))
            .item("claimant", text(claimant))
            .item("lease_until", number(until.as_millisecond()))
            .item("expires_at", expiry(now, REMEMBERED))
            .condition_expression(
                "attribute_not_exists(pk) OR expires_at < :second \
                 OR (#state = :claimed AND (claimant = :claimant OR lease_until <= :now))",
            )
            .expression_attribute_names("#state", "state")
            .expression_attribute_values(":claimed", text("claimed"))
            .expression_attribute_values(":claimant", text(claimant))
            .expression_attribute_values(":now", number(now.as_millisecond()))
            .expression_attribute_values(":second", number(now.as_second()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Claim::Won),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(taken)) => {
                    Ok(standing(taken.item(), until))
                }
                _ => Err(StateError(in_words(&error))),
            },
        }
    }

    async fn published(&self, finding: &str, now: Timestamp) -> Result<(), StateError> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.table)
            .item("pk", text(format!("finding#{finding}")))
            .item("sk", text("claim"))
            .item("state", text("published"))
            .item("published_at", number(now.as_millisecond()))
            .item("expires_at", expiry(now, REMEMBERED))
            .send()
            .await;
        answer.map(drop).map_err(|error| StateError(in_words(&error)))
    }

    async fn put_caller(&self, operation: &str, address: &str, now: Timestamp) -> Result<(), StateError> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.table)
            .item("pk", text(format!("operation#{operation}")))
            .item("sk", text("caller"))
            .item("caller", text(address))
            .item("expires_at", expiry(now, CALLER))
            .send()
            .await;
        answer.map(drop).map_err(|error| StateError(in_words(&error)))
    }

    async fn caller(&self, operation: &str) -> Result<Option<String>, StateError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("pk", text(format!("operation#{operation}")))
            .key("sk", text("caller"))
            .send()
            .await
            .map_err(|error| StateError(in_words(&error)))?;
        Ok(answer.item().and_then(|item| item.get("caller")).and_then(|value| value.as_s().ok()).cloned())
    }
}

/// How the claim stands that was in the way of ours.
fn standing(item: Option<&HashMap<String, AttributeValue>>, latest: Timestamp) -> Claim {
    let field = |name: &str| item.and_then(|item| item.get(name));
    if field("state").and_then(|state| state.as_s().ok()).is_some_and(|state| state == "published") {
        return Claim::Published;
    }
    let until = field("lease_until")
        .and_then(|until| until.as_n().ok()?.parse().ok())
        .and_then(|until| Timestamp::from_millisecond(until).ok());
    // Nobody holds a claim for longer than the lease we would get ourselves.
    Claim::Held(until.unwrap_or(latest).min(latest))
}
