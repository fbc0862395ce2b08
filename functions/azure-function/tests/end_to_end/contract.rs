//! What leaves: the same findings whatever the serialisation, one for each operation.

use std::collections::BTreeSet;

use serde_json::Value;
use trailhound_testkit::contract::assert_kept;
use trailhound_testkit::event_grid::GridFault;
use trailhound_testkit::functions_host::{Batch, Position, Wrapping, records, request};
use trailhound_testkit::tls::Certificate;

use super::common::{World, dull, run_command, storage};
use super::{MINUTE, balanced, common, events, first_attempt};

#[tokio::test]
async fn every_serialisation_gives_the_same_finding() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let mut first: Option<Value> = None;
    for wrapping in Wrapping::ALL {
        let worker = world.start(&certificate).await;
        let events = events(vec![records(&[run_command(1), dull(2)])]);
        let body = request(&Batch { position: Position::default(), events: &events, retry: None }, wrapping);
        let answer = worker.invoke("detect", body, MINUTE).await.unwrap();
        assert_eq!(answer, serde_json::json!({"Outputs": {}, "Logs": [], "ReturnValue": null}));
        let accepted = world.grid.accepted();
        assert_eq!(accepted.len(), 1, "{wrapping:?}");
        let event = &accepted[0];
        assert_eq!(event["type"], "dev.trailhound.finding.created.v1");
        assert_eq!(event["source"], "urn:trailhound:azure:00000000-0000-0000-0000-000000000001");
        assert_eq!(event["ruleid"], "azure-vm-runcommand-v1");
        assert_eq!(event["origin"], "eventhub://hubs-example/activity/0@1#1");
        let mut event = event.clone();
        // When it was processed may differ, and for arrays of objects nothing else does either.
        event["data"]["metadata"]["processed_time"] = Value::Null;
        event["data"]["finding_info"]["created_time"] = Value::Null;
        if let Some(first) = &first {
            assert_eq!(event["id"], first["id"], "{wrapping:?}");
        } else {
            first = Some(event);
        }
        let accounts = worker.accounts();
        assert_eq!(accounts.len(), 1);
        assert_eq!((&accounts[0]["records"], &accounts[0]["published"]), (&2.into(), &1.into()));
        balanced(&accounts[0]);
        assert!(accounts[0]["notices"].is_null(), "{}", accounts[0]);
        assert!(worker.errors().is_empty(), "{:?}", worker.errors());
        world.grid.clear();
    }
    let asked: BTreeSet<String> = world.identity.asked().into_iter().collect();
    assert_eq!(asked, BTreeSet::from(["https://eventgrid.azure.net".to_owned()]));
}

#[tokio::test]
async fn one_operation_is_one_finding_within_a_batch_and_across_batches_and_processes() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "findings across processes").await else { return };
    let world = World::new(&certificate).await;
    let start = trailhound_testkit::records::run_command(7, "Start");
    let accept = trailhound_testkit::records::run_command(7, "Accept");
    let success = trailhound_testkit::records::run_command(7, "Success");

    let worker = world.start_with(&certificate, &azurite).await;
    worker.invoke("detect", first_attempt(vec![records(&[start])]), MINUTE).await.unwrap();
    assert!(world.grid.accepted().is_empty(), "a Start alone never alerts");
    let both =
        first_attempt(vec![records(std::slice::from_ref(&accept)), records(std::slice::from_ref(&success))]);
    worker.invoke("detect", both.clone(), MINUTE).await.unwrap();
    assert_eq!(world.grid.accepted().len(), 1);
    worker.invoke("detect", both.clone(), MINUTE).await.unwrap();
    let other = world.start_with(&certificate, &azurite).await;
    other.invoke("detect", first_attempt(vec![records(&[success])]), MINUTE).await.unwrap();
    assert_eq!(world.grid.accepted().len(), 1, "published once, whoever sees it again");
    let again = &other.accounts()[0];
    assert_eq!((&again["matches"], &again["duplicates"]), (&1.into(), &1.into()));
    balanced(again);
    assert!(azurite.blobs("rejects").await.is_empty());
}

#[tokio::test]
async fn a_canary_comes_through_whatever_the_least_level() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let mut settings = world.settings(&certificate);
    settings.insert("TRAILHOUND_MIN_LEVEL".to_owned(), "critical".to_owned());
    let worker = common::worker(settings).await;
    let body = first_attempt(vec![br#"{"trailhound":"canary"}"#.to_vec(), records(&[run_command(1)])]);
    worker.invoke("detect", body.clone(), MINUTE).await.unwrap();
    worker.invoke("detect", body, MINUTE).await.unwrap();
    let accepted = world.grid.accepted();
    assert_eq!(accepted.len(), 1, "one for each event, however often it is delivered");
    assert_eq!(
        (&accepted[0]["ruleid"], &accepted[0]["severity"]),
        (&"trailhound-canary".into(), &"informational".into())
    );
    let account = &worker.accounts()[0];
    assert_eq!((&account["notices"]["canary"], &account["suppressed"]), (&1.into(), &1.into()), "{account}");
    balanced(account);

    world.grid.always(Some(GridFault::Status(403, None)));
    let lost = first_attempt(vec![b"{}".to_vec(), br#"{"trailhound": "canary"}"#.to_vec()]);
    worker.invoke("detect", lost, MINUTE).await.unwrap_err();
    assert!(worker.accounts().pop().unwrap()["notices"]["canary"].is_null(), "it did not come through");
}

/// Bodies that Event Hubs carries or may carry: every sample that is no file of its own.
fn samples() -> Vec<(String, Vec<u8>)> {
    let folder = trailhound_testkit::tools::root().join("events");
    let mut samples: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap()))
        .collect();
    samples.sort();
    samples
}

#[tokio::test]
async fn findings_keep_the_contract_of_both_clouds_and_are_what_scan_finds() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_trailhound-azure"));
    let mut matched = 0;
    for (name, body) in samples() {
        let worker = world.start(&certificate).await;
        worker.invoke("detect", first_attempt(vec![body.clone()]), MINUTE).await.unwrap();
        let accepted = world.grid.accepted();
        println!("{name}: {}", accepted.len());
        assert_kept(&accepted, program, &body, true);
        assert!(accepted.iter().all(|finding| {
            finding["origin"].as_str().unwrap().starts_with("eventhub://hubs-example/activity/0@1#")
        }));
        matched += usize::from(!accepted.is_empty());
        worker.accounts().iter().for_each(balanced);
        assert!(worker.errors().is_empty(), "{name}: {:?}", worker.errors());
        world.grid.clear();
    }
    assert!(matched >= 12, "only {matched} samples have findings");
}
