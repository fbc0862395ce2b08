//! The real binary, called as the Functions host calls it, against Event Grid and identity over TLS and Azurite.

mod common;

use std::collections::BTreeSet;
use std::io::Read;
use std::time::{Duration, Instant};

use common::{World, dull, run_command, run_command_record, storage};
use serde_json::Value;
use trailhound_testkit::azurite::Azurite;
use trailhound_testkit::event_grid::Fault;
use trailhound_testkit::functions_host::{
    Batch, Event, Failure, Host, Partition, Position, Retry, RetryPolicy, Wrapping, records, request,
};
use trailhound_testkit::tls::Certificate;

const MINUTE: Duration = Duration::from_mins(1);

fn events(bodies: Vec<Vec<u8>>) -> Vec<Event> {
    (1..).zip(bodies).map(|(sequence, body)| Event { sequence, body }).collect()
}

fn first_attempt(bodies: Vec<Vec<u8>>) -> Vec<u8> {
    request(&Batch { position: Position::default(), events: &events(bodies), retry: None }, Wrapping::Strings)
}

fn attempt(bodies: Vec<Vec<u8>>, count: i64) -> Vec<u8> {
    let retry = Some(Retry { count, max: 5 });
    request(&Batch { position: Position::default(), events: &events(bodies), retry }, Wrapping::Strings)
}

fn ids(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

/// Every line parked, from all objects.
async fn parked(azurite: &Azurite<'_>) -> Vec<Value> {
    let mut lines = Vec::new();
    for blob in azurite.blobs("rejects").await {
        let object = azurite.blob("rejects", &blob).await;
        let mut text = String::new();
        flate2::read::GzDecoder::new(object.as_ref()).read_to_string(&mut text).unwrap();
        lines.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()));
    }
    lines
}

fn balanced(account: &Value) {
    let figure = |name: &str| account[name].as_u64().unwrap_or_else(|| panic!("{name} in {account}"));
    let rejected: u64 = account["rejected"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(figure("records"), figure("evaluated") + rejected, "{account}");
    let settled = figure("published") + figure("suppressed") + figure("duplicates") + figure("deferred");
    assert_eq!(figure("matches"), settled, "{account}");
}

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
    let start = run_command_record(7, "Start", "Started.");
    let accept = run_command_record(7, "Accept", "Accepted.Accepted");
    let success = run_command_record(7, "Success", "Succeeded.OK");

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
async fn an_outage_is_a_5xx_and_on_the_last_attempt_all_that_is_unfinished_is_parked() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "an outage of Event Grid").await else { return };
    let world = World::new(&certificate).await;
    let worker = world.start_with(&certificate, &azurite).await;
    world.grid.always(Some(Fault::Status(503, Some(3_600))));
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
async fn faults_that_pass_are_waited_out() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let worker = world.start(&certificate).await;
    let faults = [
        Fault::Status(429, Some(1)),
        Fault::Status(500, None),
        Fault::Drop,
        Fault::Status(401, None),
        Fault::Status(503, Some(1)),
    ];
    world.grid.fail(faults);
    let begun = Instant::now();
    worker.invoke("detect", first_attempt(vec![records(&[run_command(1)])]), MINUTE).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(2), "both Retry-After were honoured");
    let seen = world.grid.seen();
    assert_eq!(seen.iter().map(|seen| seen.status).collect::<Vec<_>>(), [429, 500, 0, 401, 503, 200]);
    assert!(seen.iter().all(|seen| seen.problem.is_none()), "{seen:?}");
    assert_eq!(world.grid.accepted().len(), 1);
}

#[tokio::test]
async fn refusals_name_what_an_operator_can_do() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let worker = world.start(&certificate).await;
    for (status, hint) in
        [(401, "AZURE_CLIENT_ID"), (403, "EventGrid Data Sender"), (404, "TRAILHOUND_EVENT_GRID_ENDPOINT")]
    {
        world.grid.always(Some(Fault::Status(status, None)));
        let bodies = vec![records(&[run_command(u64::from(status))])];
        let failure = worker.invoke("detect", first_attempt(bodies), MINUTE).await.unwrap_err();
        let Failure::Status(503, body) = failure else { panic!("{failure:?}") };
        assert!(body.contains(hint), "{status}: {body}");
    }
}

