//! Who is behind a session, told by what was kept of the hand-outs that rules name.

mod trouble;

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::*;
use crate::behind::{Behind, Certainty, End, HandOut, HandOuts};
use crate::matched::ties::{TieKind, Ties};
use crate::rules::{RuleFile, load};

/// A rule of one's own that names role assumptions, as a step that nobody is told of alone; the end of a chain of them.
const STEP: &str = "
title: A role assumed
id: 5b0f6f0e-3f57-4d0c-9a55-7c3d1f0b0001
name: own-role-assumed
status: experimental
level: informational
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventSource: sts.amazonaws.com, eventName: AssumeRole}
  condition: selection
trailhound: {alone: false, family: own}
";
const NOON: &str = "2026-03-18T12:00:00Z";
const MADE: &str = "2026-03-18T09:00:00Z";

/// Account, role, name of the session, key.
type Of = (&'static str, &'static str, &'static str, &'static str);
const JUMP: Of = ("222233334444", "Jump", "work", "ASIAJUMP");
const ADMIN: Of = ("333344445555", "Admin", "work", "ASIAADMIN");
const DEEP: Of = ("444455556666", "Deep", "work", "ASIADEEP");

fn user(name: &str) -> Value {
    json!({"type": "IAMUser", "userName": name, "accountId": "111122223333", "accessKeyId": format!("AKIA{name}"),
        "principalId": format!("AIDA{name}"), "arn": format!("arn:aws:iam::111122223333:user/{name}")})
}

fn of((account, role, name, key): Of) -> Value {
    json!({"type": "AssumedRole", "principalId": format!("AROA{role}:{name}"), "accountId": account, "accessKeyId": key,
        "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{name}"),
        "sessionContext": {"attributes": {"creationDate": MADE, "mfaAuthenticated": "false"},
            "sessionIssuer": {"type": "Role", "principalId": format!("AROA{role}"), "userName": role,
                "arn": format!("arn:aws:iam::{account}:role/{role}"), "accountId": account}}})
}

fn record(id: u32, service: &str, call: &str, at: &str, actor: &Value) -> Value {
    json!({"eventVersion": "1.09", "eventSource": service, "eventName": call, "eventTime": at, "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.45", "recipientAccountId": actor["accountId"].as_str().unwrap_or("111122223333"),
        "eventID": format!("00000000-0000-4000-8000-{id:012x}"), "userIdentity": actor})
}

fn assumed(id: u32, asker: &Value, (account, role, name, key): Of) -> Value {
    let mut record = record(id, "sts.amazonaws.com", "AssumeRole", MADE, asker);
    record["responseElements"] = json!({
        "credentials": {"accessKeyId": key, "sessionToken": "hidden", "expiration": "later"},
        "assumedRoleUser": {"assumedRoleId": format!("AROA{role}:{name}"),
            "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{name}")}});
    record
}

/// A key pushed to a machine, which is medium.
fn did(id: u32, actor: &Value) -> Value {
    let mut record =
        record(id, "ec2-instance-connect.amazonaws.com", "SendSSHPublicKey", "2026-03-18T09:10:00Z", actor);
    record["requestParameters"] = json!({"instanceId": format!("i-{id:017x}"), "instanceOSUser": "ec2-user",
        "sSHPublicKey": format!("ssh-ed25519 AAAA{id}")});
    record["responseElements"] = json!({"success": true});
    record
}

fn named() -> &'static Pipeline {
    static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| {
        let file = RuleFile { path: "own.yml".to_owned(), text: STEP.to_owned() };
        let loaded = load(&[file]);
        assert!(loaded.errors().next().is_none(), "{:?}", loaded.errors().collect::<Vec<_>>());
        Pipeline::new(Arc::new(loaded.rules))
    });
    &PIPELINE
}

fn found(pipeline: &Pipeline, records: &[Value]) -> Vec<Match> {
    let mut session = pipeline.delivery("s3://example-trail/1", Timestamp::UNIX_EPOCH);
    if records.iter().any(|record| record["nobodyVouches"] == true) {
        session.unvouched();
    }
    session.push(json!({ "Records": records }).to_string().as_bytes());
    session.finish(Ending::Whole).matches
}

struct At(Timestamp);

impl crate::clock::Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// What a process that knows nothing publishes of a delivery.
fn deliver<S: StateStore>(store: &S, at: &str, records: &[Value]) -> Sent {
    deliver_by(named(), store, at, records)
}

