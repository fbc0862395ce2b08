//! What a batch costs beside reading the request and unescaping it, and how soon the process is ready. Printed;
//! held to its bars in release builds only: `cargo test --release -p trailhound-azure-function --test cost`.

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{World, dull, run_command};
use jiff::Timestamp;
use serde_json::{Value, json};
use trailhound_azure_function::answer::evaluate;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::rules::load_embedded;
use trailhound_testkit::functions_host::{Batch, Event, Position, Wrapping, records, request};
use trailhound_testkit::tls::Certificate;

/// Events in a batch; a build that is not optimised only shows that it works.
const EVENTS: u32 = if cfg!(debug_assertions) { 4 } else { 64 };

/// A batch of events with 200 records each.
fn body(record: impl Fn(u64) -> Value) -> Vec<u8> {
    let event = |sequence: u32| {
        let some: Vec<Value> = (0..200).map(|at| record(u64::from(sequence) * 1_000 + at)).collect();
        Event { sequence: i64::from(sequence), body: records(&some) }
    };
    let events: Vec<Event> = (0..EVENTS).map(event).collect();
    request(&Batch { position: Position::default(), events: &events, retry: None }, Wrapping::Strings)
}

/// A few per mille match.
fn matches(n: u64) -> bool {
    n % 400 == 7
}

/// As Azure Monitor sends it: mostly operations that no rule is about.
fn activity(n: u64) -> Value {
    let mut record = if matches(n) { run_command(n) } else { dull(n) };
    record["properties"] = json!({
        "statusCode": "OK", "serviceRequestId": null, "eventCategory": "Administrative",
        "entity": format!("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-{n}"),
        "message": "Microsoft.Storage/storageAccounts/listKeys/action",
        "responseBody": json!({"id": n, "tags": {"team": "shop"}, "state": "Succeeded"}).to_string(),
    });
    record
}

fn entra(n: u64, category: &str, operation: &str, properties: &Value) -> Value {
    json!({
        "time": "2026-03-18T09:01:00.1234567Z", "category": category, "operationName": operation,
        "resourceId": "/tenants/00000000-0000-0000-0000-0000000000ff/providers/Microsoft.aadiam",
        "operationVersion": "1.0", "tenantId": "00000000-0000-0000-0000-0000000000ff", "resultType": "0",
        "resultSignature": "None", "durationMs": 0, "callerIpAddress": "198.51.100.23", "Level": 4,
        "correlationId": format!("00000000-0000-0000-0001-{n:012}"), "identity": "Alice Example",
        "location": "SE", "properties": properties,
    })
}

fn sign_in(n: u64) -> Value {
    let interactive = n.is_multiple_of(3);
    let properties = json!({
        "id": format!("00000000-0000-0000-0002-{n:012}"), "createdDateTime": "2026-03-18T09:00:58.1234567+00:00",
        "userDisplayName": "Alice Example", "userPrincipalName": "alice@example.com",
        "userId": "00000000-0000-0000-0000-0000000000a1", "appId": "00000000-0000-0000-0000-0000000000c1",
        "appDisplayName": "Shop", "ipAddress": "198.51.100.23", "status": {"errorCode": 0, "additionalDetails": null},
        "clientAppUsed": "Browser", "userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
        "deviceDetail": {"deviceId": "", "operatingSystem": "Windows10", "browser": "Edge 140.0.0"},
        "location": {"city": "Stockholm", "state": "Stockholms Lan", "countryOrRegion": "SE",
            "geoCoordinates": {"latitude": 59.33, "longitude": 18.05}},
        "correlationId": format!("00000000-0000-0000-0001-{n:012}"), "conditionalAccessStatus": "success",
        "appliedConditionalAccessPolicies": [{"id": "00000000-0000-0000-0000-0000000000d1", "result": "success",
            "displayName": "Require MFA", "enforcedGrantControls": ["Mfa"], "enforcedSessionControls": []}],
        "isInteractive": interactive, "tokenIssuerName": "", "tokenIssuerType": "AzureAD",
        "authenticationProcessingDetails": [{"key": "Root Key Type", "value": "Unknown"}],
        "networkLocationDetails": [], "processingTimeInMilliseconds": 123, "riskDetail": "none",
        "riskLevelAggregated": "none", "riskLevelDuringSignIn": if matches(n) { "high" } else { "none" },
        "riskState": "none", "riskEventTypes": [], "riskEventTypes_v2": [], "resourceDisplayName": "Microsoft Graph",
        "resourceId": "00000003-0000-0000-c000-000000000000", "homeTenantId": "00000000-0000-0000-0000-0000000000ff",
        "authenticationDetails": [{"authenticationMethod": "Previously satisfied", "succeeded": true}],
        "authenticationRequirement": "multiFactorAuthentication", "authenticationProtocol": "none",
        "incomingTokenType": "none", "uniqueTokenIdentifier": "AAAAAAAAAAAAAAAAAAAAAA",
        "autonomousSystemNumber": 64496, "crossTenantAccessType": "none", "userType": "member",
    });
    let category = if interactive { "SignInLogs" } else { "NonInteractiveUserSignInLogs" };
    entra(n, category, "Sign-in activity", &properties)
}

