//! A message that comes again, in the real process: what it died of is parked, and the others of its batch go on.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use trailhound_detect::state::ItemKind;
use trailhound_testkit::contract::comparable;
use trailhound_testkit::gate::{Gate, Trouble};

use super::stage::{Stage, all_done, given_back, s3_notice, sample, scan, sqs_event};

const OBJECT: &str = "example-cloudtrail-s3-object.json.gz";
/// How long an invocation may take here.
const SHORT: Duration = Duration::from_secs(6);

/// A batch that was received so often.
fn batch(bodies: &[String], received: &[u32]) -> Value {
    let mut event = sqs_event(bodies);
    for (n, times) in received.iter().enumerate() {
        event["Records"][n]["attributes"] = json!({"ApproximateReceiveCount": times.to_string()});
    }
    event
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_the_process_died_of_is_parked_and_its_batch_lives() {
    let Some(mut stage) = Stage::set().await else { return };
    let port = stage.moto.url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let gate = Gate::before(port, None).await;
    stage.set_variable("AWS_ENDPOINT_URL_S3", &format!("http://127.0.0.1:{}", gate.port()));
    stage.put("whole", sample(OBJECT)).await;
    stage.put("poison", sample(OBJECT)).await;
    let bodies = ["poison", "whole"].map(|key| s3_notice(&stage.trail, &[key]).to_string());
    // The whole one is read first, though it stands behind: it comes for the first time.
    gate.once(1, Trouble::Hung);
    stage.start();
    let began = Instant::now();
    stage.api.begin(batch(&bodies, &[2, 1]).to_string(), SHORT);
    while gate.seen().len() < 2 {
        assert!(began.elapsed() < Duration::from_mins(1), "{:?}", gate.seen());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(gate.seen()[1].contains("poison"), "{:?}", gate.seen());
    stage.kill();
    let seen = Instant::now();

    // While its time is not up, it might still be tried elsewhere.
    if began.elapsed() < SHORT / 2 {
        let early = stage.invoke(&batch(&bodies, &[3, 2]));
        if began.elapsed() < SHORT {
            assert_eq!(early, given_back(&["m0"]));
        }
    }
    tokio::time::sleep(SHORT.saturating_sub(seen.elapsed())).await;
    assert_eq!(stage.invoke(&batch(&bodies, &[4, 3])), all_done());

    let parked = stage.parked().await;
    assert_eq!(parked.len(), 1, "{parked:?}");
    assert_eq!(parked[0]["reason"], "killed_before");
    assert_eq!(parked[0]["origin"], "sqs://example-queue/m0");
    assert_eq!(parked[0]["body_base64"], STANDARD.encode(&bodies[0]));
    let ids = |findings: &[Value]| comparable(findings, true).into_keys().collect::<BTreeSet<String>>();
    assert_eq!(ids(&stage.findings().await), ids(&scan(&sample(OBJECT))));
    let trials = stage.kinds().await.into_iter().filter(|kind| kind == ItemKind::Trial.as_str()).count();
    assert_eq!(trials, 2, "one for each that came again, and none for what came for the first time");
}
