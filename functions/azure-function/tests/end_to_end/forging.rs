//! What somebody may write who reaches the hub or the handler's port, where the installation says whose records it is given:
//! nothing of others becomes a finding, teaches a baseline, or is a sign of life.
//!
//! Whoever may send to the hub can write records of the accounts that are allowed; that is the hub's owner to grant.

use serde_json::{Value, json};
use trailhound_testkit::functions_host::records;
use trailhound_testkit::tls::Certificate;

use super::common::{self, World, run_command, storage};
use super::{MINUTE, balanced, first_attempt, parked};

const KEY: &str = "5f0c2a52-6f4e-4c55-a3b1-0e6d0c1f7a10";
/// Whose records the hub is given.
const OURS: &str = "0a0b0c0d-0000-0000-0000-0000000000aa";
/// Whose records the samples are, with or without their tenant.
const OTHERS: [&str; 2] = ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-0000000000ff"];

fn of_ours(n: u64) -> Value {
    let text = run_command(n).to_string();
    let text = OTHERS.iter().fold(text, |text, other| text.replace(other, OURS));
    serde_json::from_str(&text).expect("JSON")
}

/// Canaries that do not know the key.
fn canaries() -> Vec<Vec<u8>> {
    let key = |key: Value| json!({"trailhound": "canary", "key": key});
    let all = [
        json!({"trailhound": "canary"}),
        key(json!("guessed")),
        key(json!("")),
        key(Value::Null),
        key(json!([KEY])),
        key(json!({"key": KEY})),
        key(json!(KEY.to_uppercase())),
        key(json!(format!("{KEY} "))),
        json!({"trailhound": "canary", "Key": KEY}),
        json!({"trailhound": "canary", "properties": {"key": KEY}}),
    ];
    all.iter().map(|canary| canary.to_string().into_bytes()).collect()
}

/// Samples of every cloud's control plane, in every shape they are kept in; each has a finding where it is true. Records of
/// hosts name no account and come whoever is allowed.
fn samples() -> Vec<Vec<u8>> {
    let folder = trailhound_testkit::tools::root().join("events");
    let names = [
        "azure-activity-log-analytics",
        "azure-activity-rest",
        "cloudtrail-instance-connect",
        "cloudtrail-json-lines",
        "cloudtrail-logins",
        "cloudtrail-lookup-events",
        "cloudtrail-machines",
        "cloudtrail-run-command",
        "cloudtrail-session-manager",
        "cloudtrail-single-record",
        "elastic-azure-activity",
        "elastic-cloudtrail",
        "eventbridge-console-login",
        "eventbridge-start-session",
        "eventhub-activity-operations",
        "eventhub-activity-run-command",
        "eventhub-bastion-sessions",
        "eventhub-signin-interactive",
        "eventhub-spray-and-clean-up",
    ];
    names
        .iter()
        .map(|name| std::fs::read(folder.join(format!("example-{name}.json"))).expect("a sample"))
        .collect()
}

/// Records that borrow the allowed account where it does not count.
fn borrowed() -> Vec<Vec<u8>> {
    let with = |member: &str, value: Value| {
        let mut record = run_command(70);
        record[member] = value;
        records(&[record])
    };
    vec![
        with("subscriptionId", json!(OURS)),
        with("properties", json!({"subscription": OURS})),
        with("correlationId", json!(OURS)),
        with("resultDescription", json!(format!("/subscriptions/{OURS}"))),
    ]
}

#[tokio::test]
async fn what_somebody_writes_is_no_finding_teaches_nothing_and_is_no_sign_of_life() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "forged events in a hub").await else { return };
    let world = World::new(&certificate).await;
    let mut settings = world.settings(&certificate);
    settings.insert("TRAILHOUND_STATE_TABLE_URL".to_owned(), azurite.table_url("state"));
    settings.insert("TRAILHOUND_REJECTS_URL".to_owned(), azurite.container_url("rejects"));
    settings.insert("TRAILHOUND_CANARY_KEY".to_owned(), KEY.to_owned());
    settings.insert("TRAILHOUND_ALLOWED_ACCOUNTS".to_owned(), OURS.to_uppercase());
    let worker = common::worker(settings).await;

    let forged = [canaries(), samples(), borrowed()].concat();
    assert!(forged.len() >= 30, "{}", forged.len());
    for forgery in &forged {
        worker.invoke("detect", first_attempt(vec![forgery.clone()]), MINUTE).await.expect("acknowledged");
    }
    // Nor by another path of the handler's port, which is the host's alone.
    for path in ["/", "/admin/functions/detect", "/api/detect", "/detect/", "/runtime/webhooks/eventgrid"] {
        let reply = worker.post(path, first_attempt(vec![records(&[of_ours(80)])])).await.expect("an answer");
        assert_eq!(reply.status, 404, "{path}");
    }
    assert!(world.grid.accepted().is_empty(), "{:?}", world.grid.accepted());
    let taught: Vec<Value> = azurite.entities("state").await;
    let learned = |entity: &&Value| {
        // An operation that is under way waits for the rest of it, whosever it is.
        let key = entity["RowKey"].as_str().unwrap_or_default();
        !key.starts_with("caller-") && !key.starts_with("operation-")
    };
    assert_eq!(taught.iter().filter(learned).collect::<Vec<_>>(), Vec::<&Value>::new());
    let accounts = worker.accounts();
    assert!(accounts.len() >= forged.len());
    for account in &accounts {
        balanced(account);
        assert_eq!(account["published"], 0, "{account}");
        assert!(account["notices"].get("canary").is_none(), "{account}");
    }
    let kept_back = |account: &&Value| account["suppressed_by"]["account-not-allowed"].as_u64() > Some(0);
    assert_eq!(
        accounts.iter().filter(kept_back).count(),
        samples().len() + borrowed().len(),
        "{accounts:#?}"
    );
    let lines = parked(&azurite).await;
    assert_eq!(lines.iter().filter(|line| line["reason"] == "not_allowed").count(), canaries().len());

    // The true ones: what this installation is given.
    let canary = json!({"trailhound": "canary", "key": KEY}).to_string().into_bytes();
    worker.invoke("detect", first_attempt(vec![canary]), MINUTE).await.expect("acknowledged");
    assert_eq!(world.grid.accepted().len(), 1);
    worker.invoke("detect", first_attempt(vec![records(&[of_ours(1)])]), MINUTE).await.expect("acknowledged");
    assert_eq!(world.grid.accepted().len(), 2);
}
