//! Killed at its n-th request, and run again: nothing is lost, and nothing told under another id.

use std::collections::BTreeSet;
use std::time::Duration;

use trailhound_testkit::gate::{Gate, Trouble};

use super::world::{World, balances, scanned};
use super::{deliver, losses, playing, with};

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

/// Every step with `TRAILHOUND_TROUBLE=whole`, else some of them, closer at the beginning.
fn stride(step: usize) -> usize {
    if std::env::var("TRAILHOUND_TROUBLE").as_deref() == Ok("whole") { 1 } else { 8 + step }
}

async fn everywhere(arguments: impl Fn(&World) -> Vec<String>) {
    let Some(world) = World::set().await else { return };
    let port = world.url.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap();
    let gate = Gate::before(port, None).await;
    let mut step = 0;
    loop {
        let Some(mut world) = World::set().await else { return };
        world.gated = Some(format!("http://127.0.0.1:{}", gate.port()));
        let lost = losses(&world).await;
        let again = with(arguments(&world), &lost);
        let first = with(again.clone(), &["--hidden".to_owned(), HIDDEN.to_string()]);
        let (was_killed, mut messages) = playing(&world, killed_at(&world, &gate, &first, step)).await;
        if was_killed {
            // Letters that the dead run had taken out are not there before.
            tokio::time::sleep(Duration::from_secs(HIDDEN)).await;
        }
        let ((told, code), more) = playing(&world, world.run(&again, &[])).await;
        messages.extend(more);
        deliver(&world, &mut messages).await;
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

#[tokio::test]
async fn on_the_spot() {
    everywhere(|world| world.here("ledger")).await;
}

#[tokio::test]
async fn handed_over() {
    let patient = ["--patience".to_owned(), "600".to_owned(), "--rate".to_owned(), "1000".to_owned()];
    everywhere(|world| with(world.go("ledger"), &patient)).await;
}
