//! What somebody busy costs a store outside, which bills an item's whole length at every write.

use std::sync::Mutex;

use super::newness::Accept;
use super::world::{Hands, Happening, PIPELINE, What, World};
use crate::describe::Product;
use crate::outbox::{Outbox, Sent};
use crate::remember::group::Group;
use crate::remember::{Memory, MemoryStore};
use crate::state::{Committed, Item, ItemKind, Key, StateError, StateStore, Value, Write};
use crate::tally::Tally;

/// Adds up what is billed, and what would be if groups were written whole.
#[derive(Default)]
struct Billed {
    store: MemoryStore,
    units: Mutex<(usize, usize)>,
}

impl StateStore for Billed {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        let as_text = |item: Item| Item { value: Value::from(item.value.as_str()), ..item };
        Ok(self.store.load(keys).await?.into_iter().map(|item| item.map(as_text)).collect())
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        // Names, times, versions.
        let units = |value: &Value| (value.as_str().len() + 160).div_ceil(1_024);
        {
            let mut sum = self.units.lock().unwrap();
            for write in writes {
                let mut whole = write.value.clone();
                whole.change(|group: &mut Group| group.goes_on_from(None));
                sum.0 += units(&write.value);
                sum.1 += if write.key.kind == ItemKind::Base { 0 } else { units(&whole) };
            }
        }
        self.store.commit(writes).await
    }
}

#[test]
fn a_hundred_matches_of_an_actor_cost_what_the_first_hundred_did_whoever_goes_on() {
    let store = Billed { store: World::default().store, ..Billed::default() };
    let (clock, product) = (Hands::default(), Product::new("test"));
    let policy = PIPELINE.policy();
    let mut memory = Memory::lasting(&store);
    let send = |memory: &Memory<&Billed>, n: usize, target: u8| -> Sent {
        let event = Happening { id: n, at: i64::try_from(n).unwrap(), actor: 1, target, what: What::Session };
        let outbox =
            Outbox { policy, memory, sink: &Accept, clock: &clock, claimant: "one", product: &product };
        pollster::block_on(outbox.send(vec![event.matched()], &mut Tally::default()))
    };
    let mut costs = Vec::new();
    for hundred in 0..15 {
        for n in 0..100 {
            let n = hundred * 100 + n;
            if n % 33 == 32 {
                // Another process goes on, which knows only what the store does.
                memory = Memory::lasting(&store);
            }
            let sent = send(&memory, n, u8::from(n % 2 == 0));
            assert_eq!((sent.published.len(), sent.state_unavailable), (1, None), "{n}");
        }
        costs.push(std::mem::take(&mut *store.units.lock().unwrap()));
    }
    eprintln!("units of a hundred matches, and if groups were written whole: {costs:?}");
    let (first, _) = costs[0];
    assert!(costs.iter().all(|(units, _)| units * 10 <= first * 12), "{costs:?}");
    // Not so if groups were written whole.
    assert!(costs[14].1 > first * 5, "{costs:?}");
    // All that was written is still known to whoever comes last.
    let sent = send(&Memory::lasting(&store), 1_500, 2);
    let burst = sent.published.iter().find_map(|finding| finding.matched.episode.as_ref());
    let burst = burst.expect("three machines");
    assert_eq!((burst.count, burst.or_more, burst.members.len()), (1_501, false, 256));
}
