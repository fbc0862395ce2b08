use jiff::Timestamp;

use super::*;
use crate::state::Version;

#[test]
fn however_large_items_are_the_cache_is_bounded_and_keeps_the_latest() {
    let cache = Cache::default();
    let key = |n: usize| Key { kind: ItemKind::Window, scope: String::new(), name: n.to_string() };
    for n in 0..500 {
        let value = "x".repeat(n * 400).into();
        let item = Item { value, version: Version("1".to_owned()), expires_at: Timestamp::MAX };
        cache.put(&key(n), Some(&item));
        cache.put(&key(n), Some(&item));
    }
    assert!(cache.get(&key(499)).is_some() && cache.get(&key(0)).is_none());
    cache.with(|cache| {
        let bytes: usize = cache.items.iter().map(|(key, item)| size(key, item)).sum();
        assert_eq!(bytes, cache.bytes);
        assert!(bytes <= MOST_BYTES && bytes > MOST_BYTES / 2);
    });
}
