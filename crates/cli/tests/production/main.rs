//! `replay` against production, as far as moto is that: asked, handed over, published on the spot; cut off anywhere.

mod failing;
mod gathered;
mod killed;
mod shadow;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use trailhound_courier::failure::Cause;
use trailhound_detect::tally::RejectReason;
use trailhound_testkit::records::ssm;
use world::{KEY, World, balances, line, notice, records, sample, scanned};

/// So many letters are among it.
const LETTERS: usize = 5;

/// What was lost, of every kind: parked records and messages, letters by every way a notice comes, of deliveries that failed for
/// every cause, and a notice of nothing to read.
async fn losses(world: &World) -> Vec<String> {
    let trail = world.bucket("trail");
    let records = records();
    for (n, record) in records.iter().enumerate() {
        world.object(&format!("{n}.json"), json!({"Records": [record]}).to_string().into_bytes()).await;
    }
    let origin = |n: usize| format!("s3://{trail}/{n}.json#1");
    let body = |n: usize| records[n].to_string().into_bytes();
    let parked = [
        line("unknown_record", &origin(0), &body(0)),
        line("too_large", &origin(1), &body(1)),
        line("unreadable", &format!("s3://{trail}/2.json"), notice(&trail, "2.json").to_string().as_bytes()),
    ];
    let rejects = world.park('a', &parked).await;
    // A gathering has no letters.
    let causes: Vec<Cause> = Cause::all().filter(|cause| *cause != Cause::NoPart).collect();
    let dead = (3..records.len()).zip(causes.iter().cycle());
    let dead: Vec<_> = dead.map(|(n, cause)| (*cause, origin(n), records[n].clone())).collect();
    assert!(dead.len() >= causes.len(), "every cause has a letter");
    failing::fail(world, &dead);
    let mut removed = notice(&trail, "3.json");
    removed["Records"][0]["eventName"] = json!("ObjectRemoved:Delete");
    removed["Records"][0]["s3"]["object"]["key"] = json!("gone.json");
    world.letter(&removed.to_string()).await;
    world.letter(&notice(&trail, "3.json").to_string()).await;
    let sns = json!({"Type": "Notification", "MessageId": "n", "TopicArn": "arn:aws:sns:us-east-1:111122223333:t",
                     "Message": notice(&trail, "4.json").to_string()});
    world.letter(&sns.to_string()).await;
    let bridge = json!({"version": "0", "id": "e", "source": "aws.s3", "detail-type": "Object Created",
                        "account": "111122223333", "region": "us-east-1",
                        "detail": {"bucket": {"name": trail}, "object": {"key": "5.json"}}});
    world.letter(&bridge.to_string()).await;
    let keys: Vec<String> = (6..records.len()).map(|n| format!("{n}.json")).collect();
    world.letter(&json!({"s3Bucket": trail, "s3ObjectKey": keys}).to_string()).await;
    vec!["--dead-letters".to_owned(), world.letters.clone(), rejects]
}

/// Is each of these told once, in one of several hearings?
fn are_told_once(expected: &BTreeSet<String>, heard: &[&BTreeMap<String, usize>]) -> bool {
    let times = |id: &String| heard.iter().filter_map(|heard| heard.get(id)).sum::<usize>();
    expected.iter().all(|id| times(id) == 1)
}

fn with(mut arguments: Vec<String>, more: &[String]) -> Vec<String> {
    arguments.extend_from_slice(more);
    arguments
}

