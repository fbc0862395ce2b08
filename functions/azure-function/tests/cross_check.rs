//! What our Event Grid double takes and refuses, asked of an independent implementation: Microsoft's Python client.

mod common;

use std::process::Stdio;
use std::time::Duration;

use common::{World, run_command};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use trailhound_testkit::event_grid::KEY;
use trailhound_testkit::functions_host::{Batch, Event, Position, Wrapping, records, request};
use trailhound_testkit::tls::Certificate;
use trailhound_testkit::tools;

/// Sends each event as the client writes it, then a broken one; prints the status of each.
const CLIENT: &str = r#"
import json, sys
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridPublisherClient

endpoint, key = sys.argv[1], sys.argv[2]
events = json.load(sys.stdin)

def send(key, events):
    client = EventGridPublisherClient(endpoint, AzureKeyCredential(key), retry_total=0)
    try:
        client.send(events)
        return 200
    except HttpResponseError as error:
        return error.status_code

made = [CloudEvent.from_dict(event) for event in events]
print(send(key, made), send(key, made[0]), send("d3Jvbmc=", made))
made[0].type = ""
print(send(key, made))
"#;

#[tokio::test]
async fn the_double_takes_what_the_python_client_sends_and_the_client_reads_what_we_publish() {
    let skipped = "the cross-check of the Event Grid double";
    let Some(python) = tools::find("TRAILHOUND_PYTHON", "python/bin/python", skipped) else { return };
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let worker = world.start(&certificate).await;
    let events = [Event { sequence: 1, body: records(&[run_command(1), run_command(2)]) }];
    let body =
        request(&Batch { position: Position::default(), events: &events, retry: None }, Wrapping::Strings);
    worker.invoke("detect", body, Duration::from_mins(1)).await.unwrap();
    let ours = world.grid.accepted();
    assert_eq!(ours.len(), 2);

    world.grid.clear();
    let endpoint = world.grid.endpoint();
    let mut client = tokio::process::Command::new(python)
        .args(["-c", CLIENT, &endpoint, KEY])
        .env("REQUESTS_CA_BUNDLE", certificate.pem())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = client.stdin.take().unwrap();
    stdin.write_all(json!(ours).to_string().as_bytes()).await.unwrap();
    drop(stdin);
    let output = client.wait_with_output().await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "200 200 401\n400\n",
        "{errors}\n{:?}",
        world.grid.seen()
    );

    // Through the client's own model of a CloudEvent nothing is lost or changed.
    let through = world.grid.accepted();
    assert_eq!(through.len(), 3);
    for (ours, theirs) in ours.iter().zip(&through) {
        let attributes = |event: &Value| {
            let mut event = event.clone();
            // Python keeps microseconds; the service is given what the record said.
            event["time"] = Value::Null;
            event
        };
        assert_eq!(attributes(ours), attributes(theirs));
    }
}
