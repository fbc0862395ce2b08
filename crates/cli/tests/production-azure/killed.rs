//! Killed at its n-th request to each service, and run again: nothing is lost, and nothing told under another id.

use std::time::Duration;

use trailhound_testkit::gate::{Gate, Trouble};
use trailhound_testkit::tls::Certificate;

use super::world::{Ports, World, records};
use super::{deliver, losses, places, playing, with};

/// Kills a replay at its n-th request through a gate; says whether it came so far.
async fn killed_at(world: &World<'_>, gate: &Gate, arguments: &[String], step: usize) -> bool {
    let before = gate.seen().len();
    gate.once(step, Trouble::Hung);
    let mut child = world.start(arguments);
    let killed = loop {
        if gate.seen().len() > before + step {
            child.kill().await.unwrap();
            break true;
        }
        if let Some(_ended) = child.try_wait().unwrap() {
            break false;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    gate.always(None);
    killed
}

/// Every step with `TRAILHOUND_TROUBLE=whole`, else some of them, closer at the beginning.
fn stride(step: usize) -> usize {
    if std::env::var("TRAILHOUND_TROUBLE").as_deref() == Ok("whole") { 1 } else { 5 + 2 * step }
}

async fn everywhere(
    services: [usize; 3],
    arguments: impl Fn(&World<'_>, Ports, &str) -> Vec<String>,
    hands_over: bool,
) {
    let certificate = Certificate::new();
    let mut steps = 0;
    for service in services {
        let mut step = 0;
        loop {
            let Some(world) = World::set(&certificate).await else { return };
            losses(&world).await;
            // Once all else is deleted, the place is still one.
            world.park('f', &[]).await;
            let (all, expected) = world.scanned(&records()).await;
            let first = with(&arguments(&world, world.gated, "ledger"), &places(world.gated));
            let killing = killed_at(&world, &world.gates[service], &first, step);
            let (was_killed, mut events) = playing(&world, killing).await;
            // Its addresses are what a ledger is of.
            let (told, code) = if hands_over {
                let ((told, code), more) = playing(&world, world.run(&first)).await;
                events.extend(more);
                deliver(&world, &mut events).await;
                (told, code)
            } else {
                world.run(&first).await
            };
            assert_eq!(code, Some(0), "service {service}, step {step}: {told}");
            let published = world.told();
            assert!(expected.iter().all(|id| published.contains_key(id)), "{service}.{step}: {published:?}");
            assert!(published.keys().all(|id| all.contains(id)), "{service}.{step}: {published:?}");
            assert_eq!(world.azurite.blobs("rejects").await.len(), 1, "service {service}, step {step}");
            if !was_killed {
                break;
            }
            step += stride(step);
            steps += 1;
        }
    }
    assert!(steps > 6, "{steps} steps");
}

#[tokio::test]
async fn on_the_spot() {
    let arguments =
        |world: &World<'_>, ports: Ports, ledger: &str| world.here(ports, ledger, &["--done", "delete"]);
    everywhere([0, 1, 2], arguments, false).await;
}

#[tokio::test]
async fn handed_over() {
    let arguments = |world: &World<'_>, ports: Ports, ledger: &str| {
        world.go(ports, ledger, &["--patience", "600", "--done", "delete"])
    };
    everywhere([0, 1, 3], arguments, true).await;
}
