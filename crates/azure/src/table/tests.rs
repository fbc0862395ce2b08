use azure_core::http::Url;
use jiff::Timestamp;
use trailhound_detect::state::{ItemKind, Key, Version, Write};

use super::batch::Part;
use super::{TOGETHER, batch, entity, is_contested, transactions};

fn write(scope: &str, name: &str, value: &str) -> Write {
    let key = Key { kind: ItemKind::Seen, scope: scope.to_owned(), name: name.to_owned() };
    let expires_at = Timestamp::from_second(5_000).unwrap();
    Write { key, replaces: None, value: value.into(), expires_at }
}

#[test]
fn values_survive_their_entities_whatever_their_length() {
    for value in ["", "{}", &"x".repeat(30_000), &"x".repeat(30_001), &"🦀é".repeat(50_000)] {
        let entity = entity::of(&write("a", "0af1", value));
        let (read, expires_at) = entity::parse(entity.as_bytes()).unwrap();
        assert!(read == value && expires_at.as_second() == 5_000);
        let json: serde_json::Value = serde_json::from_str(&entity).unwrap();
        for property in json.as_object().unwrap().values() {
            assert!(property.as_str().unwrap().encode_utf16().count() <= 32_000);
        }
    }
    assert_eq!(entity::parse(br#"{"PartitionKey":"a","RowKey":"b","value":"{}"}"#), None);
}

#[test]
fn numbers_of_64_bits_are_typed_strings() {
    let json = entity::of(&write("a", "0af1", "{}"));
    assert!(json.contains(r#""expires_at":"5000","expires_at@odata.type":"Edm.Int64""#), "{json}");
}

#[test]
fn a_key_holds_nothing_that_table_storage_forbids() {
    let table = Url::parse("https://localhost:1/devstoreaccount1/state").unwrap();
    for name in ["a/b", "a\\b", "a#b", "a?b", "o'clock", "ü", "", "\n", &"x".repeat(2_000)] {
        let key = write(name, name, "").key;
        for text in [entity::partition(&key), entity::row(&key)] {
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{text}");
            assert!(text.len() < 128, "{text}");
        }
    }
    let key = write("00000000-0000-0000-0000-000000000001", "0af1", "").key;
    assert_eq!(
        entity::url(&table, &key).as_str(),
        "https://localhost:1/devstoreaccount1/state(PartitionKey='scope-00000000-0000-0000-0000-000000000001',\
         RowKey='seen-0af1')"
    );
    // Nobody gets at another's items by calling themselves what a digest looks like.
    let digest = entity::partition(&write("a/b", "", "").key);
    assert_ne!(entity::partition(&write(digest.trim_start_matches("scope-"), "", "").key), digest);
}

#[test]
fn a_transaction_is_one_partition_and_no_more_than_the_table_takes() {
    let many: Vec<Write> = (0..230).map(|n| write("a", &n.to_string(), "")).collect();
    assert_eq!(transactions(&many).iter().map(Vec::len).collect::<Vec<_>>(), [TOGETHER, TOGETHER, 30]);
    let mixed = [write("b", "1", ""), write("a", "1", ""), write("b", "2", ""), write("", "1", "")];
    let mut of_mixed = transactions(&mixed);
    of_mixed.sort();
    assert_eq!(of_mixed, [vec![0, 2], vec![1], vec![3]]);
    let large: Vec<Write> = (0..5).map(|n| write("a", &n.to_string(), &"x".repeat(1 << 20))).collect();
    assert_eq!(transactions(&large).iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
}

#[test]
fn a_transaction_is_told_as_its_documentation_has_it() {
    let table = Url::parse("https://example.table.core.windows.net/state").unwrap();
    assert_eq!(batch::url(&table).as_str(), "https://example.table.core.windows.net/$batch");
    let mut second = write("a", "2", "{}");
    second.replaces = Some(Version("W/\"datetime'2026'\"".to_owned()));
    let body = batch::body(&table, &[&write("a", "1", "{}"), &second]);
    assert!(body.contains("POST https://example.table.core.windows.net/state HTTP/1.1\r\n"), "{body}");
    assert!(
        body.contains("PUT https://example.table.core.windows.net/state(PartitionKey='scope-a',RowKey='seen-2') HTTP/1.1\r\n"),
        "{body}"
    );
    assert!(body.contains("\r\nIf-Match: W/\"datetime'2026'\"\r\n\r\n{"), "{body}");
    assert!(body.ends_with("--changes_of_trailhound--\r\n--batch_of_trailhound--\r\n"), "{body}");
}

#[test]
fn the_answers_to_a_transaction_are_read() {
    let done = "--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n\
        --changesetresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n\
        HTTP/1.1 204 No Content\r\nDataServiceVersion: 3.0;\r\nETag: W/\"datetime'1'\"\r\n\r\n\r\n\
        --changesetresponse_1\r\nContent-Type: application/http\r\n\r\n\
        HTTP/1.1 204 No Content\r\netag: W/\"datetime'2'\"\r\n\r\n\r\n--changesetresponse_1--\r\n--batchresponse_1--\r\n";
    let part =
        |etag: &str| Part { status: 204, etag: Some(format!("W/\"datetime'{etag}'\"")), body: String::new() };
    assert_eq!(batch::parts(done.as_bytes()), [part("1"), part("2")]);

    let refused = "--batchresponse_1\r\n\r\n--changesetresponse_1\r\n\r\nHTTP/1.1 412 Precondition Failed\r\n\
        Content-Type: application/json\r\n\r\n{\"odata.error\":{\"code\":\"UpdateConditionNotSatisfied\",\
        \"message\":{\"lang\":\"en-US\",\"value\":\"1:The update condition\\nETag: no\"}}}\r\n--changesetresponse_1--\r\n";
    let parts = batch::parts(refused.as_bytes());
    assert_eq!((parts.len(), parts[0].status, &parts[0].etag), (1, 412, &None));
    assert!(is_contested(parts[0].status, &parts[0].body));
    assert!(!is_contested(404, "TableNotFound"));
    assert!(!is_contested(409, "TableBeingDeleted"));
    assert!(!is_contested(400, "EntityAlreadyExists"));
}
