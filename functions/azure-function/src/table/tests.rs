use super::entity::{CLAIM, Entity, url};
use azure_core::http::Url;
use jiff::Timestamp;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

#[test]
fn entities_survive_their_json() {
    for entity in [
        Entity::claim("0af1", "process/eventhub://ns/hub/0@1-3", at(1_000), at(5_000)),
        Entity::published("0af1", at(5_000)),
        Entity::caller("write|/subscriptions/x", "198.51.100.7", at(5_000)),
    ] {
        assert_eq!(Entity::from_json(entity.to_json().as_bytes()), Some(entity));
    }
}

#[test]
fn numbers_of_64_bits_are_typed_strings() {
    let json = Entity::claim("0af1", "a", at(1_000), at(5_000)).to_json();
    assert!(json.contains(r#""expires_at":"5000","expires_at@odata.type":"Edm.Int64""#), "{json}");
    assert!(json.contains(r#""claimed_until":"1000000""#), "{json}");
}

#[test]
fn a_key_holds_nothing_that_table_storage_forbids() {
    for name in ["a/b", "a\\b", "a#b", "a?b", "o'clock", "ü", &"x".repeat(2_000)] {
        let entity = Entity::caller(name, "v", at(0));
        assert!(
            entity.key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
            "{}",
            entity.key
        );
        assert!(entity.key.len() < 512);
    }
    let table = Url::parse("https://localhost:1/devstoreaccount1/state").unwrap();
    assert_eq!(
        url(&table, &Entity::published("0af1", at(0)).key, CLAIM).as_str(),
        "https://localhost:1/devstoreaccount1/state(PartitionKey='finding-0af1',RowKey='claim')"
    );
}
