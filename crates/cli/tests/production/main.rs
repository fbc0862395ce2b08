//! `replay` against production, as far as moto is that: asked, handed over, published on the spot; cut off anywhere.

mod world;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trailhound_testkit::gate::{Gate, Trouble};
use world::{KEY, World, balances, line, notice, records, sample, scanned};

/// What was lost, of every kind: parked records and messages, letters by every way a notice comes, and what nobody can read.
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

    // Nothing is written by asking.
    let table = format!("dynamodb://{}", world.name);
    let dry = with(["replay", "--format", "json", "--table", &table].map(str::to_owned).into(), &lost);
    for _ in 0..2 {
        let (told, code) = world.run(&dry, &[&unread]).await;
        balances(&told);
        assert!(told["sum"]["published"].as_u64() >= Some(expected.len() as u64), "{told}");
        assert_eq!((&told["sum"]["still_failing"], code), (&json!(2), Some(1)), "{told}");
    }
    assert!(world.told().await.is_empty());

    let here = with(world.here("ledger"), &lost);
    let (told, code) = world.run(&here, &[&unread]).await;
    balances(&told);
    assert_eq!((&told["sum"]["still_failing"], code), (&json!(2), Some(1)), "{told}");
    let published = world.told().await;
    assert!(expected.iter().all(|id| published.get(id) == Some(&1)), "{told}: {published:?}");
    assert_eq!(told["sum"]["published"], published.len(), "{told}");

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
    let (told, code) = world.run(&world.here("ledger"), &["--remove", &whole, &mixed]).await;
    balances(&told);
    assert_eq!(code, Some(1), "{told}");
    assert!(!world.is_there(&whole).await && world.is_there(&mixed).await);
    // By reason and origin, so that what can be read now goes alone.
    let (told, code) = world.run(&world.here("second"), &["--reason", "unknown_record", &mixed]).await;
    assert_eq!((&told["sum"]["still_failing"], code), (&json!(0), Some(0)), "{told}");
    let (told, _) = world.run(&world.here("third"), &["--origin", "s3://elsewhere/", &mixed]).await;
    assert_eq!(told["parked_bodies"], 0, "{told}");
}

/// Plays the function: what comes into its queue is delivered by its courier.
async fn function(world: &World, until: Instant) -> Vec<Value> {
    let mut all = Vec::new();
    while Instant::now() < until {
        for message in world.drain(&world.intake).await {
            let body: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
            let paths = objects(&body);
            let ledger = format!("function-{}", all.len());
            let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
            world.run(&world.here(&ledger), &paths).await;
            all.push(message);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    all
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
    let s3 = &body["Records"][0]["s3"];
    vec![at(&s3["bucket"]["name"], &s3["object"]["key"])]
}

#[tokio::test]
async fn what_is_handed_over_is_marked_and_told_and_asked_about() {
    let Some(world) = World::set().await else { return };
    let lost = losses(&world).await;
    let (_, expected) = scanned(&world);
    let archive = world.object(KEY, sample()).await;
    let go = with(world.go("ledger"), &lost);
    let handing = async {
        let done = world.run(&go, &["--patience", "600", "--remove", &archive]).await;
        (done, Instant::now())
    };
    let mut messages = Vec::new();
    let (told, code) = {
        let mut handing = std::pin::pin!(handing);
        loop {
            tokio::select! {
                biased;
                ((told, code), _) = &mut handing => break (told, code),
                some = function(&world, Instant::now() + Duration::from_millis(200)) => messages.extend(some),
            }
        }
    };
    balances(&told);
    assert_eq!((&told["sum"]["still_failing"], code), (&json!(0), Some(0)), "{told}");
    assert_eq!(told["sum"]["published"], expected.len(), "{told}");
    let published = world.told().await;
    assert!(expected.iter().all(|id| published.get(id) == Some(&1)), "{published:?}");
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
    assert_eq!(told["still_failing"]["not_told"]["count"], told["sum"]["in"], "{told}");
    assert_eq!(world.drain(&world.intake).await.len(), 1);
}

/// Seconds for which letters are hidden.
const HIDDEN: u64 = 4;

/// Kills a replay at its n-th request; says whether it came so far.
async fn killed_at(world: &World, gate: &Gate, arguments: &[String], step: usize) -> bool {
    let before = gate.seen().len();
    gate.once(step, Trouble::Hung);
    let mut child = world.start(arguments, &[]);
    loop {
        if gate.seen().len() > before + step {
            child.kill().await.unwrap();
            gate.always(None);
            return true;
        }
        if let Some(_ended) = child.try_wait().unwrap() {
            gate.always(None);
            return false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn killed_at_every_step_nothing_is_lost_and_nothing_told_under_another_id() {
    let Some(mut world) = World::set().await else { return };
    let port = world.url.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap();
    let gate = Gate::before(port, None).await;
    let mut step = 0;
    loop {
        let Some(mut fresh) = World::set().await else { return };
        fresh.url = format!("http://127.0.0.1:{}", gate.port());
        world = fresh;
        let lost = losses(&world).await;
        let here = with(world.here("ledger"), &lost);
        let hidden = with(here.clone(), &["--hidden".to_owned(), HIDDEN.to_string()]);
        let was_killed = killed_at(&world, &gate, &hidden, step).await;
        if was_killed {
            // Letters that the dead run had taken out are not there before.
            tokio::time::sleep(Duration::from_secs(HIDDEN)).await;
        }
        let (told, code) = world.run(&here, &[]).await;
        balances(&told);
        assert_eq!(code, Some(0), "step {step}: {told}");
        let (all, expected) = scanned(&world);
        let published = world.told().await;
        let ids: BTreeSet<&String> = published.keys().collect();
        assert!(expected.iter().all(|id| ids.contains(id)), "step {step}: {published:?}");
        assert!(ids.iter().all(|id| all.contains(*id)), "step {step}: {published:?}");
        assert!(world.drain(&world.letters).await.is_empty(), "step {step}");
        if !was_killed {
            break;
        }
        step += stride(step);
    }
    assert!(step > 10, "{step} steps");
}

/// Every step with `TRAILHOUND_TROUBLE=whole`, else some of them, closer at the beginning.
fn stride(step: usize) -> usize {
    if std::env::var("TRAILHOUND_TROUBLE").as_deref() == Ok("whole") { 1 } else { 4 + step / 2 }
}

#[tokio::test]
async fn twice_in_parallel_nothing_is_lost_and_each_told_once() {
    let Some(world) = World::set().await else { return };
    let lost = losses(&world).await;
    let rejects = lost.last().unwrap().clone();
    let archive = world.object(KEY, sample()).await;
    let (one, other) = (world.here("one"), world.here("other"));
    let paths = [rejects.as_str(), archive.as_str()];
    let ((one, _), (other, _)) = tokio::join!(world.run(&one, &paths), world.run(&other, &paths));
    balances(&one);
    balances(&other);
    let published = world.told().await;
    let (_, expected) = scanned(&world);
    assert!(expected.iter().all(|id| published.get(id) == Some(&1)), "{one} {other}: {published:?}");
    let sum = |told: &Value| told["sum"]["published"].as_u64().unwrap();
    assert_eq!(sum(&one) + sum(&other), published.values().sum::<usize>() as u64, "{one} {other}");
}
