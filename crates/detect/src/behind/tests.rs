//! Chains of sessions, told by what was handed out and by nothing that a caller chooses.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Behind, Certainty, End, Gather, HandOut, HandOuts};
use crate::event::testing::{facts, with};
use crate::facts::{Facts, HandedOut};
use crate::pipeline::{Ending, Pipeline};
use crate::policy::Policy;
use crate::proving::shapes::{self, KnownMembers, Log};

const MADE: &str = "2026-03-18T09:00:00Z";

fn user(name: &str) -> Value {
    json!({"type": "IAMUser", "arn": format!("arn:aws:iam::111122223333:user/{name}"),
        "accountId": "111122223333", "userName": name, "principalId": format!("AIDA{name}"), "accessKeyId": "AKIAEXAMPLE"})
}

fn session(account: &str, role: &str, name: &str, key: &str) -> Value {
    json!({"type": "AssumedRole", "principalId": format!("AROA{role}:{name}"), "accountId": account, "accessKeyId": key,
        "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{name}"),
        "sessionContext": {"attributes": {"creationDate": MADE, "mfaAuthenticated": "false"},
            "sessionIssuer": {"type": "Role", "arn": format!("arn:aws:iam::{account}:role/{role}"), "userName": role}}})
}

/// Who asked, and the session that was handed out.
fn assumed(asker: &Value, (account, role, name, key): (&str, &str, &str, &str)) -> Value {
    json!({"eventVersion": "1.09", "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "eventTime": MADE,
        "eventID": format!("00000000-0000-4000-8000-{:0>12}", key.len()), "recipientAccountId": account,
        "userIdentity": asker, "requestParameters": {"roleSessionName": name},
        "responseElements": {"credentials": {"accessKeyId": key, "sessionToken": "hidden", "expiration": "later"},
            "assumedRoleUser": {"assumedRoleId": format!("AROA{role}:{name}"),
                "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{name}")}}})
}

fn did(actor: &Value) -> Value {
    json!({"eventVersion": "1.09", "eventSource": "ssm.amazonaws.com", "eventName": "StartSession",
        "eventTime": "2026-03-18T09:10:00Z", "eventID": "00000000-0000-4000-8000-000000000001",
        "userIdentity": actor, "requestParameters": {"target": "i-0123456789abcdef0"}})
}

fn all(records: &[Value]) -> HandOuts {
    let mut outs = HandOuts::default();
    for record in records {
        if let Some(out) = HandOut::of(&facts(record), "a.json#1") {
            outs.add(out);
        }
    }
    outs
}

fn behind(records: &[Value], actor: &Value) -> Option<Behind> {
    let facts = facts(&did(actor));
    all(records).behind(&facts.actor, facts.time)
}

fn words(records: &[Value], actor: &Value) -> String {
    behind(records, actor).and_then(|behind| behind.words()).unwrap_or_default()
}

const JUMP: (&str, &str, &str, &str) = ("222233334444", "Jump", "work", "ASIAJUMP");
const ADMIN: (&str, &str, &str, &str) = ("333344445555", "Admin", "work", "ASIAADMIN");

fn of((account, role, name, key): (&str, &str, &str, &str)) -> Value {
    session(account, role, name, key)
}

#[test]
fn a_chain_over_accounts_leads_to_whom_nobody_handed_anything() {
    let chain = [assumed(&user("dana"), JUMP), assumed(&of(JUMP), ADMIN)];
    let told = "dana, by way of role Jump in 222233334444, role Admin in 333344445555";
    assert_eq!(words(&chain, &of(ADMIN)), told);
    let [first, last] = chain;
    assert_eq!(words(&[last.clone(), first], &of(ADMIN)), told, "whatever lies first");
    let open = behind(std::slice::from_ref(&last), &of(ADMIN)).unwrap();
    assert_eq!((open.end.clone(), open.certainty), (End::NotAtHand, Certainty::Certain));
    assert_eq!(
        open.words().unwrap(),
        "Jump/work (who was handed that session is not in the logs at hand), by way of role Admin in 333344445555"
    );
    assert_eq!(words(&[], &of(ADMIN)), "not in the logs at hand");
    assert_eq!(behind(&[last], &user("dana")), None, "a user's own key is handed out by nobody");
}

