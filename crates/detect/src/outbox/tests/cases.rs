//! Findings of one story are of one case, whoever publishes them and however often.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::*;
use crate::judge::Judging;
use crate::matched::{CaseNews, CaseStep, InCase, Level, case_of};

const KEY_PUSH: &str = "ec2-instance-connect.amazonaws.com/SendSSHPublicKey";
const SERIAL: &str = "ec2.amazonaws.com/EnableSerialConsoleAccess";
const NOON: &str = "2026-03-18T12:00:00Z";

/// Somebody's call on a machine, from an address.
fn call(id: u32, (who, action, machine): (&str, &str, &str), address: &str, at: &str) -> Value {
    let (service, name) = action.split_once('/').unwrap();
    json!({
        "eventVersion": "1.09", "eventSource": service, "eventName": name, "eventTime": at,
        "awsRegion": "eu-west-1", "sourceIPAddress": address, "recipientAccountId": "111122223333",
        "eventID": format!("00000000-0000-4000-8000-{id:012x}"),
        "userIdentity": {
            "type": "IAMUser", "userName": who, "accountId": "111122223333",
            "arn": format!("arn:aws:iam::111122223333:user/{who}"),
        },
        "requestParameters": { "instanceId": machine, "instanceOSUser": "ec2-user", "sSHPublicKey": "ssh-ed25519 AAAA" },
        "responseElements": { "success": true },
    })
}

fn found(pipeline: &Pipeline, record: &Value) -> Vec<Match> {
    let mut session = pipeline.delivery("test", Timestamp::UNIX_EPOCH);
    if record["nobodyVouches"] == true {
        session.unvouched();
    }
    session.push(record.to_string().as_bytes());
    session.finish(Ending::Whole).matches
}

fn compiled() -> &'static Pipeline {
    static PIPELINE: LazyLock<Pipeline> = LazyLock::new(pipeline);
    &PIPELINE
}

/// A process over a store, at a time.
struct Process<'s, Store> {
    store: &'s Store,
    claimant: &'static str,
    now: Timestamp,
}

struct At(Timestamp);

impl crate::clock::Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }
}

impl<'s, Store: StateStore> Process<'s, Store> {
    fn over(store: &'s Store) -> Self {
        Self { store, claimant: "one", now: NOON.parse().unwrap() }
    }

    /// What is published of a record.
    fn send(&self, record: &Value) -> (Vec<Finding>, Tally) {
        let (pipeline, product) = (compiled(), Product::new("test"));
        let memory = Memory::fleeting(self.store);
        let outbox = Outbox {
            policy: pipeline.policy(),
            memory: &memory,
            sink: &Sink::default(),
            clock: &At(self.now),
            claimant: self.claimant,
            product: &product,
        };
        let mut tally = Tally::default();
        let sent = pollster::block_on(outbox.send(found(pipeline, record), &mut tally));
        assert!(tally.balances(), "{tally:?}");
        (sent.published, tally)
    }

    /// Decides a record and dies before anything is published.
    fn die_of(&self, record: &Value) -> Vec<Option<InCase>> {
        let (pipeline, memory) = (compiled(), Memory::fleeting(self.store));
        let judging = Judging {
            memory: &memory,
            policy: pipeline.policy(),
            claimant: self.claimant,
            clock: &At(self.now),
        };
        let judged = pollster::block_on(judging.judge(found(pipeline, record)));
        judged.ready.into_iter().map(|found| found.verdict.case).collect()
    }

    /// The case of what is published of a record; all of it is of one.
    fn case(&self, record: &Value) -> InCase {
        let (published, tally) = self.send(record);
        assert_eq!(tally.caseless, 0, "{tally:?}");
        published[0].matched.verdict.case.clone().expect("a case")
    }
}

