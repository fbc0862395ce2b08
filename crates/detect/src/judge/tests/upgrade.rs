//! A version that kept each window in an item of its own, and this one, at the same store.

use jiff::Timestamp;

use super::process::Process;
use super::world::{Happening, What, World};
use crate::digest;
use crate::remember::alone::Alone;
use crate::remember::group::WindowId;
use crate::state::{ItemKind, Key, StateStore, Value, Write};

fn session(id: usize, target: u8) -> Happening {
    Happening { id, at: i64::try_from(id).unwrap() * 60, actor: 1, target, what: What::Session }
}

fn send(world: &World, happening: &Happening) {
    let name = format!("process {}", happening.id);
    Process::start(world, name, vec![happening.matched()]).run().expect("nothing kills it");
}

/// The digests under which the windows of the world's actor are kept.
fn windows() -> [String; 3] {
    ["world-burst", "world-prepared", "world-tried"]
        .map(|name| digest::of_parts(&["window", name, "actor-1"]))
}

/// Moves all windows to where the version before kept them.
fn as_before(world: &World) {
    let keys: Vec<Key> = world.groups.lock().unwrap().iter().cloned().collect();
    let items = pollster::block_on(world.store.load(&keys)).unwrap();
    let mut writes = Vec::new();
    for (key, item) in keys.into_iter().zip(items.into_iter().flatten()) {
        for (id, window) in world.group(item.value.as_str()).windows() {
            let Some(name) = windows().into_iter().find(|name| WindowId::of(name) == id) else { continue };
            let key = Key { kind: ItemKind::Window, scope: String::new(), name };
            let value = Value::from(Value::of(Alone::from(window)).as_str());
            writes.push(Write { key, replaces: None, value, expires_at: item.expires_at });
        }
        let (replaces, value, expires_at) = (Some(item.version), item.value, Timestamp::MIN);
        writes.push(Write { key, replaces, value, expires_at });
    }
    pollster::block_on(world.store.commit(&writes)).unwrap();
}

fn episodes(world: &World) -> Vec<String> {
    let published = world.published.lock().unwrap();
    published.iter().filter_map(|finding| Some(finding.matched.episode.as_ref()?.id.clone())).collect()
}

#[test]
fn an_episode_goes_on_where_the_version_before_left_it() {
    let events: Vec<Happening> = (1..6).map(|id| session(id, u8::try_from(id).unwrap())).collect();
    let told = |mut world: World, before: Option<usize>| {
        for (n, event) in events.iter().enumerate() {
            if before == Some(n) {
                as_before(&world);
                // Nobody of this version was there yet.
                let kept =
                    World { groups: std::mem::take(&mut world.groups), ..World::new_to_this_version() };
                world = World { store: world.store, published: world.published, ..kept };
            }
            send(&world, event);
        }
        // What is delivered again is told by nobody.
        send(&world, &events[4]);
        episodes(&world)
    };
    let expected = told(World::new_to_this_version(), None);
    assert_eq!(expected.len(), 1);
    for before in 1..5 {
        assert_eq!(told(World::new_to_this_version(), Some(before)), expected, "{before} events before");
    }
    // Where nothing is looked for that was left, the third event is the first that is known.
    let forgetful = told(World::default(), Some(2));
    assert_ne!(forgetful, expected, "what versions before left is read");
}