fn deliver_by<S: StateStore>(pipeline: &Pipeline, store: &S, at: &str, records: &[Value]) -> Sent {
    deliver_in(pipeline, &Memory::fleeting(store), at, records)
}

fn deliver_in<S: StateStore>(pipeline: &Pipeline, memory: &Memory<S>, at: &str, records: &[Value]) -> Sent {
    let product = Product::new("test");
    let outbox = Outbox {
        policy: pipeline.policy(),
        memory,
        sink: &Sink::default(),
        clock: &At(at.parse().unwrap()),
        claimant: at,
        product: &product,
    };
    let mut tally = Tally::default();
    let sent = pollster::block_on(outbox.send(found(pipeline, records), &mut tally));
    assert!(tally.balances(), "{tally:?}");
    sent
}

fn behind(sent: &Sent) -> Option<&Behind> {
    let mut events = sent.published.iter().filter(|finding| finding.matched.episode.is_none());
    let found = events.next().expect("a finding of one event");
    assert!(events.next().is_none(), "and no other");
    found.matched.behind.as_deref()
}

fn words(sent: &Sent) -> String {
    behind(sent).and_then(Behind::words).unwrap_or_default()
}

const CHAIN: &str =
    "dana, by way of role Jump in 222233334444, role Admin in 333344445555, role Deep in 444455556666";

fn chain() -> [Value; 3] {
    [assumed(1, &user("dana"), JUMP), assumed(2, &of(JUMP), ADMIN), assumed(3, &of(ADMIN), DEEP)]
}

#[test]
fn record_by_record_it_is_told_as_over_all_of_them_at_once() {
    let mut records = chain().to_vec();
    records.extend([did(4, &of(DEEP)), did(5, &of(ADMIN)), did(6, &user("dana"))]);
    let mut all = HandOuts::default();
    let matches = found(named(), &records);
    matches
        .iter()
        .filter_map(|found| HandOut::of(&found.facts, &found.from.origin))
        .for_each(|out| all.add(out));
    let store = MemoryStore::default();
    let mut told = 0;
    for record in &records {
        let sent = deliver(&store, NOON, std::slice::from_ref(record));
        for finding in &sent.published {
            assert!(finding.matched.episode.is_none(), "{}", finding.matched.rule.name);
            let facts = &finding.matched.facts;
            let mut at_once = all.worth_telling(&facts.actor, facts.time);
            // The places of records are those of their deliveries.
            at_once.iter_mut().flat_map(|behind| &mut behind.links).for_each(|link| {
                link.record = "s3://example-trail/1#1".to_owned();
            });
            let of_all = at_once.map(|behind| Behind { is_final: false, ..behind });
            assert_eq!(finding.matched.behind.as_deref(), of_all.as_ref());
            told += usize::from(of_all.is_some());
            trailhound_conformance::validate_finding(finding.json()).unwrap();
        }
    }
    assert_eq!(told, 2);
    let sent = deliver(&store, NOON, &[did(7, &of(DEEP))]);
    assert_eq!(words(&sent), CHAIN);
    let event: Value = serde_json::from_str(sent.published[0].json()).unwrap();
    assert_eq!(event["data"]["unmapped"]["behind"]["actor"], json!("dana"));
    assert!(event["data"]["message"].as_str().unwrap().contains(CHAIN), "{}", event["data"]["message"]);
}

#[test]
fn whatever_comes_first_in_a_delivery_its_hand_outs_are_known() {
    let [first, second, third] = chain();
    let sent = deliver(&MemoryStore::default(), NOON, &[did(4, &of(DEEP)), third, first, second]);
    assert_eq!(words(&sent), CHAIN);
}

/// The items of hand-outs in a store of which it is known who asks it.
struct Noted(MemoryStore, Mutex<Vec<Key>>);

impl Noted {
    fn new() -> Self {
        Self(MemoryStore::default(), Mutex::default())
    }

    fn sessions(&self) -> Vec<Key> {
        self.1.lock().unwrap().clone()
    }
}

impl StateStore for Noted {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        self.0.load(keys).await
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        let sessions = writes.iter().map(|write| &write.key).filter(|key| key.kind == ItemKind::Session);
        self.1.lock().unwrap().extend(sessions.cloned());
        self.0.commit(writes).await
    }
}