#[tokio::test]
async fn many_findings_go_in_batches_that_are_halved_where_they_must_be() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let worker = world.start(&certificate).await;
    let all: Vec<Value> = (0..250).map(run_command).collect();
    world.grid.fail([Fault::Shrink(100_000)]);
    worker.invoke("detect", first_attempt(vec![records(&all)]), MINUTE).await.unwrap();
    let accepted = world.grid.accepted();
    assert_eq!(accepted.len(), 250);
    assert_eq!(ids(&accepted).into_iter().collect::<BTreeSet<_>>().len(), 250);
    let seen = world.grid.seen();
    assert!(seen.iter().any(|seen| seen.status == 413));
    assert!(seen.iter().all(|seen| seen.bytes <= 1_000_000));
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
async fn what_is_no_invocation_still_gets_an_answer_with_a_body() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let worker = world.start(&certificate).await;
    assert_eq!(worker.get("/").await.unwrap().status, 200);
    for (path, body) in
        [("/detect", "not json"), ("/detect", ""), ("/detect", "{}"), ("/", "{}"), ("/other", "{}")]
    {
        let reply = worker.post(path, body.into()).await.unwrap();
        assert!(
            serde_json::from_slice::<Value>(&reply.body).unwrap().is_object(),
            "{path} {body:?}: {reply:?}"
        );
        assert!(reply.content_type.unwrap().starts_with("application/json"));
        assert_eq!(reply.status, if path == "/detect" { 200 } else { 404 }, "{path} {body:?}");
    }
    let reply = worker.get("/detect").await.unwrap();
    assert!(!reply.body.is_empty());
    for account in worker.accounts() {
        balanced(&account);
        assert_eq!(account["rejected"]["unknown_record"], 1);
    }
    assert!(worker.errors().is_empty(), "{:?}", worker.errors());
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

    world.grid.always(Some(Fault::Status(403, None)));
    let lost = first_attempt(vec![b"{}".to_vec(), br#"{"trailhound": "canary"}"#.to_vec()]);
    worker.invoke("detect", lost, MINUTE).await.unwrap_err();
    assert!(worker.accounts().pop().unwrap()["notices"]["canary"].is_null(), "it did not come through");
}

/// A suppression of the one who runs the commands, until the day given.
fn suppressions(expires: jiff::civil::Date) -> String {
    format!(
        "version: 1
suppressions:
  - id: alice-runs-them
    rules: [azure-vm-runcommand-v1]
    when: {{subscription: [00000000-0000-0000-0000-000000000001]}}
    action: drop
    reason: a test
    owner: platform@example.com
    expires: {expires}
"
    )
}

#[tokio::test]
async fn suppressions_come_from_a_blob_and_a_bad_file_is_said_aloud() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "suppressions in a blob").await else { return };
    let world = World::new(&certificate).await;
    let soon = jiff::Zoned::now().date().saturating_add(jiff::Span::new().days(10));
    azurite.put_blob("rejects", "good.yml", &suppressions(soon)).await;
    azurite.put_blob("rejects", "bad.yml", "version: 1\nsuppressions: [{id: x}]\n").await;
    for (file, published, suppressed) in [("good.yml", 0, 1), ("bad.yml", 1, 0), ("absent.yml", 1, 0)] {
        let mut settings = world.settings(&certificate);
        let url = format!("{}/{file}", azurite.container_url("rejects"));
        settings.insert("TRAILHOUND_SUPPRESSIONS_URL".to_owned(), url);
        let worker = common::worker(settings).await;
        worker.invoke("detect", first_attempt(vec![records(&[run_command(1)])]), MINUTE).await.unwrap();
        let account = &worker.accounts()[0];
        let figures = (&account["published"], &account["suppressed"]);
        assert_eq!(figures, (&published.into(), &suppressed.into()), "{file}: {account}");
        let said = worker.output().iter().any(|line| line.contains("\"event\":\"rules_invalid\""));
        assert_eq!(said, file != "good.yml", "{file}: {:?}", worker.output());
    }
}

#[tokio::test]
async fn a_bad_file_of_the_deployment_keeps_it_from_starting() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_trailhound-azure"))
        .env_clear()
        .envs(world.settings(&certificate))
        .env("FUNCTIONS_CUSTOMHANDLER_PORT", "39801")
        .env("TRAILHOUND_SUPPRESSIONS_URL", "absent.yml")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr.is_empty());
    assert!(String::from_utf8_lossy(&output.stdout).contains("absent.yml cannot be read"));
}

#[tokio::test]
async fn a_signal_while_idle_ends_it_soon_and_never_with_0() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let mut worker = world.start(&certificate).await;
    worker.invoke("detect", first_attempt(vec![records(&[run_command(1)])]), MINUTE).await.unwrap();
    assert_eq!(worker.terminate(Duration::from_secs(8)).await, Some(143));
    assert!(worker.errors().is_empty(), "{:?}", worker.errors());
}

