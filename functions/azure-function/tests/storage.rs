//! The table and the container against Azurite, over TLS, with tokens.

mod common;

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use azure_core::http::Url;
use jiff::Timestamp;
use trailhound_azure_sdk::blob::BlobFolder;
use trailhound_azure_sdk::table::TableStore;
use trailhound_courier::parking::{Parking, name};
use trailhound_courier::ports::Files;
use trailhound_detect::ports::{Reject, RejectSink};
use trailhound_detect::remember::Memory;
use trailhound_detect::state::{Committed, ItemKind, Key, StateStore, Write};
use trailhound_detect::tally::RejectReason;
use trailhound_testkit::azurite::Azurite;
use trailhound_testkit::measured::TABLE_REQUESTS;
use trailhound_testkit::spending::{self, Counted};
use trailhound_testkit::stores;
use trailhound_testkit::tls::Certificate;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_does_what_every_store_must() {
    let certificate = Certificate::new();
    let Some(azurite) = Azurite::start(&certificate, "what a real table remembers").await else { return };
    azurite.create_table("state").await;
    let table = Url::parse(&azurite.table_url("state")).unwrap();
    let open = || TableStore::new(&common::azure(&certificate), &table);
    stores::conforms("t1", open).await;
    let several: Vec<_> = (0..3).map(|_| Arc::new(open())).collect();
    stores::race("t1", &several).await;
}

#[tokio::test]
async fn entities_are_laid_out_as_documented() {
    let certificate = Certificate::new();
    let Some(azurite) = Azurite::start(&certificate, "the layout of a real table").await else { return };
    azurite.create_table("state").await;
    let table = Url::parse(&azurite.table_url("state")).unwrap();
    let store = TableStore::new(&common::azure(&certificate), &table);
    let scope = "00000000-0000-0000-0000-000000000001".to_owned();
    let key = Key { kind: ItemKind::Learning, scope, name: "clock".to_owned() };
    let write = Write { key, replaces: None, value: "{}".into(), expires_at: at(0) };
    assert!(matches!(store.commit(&[write]).await.unwrap()[..], [Committed::Done(_)]));
    let entities = azurite.entities("state").await;
    assert_eq!(entities.len(), 1);
    assert_eq!(entities[0]["PartitionKey"], "scope-00000000-0000-0000-0000-000000000001");
    assert_eq!(entities[0]["RowKey"], "learning-clock");
    assert_eq!(entities[0]["value"], "{}");
    assert_eq!(entities[0]["expires_at"], "1800000000");
}

#[tokio::test]
async fn a_table_that_is_missing_or_down_is_an_error_that_says_so() {
    let certificate = Certificate::new();
    let Some(mut azurite) = Azurite::start(&certificate, "a missing table").await else { return };
    let azure = common::azure(&certificate);
    let table = Url::parse(&azurite.table_url("absent")).unwrap();
    let key = |name: &str| Key { kind: ItemKind::Claim, scope: String::new(), name: name.to_owned() };
    let write = |name: &str| Write { key: key(name), replaces: None, value: "{}".into(), expires_at: at(0) };
    let store = TableStore::new(&azure, &table);
    for error in [
        store.load(&[key("0af1")]).await.unwrap_err(),
        store.commit(&[write("0af1")]).await.unwrap_err(),
        store.commit(&[write("0af1"), write("0af2")]).await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("TRAILHOUND_STATE_TABLE_URL"), "{error}");
    }
    azurite.kill().await;
    assert!(store.load(&[key("0af1")]).await.is_err());
    let begun = std::time::Instant::now();
    for finding in 0..1_000 {
        assert!(store.commit(&[write(&finding.to_string())]).await.is_err());
    }
    assert!(begun.elapsed().as_millis() < 500, "an outage costs one wait, not one for each finding");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_match_costs_three_operations_at_most() {
    let certificate = Certificate::new();
    let Some(azurite) = Azurite::start(&certificate, "what a match costs").await else { return };
    azurite.create_table("state").await;
    let table = Url::parse(&azurite.table_url("state")).unwrap();
    let operations = AtomicU64::new(0);
    let open =
        || Counted { store: TableStore::new(&common::azure(&certificate), &table), operations: &operations };
    let spent =
        spending::of_matches(|| Memory::lasting(open()), async || operations.load(Ordering::Relaxed)).await;
    println!("operations of the store: {spent:#?}");
    assert!(spent.most() <= 3, "{spent:?}");

    // Each operation is several requests at the same time, or one transaction for each scope.
    azurite.create_table("requests").await;
    let table = Url::parse(&azurite.table_url("requests")).unwrap();
    let open = || Memory::lasting(TableStore::new(&common::azure(&certificate), &table));
    let spent = spending::of_matches(open, async || azurite.table_requests().await).await;
    println!("requests to Table Storage: {spent:#?}");
    assert!(spent.known <= 6, "the bar: {spent:?}");
    assert!(spent.is_within(&TABLE_REQUESTS), "{spent:?}");
}

