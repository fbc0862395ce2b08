//! Items of the state table and their attributes.

use std::collections::HashMap;
use std::fmt::Write as _;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use trailhound_detect::state::{Item, ItemKind, Key, StateError, Version, Write};

/// The layout of the attributes, in `sk`.
pub(super) const LAYOUT: &str = "1";
/// A scope longer than this stands in a key as its digest; DynamoDB takes 2048 bytes.
pub(super) const PLAIN: usize = 512;
/// How a digest of a scope begins.
const DIGEST: &str = "sha256-";

type Attributes = HashMap<String, AttributeValue>;

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(value.into().to_string())
}

/// `pk` of a key: `<kind>#<scope>#<name>`. Neither the kind nor the name has a `#`.
pub(super) fn partition(key: &Key) -> String {
    let Key { kind, scope, name } = key;
    let plain = scope.len() <= PLAIN && !scope.starts_with(DIGEST);
    if plain {
        return format!("{}#{scope}#{name}", kind.as_str());
    }
    format!("{}#{DIGEST}{}#{name}", kind.as_str(), hex(&Sha256::digest(scope)))
}

/// The key of a `pk`; nothing where its scope stands there as a digest, or where it is none of ours.
pub(super) fn of_partition(pk: &str) -> Option<Key> {
    let (kind, rest) = pk.split_once('#')?;
    let (scope, name) = rest.rsplit_once('#')?;
    let kind = ItemKind::ALL.into_iter().find(|known| known.as_str() == kind)?;
    let told = !scope.starts_with(DIGEST);
    told.then(|| Key { kind, scope: scope.to_owned(), name: name.to_owned() })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        // A string takes all that is written to it.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The key attributes of an item.
pub(super) fn key(pk: &str) -> Attributes {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(LAYOUT))])
}

/// All attributes of an item.
pub(super) fn of(write: &Write, version: u64) -> Attributes {
    let mut attributes = key(&partition(&write.key));
    attributes.insert("value".to_owned(), text(write.value.as_str()));
    attributes.insert("rev".to_owned(), number(version));
    attributes.insert("expires_at".to_owned(), number(write.expires_at.as_second()));
    attributes
}

/// On what a write depends.
pub(super) fn condition(write: &Write) -> &'static str {
    if write.replaces.is_some() { "rev = :expected" } else { "attribute_not_exists(pk)" }
}

/// The values in that condition.
pub(super) fn expected(write: &Write) -> Result<Option<Attributes>, StateError> {
    let Some(replaced) = &write.replaces else { return Ok(None) };
    Ok(Some(HashMap::from([(":expected".to_owned(), number(parse_version(replaced)?))])))
}

/// The state that a write makes. An item that is there anew begins at another number than one that is gone, so that
/// nobody takes the one for the other.
pub(super) fn next(write: &Write, first: u64) -> Result<u64, StateError> {
    match &write.replaces {
        Some(replaced) => Ok(parse_version(replaced)?.saturating_add(1)),
        None => Ok(first),
    }
}

fn parse_version(version: &Version) -> Result<u64, StateError> {
    version.0.parse().map_err(|_| StateError(format!("{:?} is no version of this store", version.0)))
}

pub(super) fn version(version: u64) -> Version {
    Version(version.to_string())
}

/// An item and its `pk`.
pub(super) fn parse(attributes: &Attributes) -> Result<(String, Item), StateError> {
    let text = |name: &str| attributes.get(name).and_then(|value| value.as_s().ok()).cloned();
    let number = |name: &str| attributes.get(name).and_then(|value| value.as_n().ok());
    let read = || {
        let second = number("expires_at")?.parse().ok()?;
        let item = Item {
            value: text("value")?.into(),
            version: Version(number("rev")?.clone()),
            expires_at: Timestamp::from_second(second).ok()?,
        };
        Some((text("pk")?, item))
    };
    read().ok_or_else(|| {
        let pk = text("pk").unwrap_or_default();
        StateError(format!("the item {pk} of the state table is none of ours"))
    })
}
