//! The state table over DynamoDB's real protocol, against moto: what every store must do, and what it costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Credentials, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use tokio::sync::Mutex;
use trailhound_aws::dynamodb::{DynamoStore, SIDE_BY_SIDE};
use trailhound_detect::remember::Memory;
use trailhound_detect::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Write};
use trailhound_testkit::moto::{self, Moto};
use trailhound_testkit::spending::{self, Counted};
use trailhound_testkit::stores;

/// Counts the requests that go out.
#[derive(Clone, Debug, Default)]
struct Requests(Arc<AtomicU64>);

impl Intercept for Requests {
    fn name(&self) -> &'static str {
        "requests"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::Relaxed);
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
fn client(endpoint: &str, requests: &Requests) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .credentials_provider(Credentials::for_tests())
        .interceptor(requests.clone());
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
    let client = || client(moto.url(), &Requests::default());
    let name = table(moto, "conforms").await;
    let writing = Arc::default();
    let open = || OneByOne { store: DynamoStore::new(client(), name.clone()), writing: Arc::clone(&writing) };
    stores::conforms("t1", open).await;
    let several: Vec<_> = (0..3).map(|_| Arc::new(open())).collect();
    stores::race("t1", &several).await;
}

#[tokio::test]
async fn items_are_laid_out_as_documented() {
    let Some(moto) = moto::shared() else { return };
    let client = client(moto.url(), &Requests::default());
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
    let requests = Requests::default();
    let missing = DynamoStore::new(client(moto.url(), &requests), "absent".to_owned());
    let key = Key { kind: ItemKind::Claim, scope: String::new(), name: "0af1".to_owned() };
    let error = missing.load(std::slice::from_ref(&key)).await.expect_err("no such table");
    assert!(error.0.contains("ResourceNotFound"), "{error}");

    // Takes connections and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", silent.local_addr().expect("bound"));
    let silent_store = DynamoStore::new(client(&address, &requests), "absent".to_owned());
    let begun = std::time::Instant::now();
    for _ in 0..100 {
        assert!(silent_store.load(std::slice::from_ref(&key)).await.is_err());
    }
    let took = begun.elapsed();
    assert!(took.as_secs() < 4, "an outage costs one wait, not one for each finding: {took:?}");
}

#[tokio::test]
async fn a_match_costs_three_operations_and_four_requests_at_most() {
    let Some(moto) = moto::shared() else { return };
    let requests = Requests::default();
    let client = client(moto.url(), &requests);
    let name = table(moto, "operations").await;
    let operations = AtomicU64::new(0);
    let store = || {
        let store = DynamoStore::new(client.clone(), name.clone());
        Memory::lasting(Counted { store, operations: &operations })
    };
    let spent = spending::of_matches(store, async || operations.load(Ordering::Relaxed)).await;
    println!("operations of the store: {spent:#?}");
    assert!(spent.most() <= 3, "{spent:?}");

    let name = table(moto, "spending").await;
    let store = || Memory::lasting(DynamoStore::new(client.clone(), name.clone()));
    let spent = spending::of_matches(store, async || requests.0.load(Ordering::Relaxed)).await;
    println!("requests to DynamoDB: {spent:#?}");
    assert!(spent.most() <= 4, "{spent:?}");

    let name = table(moto, "billing").await;
    let nanodollars = AtomicU64::new(0);
    let store = || {
        Memory::lasting(Metered {
            store: DynamoStore::new(client.clone(), name.clone()),
            nanodollars: &nanodollars,
        })
    };
    let cost = spending::of_matches(store, async || nanodollars.load(Ordering::Relaxed)).await;
    println!("computed, in thousandths of a dollar for a million deliveries: {cost:#?}");
    // docs/aws-lambda.md says so.
    assert!((29_800..30_800).contains(&cost.cold), "{cost:?}");
    assert!((21_800..22_800).contains(&cost.warm), "{cost:?}");
    assert!((20_800..21_800).contains(&cost.known), "{cost:?}");
    assert!(cost.duplicate <= 1_500, "{cost:?}");
    assert!((126_000..133_000).contains(&cost.ten_together), "{cost:?}");
}

/// Adds up what DynamoDB would bill on demand: a read of 4 KB is a unit of $0.125 a million and a write of 1 KB one of
/// $0.625, each begun one counts, what is not there counts as one, and a transaction counts twice.
struct Metered<'a> {
    store: DynamoStore,
    nanodollars: &'a AtomicU64,
}

impl Metered<'_> {
    fn units(key: &Key, value: usize, of: usize) -> u64 {
        // Names and the other attributes, and what DynamoDB adds to them.
        let bytes = key.kind.as_str().len() + key.scope.len() + key.name.len() + value + 60;
        bytes.div_ceil(of) as u64
    }
}

impl StateStore for Metered<'_> {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        let items = self.store.load(keys).await?;
        let value = |item: &Option<Item>| item.as_ref().map_or(0, |item| item.value.as_str().len());
        let units: u64 =
            keys.iter().zip(&items).map(|(key, item)| Self::units(key, value(item), 4_096)).sum();
        self.nanodollars.fetch_add(units * 125, Ordering::Relaxed);
        Ok(items)
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        let units: u64 =
            writes.iter().map(|write| Self::units(&write.key, write.value.as_str().len(), 1_024)).sum();
        let times = if writes.len() > SIDE_BY_SIDE { 2 } else { 1 };
        self.nanodollars.fetch_add(units * times * 625, Ordering::Relaxed);
        self.store.commit(writes).await
    }
}
