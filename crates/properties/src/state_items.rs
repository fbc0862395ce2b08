use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use trailhound_detect::describe::Product;
use trailhound_detect::matched::Match;
use trailhound_detect::outbox::Outbox;
use trailhound_detect::ports::Clock;
use trailhound_detect::remember::{Entry, Memory, import, is_published};
use trailhound_detect::state::{
    Committed, Item, ItemKind, Key, StateError, StateStore, Value, Version, Write,
};
use trailhound_detect::tally::Tally;

use crate::parts::{Accept, choice, events, matches, pipeline};

/// So many matches meet what is kept.
const MEETING: usize = 12;
const NOON: &str = "2026-11-20T12:00:00Z";

/// Any text as what a store keeps of a claim, a window, an operation, a baseline: read or refused. What was told is not
/// told again when its events come again, and what is written then stays as it is.
pub fn state_items(bytes: &[u8]) {
    let (kind, bytes) = choice(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let kind = ItemKind::ALL[kind % ItemKind::ALL.len()];
    baselines(kind, text);
    let store = Planted { kind, text: text.to_owned(), kept: Mutex::default() };
    let first = deliver(&store);
    let second = deliver(&store);
    let before = store.texts();
    deliver(&store);
    if first.is_sure && second.is_sure {
        let again: Vec<&String> = second.told.iter().filter(|uid| first.told.contains(uid)).collect();
        assert!(again.is_empty(), "told twice: {again:?}");
        assert_eq!(before, store.texts());
    }
}

/// A baseline's item that was read and written reads the same from then on.
fn baselines(kind: ItemKind, text: &str) {
    let key = Key { kind, scope: "111122223333".to_owned(), name: "00".to_owned() };
    let item = item(text, 0);
    let _ = is_published(&item.value);
    let Ok(Some(entry)) = Entry::of(&key, &item) else { return };
    let once = written(&entry);
    assert_eq!(once.as_ref().map(written), Some(once.clone()), "{text}");
}

fn written(entry: &Entry) -> Option<Entry> {
    let store = Planted { kind: ItemKind::Claim, text: String::new(), kept: Mutex::default() };
    pollster::block_on(import(&store, std::slice::from_ref(entry), Timestamp::MIN, |_| {})).ok()?;
    let kept = store.kept.lock().unwrap_or_else(PoisonError::into_inner);
    let (key, (text, _, expires_at)) = kept.iter().next()?;
    let item = Item { expires_at: *expires_at, ..item(text, 0) };
    Entry::of(key, &item).ok().flatten()
}

struct Delivered {
    told: Vec<String>,
    /// Nothing was held by others, and the store could be read.
    is_sure: bool,
}

/// The same matches, by a process that has just begun.
fn deliver(store: &Planted) -> Delivered {
    static MATCHES: OnceLock<Vec<Match>> = OnceLock::new();
    static PRODUCT: OnceLock<Product> = OnceLock::new();
    let found = MATCHES.get_or_init(|| {
        let all = events().iter().flat_map(|event| matches(event.to_string().as_bytes()));
        all.step_by(17).take(MEETING).collect()
    });
    let memory = Memory::lasting(store);
    let outbox = Outbox {
        policy: pipeline().policy(),
        memory: &memory,
        sink: &Accept,
        clock: &Noon,
        claimant: "one",
        product: PRODUCT.get_or_init(|| Product::new("any")),
    };
    let mut tally = Tally::default();
    let sent = pollster::block_on(outbox.send(found.clone(), &mut tally));
    assert!(sent.errors.is_empty() && (tally.balances() || !sent.held.is_empty()), "{tally:?}");
    Delivered {
        is_sure: sent.held.is_empty() && sent.state_unavailable.is_none(),
        told: sent.published.into_iter().map(|finding| finding.id).collect(),
    }
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        static NOW: OnceLock<Timestamp> = OnceLock::new();
        *NOW.get_or_init(|| NOON.parse().unwrap_or(Timestamp::UNIX_EPOCH))
    }
}

fn item(text: &str, version: u64) -> Item {
    Item { value: Value::from(text), version: Version(version.to_string()), expires_at: Timestamp::MAX }
}

/// A store that holds a text wherever an item of a kind is asked for, and text alone.
struct Planted {
    kind: ItemKind,
    text: String,
    kept: Mutex<HashMap<Key, (String, u64, Timestamp)>>,
}

impl Planted {
    fn get(&self, key: &Key) -> Option<Item> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.get(key) {
            Some((text, version, expires_at)) => {
                Some(Item { expires_at: *expires_at, ..item(text, *version) })
            }
            None => (key.kind == self.kind && !self.text.is_empty()).then(|| item(&self.text, 0)),
        }
    }

    /// What is kept, but for how often something was seen.
    fn texts(&self) -> BTreeMap<Key, String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.iter().filter(|(key, _)| key.kind != ItemKind::Learning);
        kept.map(|(key, (text, ..))| (key.clone(), text.clone())).collect()
    }
}

impl StateStore for Planted {
    async fn load(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StateError> {
        Ok(keys.iter().map(|key| self.get(key)).collect())
    }

    async fn commit(&self, writes: &[Write]) -> Result<Vec<Committed>, StateError> {
        let put = |write: &Write| {
            let there = self.get(&write.key).map(|item| item.version);
            if there != write.replaces {
                return Committed::Refused;
            }
            let version = there.and_then(|there| there.0.parse().ok()).unwrap_or(0_u64) + 1;
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let text = write.value.as_str().to_owned();
            kept.insert(write.key.clone(), (text, version, write.expires_at));
            Committed::Done(Version(version.to_string()))
        };
        Ok(writes.iter().map(put).collect())
    }
}
