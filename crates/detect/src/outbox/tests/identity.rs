use serde_json::{Value, json};

use super::*;
use crate::pipeline::Session;

fn nobodys(session: &mut Session<'_>) {
    session.unvouched();
}

fn replayed(session: &mut Session<'_>) {
    session.replayed();
}

/// A store that knows what was written to it.
#[derive(Default)]
struct Watched {
    store: MemoryStore,
    written: Mutex<Vec<ItemKind>>,
}

impl StateStore for Watched {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.store.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        self.written.lock().unwrap().extend(writes.iter().map(|write| write.key.kind));
        self.store.commit(writes).await
    }
}

/// What deliveries bring one after another, each to a process of its own.
struct Line {
    pipeline: Pipeline,
    store: Watched,
    sink: Sink,
    tally: Tally,
}

impl Line {
    fn new() -> Self {
        Self {
            pipeline: pipeline(),
            store: Watched::default(),
            sink: Sink::default(),
            tally: Tally::default(),
        }
    }

    fn deliver(&mut self, way: impl Fn(&mut Session<'_>), body: &Value) -> Vec<Value> {
        let (product, memory) = (Product::new("test"), Memory::lasting(&self.store));
        let outbox = Outbox {
            policy: self.pipeline.policy(),
            memory: &memory,
            sink: &self.sink,
            clock: &SystemClock,
            claimant: "one",
            product: &product,
        };
        let mut session = self.pipeline.delivery("test", Timestamp::now());
        way(&mut session);
        session.push(body.to_string().as_bytes());
        let done = session.finish(Ending::Whole);
        let mut tally = done.tally;
        pollster::block_on(outbox.send(done.matches, &mut tally));
        assert!(tally.balances(), "{tally:?}");
        self.tally.add(&tally);
        let told = std::mem::take(&mut *self.sink.accepted.lock().unwrap());
        told.iter().map(|json| serde_json::from_str(json).unwrap()).collect()
    }

    /// How often an item of a kind was written.
    fn kept(&self, kind: ItemKind) -> usize {
        self.store.written.lock().unwrap().iter().filter(|written| **written == kind).count()
    }

    fn take(&mut self, body: &Value) -> Vec<Value> {
        self.deliver(|_| {}, body)
    }
}

fn words(findings: &[Value]) -> Vec<(String, u64)> {
    let word = |finding: &Value| {
        (finding["ruleid"].as_str().unwrap().to_owned(), finding["data"]["activity_id"].as_u64().unwrap())
    };
    findings.iter().map(word).collect()
}

fn azure(result: &str, at: &str, who: &str) -> Value {
    let machine = "/SUBSCRIPTIONS/00000000-0000-4000-8000-0000000000AA/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM1";
    json!({"time": at, "resourceId": machine, "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION",
        "category": "Administrative", "resultType": result, "callerIpAddress": "198.51.100.23",
        "correlationId": "00000000-0000-4000-8000-00000000c0de",
        "identity": {"authorization": {"evidence": {"principalId": who, "principalType": "User"}}, "claims": {}},
        "properties": {"statusCode": if result == "Failure" { "Forbidden" } else { "OK" }}})
}

const ALICE: &str = "000000000000400080000000000000a1";
const MALLORY: &str = "000000000000400080000000000000e1";

#[test]
fn a_success_after_an_attempt_is_an_update_of_it_and_is_told_once() {
    let mut line = Line::new();
    let tried = line.take(&azure("Failure", "2026-03-18T09:00:10Z", ALICE));
    let done = line.take(&azure("Accept", "2026-03-18T09:00:05Z", ALICE));
    assert_eq!(words(&tried), [("azure-vm-runcommand-v1.attempt".to_owned(), 1)]);
    assert_eq!(words(&done), [("azure-vm-runcommand-v1".to_owned(), 2)]);
    let (tried, done) = (&tried[0], &done[0]);
    assert_eq!(tried["data"]["finding_info"]["uid"], done["data"]["finding_info"]["uid"]);
    assert_ne!(tried["id"], done["id"]);
    assert_eq!(done["type"], "dev.trailhound.finding.updated.v1");
    assert_eq!(done["data"]["type_uid"], 200_402);
    for (result, at) in [("Failure", "09:00:10"), ("Accept", "09:00:05"), ("Success", "09:10:00")] {
        let again = line.take(&azure(result, &format!("2026-03-18T{at}Z"), ALICE));
        assert_eq!(words(&again), [], "{result}");
    }
    assert_eq!((line.tally.published, line.tally.duplicates), (2, 3));
}

#[test]
fn an_id_that_the_caller_chose_hides_nobody() {
    let mut line = Line::new();
    let told = |findings: Vec<Value>| words(&findings).into_iter().map(|(rule, _)| rule).collect::<Vec<_>>();
    assert_eq!(
        told(line.take(&azure("Failure", "2026-03-18T09:00:00Z", ALICE))),
        ["azure-vm-runcommand-v1.attempt"]
    );
    for at in ["2026-03-18T09:00:20Z", "2026-03-18T09:10:00Z", "2026-03-19T10:00:00Z", "2026-06-01T10:00:00Z"]
    {
        let body = azure("Success", at, MALLORY);
        assert_eq!(told(line.take(&body)), ["azure-vm-runcommand-v1"], "{at}");
        assert_eq!(told(line.take(&body)), Vec::<String>::new(), "{at}, again");
    }
    // In one delivery as well, where each is told and none is joined.
    let mut line = Line::new();
    let all =
        [("Failure", "09:00:00", ALICE), ("Success", "09:00:20", MALLORY), ("Success", "09:10:00", MALLORY)];
    let records: Vec<Value> =
        all.iter().map(|(result, at, who)| azure(result, &format!("2026-03-18T{at}Z"), who)).collect();
    assert_eq!(line.take(&json!({ "records": records })).len(), 3);
    assert_eq!(line.tally.joined, 0);
}

#[test]
fn a_failure_that_comes_before_its_accept_leaves_the_run_no_attempt_and_what_is_not_told_is_counted() {
    // One delivery after the other: what was told as tried is told to have been taken on.
    let mut line = Line::new();
    let failure = azure("Failure", "2026-03-18T09:30:00Z", ALICE);
    let accept = azure("Accept", "2026-03-18T09:00:00Z", ALICE);
    assert_eq!(words(&line.take(&failure)), [("azure-vm-runcommand-v1.attempt".to_owned(), 1)]);
    assert_eq!(words(&line.take(&accept)), [("azure-vm-runcommand-v1".to_owned(), 2)]);
    // In one delivery, what ended it is known.
    let mut line = Line::new();
    assert_eq!(line.take(&json!({ "records": [failure, accept] })).len(), 1);
    assert_eq!((line.tally.matches, line.tally.joined), (1, 1));
}

fn aws(target: &str, second: u8) -> Value {
    json!({"eventVersion": "1.09", "eventSource": "ssm.amazonaws.com", "eventName": "StartSession",
        "eventTime": format!("2026-03-18T10:15:{second:02}Z"), "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.45", "recipientAccountId": "111122223333",
        "eventID": "0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/dana", "accountId": "111122223333"},
        "requestParameters": {"target": target}})
}

