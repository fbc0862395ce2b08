//! The state table over DynamoDB's real protocol, against moto: what every store must do, and what it costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Credentials, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::Mutex;
use trailhound_aws::dynamodb::DynamoStore;
use trailhound_detect::remember::Memory;
use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Write};
use trailhound_testkit::measured::{BURST, DYNAMODB, WRITE_UNITS};
use trailhound_testkit::moto::{self, Moto};
use trailhound_testkit::spending::{self, Counted, FIRST_OF_A_RULE, NEXT_OF_A_RULE};
use trailhound_testkit::stores;

/// However busy the machine is.
const PATIENT: Duration = Duration::from_mins(2);

/// Counts the requests that go out, and what DynamoDB bills for them: a write of 1 KB and a consistent read of 4 KB is a
/// unit, each begun one counts, what is not there counts as one, and a transaction counts twice.
#[derive(Clone, Debug, Default)]
struct Bill(Arc<Billed>);

#[derive(Debug, Default)]
struct Billed {
    requests: AtomicU64,
    writes: AtomicU64,
    reads: AtomicU64,
}

impl Bill {
    fn requests(&self) -> u64 {
        self.0.requests.load(Ordering::Relaxed)
    }

    fn writes(&self) -> u64 {
        self.0.writes.load(Ordering::Relaxed)
    }

    /// On demand, in us-east-1: $0.625 a million write units, $0.125 a million read units.
    fn nanodollars(&self) -> u64 {
        self.writes() * 625 + self.0.reads.load(Ordering::Relaxed) * 125
    }
}

/// How many bytes an item has: the names of its attributes, texts as they are, and of numbers half a byte a digit and one.
fn size(item: &Value) -> usize {
    let attributes = item.as_object().into_iter().flatten();
    let value = |value: &Value| match (value["S"].as_str(), value["N"].as_str()) {
        (Some(text), _) => text.len(),
        (_, Some(number)) => number.len().div_ceil(2) + 1,
        _ => panic!("{value} is neither text nor number"),
    };
    attributes.map(|(name, of)| name.len() + value(of)).sum()
}

fn units(item: &Value, of: usize) -> u64 {
    size(item).div_ceil(of).max(1) as u64
}

fn json(body: Option<&[u8]>) -> Value {
    body.and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default()
}

impl Intercept for Bill {
    fn name(&self) -> &'static str {
        "bill"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.requests.fetch_add(1, Ordering::Relaxed);
        let request = json(context.request().body().bytes());
        let puts = request["TransactItems"].as_array().into_iter().flatten();
        let puts = puts.map(|put| units(&put["Put"]["Item"], 1_024) * 2).sum::<u64>();
        let put = request.get("Item").map_or(0, |item| units(item, 1_024));
        self.0.writes.fetch_add(puts + put, Ordering::Relaxed);
        let keys = request["RequestItems"].as_object().into_iter().flatten();
        let keys: usize = keys.filter_map(|(_, table)| Some(table["Keys"].as_array()?.len())).sum();
        // What is found is told by the answer.
        self.0.reads.fetch_add(keys as u64 + u64::from(request.get("Key").is_some()), Ordering::Relaxed);
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let answer = json(context.response().body().bytes());
        let found = answer["Responses"].as_object().into_iter().flatten();
        let found = found.filter_map(|(_, items)| items.as_array()).flatten().chain(answer.get("Item"));
        self.0.reads.fetch_add(found.map(|item| units(item, 4_096) - 1).sum(), Ordering::Relaxed);
        Ok(())
    }
}

/// moto takes back a cancelled transaction by putting back the whole table, what others wrote meanwhile included, and
/// its check of a condition is apart from the write. DynamoDB does neither, so here writes wait for each other; they
/// still race against what was read.
struct OneByOne {
    store: DynamoStore,
    writing: Arc<Mutex<()>>,
}

impl StateStore for OneByOne {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.store.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        let _alone = self.writing.lock().await;
        self.store.commit(writes).await
    }
}

/// A client of the DynamoDB at an address.
fn client(endpoint: &str, bill: &Bill) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(Credentials::for_tests())
        .interceptor(bill.clone());
    Client::from_conf(config.build())
}

