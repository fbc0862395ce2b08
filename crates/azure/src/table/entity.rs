//! Entities of the state table: their keys, which Table Storage must take whatever they are made of, and their JSON.

use std::fmt::Write as _;

use azure_core::http::Url;
use jiff::Timestamp;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use trailhound_detect::state::{ItemKind, Key, Write};

/// UTF-16 units in one property; Table Storage takes 32,768, and a value may be longer.
const PROPERTY: usize = 30_000;
/// Bytes of a scope or name that stand in a key as they are; a key takes 1024 characters.
const PLAIN: usize = 128;
/// How a digest begins.
const DIGEST: &str = "sha256-";

/// `PartitionKey`: one for each scope, so that what is written together is one transaction.
pub(super) fn partition(key: &Key) -> String {
    format!("scope-{}", plain(&key.scope))
}

/// `RowKey`.
pub(super) fn row(key: &Key) -> String {
    format!("{}-{}", key.kind.as_str(), plain(&key.name))
}

/// The key of an entity; nothing where a part of it stands there as a digest, or where it is none of ours.
pub(super) fn key(partition: &str, row: &str) -> Option<Key> {
    let scope = partition.strip_prefix("scope-")?;
    let (kind, name) = row.split_once('-')?;
    let kind = ItemKind::ALL.into_iter().find(|known| known.as_str() == kind)?;
    let told = !scope.starts_with(DIGEST) && !name.starts_with(DIGEST);
    told.then(|| Key { kind, scope: scope.to_owned(), name: name.to_owned() })
}

/// Text that needs no escaping anywhere in a request; what is not plain is hashed.
fn plain(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if text.len() <= PLAIN && text.bytes().all(is_plain) && !text.starts_with(DIGEST) {
        return text.to_owned();
    }
    format!("{DIGEST}{}", crate::hex(&Sha256::digest(text)))
}

/// An entity's own address.
pub(super) fn url(table: &Url, key: &Key) -> Url {
    let mut url = table.clone();
    url.set_path(&format!("{}(PartitionKey='{}',RowKey='{}')", table.path(), partition(key), row(key)));
    url
}

/// The properties of a value: `value`, and `value1`, `value2` and so on where one does not hold it.
fn properties(value: &str) -> impl Iterator<Item = (String, &str)> {
    let mut rest = Some(value);
    let pieces = std::iter::from_fn(move || {
        let text = rest?;
        let mut units = 0;
        let over = text.char_indices().find(|(_, character)| {
            units += character.len_utf16();
            units > PROPERTY
        });
        let (piece, left) = text.split_at(over.map_or(text.len(), |(at, _)| at));
        rest = over.map(|_| left);
        Some(piece)
    });
    pieces.enumerate().map(|(n, piece)| (property(n), piece))
}

fn property(n: usize) -> String {
    if n == 0 { "value".to_owned() } else { format!("value{n}") }
}

/// The entity that a write makes. 64-bit numbers travel as strings with their type beside them.
pub(super) fn of(write: &Write) -> String {
    let mut entity = Map::new();
    entity.insert("PartitionKey".to_owned(), partition(&write.key).into());
    entity.insert("RowKey".to_owned(), row(&write.key).into());
    entity.insert("expires_at".to_owned(), write.expires_at.as_second().to_string().into());
    entity.insert("expires_at@odata.type".to_owned(), "Edm.Int64".into());
    for (name, piece) in properties(write.value.as_str()) {
        entity.insert(name, piece.into());
    }
    ascii(&Value::Object(entity).to_string())
}

/// JSON without a character of several bytes, which Azurite breaks where its reads end.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // A string takes all that is written to it.
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

/// The value in an entity, and when it may be forgotten.
pub(super) fn parse(body: &[u8]) -> Option<(String, Timestamp)> {
    read(&serde_json::from_slice(body).ok()?)
}

/// The same, of an entity that was parsed.
pub(super) fn read(entity: &Map<String, Value>) -> Option<(String, Timestamp)> {
    let second = match entity.get("expires_at")? {
        Value::String(text) => text.parse().ok()?,
        number => number.as_i64()?,
    };
    let mut value = entity.get("value")?.as_str()?.to_owned();
    let pieces = (1..).map_while(|n| entity.get(&property(n))?.as_str());
    value.extend(pieces);
    Some((value, Timestamp::from_second(second).ok()?))
}
