//! `replay` against Azure, as far as its doubles are that: asked, handed over, published on the spot; cut off anywhere. And what was
//! gathered there, read where it lies.

mod avro;
mod gathered;
mod killed;
mod world;

use std::time::Duration;

use serde_json::{Value, json};
use trailhound_detect::tally::RejectReason;
use trailhound_testkit::event_hub::HubEvent;
use trailhound_testkit::records::run_command;
use trailhound_testkit::tls::Certificate;
use world::{HOUR, Ports, World, enveloped, line, records};

const CAPTURED: &str = "hubs-example/activity/0/2026/03/18/09/15/00.avro";

/// What was lost, of every kind: parked bodies and records, an hour of an archive, what Capture kept.
async fn losses(world: &World<'_>) {
    let records = records();
    let parked = [
        line("unpublished", 5, &enveloped(&records[..1])),
        line("unknown_record", 6, records[1].to_string().as_bytes()),
    ];
    world.park('a', &parked).await;
    world.hour(9, &records[2..4]).await;
    let captured = [
        (41, "3/18/2026 9:02:00 AM", enveloped(&records[4..6])),
        (42, "3/18/2026 9:03:00 AM", enveloped(&records[6..])),
    ];
    world.azurite.put_blob("capture", CAPTURED, avro::captured(&captured, true)).await;
}

/// The places where they lie.
fn places(ports: Ports) -> [String; 3] {
    ["rejects", "insights-activity-logs", "capture"].map(|name| ports.container(name))
}

fn with(arguments: &[String], more: &[String]) -> Vec<String> {
    [arguments, more].concat()
}

#[tokio::test]
async fn what_is_asked_about_is_told_from_every_place_and_writes_nothing() {
    let certificate = Certificate::new();
    let Some(world) = World::set(&certificate).await else { return };
    losses(&world).await;
    let (_, expected) = world.scanned(&records()).await;
    assert!(expected.len() >= 7, "{expected:?}");
    let dry = with(&world.direct.dry(&[]), &places(world.direct));
    for _ in 0..2 {
        let (told, code) = world.run(&dry).await;
        assert_eq!(code, Some(0), "{told}");
        assert!(told["sum"]["published"].as_u64() >= Some(expected.len() as u64), "{told}");
        assert_eq!(told["parked_bodies"], 2, "{told}");
        assert_eq!((&told["files"], &told["captured_events"]), (&json!(1), &json!(2)), "{told}");
    }
    assert!(world.told().is_empty() && world.azurite.entities("state").await.is_empty());
}

#[tokio::test]
async fn of_an_archive_by_hours_only_those_that_are_asked_for_are_listed_and_read() {
    let certificate = Certificate::new();
    let Some(world) = World::set(&certificate).await else { return };
    for hour in [7, 8, 9, 11] {
        let mut record = run_command(u64::from(hour), "Success");
        record["time"] = json!(format!("2026-03-18T{hour:02}:30:00Z"));
        world.hour(hour, &[record]).await;
    }
    // Another year, a day of which nobody may ask for.
    let old = format!("{}/h=09/m=00/PT1H.json", HOUR.replace("2026", "2025"));
    world.azurite.put_blob("insights-activity-logs", &old, "not read").await;
    let archive = world.gated.container("insights-activity-logs");
    let range = ["--since", "2026-03-18T08:00:00Z", "--until", "2026-03-18T10:00:00Z", &archive];

    let (told, code) = world.run(&world.here(world.gated, "ledger", &range)).await;
    assert_eq!((code, &told["files"]), (Some(0), &json!(2)), "deliveries of two hours: {told}");
    let seen = world.gates[1].seen().join("\n");
    for hour in ["07", "11"] {
        assert!(!seen.contains(&format!("h={hour}")) && !seen.contains(&format!("h%3D{hour}")), "{seen}");
    }
    let whole = seen.lines().filter(|line| line.contains("comp=list") && !line.contains("delimiter="));
    assert!(whole.clone().all(|line| line.contains("h%3D08") || line.contains("h%3D09")), "{seen}");
    assert_eq!(whole.count(), 2, "{seen}");
    assert!(!seen.contains("2025%2F") && !seen.contains("y=2025/"), "{seen}");
    assert!(seen.contains("h=09") || seen.contains("h%3D09"), "{seen}");

    // Events by their own time: an hour that came after may hold some, one that came before does not.
    let direct = world.direct.container("insights-activity-logs");
    let (told, _) = world.run(&world.direct.dry(&[&range[..4], &[&direct]].concat())).await;
    assert_eq!(told["files"], 3, "{told}");
    assert_eq!(told["sum"]["published"], 0, "published before: {told}");
    assert_eq!(told["sum"]["duplicates"], told["sum"]["in"], "{told}");
    assert!(told["sum"]["in"].as_u64() >= Some(2), "{told}");
}