#[tokio::test]
async fn on_the_spot_everything_is_published_once_and_by_another_run_nothing() {
    let Some(world) = World::set().await else { return };
    let lost = losses(&world).await;
    let unread = world.park('b', &[line("not_json", "s3://elsewhere/k#1", b"oops")]).await;
    world.letter("nobody knows this").await;
    let (_, expected) = scanned(&world);
    let before = world.told().await;
    let owed = expected.iter().filter(|id| !before.contains_key(*id)).count();
    assert!(owed > 0 && !before.is_empty(), "some of what failed had gone out: {before:?}");

    // Nothing is written by asking.
    let table = format!("dynamodb://{}", world.name);
    let dry = with(["replay", "--format", "json", "--table", &table].map(str::to_owned).into(), &lost);
    for _ in 0..2 {
        let (told, code) = world.run(&dry, &[&unread]).await;
        balances(&told);
        assert!(told["sum"]["published"].as_u64() >= Some(owed as u64), "{told}");
        assert_eq!((&told["sum"]["still_failing"], code), (&json!(2), Some(1)), "{told}");
    }
    assert!(world.told().await.is_empty());

    let here = with(world.here("ledger"), &lost);
    let (told, code) = world.run(&here, &[&unread]).await;
    balances(&told);
    assert_eq!((&told["sum"]["still_failing"], code), (&json!(2), Some(1)), "{told}");
    let published = world.told().await;
    assert!(are_told_once(&expected, &[&before, &published]), "{told}: {before:?} {published:?}");
    assert_eq!(told["sum"]["published"], published.values().sum::<usize>(), "{told}");

    // The ledger knows all of it; without the ledger the table does.
    let (told, code) = world.run(&here, &[&unread]).await;
    balances(&told);
    assert_eq!((&told["sum"]["published"], &told["taken_before"]), (&json!(0), &json!(3)), "{told}");
    assert_eq!(code, Some(1), "what nobody can read is still there: {told}");
    let rejects = lost.last().unwrap().as_str();
    let (told, _) = world.run(&world.here("another"), &[rejects]).await;
    balances(&told);
    assert_eq!(
        (&told["sum"]["published"], &told["sum"]["duplicates"]),
        (&json!(0), &told["sum"]["in"]),
        "{told}"
    );
    assert!(world.told().await.is_empty());
    let left = world.drain(&world.letters).await;
    assert_eq!(left.len(), 1, "only what nobody knows stays: {left:?}");

    // And what was asked about is known to be published.
    let (told, _) =
        world.run(&["replay", "--format", "json", "--table", &table].map(str::to_owned), &[rejects]).await;
    assert_eq!(
        (&told["sum"]["published"], &told["sum"]["duplicates"]),
        (&json!(0), &told["sum"]["in"]),
        "{told}"
    );
}

#[tokio::test]
async fn what_was_parked_is_deleted_only_once_all_of_it_was_taken() {
    let Some(world) = World::set().await else { return };
    let origin = format!("s3://{}/k.json#1", world.bucket("trail"));
    let record = records()[0].to_string().into_bytes();
    let whole = world.park('c', &[line("unknown_record", &origin, &record)]).await;
    let mixed = world
        .park('d', &[line("unknown_record", &origin, &record), line("not_json", &origin, b"oops")])
        .await;
    let (told, code) = world.run(&world.here("ledger"), &["--done", "delete", &whole, &mixed]).await;
    balances(&told);
    assert_eq!(code, Some(1), "{told}");
    assert!(!world.is_there(&whole).await && world.is_there(&mixed).await);
    // By reason and origin, so that what can be read now goes alone.
    let (told, code) = world.run(&world.here("second"), &["--reason", "unknown_record", &mixed]).await;
    assert_eq!((&told["sum"]["still_failing"], code), (&json!(0), Some(0)), "{told}");
    let (told, _) = world.run(&world.here("third"), &["--origin", "s3://elsewhere/", &mixed]).await;
    assert_eq!(told["parked_bodies"], 0, "{told}");
}

/// Plays the function until something is done.
async fn playing<T>(world: &World, doing: impl Future<Output = T>) -> (T, Vec<Value>) {
    let (mut doing, mut all) = (std::pin::pin!(doing), Vec::new());
    loop {
        tokio::select! {
            biased;
            done = &mut doing => return (done, all),
            () = tokio::time::sleep(Duration::from_millis(100)) => {}
        }
        deliver(world, &mut all).await;
    }
}

/// What came into the function's queue is delivered by its courier, however often the same came before.
async fn deliver(world: &World, all: &mut Vec<Value>) {
    for message in world.drain(&world.intake).await {
        let body: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
        let paths = objects(&body);
        if paths.is_empty() {
            all.push(message);
            continue;
        }
        let ledger = format!("function-{}", uuid::Uuid::new_v4());
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        world.run(&world.here(&ledger), &paths).await;
        all.push(message);
    }
}

