use jiff::Timestamp;
use trailhound_detect::state::{ItemKind, Version};

use super::item::PLAIN;
use super::*;

fn key(scope: &str) -> Key {
    Key { kind: ItemKind::Seen, scope: scope.to_owned(), name: "0af1".to_owned() }
}

fn write(scope: &str, bytes: usize) -> Write {
    Write {
        key: key(scope),
        replaces: None,
        value: "x".repeat(bytes).into(),
        expires_at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn keys_are_readable_distinct_and_short() {
    assert_eq!(partition(&key("111122223333")), "seen#111122223333#0af1");
    assert_eq!(partition(&key("")), "seen##0af1");
    let long = "ü".repeat(PLAIN);
    let digest = partition(&key(&long));
    assert!(digest.starts_with("seen#sha256-") && digest.len() < 100, "{digest}");
    // Nobody gets at another's items by calling themselves what a digest looks like.
    let disguised = digest.trim_start_matches("seen#").trim_end_matches("#0af1");
    assert_ne!(partition(&key(disguised)), digest);
}

#[test]
fn attributes_say_what_was_written() {
    let write = write("111122223333", 3);
    let (pk, item) = parse(&item::of(&write, 7)).unwrap();
    assert_eq!(pk, "seen#111122223333#0af1");
    assert_eq!(item.value.as_str(), "xxx");
    assert_eq!(item.version, Version("7".to_owned()));
    assert_eq!(item.expires_at, write.expires_at);
    let none_of_ours = parse(&item::key("seen##0af1")).unwrap_err();
    assert!(none_of_ours.0.contains("seen##0af1"), "{none_of_ours}");
}

#[test]
fn an_item_that_is_there_anew_is_told_from_one_that_is_gone() {
    let mut write = write("a", 1);
    assert_eq!(next(&write, 1_000), Ok(1_000));
    write.replaces = Some(Version("41".to_owned()));
    assert_eq!(next(&write, 1_000), Ok(42));
    write.replaces = Some(Version("W/\"1\"".to_owned()));
    assert!(next(&write, 1_000).is_err());
}