#[test]
fn names_that_a_caller_chooses_link_nothing() {
    let of_eve = ("333344445555", "Admin", "work", "ASIAOFEVE");
    let both = [assumed(&user("dana"), ADMIN), assumed(&user("eve"), of_eve)];
    assert_eq!(words(&both, &of(ADMIN)), "dana, by way of role Admin in 333344445555");
    assert_eq!(words(&both, &of(of_eve)), "eve, by way of role Admin in 333344445555");
    // A key of which nothing is known, as the console's: two could be it.
    let console = ("333344445555", "Admin", "work", "ASIACONSOLE");
    let open = behind(&both, &of(console)).unwrap();
    assert_eq!((open.links.len(), open.end), (0, End::Several));
    let one = behind(&both[..1], &of(console)).unwrap();
    assert_eq!((one.certainty, one.end.clone()), (Certainty::Likely, End::Itself));
    assert_eq!(one.words().unwrap(), "probably dana, by way of role Admin in 333344445555");
    // Clocks and answers differ by a second; of another second, it is another's.
    for (made, is_its) in [
        ("2026-03-18T08:59:58Z", false),
        ("2026-03-18T08:59:59Z", true),
        ("2026-03-18T09:00:01Z", true),
        ("2026-03-18T09:00:02Z", false),
    ] {
        let mut other = of(console);
        other["sessionContext"]["attributes"]["creationDate"] = made.into();
        assert_eq!(words(&both[..1], &other) != "not in the logs at hand", is_its, "{made}");
    }
    let mut claims = of(console);
    claims["sessionContext"]["sourceIdentity"] = "dana".into();
    claims["principalId"] = "AROAOTHER:work".into();
    assert_eq!(words(&both[..1], &claims), "not in the logs at hand", "a source identity is a claim");
}

#[test]
fn the_logs_of_both_accounts_tell_one_hand_out() {
    let other = json!({"type": "AWSAccount", "principalId": "AIDAdana", "accountId": "111122223333"});
    let copies = [assumed(&other, ADMIN), assumed(&user("dana"), ADMIN)];
    for records in [copies.to_vec(), copies.iter().rev().cloned().collect()] {
        assert_eq!(words(&records, &of(ADMIN)), "dana, by way of role Admin in 333344445555");
    }
    let told = "account 111122223333 (who was handed that session is not in the logs at hand), by way of role Admin in 333344445555";
    assert_eq!(words(&copies[..1], &of(ADMIN)), told);
    // What two say of one key cannot both be.
    let contested = [assumed(&user("dana"), ADMIN), assumed(&user("eve"), ADMIN)];
    assert_eq!(behind(&contested, &of(ADMIN)).unwrap().end, End::Several);
}