fn objects(body: &Value) -> Vec<String> {
    if let Some(message) = body["Message"].as_str() {
        return objects(&serde_json::from_str(message).unwrap());
    }
    let at =
        |bucket: &Value, key: &Value| format!("s3://{}/{}", bucket.as_str().unwrap(), key.as_str().unwrap());
    if let Some(keys) = body["s3ObjectKey"].as_array() {
        return keys.iter().map(|key| at(&body["s3Bucket"], key)).collect();
    }
    if body["detail"].is_object() {
        return vec![at(&body["detail"]["bucket"]["name"], &body["detail"]["object"]["key"])];
    }
    if body["Records"][0]["eventName"] == "ObjectRemoved:Delete" {
        return Vec::new();
    }
    let s3 = &body["Records"][0]["s3"];
    vec![at(&s3["bucket"]["name"], &s3["object"]["key"])]
}

#[tokio::test]
async fn what_is_handed_over_is_marked_and_told_and_asked_about() {
    let Some(world) = World::set().await else { return };
    let lost = losses(&world).await;
    let (_, expected) = scanned(&world);
    let before = world.told().await;
    let owed = expected.iter().filter(|id| !before.contains_key(*id)).count();
    let archive = world.object(KEY, sample()).await;
    let go = with(world.go("ledger"), &lost);
    let more = ["--patience", "600", "--done", "delete", &archive];
    let handing = world.run(&go, &more);
    let ((told, code), mut messages) = playing(&world, handing).await;
    balances(&told);
    assert_eq!((&told["sum"]["still_failing"], code), (&json!(0), Some(0)), "{told}");
    assert_eq!(told["sum"]["published"], owed, "{told}");
    let published = world.told().await;
    assert!(are_told_once(&expected, &[&before, &published]), "{before:?} {published:?}");
    // What tells nothing may lie there still.
    messages.extend(world.drain(&world.intake).await);
    assert!(!messages.is_empty());
    for message in &messages {
        assert_eq!(message["MessageAttributes"]["trailhound-replay"]["StringValue"], "1", "{message}");
    }
    assert!(world.drain(&world.letters).await.is_empty());
    assert!(!world.is_there(lost.last().unwrap()).await, "all that the object held was taken");

    let (told, code) = world.run(&go[..go.len() - 1], &[&archive]).await;
    balances(&told);
    assert_eq!((&told["sum"]["in"], &told["taken_before"], code), (&json!(0), &json!(1), Some(0)), "{told}");
    assert!(world.drain(&world.intake).await.is_empty());
}

#[tokio::test]
async fn where_nothing_comes_of_the_first_the_rest_stays() {
    let Some(world) = World::set().await else { return };
    let lost = losses(&world).await;
    let (told, code) = world.run(&with(world.go("ledger"), &lost), &["--patience", "1"]).await;
    balances(&told);
    assert_eq!((code, &told["sum"]["published"]), (Some(1), &json!(0)), "{told}");
    let not_told = told["still_failing"]["not_told"]["count"].as_u64();
    assert_eq!(
        not_told.zip(told["sum"]["duplicates"].as_u64()).map(|(a, b)| a + b),
        told["sum"]["in"].as_u64(),
        "{told}"
    );
    assert_eq!(world.drain(&world.intake).await.len(), 1);
}

#[tokio::test]
async fn where_nothing_comes_of_the_first_letter_the_others_stay_in_their_queue() {
    let Some(world) = World::set().await else { return };
    let mut letters = losses(&world).await;
    letters.pop();
    let (told, code) = world.run(&with(world.go("ledger"), &letters), &["--patience", "1"]).await;
    balances(&told);
    assert_eq!((code, &told["sum"]["published"]), (Some(1), &json!(0)), "{told}");
    let handed = world.drain(&world.intake).await;
    assert_eq!(handed.len(), 1, "{handed:?}");
    // Given back, and not only hidden.
    let left = world.drain(&world.letters).await;
    assert_eq!(left.len(), LETTERS - 1, "{left:?}");
    assert!(left.iter().all(|letter| letter["Body"] != handed[0]["Body"]), "{left:?}");
}