#[test]
fn a_forged_event_takes_no_true_ones_claim_and_both_are_told() {
    let (forged, true_one) = (aws("i-00000000000000000", 0), aws("i-0123456789abcdef0", 30));
    for together in [false, true] {
        let mut line = Line::new();
        let findings = if together {
            line.take(&json!({"Records": [forged, true_one]}))
        } else {
            let first = line.take(&json!({"Records": [forged]}));
            first.into_iter().chain(line.take(&json!({"Records": [true_one]}))).collect()
        };
        let mut rules: Vec<String> = words(&findings).into_iter().map(|(rule, _)| rule).collect();
        rules.sort();
        assert_eq!(
            rules,
            ["aws-ssm-session-shell", "aws-ssm-session-shell", "trail-integrity"],
            "{together}"
        );
        for event in [&forged, &true_one] {
            assert_eq!(words(&line.take(&json!({"Records": [event]}))), [], "again");
        }
    }
}

#[test]
fn what_nobody_vouches_for_settles_nothing_and_teaches_nobody() {
    let event = json!({"Records": [aws("i-0123456789abcdef0", 30)]});
    let mut line = Line::new();
    let forged = line.deliver(nobodys, &event);
    assert_eq!(words(&forged).len(), 1);
    assert!(forged[0]["data"]["metadata"]["labels"].to_string().contains("unauthenticated"));
    assert_eq!(words(&line.deliver(nobodys, &event)), [], "again");
    let shelves = |kind| {
        pollster::block_on(line.store.load(&[Key {
            kind,
            scope: "111122223333".to_owned(),
            name: "clock".to_owned(),
        }]))
    };
    assert!(shelves(ItemKind::Learning).unwrap()[0].is_none(), "nobody was learned");
    let known = line.take(&event);
    assert_eq!(words(&known), [("aws-ssm-session-shell".to_owned(), 1)]);
    assert_ne!(known[0]["data"]["finding_info"]["uid"], forged[0]["data"]["finding_info"]["uid"]);
    // Where the true event was told, its copy is one, and a lie under its id is not.
    let mut line = Line::new();
    assert_eq!(words(&line.take(&event)).len(), 1);
    assert_eq!(words(&line.deliver(nobodys, &event)), []);
    assert_eq!(words(&line.deliver(nobodys, &json!({"Records": [aws("i-00000000000000000", 0)]}))).len(), 1);
}

#[test]
fn what_is_replayed_says_so_and_moves_no_baseline_once_it_is_history() {
    let event = json!({"Records": [aws("i-0123456789abcdef0", 30)]});
    let mut line = Line::new();
    let told = line.deliver(replayed, &event);
    assert_eq!(words(&told), [("aws-ssm-session-shell".to_owned(), 1)]);
    assert!(told[0]["data"]["metadata"]["labels"].to_string().contains("replayed"), "{told:?}");
    assert_eq!(line.kept(ItemKind::Learning), 0, "its account is not watched since then");
    assert_eq!(line.kept(ItemKind::Seen), 0, "nothing became usual");
    // By whatever way it comes again, it was told.
    assert_eq!(words(&line.take(&event)), []);
    // The same that is merely late is learned from.
    let mut now = event;
    now["Records"][0]["eventTime"] = json!(Timestamp::now().to_string());
    now["Records"][0]["eventID"] = json!("00000000-0000-4000-8000-00000000000a");
    assert_eq!(line.deliver(replayed, &now).len(), 1);
    assert!(line.kept(ItemKind::Learning) > 0 && line.kept(ItemKind::Seen) > 0);
}