fn audit(n: u64) -> Value {
    let properties = json!({
        "id": format!("Directory_{n}"), "category": "UserManagement", "activityDisplayName": "Update user",
        "activityDateTime": "2026-03-18T09:00:58.1234567+00:00", "loggedByService": "Core Directory",
        "operationType": "Update", "result": "success", "resultReason": "", "additionalDetails": [],
        "initiatedBy": {"user": {"id": "00000000-0000-0000-0000-0000000000a1", "displayName": null,
            "userPrincipalName": "alice@example.com", "ipAddress": "198.51.100.23", "roles": []}},
        "targetResources": [{"id": "00000000-0000-0000-0000-0000000000a2", "displayName": null, "type": "User",
            "modifiedProperties": [{"displayName": "Department", "oldValue": "[\"Shop\"]", "newValue": "[\"Web\"]"}]}],
    });
    entra(n, "AuditLogs", "Update user", &properties)
}

/// The least that anybody must do: the request's JSON, and the events out of their two layers of escapes.
fn read_and_unescape(request: &[u8]) -> usize {
    #[derive(serde::Deserialize)]
    struct Request {
        #[serde(rename = "Data")]
        data: std::collections::HashMap<String, String>,
    }
    let request: Request = serde_json::from_slice(request).unwrap();
    let events: Vec<String> = serde_json::from_str(&request.data["events"]).unwrap();
    events.iter().map(String::len).sum()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// What a kind of batch costs in all, as a multiple of reading and unescaping it.
fn ratio(pipeline: &Pipeline, kind: &str, record: impl Fn(u64) -> Value) -> f64 {
    let request = body(record);
    let rounds = if cfg!(debug_assertions) { 1 } else { 9 };
    let (mut floor, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let begun = Instant::now();
        std::hint::black_box(read_and_unescape(&request));
        floor.push(begun.elapsed());
        let begun = Instant::now();
        let (_, evaluated) = evaluate(pipeline, &request, Timestamp::UNIX_EPOCH, None).unwrap();
        ours.push(begun.elapsed());
        assert!(evaluated.matches.len() >= EVENTS as usize / 2, "{kind}");
        assert_eq!(evaluated.tally.evaluated, u64::from(EVENTS) * 200, "{kind}");
    }
    let (floor, ours) = (median(floor), median(ours));
    let ratio = ours.as_secs_f64() / floor.as_secs_f64();
    println!(
        "{kind}: {} bytes of request, {} records: read and unescape {floor:?}, all of it {ours:?}, ratio {ratio:.2}",
        request.len(),
        EVENTS * 200
    );
    ratio
}

#[test]
fn a_batch_costs_little_more_than_reading_it() {
    let pipeline = Pipeline::new(Arc::new(load_embedded().rules));
    let ratios = [
        ratio(&pipeline, "activity", activity),
        ratio(&pipeline, "sign-ins", sign_in),
        ratio(&pipeline, "a mix", |n| match n % 4 {
            1 => sign_in(n),
            2 => audit(n),
            _ => activity(n),
        }),
    ];
    if !cfg!(debug_assertions) {
        assert!(ratios.iter().all(|ratio| *ratio <= 1.5), "{ratios:.2?}");
    }
}

#[tokio::test]
async fn it_is_ready_at_once() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let mut times = Vec::new();
    for _ in 0..5 {
        times.push(world.start(&certificate).await.ready_after());
    }
    let ready = median(times);
    println!("ready {ready:?} after the start of the process");
    if !cfg!(debug_assertions) {
        assert!(ready <= Duration::from_millis(50), "{ready:?}");
    }
}
