//! What is set up in an account, as the services say: who asks, a table, a topic, trails. It reads and changes nothing.
//!
//! A function never looks; whoever sets one up does. What the facts mean is for the asker to say.

use aws_sdk_cloudtrail::types::{EventSelector, ReadWriteType, Trail as DescribedTrail};
use aws_sdk_dynamodb::types::{KeyType, TimeToLiveStatus};
use jiff::Timestamp;

use crate::clients::Clients;
use crate::in_words;

/// A table, as far as state needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Names of the partition key and, where there is one, of the sort key.
    pub keys: Vec<String>,
    /// The attribute that ends items; none where time to live is off.
    pub expires_by: Option<String>,
}

/// A topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Subscriptions that get messages.
    pub confirmed: u64,
    /// Those that nobody has confirmed yet.
    pub pending: u64,
}

/// A trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trail {
    /// Name.
    pub name: String,
    /// The bucket it delivers to.
    pub bucket: String,
    /// Does it record now?
    pub is_logging: bool,
    /// Does it record every region?
    pub every_region: bool,
    /// Does it record what changes something? `None` where that may not be asked.
    pub records_writes: Option<bool>,
    /// When it delivered last.
    pub delivered: Option<Timestamp>,
    /// What went wrong with the last delivery.
    pub fault: Option<String>,
}

/// As whom the services are asked: an ARN.
pub async fn caller(clients: &Clients) -> Result<String, String> {
    let sts = aws_sdk_sts::Client::new(clients.config());
    let who = sts.get_caller_identity().send().await.map_err(|error| in_words(&error))?;
    who.arn.ok_or_else(|| "GetCallerIdentity names nobody".to_owned())
}

/// A table by name or ARN.
pub async fn table(clients: &Clients, name: &str) -> Result<Table, String> {
    let client = clients.patient_dynamodb();
    let described =
        client.describe_table().table_name(name).send().await.map_err(|error| in_words(&error))?;
    let mut keys = described.table.and_then(|table| table.key_schema).unwrap_or_default();
    keys.sort_by_key(|key| key.key_type != KeyType::Hash);
    let life =
        client.describe_time_to_live().table_name(name).send().await.map_err(|error| in_words(&error))?;
    let expires_by = life
        .time_to_live_description
        .filter(|life| {
            matches!(life.time_to_live_status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling))
        })
        .and_then(|life| life.attribute_name);
    Ok(Table { keys: keys.into_iter().map(|key| key.attribute_name).collect(), expires_by })
}

/// A topic by its ARN, with the first hundred of its subscriptions.
pub async fn topic(clients: &Clients, arn: &str) -> Result<Topic, String> {
    let told = clients.sns(arn).list_subscriptions_by_topic().topic_arn(arn).send().await;
    let subscriptions = told.map_err(|error| in_words(&error))?.subscriptions.unwrap_or_default();
    // Until somebody confirms it a subscription has no ARN.
    let is_confirmed = |arn: &&str| arn.starts_with("arn:");
    let arns = || subscriptions.iter().filter_map(|subscription| subscription.subscription_arn.as_deref());
    let confirmed = arns().filter(is_confirmed).count() as u64;
    Ok(Topic { confirmed, pending: arns().count() as u64 - confirmed })
}

/// The trails that this region knows, or the one of a name or ARN.
pub async fn trails(clients: &Clients, name: Option<&str>) -> Result<Vec<Trail>, String> {
    let client = aws_sdk_cloudtrail::Client::new(clients.config());
    let described = client.describe_trails().set_trail_name_list(name.map(|name| vec![name.to_owned()]));
    let described = described.send().await.map_err(|error| in_words(&error))?;
    let mut trails = Vec::new();
    for trail in described.trail_list.unwrap_or_default() {
        trails.push(look(&client, trail).await?);
    }
    Ok(trails)
}

async fn look(client: &aws_sdk_cloudtrail::Client, trail: DescribedTrail) -> Result<Trail, String> {
    let name = trail.name.unwrap_or_default();
    // A trail of another region is known by its ARN alone.
    let asked = trail.trail_arn.unwrap_or_else(|| name.clone());
    let status = client.get_trail_status().name(&asked).send().await.map_err(|error| in_words(&error))?;
    let selectors = client.get_event_selectors().trail_name(&asked).send().await.ok();
    Ok(Trail {
        name,
        bucket: trail.s3_bucket_name.unwrap_or_default(),
        is_logging: status.is_logging.unwrap_or_default(),
        every_region: trail.is_multi_region_trail.unwrap_or_default(),
        records_writes: selectors.map(|told| {
            let advanced = told.advanced_event_selectors.unwrap_or_default();
            let basic = told.event_selectors.unwrap_or_default();
            // Where none are told the trail has those it was made with, which take all management events.
            (basic.is_empty() && advanced.is_empty())
                || basic.iter().any(takes_writes)
                || advanced.iter().any(takes_writes_of_management)
        }),
        delivered: status.latest_delivery_time.and_then(|at| Timestamp::from_second(at.secs()).ok()),
        fault: status.latest_delivery_error.filter(|fault| !fault.is_empty()),
    })
}

fn takes_writes(selector: &EventSelector) -> bool {
    selector.include_management_events.unwrap_or(true)
        && !matches!(selector.read_write_type, Some(ReadWriteType::ReadOnly))
}

fn takes_writes_of_management(selector: &aws_sdk_cloudtrail::types::AdvancedEventSelector) -> bool {
    let asks = |field: &str, value: &str| {
        selector.field_selectors.iter().any(|asked| {
            asked.field == field && asked.equals.as_ref().is_some_and(|any| any.iter().any(|v| v == value))
        })
    };
    asks("eventCategory", "Management") && !asks("readOnly", "true")
}