#[test]
fn a_later_finding_names_its_case_and_what_it_adds() {
    let store = MemoryStore::default();
    let process = Process::over(&store);
    let (opening, _) = process.send(&call(1, ("dana", KEY_PUSH, "i-0a"), "203.0.113.45", NOON));
    let opened = opening[0].matched.verdict.case.clone().unwrap();
    assert_eq!((opened.step, opened.uid()), (CaseStep::Opened, case_of(&opening[0].uid)));
    let serial = call(2, ("dana", SERIAL, ""), "198.51.100.7", "2026-03-18T13:00:00Z");
    let raised = process.case(&serial);
    assert_eq!((raised.step, raised.adds), (CaseStep::Raised, vec![CaseNews::Address, CaseNews::Rule]));
    assert_eq!(raised.opened_by, opening[0].uid);
    let (more, _) =
        process.send(&call(3, ("dana", KEY_PUSH, "i-0b"), "203.0.113.45", "2026-03-18T14:00:00Z"));
    let added = more[0].matched.verdict.case.clone().unwrap();
    assert_eq!((added.step, &added.adds), (CaseStep::Added, &vec![CaseNews::Machine]));
    assert!(
        more.iter()
            .all(|finding| finding.matched.verdict.case.as_ref().map(InCase::uid) == Some(opened.uid()))
    );

    let event: Value = serde_json::from_str(more[0].json()).unwrap();
    assert_eq!((&event["casestep"], &event["thread"]), (&json!("added"), &json!(opened.uid())));
    let told = &event["data"]["unmapped"]["case"];
    assert_eq!((&told["uid"], &told["adds"]), (&json!(opened.uid()), &json!(["machine"])));
    let related = event["data"]["finding_info"]["related_events"].as_array().unwrap();
    assert_eq!(related.last().unwrap()["uid"], json!(opening[0].uid));
    for finding in opening.iter().chain(&more) {
        trailhound_conformance::validate_finding(finding.json()).unwrap();
    }
}

#[test]
fn two_people_are_of_one_case_by_an_address_that_few_use_and_not_by_a_machine() {
    let store = MemoryStore::default();
    let process = Process::over(&store);
    let of =
        |id, who, address: &str| process.case(&call(id, (who, KEY_PUSH, "i-0a"), address, NOON)).opened_by;
    let dana = of(1, "dana", "203.0.113.45");
    assert_ne!(of(2, "erin", "198.51.100.7"), dana, "both are on one machine");
    assert_eq!(of(3, "frank", "203.0.113.45"), dana);
    assert_eq!(of(4, "gail", "203.0.113.45"), dana);
    let hal = of(5, "hal", "203.0.113.45");
    assert_ne!(hal, dana, "the fourth from there");
    let ivan = of(6, "ivan", "203.0.113.45");
    assert!(ivan != dana && ivan != hal, "that others have cases of their own makes them no fewer");
}

#[test]
fn a_case_ends_a_day_after_the_last_of_it_and_a_week_after_the_first() {
    let store = MemoryStore::default();
    let process = Process::over(&store);
    let case = |id: u32, hours: i64| {
        let at = NOON.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours);
        let record = call(id, ("dana", KEY_PUSH, "i-0a"), "203.0.113.45", &at.to_string());
        process.case(&record).opened_by
    };
    let first = case(1, 0);
    assert_ne!(case(2, 25), first);
    let long: Vec<String> = (2..=10_u32).map(|n| case(n + 10, i64::from(n) * 23)).collect();
    let ended = long.iter().position(|by| *by != long[0]).expect("it ends");
    assert!(long[..ended].iter().all(|by| *by == long[0]) && (7..=8).contains(&ended), "{ended}");
}

#[test]
fn what_turns_out_to_be_of_two_cases_is_of_the_first_and_ends_the_other() {
    let store = MemoryStore::default();
    let process = Process::over(&store);
    let of = |id, who, address: &str| process.case(&call(id, (who, KEY_PUSH, "i-0a"), address, NOON));
    let dana = of(1, "dana", "203.0.113.45");
    let erin = process.case(&call(2, ("erin", KEY_PUSH, "i-0b"), "198.51.100.7", "2026-03-18T12:01:00Z"));
    let both = process.case(&call(3, ("dana", KEY_PUSH, "i-0a"), "198.51.100.7", "2026-03-18T12:02:00Z"));
    assert_eq!((&both.opened_by, &both.absorbed), (&dana.opened_by, &vec![erin.uid().to_owned()]));
    let later = process.case(&call(4, ("erin", KEY_PUSH, "i-0b"), "192.0.2.1", "2026-03-18T12:03:00Z"));
    assert_eq!(later.opened_by, dana.opened_by);
}