#[test]
fn a_machine_is_a_machine_where_its_service_says_so() {
    let own = ("222233334444", "web", "i-0123456789abcdef0", "ASIAWEB");
    let service = json!({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"});
    assert_eq!(words(&[assumed(&service, own)], &of(own)), "what runs there, for ec2.amazonaws.com");
    let chain = [assumed(&service, own), assumed(&of(own), ADMIN)];
    assert_eq!(
        words(&chain, &of(ADMIN)),
        "web/i-0123456789abcdef0, which runs for ec2.amazonaws.com, by way of role Admin in 333344445555"
    );
    // Who only calls a session like a machine is no machine.
    assert_eq!(words(&[assumed(&user("eve"), own)], &of(own)), "eve, by way of role web in 222233334444");
}

#[test]
fn whom_no_record_names_is_nobody() {
    for service in ["sts", "sso", "rolesanywhere", "cognito-identity"] {
        for asker in [json!({"type": "Unknown"}), json!({}), Value::Null] {
            let mut record = assumed(&asker, ADMIN);
            record["eventSource"] = format!("{service}.amazonaws.com").into();
            let told = behind(&[record], &of(ADMIN)).unwrap();
            assert_eq!(told.end, End::Unnamed, "{service} {asker}");
            assert_eq!(told.words().unwrap(), "somebody unknown, by way of role Admin in 333344445555");
        }
    }
}

#[test]
fn what_is_told_of_a_record_does_not_hang_on_its_neighbours() {
    let mut token = assumed(&user("dana"), ADMIN);
    token["responseElements"]["assumedRoleUser"] = Value::Null;
    let mut with_token = user("dana");
    with_token["accessKeyId"] = ADMIN.3.into();
    let facts = facts(&did(&with_token));
    assert_eq!(all(&[token]).worth_telling(&facts.actor, facts.time), None);
    assert!(!HandOuts::are_asked_for(&facts.actor), "so nothing would be gathered for it alone");
}

#[test]
fn what_cannot_be_is_not_followed() {
    let mut late = assumed(&user("dana"), ADMIN);
    late["eventTime"] = "2026-03-18T10:00:00Z".into();
    assert_eq!(words(&[late], &of(ADMIN)), "not in the logs at hand", "it was handed out after its use");
    let circle = [assumed(&of(JUMP), ADMIN), assumed(&of(ADMIN), JUMP)];
    assert_eq!(behind(&circle, &of(ADMIN)).unwrap().end, End::Several);
    let mut denied = assumed(&user("dana"), ADMIN);
    denied["errorCode"] = "AccessDenied".into();
    assert_eq!(words(&[denied], &of(ADMIN)), "not in the logs at hand");
    let mut elsewhere = assumed(&user("dana"), ADMIN);
    elsewhere["eventSource"] = "example.amazonaws.com".into();
    assert_eq!(words(&[elsewhere], &of(ADMIN)), "not in the logs at hand", "its answer is anybody's");
}

#[test]
fn an_identity_of_a_machine_is_told_with_the_machine() {
    let claims = json!({"xms_mirid": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm-shop-01",
        "idtyp": "app", "appid": "11111111-0000-4000-8000-000000000001"});
    let record = json!({"category": "Administrative", "operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION",
        "time": MADE, "resourceId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/vm-2",
        "resultType": "Success", "correlationId": "00000000-0000-4000-8000-000000000001", "identity": {"claims": claims}});
    let facts = facts(&record);
    let behind = HandOuts::default().behind(&facts.actor, facts.time).unwrap();
    assert_eq!(behind.words().unwrap(), "vm-shop-01, whose own identity it is");
}

#[test]
fn of_many_roles_the_first_and_the_last_are_named() {
    let mut records = Vec::new();
    let mut asker = user("dana");
    for at in 0..40 {
        let (role, key) = (format!("r{at}"), format!("ASIA{at}"));
        let next = ("222233334444", role.as_str(), "s", key.as_str());
        records.push(assumed(&asker, next));
        asker = of(next);
    }
    assert_eq!(
        words(&records, &asker),
        "dana, by way of role r0 in 222233334444, 38 more, role r39 in 222233334444"
    );
}

fn samples() -> Vec<PathBuf> {
    let events = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let files = fs::read_dir(events).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.is_file()).collect()
}

/// What a delivery hands out: as gathered, and as every record tells that is read.
fn handed_out(bytes: &[u8]) -> [Vec<(String, HandedOut, String, String)>; 2] {
    let pipeline = Pipeline::new(Policy::unfiltered()).without_screen();
    let (sender, found) = std::sync::mpsc::channel();
    let witness = move |event: &crate::event::Event<'_>, origin: &str| {
        if let Some(out) = HandOut::of(event.facts(), origin) {
            sender.send(out).unwrap();
        }
    };
    let session = pipeline.delivery("a", Timestamp::UNIX_EPOCH);
    let mut session = session.witnessed_by(Box::new(witness));
    session.push(bytes);
    session.finish(Ending::Whole);
    let (mut gathered, mut gather) = (Vec::new(), Gather::of("a"));
    for chunk in bytes.chunks(1_000) {
        gather.push(chunk, &mut |out| gathered.push(out));
    }
    gather.finish(&mut |out| gathered.push(out));
    let told = |out: HandOut| (out.record, out.session, out.event, out.asker.key.clone());
    [gathered.into_iter().map(told).collect(), found.iter().map(told).collect()]
}

#[test]
fn gathering_overlooks_nothing_that_reading_every_record_finds() {
    let mut count = 0;
    for file in samples() {
        let [gathered, found] = handed_out(&fs::read(&file).unwrap());
        assert_eq!(gathered, found, "{}", file.display());
        count += found.len();
    }
    assert!(count >= 5, "the samples hand out {count} sessions");
}