fn rejects(bodies: &[&str]) -> Vec<Reject> {
    let reject = |(n, body): (usize, &&str)| Reject {
        reason: RejectReason::NotJson,
        detail: "no JSON".to_owned(),
        origin: format!("eventhub://hubs-example/activity/0@{n}"),
        received_at: at(0),
        body: body.as_bytes().to_vec(),
        version: None,
        pointers: Vec::new(),
    };
    bodies.iter().enumerate().map(reject).collect()
}

/// When a place must have taken what it is offered.
fn soon() -> tokio::time::Instant {
    tokio::time::Instant::now() + std::time::Duration::from_secs(20)
}

#[tokio::test]
async fn rejects_are_parked_once_and_withdrawn() {
    let certificate = Certificate::new();
    let Some(azurite) = Azurite::start(&certificate, "parking in a real container").await else { return };
    azurite.create_container("rejects").await;
    let azure = common::azure(&certificate);
    let parking = Parking(BlobFolder::new(&azure, &Url::parse(&azurite.container_url("rejects")).unwrap()));

    let rejects = rejects(&["not json", "nor this"]);
    parking.until(soon()).park(&rejects).await.unwrap();
    parking.until(soon()).park(&rejects).await.unwrap();
    let blobs = azurite.blobs("rejects").await;
    assert_eq!(blobs, [name(&rejects)]);
    let object = azurite.blob("rejects", &blobs[0]).await;
    let mut text = String::new();
    flate2::read::GzDecoder::new(object.as_ref()).read_to_string(&mut text).unwrap();
    let lines: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[1]["origin"], "eventhub://hubs-example/activity/0@1");
    assert_eq!(lines[1]["body_base64"], "bm9yIHRoaXM=");

    parking.withdraw(&rejects).await.unwrap();
    parking.withdraw(&rejects).await.unwrap();
    assert!(azurite.blobs("rejects").await.is_empty());
}

#[tokio::test]
async fn a_container_that_is_missing_is_an_error_that_says_so() {
    let certificate = Certificate::new();
    let Some(azurite) = Azurite::start(&certificate, "a missing container").await else { return };
    let azure = common::azure(&certificate);
    let parking = Parking(BlobFolder::new(&azure, &Url::parse(&azurite.container_url("absent")).unwrap()));
    let error = parking.until(soon()).park(&rejects(&["x"])).await.unwrap_err();
    assert!(error.to_string().contains("TRAILHOUND_REJECTS_URL"), "{error}");
    assert_eq!(error.count, 1);
}

#[tokio::test]
async fn a_folder_of_blobs_is_read_as_one_of_objects_is() {
    let certificate = Certificate::new();
    let Some(azurite) = Azurite::start(&certificate, "a folder of blobs").await else { return };
    azurite.create_container("rules").await;
    for name in ["own/a.yml", "own/deeper/b.yaml", "own/a.tests.yml", "own-not/c.yml"] {
        azurite.put_blob("rules", name, name).await;
    }
    let azure = common::azure(&certificate);
    let container = azurite.container_url("rules");
    let at = |path: &str| BlobFolder::new(&azure, &Url::parse(&format!("{container}{path}")).unwrap());
    let names = async |folder: &BlobFolder| {
        let listed = folder.list().await.unwrap();
        assert!(listed.iter().all(|file| file.size > 0 && !file.version.is_empty()), "{listed:?}");
        let names: Vec<String> =
            listed.iter().filter_map(|file| file.name.strip_prefix(&container).map(str::to_owned)).collect();
        names
    };
    let folder = at("/own");
    assert_eq!(names(&folder).await, ["/own/a.tests.yml", "/own/a.yml", "/own/deeper/b.yaml"]);
    assert_eq!(names(&at("")).await.len(), 4);
    let one = at("/own/a.yml");
    assert_eq!(names(&one).await, ["/own/a.yml"]);
    for file in folder.list().await.unwrap() {
        let text = String::from_utf8(folder.read(&file.name).await.unwrap()).unwrap();
        assert!(file.name.ends_with(&text), "{} holds {text}", file.name);
    }
    let before = one.list().await.unwrap();
    azurite.put_blob("rules", "own/a.yml", "another").await;
    assert_ne!(one.list().await.unwrap(), before, "other content is another version");
    let error = at("/own/absent.yml").list().await.unwrap_err();
    assert!(error.contains("404"), "{error}");
}