#[tokio::test]
async fn on_the_spot_everything_is_published_once_and_by_another_run_nothing() {
    let certificate = Certificate::new();
    let Some(world) = World::set(&certificate).await else { return };
    losses(&world).await;
    let mixed = world.park('b', &[line("not_json", 7, b"oops")]).await;
    let (all, expected) = world.scanned(&records()).await;
    let places = places(world.direct);
    let here = |ledger: &str| with(&world.here(world.direct, ledger, &["--done", "delete"]), &places);
    let (told, code) = world.run(&here("ledger")).await;
    assert_eq!((&told["sum"]["still_failing"], code), (&json!(1), Some(1)), "{told}");
    let published = world.told();
    assert!(expected.iter().all(|id| published.get(id) == Some(&1)), "{told}: {published:?}");
    assert!(published.keys().all(|id| all.contains(id)), "{published:?}");
    assert_eq!(told["sum"]["published"], published.len(), "{told}");
    // Only what was parked, and only where all of it was taken.
    assert_eq!(world.azurite.blobs("rejects").await, [mixed]);
    assert_eq!(world.azurite.blobs("capture").await.len(), 1);

    // The ledger knows all of it; without the ledger the table does.
    let (told, _) = world.run(&here("ledger")).await;
    assert_eq!((&told["sum"]["published"], &told["taken_before"]), (&json!(0), &json!(3)), "{told}");
    losses(&world).await;
    let (told, _) = world.run(&here("another")).await;
    assert_eq!(told["sum"]["published"], 0, "{told}");
    assert!(world.told().is_empty());
}

#[tokio::test]
async fn what_was_taken_is_tagged_beside_the_tags_it_has() {
    let certificate = Certificate::new();
    let Some(world) = World::set(&certificate).await else { return };
    losses(&world).await;
    let rejects = world.direct.container("rejects");
    let parked = world.azurite.blobs("rejects").await.remove(0);
    world.azurite.put_tag("rejects", &parked, "owner", "someone").await;
    for ledger in ["one", "another"] {
        let (told, code) = world.run(&world.here(world.direct, ledger, &["--done", "tag", &rejects])).await;
        assert_eq!(code, Some(0), "{told}");
    }
    let tags = world.azurite.tags("rejects", &parked).await;
    assert!(tags.contains("<Key>owner</Key><Value>someone</Value>"), "{tags}");
    assert_eq!(tags.matches("<Key>trailhound-replayed</Key><Value>20").count(), 1, "{tags}");
}

/// Plays the function until something is done: what comes into its hub is delivered by its courier.
pub(crate) async fn playing<T>(world: &World<'_>, doing: impl Future<Output = T>) -> (T, Vec<HubEvent>) {
    let (mut doing, mut all) = (std::pin::pin!(doing), Vec::new());
    loop {
        tokio::select! {
            biased;
            done = &mut doing => return (done, all),
            () = tokio::time::sleep(Duration::from_millis(50)) => deliver(world, &mut all).await,
        }
    }
}

/// Delivers what lies in the hub.
pub(crate) async fn deliver(world: &World<'_>, all: &mut Vec<HubEvent>) {
    for event in world.hub.drain() {
        let number = all.len();
        let file = world.path(&format!("event-{number}.json"));
        std::fs::write(&file, &event.body).unwrap();
        let ledger = format!("function-{}", uuid::Uuid::new_v4());
        world.run(&world.here(world.direct, &ledger, &[&file])).await;
        all.push(event);
    }
}