#[tokio::test]
async fn handed_over_twice_in_parallel_nothing_is_lost_and_each_told_once() {
    let Some(world) = World::set().await else { return };
    let lost = losses(&world).await;
    let (_, expected) = scanned(&world);
    let before = world.told().await;
    let patient = ["--patience", "600"];
    let (one, other) = (with(world.go("one"), &lost), with(world.go("other"), &lost));
    let both = async { tokio::join!(world.run(&one, &patient), world.run(&other, &patient)) };
    let (((one, first), (other, second)), mut messages) = playing(&world, both).await;
    deliver(&world, &mut messages).await;
    balances(&one);
    balances(&other);
    assert_eq!((first, second), (Some(0), Some(0)), "{one} {other}");
    let published = world.told().await;
    assert!(are_told_once(&expected, &[&before, &published]), "{one} {other}: {before:?} {published:?}");
    assert!(world.drain(&world.letters).await.is_empty());
}

#[tokio::test]
async fn twice_in_parallel_nothing_is_lost_and_each_told_once() {
    let Some(world) = World::set().await else { return };
    let lost = losses(&world).await;
    let before = world.told().await;
    let archive = world.object(KEY, sample()).await;
    let (one, other) = (with(world.here("one"), &lost), with(world.here("other"), &lost));
    let paths = [archive.as_str()];
    let ((one, _), (other, _)) = tokio::join!(world.run(&one, &paths), world.run(&other, &paths));
    balances(&one);
    balances(&other);
    let published = world.told().await;
    let (_, expected) = scanned(&world);
    assert!(are_told_once(&expected, &[&before, &published]), "{one} {other}: {before:?} {published:?}");
    assert!(world.drain(&world.letters).await.is_empty());
    let sum = |told: &Value| told["sum"]["published"].as_u64().unwrap();
    assert_eq!(sum(&one) + sum(&other), published.values().sum::<usize>() as u64, "{one} {other}");
}

#[tokio::test]
async fn what_was_taken_is_tagged_beside_the_tags_it_has() {
    let Some(world) = World::set().await else { return };
    let origin = format!("s3://{}/k.json#1", world.bucket("trail"));
    let record = records()[0].to_string().into_bytes();
    let whole = world.park('c', &[line("unknown_record", &origin, &record)]).await;
    let mixed = world
        .park('d', &[line("unknown_record", &origin, &record), line("not_json", &origin, b"oops")])
        .await;
    world.put_tag(&whole, ("owner", "someone")).await;
    for ledger in ["one", "another"] {
        let (told, _) = world.run(&world.here(ledger), &["--done", "tag", &whole, &mixed]).await;
        balances(&told);
    }
    let tags = [world.tags(&whole).await, world.tags(&mixed).await];
    assert_eq!(tags[0].matches("<Key>trailhound-replayed</Key><Value>20").count(), 1, "{tags:?}");
    assert!(tags[0].contains("<Key>owner</Key><Value>someone</Value>"), "{tags:?}");
    assert!(!tags[1].contains("trailhound-replayed"), "{tags:?}");
}

#[tokio::test]
async fn whatever_it_was_parked_for_is_told_or_still_failing() {
    let Some(world) = World::set().await else { return };
    let reasons: Vec<RejectReason> = RejectReason::all().collect();
    let readable: Vec<Value> =
        (0..).take(reasons.len()).map(|n| ssm(n, "StartSession", "2026-03-18T09:00:00Z", n)).collect();
    let lines: Vec<Value> = (0..)
        .zip(&reasons)
        .zip(&readable)
        .flat_map(|((n, reason), record)| {
            let origin = |m: u64| format!("s3://{}/{m}.json#1", world.bucket("trail"));
            let mended = line(reason.as_str(), &origin(2 * n), record.to_string().as_bytes());
            [mended, line(reason.as_str(), &origin(2 * n + 1), b"\xff no record")]
        })
        .collect();
    let rejects = world.park('e', &lines).await;
    let (told, code) = world.run(&world.here("ledger"), &["--done", "delete", &rejects]).await;
    balances(&told);
    assert_eq!((&told["sum"]["still_failing"], code), (&json!(reasons.len()), Some(1)), "{told}");
    let alone: usize = world.told().await.values().filter(|count| **count == 1).count();
    assert!(alone >= reasons.len(), "{told}");
    assert!(world.is_there(&rejects).await, "what nobody can read keeps it there");
}
