//! Every service that the function leans on, in every kind of trouble, over real sockets: what passes is waited out within
//! the invocation, what stays is told, and neither loses a finding or a reject or alerts twice.

#[path = "../common/mod.rs"]
mod common;
mod stage;

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use trailhound_testkit::gate::{Gate, Kind, Trouble};
use trailhound_testkit::tls::Certificate;

use stage::{Scene, Service, Stage, trouble};

/// How long the host's caller waits at most.
const ANSWER: Duration = Duration::from_secs(40);

/// Scenes that are played at the same time.
const AT_ONCE: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_that_passes_costs_nothing_but_time() {
    let certificate = Certificate::new();
    let Some(stage) = Stage::set(&certificate, "services in passing trouble").await else { return };
    let scenes = Service::ALL.map(|service| passing(&stage, service));
    futures_util::future::join_all(scenes).await;
}

/// So many requests of a delivery and its repetition are in trouble in turn.
fn requests(service: Service) -> usize {
    match service {
        // The token is there once it was fetched: only a new process asks for one.
        Service::Identity | Service::Topic => 1,
        Service::Blobs => 2,
        Service::Table => 5,
    }
}

async fn passing(stage: &Stage<'_>, service: Service) {
    let mut scene = stage.scene(&format!("passing{service:?}")).await;
    for kind in Kind::each().filter(|kind| *kind != Kind::Moved) {
        for after in 0..requests(service) {
            scene.gate(service).once(after, trouble(kind, service));
            // A token that was just renewed is not renewed again.
            if service == Service::Identity || kind == Kind::Expired {
                scene.restart().await;
            }
            let told = format!("{service:?} {kind:?} after {after} requests");
            let before = scene.published();
            scene.invoke().await.unwrap_or_else(|error| panic!("{told}: {error}"));
            let account = scene.account().await;
            assert!(account.get("state_unavailable").is_none(), "{told}: {account}");
            // Event Grid took it, and the answer was lost: nobody can know.
            let copies = scene.published() - before;
            let is_lost = service == Service::Topic && kind == Kind::Lost && after == 0;
            assert!(copies == 1 || is_lost && copies == 2, "{told}: {copies} copies");
            assert_eq!(scene.parked().await, 1, "{told}");
            scene.again().await.unwrap_or_else(|error| panic!("{told}: {error}"));
            assert_eq!(scene.published() - before, copies, "{told}: delivered again it is known");
            scene.next();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_that_stays_is_told_and_loses_nothing() {
    let certificate = Certificate::new();
    let Some(stage) = Stage::set(&certificate, "services in lasting trouble").await else { return };
    let all = Service::ALL.into_iter().flat_map(|service| Kind::each().map(move |kind| (service, kind)));
    let scenes = all.map(|(service, kind)| lasting(&stage, service, kind));
    let played = futures_util::stream::iter(scenes).buffer_unordered(AT_ONCE).count().await;
    assert_eq!(played, Service::ALL.len() * Kind::each().count());
}

async fn lasting(stage: &Stage<'_>, service: Service, kind: Kind) {
    let told = format!("{service:?} {kind:?}");
    let mut scene = stage.scene(&format!("lasting{service:?}{kind:?}")).await;
    scene.gate(service).always(Some(trouble(kind, service)));
    if service == Service::Identity {
        scene.restart().await;
    }
    let begun = Instant::now();
    let first = scene.invoke().await;
    assert!(begun.elapsed() < ANSWER, "{told}: {:?}", begun.elapsed());
    let account = scene.account().await;
    match service {
        _ if kind == Kind::Slow => {
            assert!(first.is_ok(), "{told}: {first:?}");
            assert!(account.get("state_unavailable").is_none(), "{told}: {account}");
        }
        Service::Table => {
            assert!(first.is_ok(), "{told}: a store that cannot be asked delays nothing: {first:?}");
            assert!(account.get("state_unavailable").is_some(), "{told}: {account}");
        }
        Service::Identity | Service::Blobs | Service::Topic => {
            assert!(first.is_err(), "{told}: the host must not move on");
            assert!(account["error"].as_str().is_some_and(|words| !words.is_empty()), "{told}: {account}");
        }
    }
    scene.gate(service).always(None);
    if first.is_err() {
        scene.again().await.unwrap_or_else(|error| panic!("{told}: {error}"));
    }
    let ids = scene.ids();
    assert_eq!(ids.len(), 1, "{told}: {ids:?}");
    // Each time the topic took it and nobody heard.
    let unheard = service == Service::Topic && kind == Kind::Lost;
    assert!(scene.published() == 1 || unheard, "{told}: {} copies", scene.published());
    assert_eq!(scene.parked().await, 1, "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_proxy_hears_of_the_identitys_secret() {
    let certificate = Certificate::new();
    let Some(stage) = Stage::set(&certificate, "an identity beside a proxy").await else { return };
    let proxy = Gate::before(1, None).await;
    proxy.always(Some(Trouble::Says(502, Vec::new(), String::new())));
    let address = format!("http://127.0.0.1:{}", proxy.port());
    let mut scene: Scene<'_> =
        stage.scene_with("proxied", &[("HTTP_PROXY", &address), ("http_proxy", &address)]).await;
    scene.invoke().await.unwrap();
    assert_eq!((scene.published(), proxy.seen()), (1, Vec::new()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_batch_twice_at_the_same_time_alerts_once() {
    let certificate = Certificate::new();
    let Some(stage) = Stage::set(&certificate, "a batch that comes twice").await else { return };
    let mut scene = stage.scene("twice").await;
    scene.gate(Service::Topic).once(0, Trouble::Slow(Duration::from_secs(1)));
    let begun = Instant::now();
    let (one, other) = scene.invoke_twice().await;
    one.unwrap();
    other.unwrap();
    // A machine that takes longer than a lease lets the one take over from the other.
    assert!(scene.published() == 1 || begun.elapsed() > Duration::from_secs(4));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_parked_for_good_is_parked() {
    let certificate = Certificate::new();
    let Some(stage) = Stage::set(&certificate, "a container that nothing leaves").await else { return };
    let mut scene = stage.scene("immutable").await;
    for code in ["BlobImmutableDueToPolicy", "BlobAlreadyExists", "BlobImmutableDueToLegalHold"] {
        let header = vec![("x-ms-error-code", code.to_owned())];
        scene.gate(Service::Blobs).always(Some(Trouble::Says(409, header, String::new())));
        scene.invoke().await.unwrap_or_else(|error| panic!("{code}: {error}"));
        scene.next();
    }
    let header = vec![("x-ms-error-code", "LeaseIdMissing".to_owned())];
    scene.gate(Service::Blobs).always(Some(Trouble::Says(409, header, String::new())));
    assert!(scene.invoke().await.is_err());
}