#[test]
fn whoever_publishes_it_after_a_crash_says_the_same_of_its_case() {
    let store = MemoryStore::default();
    let one = Process::over(&store);
    let opened = one.case(&call(1, ("dana", KEY_PUSH, "i-0a"), "203.0.113.45", NOON));
    let record = call(2, ("dana", KEY_PUSH, "i-0b"), "203.0.113.45", NOON);
    let decided = one.die_of(&record).remove(0).expect("a case");
    assert_eq!(decided.opened_by, opened.opened_by);
    // Meanwhile nothing is left of what it was joined by.
    let key = Key { kind: ItemKind::Case, scope: "111122223333".to_owned(), name: "open".to_owned() };
    let there = pollster::block_on(store.load(std::slice::from_ref(&key))).unwrap().remove(0).unwrap();
    let write = Write {
        key,
        replaces: Some(there.version),
        value: r#"{"v":1,"cases":[]}"#.into(),
        expires_at: there.expires_at,
    };
    pollster::block_on(store.commit(&[write])).unwrap();
    let later = one.now + SignedDuration::from_secs(60);
    let two = Process { claimant: "two", now: later, ..Process::over(&store) };
    assert_eq!(two.case(&record), decided);
}

#[test]
fn a_store_that_is_down_costs_the_case_and_is_counted() {
    let record = call(1, ("dana", KEY_PUSH, "i-0a"), "203.0.113.45", NOON);
    let (published, tally) = Process::over(&Down).send(&record);
    assert_eq!((published.len(), tally.caseless), (1, 1));
    let event: Value = serde_json::from_str(published[0].json()).unwrap();
    assert_eq!((&event["casestep"], &event["thread"]), (&json!("alone"), &json!(case_of(&published[0].uid))));
}

#[test]
fn what_nobody_vouches_for_is_of_no_case_and_opens_none() {
    let store = MemoryStore::default();
    let process = Process::over(&store);
    let mut forged = call(1, ("dana", SERIAL, ""), "203.0.113.45", NOON);
    forged["nobodyVouches"] = true.into();
    let (published, tally) = process.send(&forged);
    assert_eq!((published.len(), published[0].case_step(), tally.caseless), (1, "alone", 0));
    let own = process.case(&call(2, ("dana", KEY_PUSH, "i-0a"), "203.0.113.45", NOON));
    assert_eq!(own.step, CaseStep::Opened);
}

#[test]
fn nothing_is_kept_for_what_no_person_is_told_of() {
    let store = MemoryStore::default();
    let (sent, tally) = send(&store, &Sink::default(), "one");
    assert!(sent.published[0].level() < Level::Medium);
    assert_eq!((sent.published[0].matched.verdict.case.clone(), tally.caseless), (None, 0));
    let key = Key { kind: ItemKind::Case, scope: "111122223333".to_owned(), name: "open".to_owned() };
    assert_eq!(pollster::block_on(store.load(&[key])).unwrap(), [None]);
}

#[test]
fn however_many_cases_are_open_the_board_is_bounded() {
    let store = MemoryStore::default();
    let process = Process::over(&store);
    let mut last = None;
    for n in 0..60_u32 {
        let address = format!("203.0.113.{n}");
        let who = format!("user-{n}");
        let mine = process.case(&call(n, (&who, KEY_PUSH, "i-0a"), &address, NOON));
        assert_eq!(mine.step, CaseStep::Opened);
        last = Some((who, address, mine));
    }
    let (who, address, mine) = last.unwrap();
    for n in 100..160_u32 {
        let more = process.case(&call(n, (&who, KEY_PUSH, &format!("i-{n}")), &address, NOON));
        assert_eq!(more.opened_by, mine.opened_by, "who did it stays, however many machines");
    }
    let key = Key { kind: ItemKind::Case, scope: "111122223333".to_owned(), name: "open".to_owned() };
    let board = pollster::block_on(store.load(&[key])).unwrap().remove(0).unwrap();
    let bytes = board.value.as_str().len();
    assert!((1_000..3 * 1_024 - 100).contains(&bytes), "{bytes}");
    let open = board.value.as_str().matches("\"by\"").count();
    assert!(open > 10, "some ten cases are open: {open}");
}