/// A table as the module makes it.
async fn table(moto: &Moto, name: &str) -> String {
    let name = format!("{name}-{}", std::process::id());
    moto.create_state_table(&name).await;
    name
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_does_what_every_store_must() {
    let Some(moto) = moto::shared() else { return };
    let client = || client(moto.url(), &Bill::default());
    let name = table(moto, "conforms").await;
    let writing = Arc::default();
    let patient = || DynamoStore::new(client(), name.clone()).within_at_most(PATIENT);
    let open = || OneByOne { store: patient(), writing: Arc::clone(&writing) };
    stores::conforms("t1", open).await;
    let several: Vec<_> = (0..3).map(|_| Arc::new(open())).collect();
    stores::race("t1", &several).await;
}

#[tokio::test]
async fn items_are_laid_out_as_documented() {
    let Some(moto) = moto::shared() else { return };
    let client = client(moto.url(), &Bill::default());
    let name = table(moto, "layout").await;
    let store = DynamoStore::new(client.clone(), name.clone());
    let key = Key { kind: ItemKind::Learning, scope: "111122223333".to_owned(), name: "clock".to_owned() };
    let expires_at = Timestamp::from_second(1_900_000_000).expect("a time");
    let write = Write { key, replaces: None, value: "{}".into(), expires_at };
    store.commit(&[write]).await.expect("it answers");
    let items = client.scan().table_name(&name).send().await.expect("a scan").items.expect("items");
    let text = |value: &str| Some(AttributeValue::S(value.to_owned()));
    assert_eq!(items[0].get("pk").cloned(), text("learning#111122223333#clock"));
    assert_eq!(items[0].get("sk").cloned(), text("1"));
    assert_eq!(items[0].get("value").cloned(), text("{}"));
    assert_eq!(items[0].get("expires_at"), Some(&AttributeValue::N("1900000000".to_owned())));
    assert_eq!(items.len(), 1);
}

#[tokio::test]
async fn a_table_that_is_missing_or_silent_is_an_error_and_costs_one_wait() {
    let Some(moto) = moto::shared() else { return };
    let bill = Bill::default();
    let missing = DynamoStore::new(client(moto.url(), &bill), "absent".to_owned());
    let key = Key { kind: ItemKind::Claim, scope: String::new(), name: "0af1".to_owned() };
    let error = missing.load(std::slice::from_ref(&key)).await.expect_err("no such table");
    assert!(error.0.contains("ResourceNotFound"), "{error}");

    // Takes connections and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", silent.local_addr().expect("bound"));
    let silent_store = DynamoStore::new(client(&address, &bill), "absent".to_owned());
    let begun = std::time::Instant::now();
    for _ in 0..100 {
        assert!(silent_store.load(std::slice::from_ref(&key)).await.is_err());
    }
    let took = begun.elapsed();
    assert!(took.as_secs() < 4, "an outage costs one wait, not one for each finding: {took:?}");
}

#[tokio::test]
async fn a_match_costs_three_operations_and_six_write_units() {
    let Some(moto) = moto::shared() else { return };
    let bill = Bill::default();
    let client = client(moto.url(), &bill);
    let name = table(moto, "operations").await;
    let operations = AtomicU64::new(0);
    let store = || {
        let store = DynamoStore::new(client.clone(), name.clone()).within_at_most(PATIENT);
        Memory::lasting(Counted { store, operations: &operations })
    };
    let spent = spending::of_matches(store, async || operations.load(Ordering::Relaxed)).await;
    println!("operations of the store: {spent:#?}");
    assert!(spent.most() <= 3, "{spent:?}");

    let spent = async |name: &str, of: fn(&Bill) -> u64| {
        let name = table(moto, name).await;
        let store = || {
            let store = DynamoStore::new(client.clone(), name.clone());
            Memory::lasting(store.within_at_most(PATIENT))
        };
        spending::of_matches(store, async || of(&bill)).await
    };
    let requests = spent("requests", Bill::requests).await;
    println!("requests to DynamoDB: {requests:#?}");
    let units = spent("units", Bill::writes).await;
    println!("write units: {units:#?}");
    assert!(units.known <= 6 && units.cold <= 11, "the bar: {units:?}");
    assert!(units.is_within(&WRITE_UNITS), "{units:?}");
    let store = DynamoStore::new(client.clone(), table(moto, "burst").await).within_at_most(PATIENT);
    let burst = spending::of_a_burst(&Memory::lasting(store), async || bill.writes()).await;
    println!("write units of each hundred: {burst:?}");
    assert!(burst.iter().zip(BURST).all(|(units, said)| *units <= said), "{burst:?}");
    let empty = async |rule: &str| {
        Memory::lasting(DynamoStore::new(client.clone(), table(moto, rule).await).within_at_most(PATIENT))
    };
    let rules = spending::of_rules(empty, async || bill.writes()).await;
    println!("write units of each rule's first event and the next: {rules:?}");
    assert!(rules.len() > 20, "{rules:?}");
    let dear: Vec<_> =
        rules.iter().filter(|(_, first, next)| *first > FIRST_OF_A_RULE || *next > NEXT_OF_A_RULE).collect();
    assert!(dear.is_empty(), "{dear:?}");
    let cost = spent("billing", Bill::nanodollars).await;
    println!("computed, in thousandths of a dollar for a million deliveries: {cost:#?}");
    assert!(cost.is_within(&DYNAMODB), "{cost:?}");
}
