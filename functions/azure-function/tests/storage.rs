//! The table and the container against Azurite, over TLS, with tokens.

mod common;

use std::io::Read;

use azure_core::http::Url;
use jiff::{SignedDuration, Timestamp};
use trailhound_azure_function::parking::{BlobParking, Parking, name};
use trailhound_azure_function::table::TableStore;
use trailhound_detect::ports::{Claim, Reject, RejectSink, StateStore};
use trailhound_detect::tally::RejectReason;
use trailhound_testkit::azurite::Azurite;
use trailhound_testkit::tls::Certificate;

const LEASE: SignedDuration = SignedDuration::from_secs(5);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

#[tokio::test]
async fn a_claim_is_won_once_held_for_its_lease_and_published_for_good() {
    let certificate = Certificate::new();
    let Some(azurite) = Azurite::start(&certificate, "the claims on a real table").await else { return };
    azurite.create_table("state").await;
    let azure = common::azure(&certificate);
    let table = Url::parse(&azurite.table_url("state")).unwrap();
    let store = TableStore::new(&azure, &table);

    assert_eq!(store.claim("0af1", "one", at(0), LEASE).await, Ok(Claim::Won));
    assert_eq!(store.claim("0af1", "one", at(1), LEASE).await, Ok(Claim::Won), "its own claim, again");
    assert_eq!(store.claim("0af1", "two", at(2), LEASE).await, Ok(Claim::Held(at(6))));
    assert_eq!(store.claim("0af1", "two", at(6), LEASE).await, Ok(Claim::Won), "the lease ran out");
    assert_eq!(store.claim("0af1", "one", at(7), LEASE).await, Ok(Claim::Held(at(11))));
    store.published("0af1", at(8)).await.unwrap();
    assert_eq!(store.claim("0af1", "two", at(9), LEASE).await, Ok(Claim::Published));
    assert_eq!(store.claim("0af1", "one", at(900), LEASE).await, Ok(Claim::Published));

    let entities = azurite.entities("state").await;
    assert_eq!(entities.len(), 1);
    assert_eq!(entities[0]["PartitionKey"], "finding-0af1");
    assert_eq!(entities[0]["RowKey"], "claim");
    let expires: i64 = entities[0]["expires_at"].as_str().unwrap().parse().unwrap();
    assert!(expires > at(8).as_second() + 80 * 86_400);
    // Past that it is as if it had never been.
    let late = Timestamp::from_second(expires + 1).unwrap();
    assert_eq!(store.claim("0af1", "three", late, LEASE).await, Ok(Claim::Won));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_claimants_at_once_one_wins() {
    let certificate = Certificate::new();
    let Some(azurite) = Azurite::start(&certificate, "contended claims on a real table").await else {
        return;
    };
    azurite.create_table("state").await;
    let azure = common::azure(&certificate);
    let table = Url::parse(&azurite.table_url("state")).unwrap();
    for round in 0..10 {
        let finding = format!("finding{round}");
        // Every second round the claim of one that died is fought over.
        if round % 2 == 0 {
            let store = TableStore::new(&azure, &table);
            assert_eq!(store.claim(&finding, "dead", at(-60), LEASE).await, Ok(Claim::Won));
        }
        let mut claims = tokio::task::JoinSet::new();
        for claimant in 0..8 {
            let (store, finding) = (TableStore::new(&azure, &table), finding.clone());
            claims.spawn(async move {
                store.claim(&finding, &format!("c{claimant}"), at(0), LEASE).await.unwrap()
            });
        }
        let won = claims.join_all().await.into_iter().filter(|claim| *claim == Claim::Won).count();
        assert_eq!(won, 1, "round {round}");
    }
}

#[tokio::test]
async fn callers_are_kept_and_read_back() {
    let certificate = Certificate::new();
    let Some(azurite) = Azurite::start(&certificate, "callers on a real table").await else { return };
    azurite.create_table("state").await;
    let azure = common::azure(&certificate);
    let store = TableStore::new(&azure, &Url::parse(&azurite.table_url("state")).unwrap());
    let operation = "microsoft.compute/virtualmachines/runcommand/action|/subscriptions/0/vm#1|'x'";
    assert_eq!(store.caller(operation).await, Ok(None));
    store.put_caller(operation, r#"{"ip":"198.51.100.7"}"#, Timestamp::now()).await.unwrap();
    assert_eq!(store.caller(operation).await, Ok(Some(r#"{"ip":"198.51.100.7"}"#.to_owned())));
}

#[tokio::test]
async fn a_table_that_is_missing_or_down_is_an_error_that_says_so() {
    let certificate = Certificate::new();
    let Some(mut azurite) = Azurite::start(&certificate, "a missing table").await else { return };
    let azure = common::azure(&certificate);
    let table = Url::parse(&azurite.table_url("absent")).unwrap();
    let missing = TableStore::new(&azure, &table).claim("0af1", "one", at(0), LEASE).await.unwrap_err();
    assert!(missing.to_string().contains("TRAILHOUND_STATE_TABLE_URL"), "{missing}");
    azurite.kill().await;
    let store = TableStore::new(&azure, &table);
    assert!(store.claim("0af1", "one", at(0), LEASE).await.is_err());
    let begun = std::time::Instant::now();
    for finding in 0..1_000 {
        assert!(store.claim(&finding.to_string(), "one", at(1), LEASE).await.is_err());
    }
    assert!(begun.elapsed().as_millis() < 500, "an outage costs one wait, not one for each finding");
}

fn rejects(bodies: &[&str]) -> Vec<Reject> {
    let reject = |(n, body): (usize, &&str)| Reject {
        reason: RejectReason::NotJson,
        detail: "no JSON".to_owned(),
        origin: format!("eventhub://hubs-example/activity/0@{n}"),
        received_at: at(0),
        body: body.as_bytes().to_vec(),
    };
    bodies.iter().enumerate().map(reject).collect()
}

#[tokio::test]
async fn rejects_are_parked_once_and_withdrawn() {
    let certificate = Certificate::new();
    let Some(azurite) = Azurite::start(&certificate, "parking in a real container").await else { return };
    azurite.create_container("rejects").await;
    let azure = common::azure(&certificate);
    let parking = BlobParking::new(&azure, &Url::parse(&azurite.container_url("rejects")).unwrap());

    let rejects = rejects(&["not json", "nor this"]);
    parking.park(&rejects).await.unwrap();
    parking.park(&rejects).await.unwrap();
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
    let parking = BlobParking::new(&azure, &Url::parse(&azurite.container_url("absent")).unwrap());
    let error = parking.park(&rejects(&["x"])).await.unwrap_err();
    assert!(error.to_string().contains("TRAILHOUND_REJECTS_URL"), "{error}");
    assert_eq!(error.count, 1);
}
