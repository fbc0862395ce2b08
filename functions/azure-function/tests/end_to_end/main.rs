//! The real binary, called as the Functions host calls it, against Event Grid and identity over TLS and Azurite.

#[path = "../common/mod.rs"]
mod common;
mod contract;
mod forging;
mod gathering;
mod hosting;
mod keeping;
mod publishing;
mod settings;
mod story;

use std::io::Read;
use std::time::Duration;

use serde_json::Value;
use trailhound_testkit::azurite::Azurite;
use trailhound_testkit::functions_host::{Batch, Event, Position, Retry, Wrapping, request};

pub(crate) const MINUTE: Duration = Duration::from_mins(1);

pub(crate) fn events(bodies: Vec<Vec<u8>>) -> Vec<Event> {
    (1..).zip(bodies).map(|(sequence, body)| Event { sequence, body }).collect()
}

pub(crate) fn first_attempt(bodies: Vec<Vec<u8>>) -> Vec<u8> {
    request(&Batch { position: Position::default(), events: &events(bodies), retry: None }, Wrapping::Strings)
}

pub(crate) fn attempt(bodies: Vec<Vec<u8>>, count: i64) -> Vec<u8> {
    let retry = Some(Retry { count, max: 5 });
    request(&Batch { position: Position::default(), events: &events(bodies), retry }, Wrapping::Strings)
}

pub(crate) fn ids(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

/// Every line parked, from all objects.
pub(crate) async fn parked(azurite: &Azurite<'_>) -> Vec<Value> {
    let mut lines = Vec::new();
    for blob in azurite.blobs("rejects").await {
        let object = azurite.blob("rejects", &blob).await;
        let mut text = String::new();
        flate2::read::GzDecoder::new(object.as_ref()).read_to_string(&mut text).unwrap();
        lines.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    lines
}

pub(crate) fn balanced(account: &Value) {
    let figure = |name: &str| account[name].as_u64().unwrap_or_else(|| panic!("{name} in {account}"));
    let rejected: u64 = account["rejected"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(figure("records"), figure("evaluated") + rejected, "{account}");
    let settled = figure("published") + figure("suppressed") + figure("duplicates") + figure("deferred");
    assert_eq!(figure("matches"), settled, "{account}");
}