/// Most of what carries records is passed over by its bytes.
#[test]
fn gathering_overlooks_nothing_whatever_carries_it() {
    let service = json!({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"});
    let by_role = session("111122223333", "ops", "dana", "ASIAEXAMPLE1");
    let records = [&user("dana"), &by_role, &service].map(|asker| {
        let mut record = assumed(asker, ("111122223333", "ops", "eve", "ASIAEXAMPLE2"));
        record["awsRegion"] = "eu-central-1".into();
        (Log::CloudTrail, record)
    });
    let sign_ins = fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/example-eventhub-signin-interactive.json"),
    );
    let sign_ins: Value = serde_json::from_slice(&sign_ins.unwrap()).unwrap();
    let sign_ins = sign_ins["records"].as_array().unwrap().iter().map(|record| (Log::SignIn, record.clone()));
    let all: Vec<(Log, Value)> = records.into_iter().chain(sign_ins).collect();
    let known = KnownMembers::from(all.iter().map(|(log, record)| (*log, record)));
    let (mut plain, mut spelled) = (BTreeSet::new(), BTreeSet::new());
    for shape in shapes::all() {
        for (log, record) in all.iter().filter(|(log, _)| shape.logs.contains(log)) {
            for bytes in shape.deliveries(&known, *log, record) {
                let ways = [(escaped(&bytes), &mut spelled), (Some(bytes), &mut plain)];
                for (bytes, telling) in
                    ways.into_iter().filter_map(|(bytes, telling)| Some((bytes?, telling)))
                {
                    let [gathered, found] = handed_out(&bytes);
                    assert_eq!(gathered, found, "{}: {}", shape.name, String::from_utf8_lossy(&bytes));
                    if !found.is_empty() {
                        telling.insert(shape.name);
                    }
                }
            }
        }
    }
    assert!(plain.len() > 60 && spelled.len() > 20, "{plain:?}; spelled by numbers: {spelled:?}");
}

/// The same text with the names by which it is found spelled by numbers.
fn escaped(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.starts_with('{'))?;
    let spelled =
        text.replace("credentials\"", "cr\\u0065dentials\"").replace("Identifier\"", "Id\\u0065ntifier\"");
    (spelled != text).then(|| spelled.into_bytes())
}

/// What a record hands out, as all its facts tell it and as those do that are read for gathering.
fn told_of(record: &str) -> (String, String) {
    let of = |facts: Option<Facts>| format!("{:?}", facts.and_then(|facts| HandOut::of(&facts, "a.json#1")));
    with(record, |event| {
        (of(Some(event.facts().clone())), of(Facts::of_hand_out(event.log(), event.document())))
    })
    .unwrap()
}

#[test]
fn what_is_gathered_is_what_all_the_facts_of_a_record_say() {
    let asker = session("111122223333", "ops", "dana", "ASIAEXAMPLE1");
    let service = json!({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"});
    let asked = [&user("dana"), &asker, &service]
        .map(|asker| assumed(asker, ("111122223333", "ops", "eve", "ASIAEXAMPLE2")));
    let changes: [(&str, Value); 8] = [
        ("/eventID", Value::Null),
        ("/eventID", "".into()),
        ("/eventTime", "yesterday".into()),
        ("/errorCode", "AccessDenied".into()),
        ("/eventSource", "ec2.amazonaws.com".into()),
        ("/eventName", "AssumeRoot".into()),
        ("/responseElements/credentials/accessKeyId", "".into()),
        ("/responseElements/assumedRoleUser", Value::Null),
    ];
    let mut handed_out = 0;
    for record in &asked {
        for (path, value) in [("/none", Value::Null)].iter().chain(&changes) {
            let mut record = record.clone();
            match record.pointer_mut(path) {
                Some(there) => *there = value.clone(),
                None => record[&path[1..]] = value.clone(),
            }
            let (by_all, by_these) = told_of(&record.to_string());
            assert_eq!(by_these, by_all, "{path} {value}");
            handed_out += usize::from(by_all != "None");
        }
    }
    assert!(handed_out > 8, "{handed_out}");
    assert_eq!(told_of(&did(&user("dana")).to_string()), ("None".to_owned(), "None".to_owned()));
}