#[test]
fn only_what_a_rule_names_is_kept_and_nothing_that_a_service_takes() {
    let service = json!({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"});
    let store = Noted::new();
    deliver(&store, NOON, &[assumed(1, &service, ADMIN)]);
    assert_eq!(store.sessions(), []);
    let mut forged = assumed(2, &user("eve"), ADMIN);
    forged["nobodyVouches"] = true.into();
    deliver(&store, NOON, &[forged]);
    assert_eq!(store.sessions(), [], "what anybody may have written tells nothing of others");
    let shipped = pipeline();
    deliver_by(&shipped, &store, NOON, &[assumed(3, &user("dana"), ADMIN)]);
    assert_eq!(store.sessions(), [], "no shipped rule names it");
    let mut denied = assumed(4, &user("dana"), ADMIN);
    denied["errorCode"] = "AccessDenied".into();
    deliver(&store, NOON, &[denied]);
    assert_eq!(store.sessions(), []);
    let dana = assumed(5, &user("dana"), ADMIN);
    deliver(&store, NOON, std::slice::from_ref(&dana));
    assert_eq!(store.sessions().len(), 2, "by its key, and by whose session it is and when it was made");
    deliver(&store, NOON, std::slice::from_ref(&dana));
    assert_eq!(store.sessions().len(), 2, "what is known is not written again");
    // What is a session only by its hand-out's shape is kept under no more than AWS writes.
    let mut long = assumed(6, &user("dana"), JUMP);
    long["userIdentity"]["userName"] = "x".repeat(10_000).into();
    deliver(&store, NOON, &[long]);
    assert_eq!(store.sessions().len(), 2);
}

#[test]
fn a_federation_token_and_a_sign_in_that_shipped_rules_name_are_kept() {
    let shipped = pipeline();
    let store = MemoryStore::default();
    let mut token = record(1, "sts.amazonaws.com", "GetFederationToken", MADE, &user("dana"));
    token["responseElements"] = json!({"credentials": {"accessKeyId": "ASIAFEDERATED"},
        "federatedUser": {"federatedUserId": "111122223333:guest",
            "arn": "arn:aws:sts::111122223333:federated-user/guest"}});
    deliver_by(&shipped, &store, NOON, &[token]);
    let guest = json!({"type": "FederatedUser", "principalId": "111122223333:guest", "accountId": "111122223333",
        "accessKeyId": "ASIAFEDERATED", "arn": "arn:aws:sts::111122223333:federated-user/guest",
        "sessionContext": {"attributes": {"creationDate": MADE, "mfaAuthenticated": "false"}}});
    let sent = deliver_by(&shipped, &store, NOON, &[did(2, &guest)]);
    let told = behind(&sent).unwrap();
    assert_eq!((told.root.display.as_str(), told.certainty), ("dana", Certainty::Certain));
    // The console acts with keys that no record hands out.
    let person = json!({"type": "SAMLUser", "principalId": "id:dana@example.com", "userName": "dana@example.com",
        "identityProvider": "https://idp.example.com"});
    let mut sign_in = assumed(3, &person, ADMIN);
    sign_in["eventName"] = "AssumeRoleWithSAML".into();
    deliver_by(&shipped, &store, NOON, &[sign_in]);
    let mut console = of(ADMIN);
    console["accessKeyId"] = "ASIACONSOLE".into();
    let mut acted = did(4, &console);
    acted["sessionCredentialFromConsole"] = "true".into();
    let sent = deliver_by(&shipped, &store, NOON, std::slice::from_ref(&acted));
    assert_eq!(words(&sent), "probably dana@example.com, by way of role Admin in 333344445555");
    // Another key of that role is not the console's, and of another second neither.
    assert_eq!(behind(&deliver_by(&shipped, &store, NOON, &[did(5, &console)])), None);
    acted["eventID"] = "00000000-0000-4000-8000-0000000000aa".into();
    acted["userIdentity"]["sessionContext"]["attributes"]["creationDate"] = "2026-03-18T09:00:02Z".into();
    assert_eq!(behind(&deliver_by(&shipped, &store, NOON, &[acted])), None);
}

#[test]
fn the_logs_of_both_accounts_tell_one_hand_out_and_two_askers_none() {
    let other = json!({"type": "AWSAccount", "principalId": "AIDAdana", "accountId": "111122223333"});
    for order in [[0, 1], [1, 0]] {
        let store = MemoryStore::default();
        let copies = [assumed(1, &other, ADMIN), assumed(2, &user("dana"), ADMIN)];
        for at in order {
            deliver(&store, NOON, &[copies[at].clone()]);
        }
        assert_eq!(
            words(&deliver(&store, NOON, &[did(3, &of(ADMIN))])),
            "dana, by way of role Admin in 333344445555"
        );
        deliver(&store, NOON, &[assumed(4, &user("eve"), ADMIN)]);
        assert_eq!(behind(&deliver(&store, NOON, &[did(5, &of(ADMIN))])), None, "it cannot be told who");
    }
}

#[test]
fn it_is_known_for_as_long_as_a_session_lasts() {
    for (after, is_known) in [("2026-03-18T13:59:00Z", true), ("2026-03-18T14:01:00Z", false)] {
        let store = MemoryStore::default();
        deliver(&store, "2026-03-18T00:00:00Z", &[assumed(1, &user("dana"), ADMIN)]);
        assert_eq!(behind(&deliver(&store, after, &[did(2, &of(ADMIN))])).is_some(), is_known, "{after}");
    }
}

#[test]
fn a_case_joins_what_one_person_did_by_way_of_roles() {
    let store = MemoryStore::default();
    let of_two = ("222233334444", "Other", "work", "ASIAOTHER");
    let of_eve = ("333344445555", "Admin", "work", "ASIAOFEVE");
    let hands = [
        assumed(1, &user("dana"), JUMP),
        assumed(2, &user("dana"), of_two),
        assumed(3, &user("eve"), of_eve),
    ];
    deliver(&store, NOON, &hands);
    let case = |id: u32, actor: &Value| {
        let mut record = did(id, actor);
        record["sourceIPAddress"] = format!("203.0.113.{id}").into();
        // One tenant's board is one account's here.
        record["recipientAccountId"] = "222233334444".into();
        let sent = deliver(&store, NOON, &[record]);
        let found = &sent.published[0].matched;
        let who = Ties::of_event(found).strong.into_iter().find(|(kind, _)| *kind == TieKind::Who);
        (found.verdict.case.clone().unwrap().opened_by, who.map(|(_, who)| who))
    };
    let (one, who) = case(10, &of(JUMP));
    assert_eq!(who.as_deref(), Some("arn:aws:iam::111122223333:user/dana"));
    assert_eq!(case(11, &of(of_two)).0, one, "dana by way of another role");
    assert_eq!(case(12, &user("dana")).0, one, "dana herself");
    assert_ne!(case(13, &of(of_eve)).0, one, "eve");
}

#[test]
fn correlations_count_by_who_acts_so_that_nothing_is_told_twice_as_more_becomes_known() {
    // Five machines in ten minutes are a burst of the role, whether its hand-out comes first, amid them or last.
    let uses: Vec<Value> = (10..15).map(|id| did(id, &of(ADMIN))).collect();
    let hand_out = assumed(1, &user("dana"), ADMIN);
    let mut all = Vec::new();
    for at in 0..=uses.len() {
        let store = MemoryStore::default();
        let mut records = uses.clone();
        records.insert(at, hand_out.clone());
        let mut alerts = Vec::new();
        for _ in 0..2 {
            for record in &records {
                let published = deliver(&store, NOON, std::slice::from_ref(record)).published;
                alerts.extend(published.into_iter().filter(|finding| finding.matched.episode.is_some()));
            }
        }
        assert!(alerts.iter().all(|alert| alert.matched.behind.is_none()), "others may act in that role");
        all.push(alerts.into_iter().map(|alert| alert.uid).collect::<Vec<_>>());
    }
    assert!(!all[0].is_empty());
    assert!(all.iter().all(|alerts| *alerts == all[0]), "{all:?}");
}

#[test]
fn whose_own_identity_acts_is_told_by_the_record_alone() {
    let claims = json!({"xms_mirid": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm-shop-01",
        "idtyp": "app", "appid": "11111111-0000-4000-8000-000000000001"});
    let record = json!({"category": "Administrative", "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION",
        "time": MADE, "resourceId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm-2",
        "resultType": "Success", "correlationId": "00000000-0000-4000-8000-000000000001", "identity": {"claims": claims}});
    for sent in [
        deliver(&MemoryStore::default(), NOON, std::slice::from_ref(&record)),
        deliver(&Down, NOON, std::slice::from_ref(&record)),
    ] {
        assert_eq!(words(&sent), "vm-shop-01, whose own identity it is");
    }
}
