//! One story, told record by record: whichever cloud's function tells it, and whatever store it remembers in, its findings
//! are of the same cases and come from the same people.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use trailhound_detect::describe::Product;
use trailhound_detect::outbox::Outbox;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::ports::SystemClock;
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_detect::rules::load_embedded;
use trailhound_detect::tally::Tally;

use crate::accept::Accept;
use crate::records::run_command;

/// The key of the session that dana hands to a guest.
const GUEST: &str = "ASIAEXAMPLEEXAMPLE34";
const FEDERATED: &str = "arn:aws:sts::111122223333:federated-user/guest";
const TAKEN: &str = "2026-03-18T09:00:00Z";

fn user(name: &str) -> Value {
    json!({"type": "IAMUser", "userName": name, "accountId": "111122223333", "principalId": format!("AIDA{name}"),
        "accessKeyId": format!("AKIA{name}"), "arn": format!("arn:aws:iam::111122223333:user/{name}")})
}

fn call(id: u32, (service, name): (&str, &str), at: &str, address: &str, actor: &Value) -> Value {
    json!({"eventVersion": "1.11", "eventSource": format!("{service}.amazonaws.com"), "eventName": name, "eventTime": at,
        "awsRegion": "eu-west-1", "sourceIPAddress": address, "recipientAccountId": "111122223333",
        "eventID": format!("00000000-0000-4000-8000-{id:012x}"), "eventType": "AwsApiCall", "userIdentity": actor})
}

/// A token taken and used by who has it, what others did meanwhile, and what the first went on to do. Each is told by
/// itself, and some twice.
pub fn records() -> Vec<Value> {
    let key_push = |id: u32, at: &str, address: &str, actor: &Value| {
        let mut record = call(id, ("ec2-instance-connect", "SendSSHPublicKey"), at, address, actor);
        record["requestParameters"] = json!({"instanceId": format!("i-{id:017x}"), "instanceOSUser": "ec2-user",
            "sSHPublicKey": format!("ssh-ed25519 AAAA{id}")});
        record["responseElements"] = json!({"success": true});
        record
    };
    let guest = json!({"type": "FederatedUser", "principalId": "111122223333:guest", "accountId": "111122223333",
        "accessKeyId": GUEST, "arn": FEDERATED,
        "sessionContext": {"attributes": {"creationDate": TAKEN, "mfaAuthenticated": "false"}}});
    let mut taken = call(1, ("sts", "GetFederationToken"), TAKEN, "203.0.113.45", &user("dana"));
    taken["requestParameters"] = json!({"name": "guest"});
    taken["responseElements"] = json!({"credentials": {"accessKeyId": GUEST},
        "federatedUser": {"federatedUserId": "111122223333:guest", "arn": FEDERATED}});
    let serial = |id: u32, at: &str, address: &str, who: &str| {
        call(id, ("ec2", "EnableSerialConsoleAccess"), at, address, &user(who))
    };
    let used = key_push(2, "2026-03-18T09:10:00Z", "198.51.100.7", &guest);
    vec![
        taken.clone(),
        used.clone(),
        key_push(3, "2026-03-18T09:12:00Z", "192.0.2.99", &user("erin")),
        run_command(1, "Success"),
        taken,
        serial(4, "2026-03-18T09:20:00Z", "203.0.113.45", "dana"),
        used,
        key_push(5, "2026-03-18T09:30:00Z", "192.0.2.200", &guest),
        serial(6, "2026-03-18T09:40:00Z", "192.0.2.99", "erin"),
    ]
}

/// What a finding says that does not hang on the function that tells it.
pub fn told(findings: &[Value]) -> Vec<Value> {
    let of = |finding: &Value| {
        let data = &finding["data"];
        let mut behind = data["unmapped"]["behind"].clone();
        for link in behind["by_way_of"].as_array_mut().into_iter().flatten() {
            // Where its record stands is the delivery's.
            link["record"] = Value::Null;
        }
        json!({"id": finding["id"], "rule": finding["ruleid"], "severity": finding["severity"], "behind": behind,
            "thread": finding["thread"], "step": finding["casestep"], "case": data["unmapped"]["case"]})
    };
    findings.iter().map(of).collect()
}

/// What the core alone tells of it, over memory that nobody shares, a process for each record.
pub async fn as_the_core_tells_it() -> Vec<Value> {
    let pipeline = Pipeline::new(Arc::new(load_embedded().rules));
    let (store, product) = (MemoryStore::default(), Product::new("test"));
    let mut all = Vec::new();
    for record in records() {
        let mut delivery = pipeline.delivery("story", Timestamp::now());
        delivery.push(record.to_string().as_bytes());
        let memory = Memory::lasting(&store);
        let outbox = Outbox {
            policy: pipeline.policy(),
            memory: &memory,
            sink: &Accept,
            clock: &SystemClock,
            claimant: "story",
            product: &product,
        };
        let sent = Box::pin(outbox.send(delivery.finish(Ending::Whole).matches, &mut Tally::default())).await;
        let findings: Vec<Value> = sent
            .published
            .iter()
            .map(|finding| serde_json::from_str(finding.json()).expect("JSON"))
            .collect();
        all.extend(told(&findings));
    }
    let steps = |step: &str| all.iter().filter(|told| told["step"] == step).count();
    assert!(steps("opened") >= 3 && steps("added") >= 1 && steps("raised") >= 1, "{all:#?}");
    assert!(all.iter().any(|told| told["behind"]["actor"] == "dana"), "{all:#?}");
    all
}