#[tokio::test]
async fn what_is_handed_over_is_marked_and_told_and_asked_about() {
    let certificate = Certificate::new();
    let Some(world) = World::set(&certificate).await else { return };
    losses(&world).await;
    let (_, expected) = world.scanned(&records()).await;
    let go = with(
        &world.go(world.direct, "ledger", &["--patience", "600", "--done", "delete"]),
        &places(world.direct),
    );
    let ((told, code), events) = playing(&world, world.run(&go)).await;
    assert_eq!((&told["sum"]["still_failing"], code), (&json!(0), Some(0)), "{told}");
    assert_eq!(told["sum"]["published"], expected.len(), "{told}");
    let published = world.told();
    assert!(expected.iter().all(|id| published.get(id) == Some(&1)), "{published:?}");
    assert_eq!(events.len(), 5, "two parked, an hour, two captured");
    assert!(events.iter().all(|event| event.mark.as_deref() == Some("1")), "{events:?}");
    assert_eq!(world.hub.refused(), Vec::<String>::new());
    assert!(world.azurite.blobs("rejects").await.is_empty(), "all that it held was taken");

    let (told, code) = world.run(&with(&go[..go.len() - 3], &places(world.direct)[1..])).await;
    assert_eq!((&told["sum"]["in"], &told["taken_before"], code), (&json!(0), &json!(3), Some(0)), "{told}");
    assert!(world.hub.drain().is_empty());
}

#[tokio::test]
async fn where_nothing_comes_of_the_first_the_rest_stays() {
    let certificate = Certificate::new();
    let Some(world) = World::set(&certificate).await else { return };
    losses(&world).await;
    let go = with(&world.go(world.direct, "ledger", &["--patience", "1"]), &places(world.direct));
    let (told, code) = world.run(&go).await;
    assert_eq!((code, &told["sum"]["published"]), (Some(1), &json!(0)), "{told}");
    assert_eq!(told["still_failing"]["not_told"]["count"], told["sum"]["in"], "{told}");
    assert_eq!(world.hub.drain().len(), 1);
}

#[tokio::test]
async fn what_no_hub_takes_is_told_and_stays() {
    let certificate = Certificate::new();
    let Some(world) = World::set(&certificate).await else { return };
    let records = records();
    let mut wide = records[0].clone();
    wide["identity"]["claims"]["padding"] = json!("x".repeat(1_000_000));
    world.park('a', &[line("unpublished", 5, &enveloped(&[wide]))]).await;
    let pretty = serde_json::to_string_pretty(&json!({"records": &records[1..3]})).unwrap();
    world.azurite.put_blob("insights-activity-logs", &format!("{HOUR}/h=09/m=00/PT1H.json"), pretty).await;
    let go = with(
        &world.go(world.direct, "ledger", &["--patience", "5", "--done", "delete"]),
        &places(world.direct)[..2],
    );
    let ((told, code), events) = playing(&world, world.run(&go)).await;
    assert_eq!((code, &told["sum"]["published"], events.len()), (Some(1), &json!(0), 0), "{told}");
    assert_eq!(told["sum"]["still_failing"], told["sum"]["in"], "{told}");
    assert!(told["sum"]["in"].as_u64() >= Some(3), "{told}");
    assert_eq!(world.azurite.blobs("rejects").await.len(), 1);
}

#[tokio::test]
async fn by_rule_only_what_it_finds_something_in_is_taken() {
    let certificate = Certificate::new();
    let Some(world) = World::set(&certificate).await else { return };
    losses(&world).await;
    let rejects = world.direct.container("rejects");
    let (told, _) = world.run(&world.direct.dry(&[&rejects])).await;
    let rules: Vec<&String> = told["would_publish"].as_object().unwrap().keys().collect();
    let rule = rules.iter().find(|rule| !rule.contains("burst")).unwrap().split('.').next().unwrap();
    let (told, _) = world.run(&world.direct.dry(&["--rule", rule, &rejects])).await;
    assert_eq!(told["parked_bodies"], 2, "{told}");
    let other = ["--rule", "aws-ssm-session-shell", &rejects];
    let (told, code) = world.run(&world.here(world.direct, "ledger", &other)).await;
    assert_eq!((&told["sum"]["in"], &told["parked_bodies"], code), (&json!(0), &json!(0), Some(0)), "{told}");
    let told = world.refused(&world.direct.dry(&["--rule", "no-such-rule", &rejects])).await;
    assert!(told.contains("--rule no-such-rule: no rule"), "{told}");
}

