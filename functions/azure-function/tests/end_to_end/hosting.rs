//! The process under the host: answers, signals, kills, partitions.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;
use trailhound_testkit::event_grid::GridFault;
use trailhound_testkit::functions_host::{Host, Partition, RetryPolicy, records};
use trailhound_testkit::tls::Certificate;

use super::common::{World, dull, run_command, storage};
use super::{MINUTE, balanced, first_attempt, ids, parked};

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
        // It is a reject, and this worker has no place for one.
        assert_eq!(reply.status, if path == "/detect" { 503 } else { 404 }, "{path} {body:?}");
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
async fn a_signal_while_idle_ends_it_soon_and_never_with_0() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let mut worker = world.start(&certificate).await;
    worker.invoke("detect", first_attempt(vec![records(&[run_command(1)])]), MINUTE).await.unwrap();
    assert_eq!(worker.terminate(Duration::from_secs(8)).await, Some(143));
    assert!(worker.errors().is_empty(), "{:?}", worker.errors());
}

#[tokio::test]
async fn a_request_that_does_not_end_holds_up_no_signal() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    for begun in [
        "POST /detect HT",
        "POST /detect HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{\"Data\":{\"events\":\"",
    ] {
        let mut worker = world.start(&certificate).await;
        let mut connection = TcpStream::connect(("127.0.0.1", worker.port())).unwrap();
        connection.write_all(begun.as_bytes()).unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(worker.terminate(Duration::from_secs(8)).await, Some(143), "{begun}");
        assert!(worker.accounts().is_empty(), "it was never whole: {begun}");
        assert!(worker.errors().is_empty(), "{:?}", worker.errors());
    }
}

#[tokio::test]
async fn a_batch_whose_sender_hung_up_is_seen_through_before_the_end() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let mut worker = world.start(&certificate).await;
    world.grid.fail([GridFault::Slow(Duration::from_secs(1))]);
    let body = first_attempt(vec![records(&[run_command(1)])]);
    let mut connection = TcpStream::connect(("127.0.0.1", worker.port())).unwrap();
    let head = format!("POST /detect HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
    connection.write_all(&[head.as_bytes(), &body].concat()).unwrap();
    while world.grid.seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(connection);
    assert_eq!(worker.terminate(Duration::from_secs(8)).await, Some(143));
    assert_eq!(worker.accounts()[0]["published"], 1);
}

#[tokio::test]
async fn a_signal_while_publishing_parks_the_work_and_asks_for_another_attempt() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "a signal while publishing").await else { return };
    let world = World::new(&certificate).await;
    let mut worker = world.start_with(&certificate, &azurite).await;
    world.grid.always(Some(GridFault::Status(503, Some(5))));
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

#[tokio::test]
async fn killed_mid_batch_it_is_delivered_again_under_the_same_id() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "a kill while publishing").await else { return };
    let world = World::new(&certificate).await;
    let mut worker = world.start_with(&certificate, &azurite).await;
    // Accepted, but the answer takes longer than the process lives.
    world.grid.fail([GridFault::Slow(Duration::from_secs(2))]);
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
        GridFault::Status(429, Some(1)),
        GridFault::DropAccepted,
        GridFault::Status(500, None),
        GridFault::Drop,
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
    assert!(lines.iter().all(|line| line["reason"] == "foreign_form"));
    for worker in &workers {
        worker.accounts().iter().for_each(balanced);
    }
}

#[tokio::test]
async fn the_chore_that_posts_a_sample_does_as_the_host() {
    let certificate = Certificate::new();
    let mixed = [
        "azure-vm-runcommand-v1",
        "entra-risky-signin-success",
        "entra-signin-then-azure-machine",
        "entra-sp-new-asn",
    ];
    let samples: [(&str, &[&str]); 3] = [
        ("example-eventhub-activity-run-command.json", &["azure-vm-runcommand-v1"]),
        ("example-eventhub-activity-start-only.json", &[]),
        ("example-eventhub-mixed-array.json", &mixed),
    ];
    for (sample, rules) in samples {
        // A store for each: the samples are about the same people, and what is remembered of one adds to the next.
        let Some(azurite) = storage(&certificate, "posting samples by hand").await else { return };
        let world = World::new(&certificate).await;
        let worker = world.start_with(&certificate, &azurite).await;
        let chore = tokio::process::Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--package", "xtask", "--", "azure", "invoke"])
            .arg(format!("events/{sample}"))
            .current_dir(trailhound_testkit::tools::root())
            .env("FUNCTIONS_CUSTOMHANDLER_PORT", worker.port().to_string())
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&chore.stdout);
        assert!(chore.status.success(), "{sample}: {said}{}", String::from_utf8_lossy(&chore.stderr));
        assert!(said.starts_with("HTTP/1.1 200"), "{sample}: {said}");
        assert!(said.contains(r#"{"Logs":[],"Outputs":{},"ReturnValue":null}"#), "{sample}: {said}");
        let accepted = world.grid.accepted();
        let mut found: Vec<&str> = accepted.iter().map(|event| event["ruleid"].as_str().unwrap()).collect();
        found.sort_unstable();
        assert_eq!(found, rules, "{sample}");
        for finding in &accepted {
            let members = finding["data"]["finding_info"]["related_events"].as_array().unwrap();
            let titled = members.iter().filter(|member| member["title"].is_string()).count();
            let together = finding["ruleid"] == "entra-signin-then-azure-machine";
            assert_eq!(titled, if together { 2 } else { 0 }, "{sample}: {finding}");
        }
        // The line is written before the answer, and may be read after it.
        let answered = Instant::now();
        while worker.accounts().is_empty() && answered.elapsed() < Duration::from_secs(5) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(worker.accounts()[0]["origin"], "eventhub://local/local/0@1");
        worker.accounts().iter().for_each(balanced);
    }
}