#[tokio::test]
async fn a_signal_while_publishing_parks_the_work_and_asks_for_another_attempt() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "a signal while publishing").await else { return };
    let world = World::new(&certificate).await;
    let mut worker = world.start_with(&certificate, &azurite).await;
    world.grid.always(Some(Fault::Status(503, Some(5))));
    let (answer, ended) = {
        let posting = worker.post("/detect", first_attempt(vec![records(&[run_command(1)])]));
        tokio::pin!(posting);
        // Let it come as far as waiting for Event Grid.
        while world.grid.seen().is_empty() {
            tokio::select! {
                reply = &mut posting => panic!("answered already: {reply:?}"),
                () = tokio::time::sleep(Duration::from_millis(20)) => {}
            }
        }
        let signal = std::process::Command::new("kill").arg(worker.pid().unwrap().to_string()).status();
        assert!(signal.unwrap().success());
        (posting.await.unwrap(), Instant::now())
    };
    assert_eq!(answer.status, 503);
    let lines = parked(&azurite).await;
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["reason"], "unpublished");
    while worker.is_alive() {
        assert!(ended.elapsed() < Duration::from_secs(8));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn bad_settings_are_all_named_and_the_status_is_2() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_trailhound-azure"))
        .env_clear()
        .env("TRAILHOUND_REJECTS_URL", "nowhere")
        .env("TRAILHOUND_MIN_LEVEL", "loud")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let line: Value = serde_json::from_str(text.trim()).expect("one line, JSON");
    for name in [
        "FUNCTIONS_CUSTOMHANDLER_PORT",
        "TRAILHOUND_EVENT_GRID_ENDPOINT",
        "TRAILHOUND_REJECTS_URL",
        "TRAILHOUND_MIN_LEVEL",
    ] {
        assert!(line["message"].as_str().unwrap().contains(name), "{name} in {line}");
    }
}

#[tokio::test]
async fn killed_mid_batch_it_is_delivered_again_under_the_same_id() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "a kill while publishing").await else { return };
    let world = World::new(&certificate).await;
    let mut worker = world.start_with(&certificate, &azurite).await;
    // Accepted, but the answer takes longer than the process lives.
    world.grid.fail([Fault::Slow(Duration::from_secs(2))]);
    let body = first_attempt(vec![records(&[run_command(1)])]);
    {
        let posting = worker.post("/detect", body.clone());
        tokio::pin!(posting);
        tokio::select! {
            reply = &mut posting => panic!("answered already: {reply:?}"),
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
    worker.kill().await;
    worker.restart().await;
    let begun = Instant::now();
    worker.invoke("detect", body, MINUTE).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10), "the dead one's claim holds for seconds only");
    let accepted = ids(&world.grid.accepted());
    assert!(!accepted.is_empty());
    assert!(accepted.iter().all(|id| *id == accepted[0]), "{accepted:?}");
}

#[tokio::test]
async fn partitions_are_drained_together_through_faults_and_kills() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "partitions under faults").await else { return };
    let world = World::new(&certificate).await;
    let mut workers =
        [world.start_with(&certificate, &azurite).await, world.start_with(&certificate, &azurite).await];
    let mut partitions: Vec<Partition> = (0..2_u64)
        .map(|partition| {
            let bodies = (0..20).map(|at| match at % 5 {
                4 => b"<html>not json</html>".to_vec(),
                // Both partitions carry it: two trails of the same operation.
                3 => records(&[run_command(1_000 + at)]),
                _ => records(&[run_command(partition * 100 + at), dull(at)]),
            });
            Partition::new(&partition.to_string(), bodies)
        })
        .collect();
    world.grid.fail([
        Fault::Status(429, Some(1)),
        Fault::DropAccepted,
        Fault::Status(500, None),
        Fault::Drop,
    ]);
    let host = Host {
        batch: 4,
        retry: RetryPolicy { max: 5, delay: Duration::from_millis(200) },
        ..Host::default()
    };
    let (first, second) = partitions.split_at_mut(1);
    let (one, two) = workers.split_at_mut(1);
    tokio::join!(host.drain(&mut one[0], &mut first[0]), async {
        host.next_batch(&mut two[0], &mut second[0]).await;
        two[0].kill().await;
        host.drain(&mut two[0], &mut second[0]).await;
    });
    let accepted = ids(&world.grid.accepted());
    let distinct: BTreeSet<&String> = accepted.iter().collect();
    assert_eq!(distinct.len(), 2 * 12 + 4, "every finding, and none that is not");
    let twice = accepted.len() - distinct.len();
    assert!(twice <= 4, "{twice} more than once, of which the dropped answer explains one batch");
    let lines = parked(&azurite).await;
    assert_eq!(lines.len(), 8);
    assert!(lines.iter().all(|line| line["reason"] == "not_json"));
    for worker in &workers {
        worker.accounts().iter().for_each(balanced);
    }
}
