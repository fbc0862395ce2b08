//! Event Grid's faults, refusals and limits.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;
use trailhound_testkit::event_grid::GridFault;
use trailhound_testkit::functions_host::{Failure, records};
use trailhound_testkit::tls::Certificate;

use super::common::{World, run_command};
use super::{MINUTE, first_attempt, ids};

#[tokio::test]
async fn faults_that_pass_are_waited_out() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let worker = world.start(&certificate).await;
    let faults = [
        GridFault::Status(429, Some(1)),
        GridFault::Status(500, None),
        GridFault::Drop,
        GridFault::Status(401, None),
        GridFault::Status(503, Some(1)),
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
        world.grid.always(Some(GridFault::Status(status, None)));
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
    world.grid.fail([GridFault::Shrink(100_000)]);
    worker.invoke("detect", first_attempt(vec![records(&all)]), MINUTE).await.unwrap();
    let accepted = world.grid.accepted();
    assert_eq!(accepted.len(), 250);
    assert_eq!(ids(&accepted).into_iter().collect::<BTreeSet<_>>().len(), 250);
    let seen = world.grid.seen();
    assert!(seen.iter().any(|seen| seen.status == 413));
    assert!(seen.iter().all(|seen| seen.bytes <= 1_000_000));
}

#[tokio::test]
async fn what_somebody_replays_is_told_so() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let worker = world.start(&certificate).await;
    let bodies = (1..=3).map(|n| records(&[run_command(n)])).collect();
    let request = String::from_utf8(first_attempt(bodies)).unwrap();
    let plain = r#""PropertiesArray":"[{},{},{}]""#;
    assert!(request.contains(plain), "{request}");
    let marked = r#""PropertiesArray":"[{},{\"trailhound-replay\":\"1\"},{}]""#;
    let request = request.replace(plain, marked).into_bytes();
    worker.invoke("detect", request, MINUTE).await.unwrap();
    let labels = |finding: &Value| finding["data"]["metadata"]["labels"].to_string().contains("replayed");
    let told: Vec<bool> = world.grid.accepted().iter().map(labels).collect();
    assert_eq!(told, [false, true, false]);
}
