use super::*;

#[test]
fn however_large_items_are_memory_is_bounded() {
    let store = MemoryStore::default();
    let write = |n: i64| Write {
        key: Key { kind: ItemKind::Window, scope: String::new(), name: n.to_string() },
        replaces: None,
        value: "x".repeat(1 << 20).into(),
        expires_at: Timestamp::from_second(n).unwrap(),
    };
    for n in 0..100 {
        pollster::block_on(store.commit(&[write(n)])).unwrap();
    }
    store.with(|shelves| {
        let shelf = &shelves[&ItemKind::Window];
        assert!((10..14).contains(&shelf.items.len()), "text takes twice its length once it is read");
        assert_eq!(shelf.bytes, shelf.items.values().map(Kept::bytes).sum::<usize>());
        assert!(shelf.items.contains_key(&write(99).key) && !shelf.items.contains_key(&write(0).key));
    });
}