#[tokio::test]
async fn whatever_it_was_parked_for_is_told_or_still_failing() {
    let certificate = Certificate::new();
    let Some(world) = World::set(&certificate).await else { return };
    let reasons: Vec<RejectReason> = RejectReason::all().collect();
    let readable: Vec<Value> = (0..).take(reasons.len()).map(|n| run_command(n + 1, "Success")).collect();
    let lines: Vec<Value> = (0..)
        .zip(&reasons)
        .zip(&readable)
        .flat_map(|((n, reason), record)| {
            let mended = line(reason.as_str(), 2 * n, record.to_string().as_bytes());
            [mended, line(reason.as_str(), 2 * n + 1, b"\xff no record")]
        })
        .collect();
    world.park('e', &lines).await;
    let (_, expected) = world.scanned(&readable).await;
    let rejects = world.direct.container("rejects");
    let (told, code) = world.run(&world.here(world.direct, "ledger", &["--done", "delete", &rejects])).await;
    assert_eq!((&told["sum"]["still_failing"], code), (&json!(reasons.len()), Some(1)), "{told}");
    let published = world.told();
    assert!(expected.iter().all(|id| published.get(id) == Some(&1)), "{told}: {published:?}");
    assert_eq!(world.azurite.blobs("rejects").await.len(), 1, "what nobody can read keeps it there");
}

#[tokio::test]
async fn what_capture_kept_is_read_from_files_and_by_when_it_came() {
    let certificate = Certificate::new();
    let Some(world) = World::set(&certificate).await else { return };
    let records = records();
    let events = [
        (1, "3/18/2026 8:00:00 AM", enveloped(&records[..1])),
        (2, "3/18/2026 9:00:00 AM", enveloped(&records[1..3])),
        (3, "3/18/2026 10:00:00 AM", b"no JSON".to_vec()),
    ];
    for is_packed in [false, true] {
        let file = world.path(&format!("captured-{is_packed}.avro"));
        std::fs::write(&file, avro::captured(&events, is_packed)).unwrap();
        let (told, code) = world.run(&world.direct.dry(&[&file])).await;
        assert_eq!((&told["captured_events"], code), (&json!(3), Some(1)), "{told}");
        assert_eq!(told["still_failing"]["not_json"]["first"], format!("{file}@3:1"), "{told}");
        let range = ["--since", "2026-03-18T08:30:00Z", "--until", "2026-03-18T09:30:00Z", &file];
        let (told, code) = world.run(&world.here(world.direct, &format!("l-{is_packed}"), &range)).await;
        assert_eq!((&told["captured_events"], code), (&json!(1), Some(0)), "{told}");
    }
    let torn = world.path("torn.avro");
    let whole = avro::captured(&events, true);
    std::fs::write(&torn, &whole[..whole.len() - 40]).unwrap();
    let (told, code) = world.run(&world.direct.dry(&[&torn])).await;
    assert_eq!((&told["captured_events"], code), (&json!(2), Some(2)), "{told}");
    let file = world.path("none.avro");
    std::fs::write(&file, "no Avro").unwrap();
    let (told, code) = world.run(&world.direct.dry(&[&file])).await;
    assert_eq!((&told["sum"]["in"], code), (&json!(0), Some(2)), "{told}");
}

#[tokio::test]
async fn twice_in_parallel_nothing_is_lost_and_each_told_once() {
    let certificate = Certificate::new();
    let Some(world) = World::set(&certificate).await else { return };
    losses(&world).await;
    let places = places(world.direct);
    let [one, other] = ["one", "other"].map(|ledger| with(&world.here(world.direct, ledger, &[]), &places));
    let ((one, _), (other, _)) = tokio::join!(world.run(&one), world.run(&other));
    let published = world.told();
    let (_, expected) = world.scanned(&records()).await;
    assert!(expected.iter().all(|id| published.get(id) == Some(&1)), "{one} {other}: {published:?}");
    let sum = |told: &Value| told["sum"]["published"].as_u64().unwrap();
    assert_eq!(sum(&one) + sum(&other), published.values().sum::<usize>() as u64, "{one} {other}");
}
