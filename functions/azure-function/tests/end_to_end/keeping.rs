//! What is parked, what is not acknowledged, and a store that is down.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use trailhound_testkit::event_grid::GridFault;
use trailhound_testkit::functions_host::{Failure, records};
use trailhound_testkit::tls::Certificate;

use super::common::{World, dull, run_command, storage};
use super::{MINUTE, attempt, balanced, first_attempt, parked};

#[tokio::test]
async fn poison_is_parked_at_once_and_costs_no_sibling() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "parked poison").await else { return };
    let world = World::new(&certificate).await;
    let worker = world.start_with(&certificate, &azurite).await;
    let bodies = vec![b"not json".to_vec(), records(&[run_command(1)]), br#"{"records":[{"a":1},"#.to_vec()];
    worker.invoke("detect", first_attempt(bodies.clone()), MINUTE).await.unwrap();
    assert_eq!(world.grid.accepted().len(), 1);
    let lines = parked(&azurite).await;
    let origins: BTreeSet<&str> = lines.iter().map(|line| line["origin"].as_str().unwrap()).collect();
    assert_eq!(
        origins,
        BTreeSet::from(["eventhub://hubs-example/activity/0@1", "eventhub://hubs-example/activity/0@3"])
    );
    assert!(lines.iter().any(|line| line["reason"] == "not_json" && line["body_base64"] == "bm90IGpzb24="));
    let account = &worker.accounts()[0];
    balanced(account);
    // The host delivers the same batch again: the same object, no second alert.
    worker.invoke("detect", first_attempt(bodies), MINUTE).await.unwrap();
    assert_eq!(parked(&azurite).await.len(), lines.len());
    assert_eq!(world.grid.accepted().len(), 1);
}

#[tokio::test]
async fn poison_that_cannot_be_parked_is_not_acknowledged() {
    let certificate = Certificate::new();
    let Some(mut azurite) = storage(&certificate, "a container that is down").await else { return };
    let world = World::new(&certificate).await;
    let worker = world.start_with(&certificate, &azurite).await;
    azurite.kill().await;
    let bodies = vec![b"not json".to_vec(), records(&[run_command(1)])];
    let failure = worker.invoke("detect", first_attempt(bodies), MINUTE).await.unwrap_err();
    let Failure::Status(503, body) = failure else { panic!("{failure:?}") };
    assert!(body.contains("could not park 1 rejected"), "{body}");
    assert_eq!(world.grid.accepted().len(), 1, "the sibling was published all the same");
}

#[tokio::test]
async fn an_outage_is_a_5xx_and_on_the_last_attempt_all_that_is_unfinished_is_parked() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "an outage of Event Grid").await else { return };
    let world = World::new(&certificate).await;
    let worker = world.start_with(&certificate, &azurite).await;
    world.grid.always(Some(GridFault::Status(503, Some(3_600))));
    let bodies = vec![records(&[run_command(1)]), records(&[dull(2)]), records(&[run_command(3)])];

    let begun = Instant::now();
    let failure = worker.invoke("detect", first_attempt(bodies.clone()), MINUTE).await.unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
    let Failure::Status(503, body) = failure else { panic!("{failure:?}") };
    assert!(body.contains("HTTP 503"), "{body}");
    let account = worker.accounts().pop().unwrap();
    assert_eq!((&account["matches"], &account["deferred"]), (&2.into(), &2.into()));
    balanced(&account);
    assert!(parked(&azurite).await.is_empty(), "there are attempts left");

    worker.invoke("detect", attempt(bodies.clone(), 5), MINUTE).await.expect("parked, so acknowledged");
    let lines = parked(&azurite).await;
    let origins: Vec<&str> = lines.iter().map(|line| line["origin"].as_str().unwrap()).collect();
    assert_eq!(origins, ["eventhub://hubs-example/activity/0@1", "eventhub://hubs-example/activity/0@3"]);
    assert!(lines.iter().all(|line| line["reason"] == "unpublished"));
    balanced(&worker.accounts().pop().unwrap());

    world.grid.clear();
    worker.invoke("detect", attempt(bodies, 5), MINUTE).await.unwrap();
    assert_eq!(world.grid.accepted().len(), 2);
    assert!(parked(&azurite).await.is_empty(), "what was published at last is parked no longer");
}

#[tokio::test]
async fn a_store_that_is_down_does_not_hold_up_an_alert() {
    let certificate = Certificate::new();
    let Some(mut azurite) = storage(&certificate, "a table that is down").await else { return };
    let world = World::new(&certificate).await;
    let worker = world.start_with(&certificate, &azurite).await;
    azurite.kill().await;
    worker.invoke("detect", first_attempt(vec![records(&[run_command(1)])]), MINUTE).await.unwrap();
    assert_eq!(world.grid.accepted().len(), 1);
    let account = &worker.accounts()[0];
    assert!(account["state_unavailable"].is_string(), "{account}");
}
