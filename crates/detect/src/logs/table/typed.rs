//! Values that say of which type they are: OpenTelemetry's `{"stringValue": "a"}`, DynamoDB's `{"S": "a"}`, Firestore's,
//! and Avro's for what may be null. <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html>,
//! <https://firebase.google.com/docs/firestore/reference/rest/v1/Value>,
//! <https://avro.apache.org/docs/1.12.0/specification/#json-encoding>.

use std::borrow::Cow;

use trailhound_sigma::json::{Kind, Node};

use crate::logs::json::{Object, verbatim};

/// What a type's name says of the value below it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Plain,
    Nothing,
    /// Its members may have types of their own.
    List,
    Map,
    /// The list stands below `values`.
    ListOf,
    /// A list of `key` and `value`, below `values`.
    Pairs,
    /// The object stands below `fields`.
    MapOf,
}

impl Type {
    fn named(key: Node<'_>) -> Option<Self> {
        const PLAIN: &[&str] = &["S", "N", "B", "BOOL", "SS", "NS", "BS"];
        const AVRO: &[&str] = &["string", "int", "long", "float", "double", "boolean", "bytes"];
        const VALUES: &[&str] = &[
            "stringValue",
            "boolValue",
            "booleanValue",
            "intValue",
            "integerValue",
            "doubleValue",
            "bytesValue",
            "timestampValue",
            "referenceValue",
        ];
        let is_written = |names: &[&str]| names.contains(&key.raw());
        let is_named = |name: &str| key.ignoring_case().is_named(name);
        if is_written(PLAIN) || is_written(AVRO) || VALUES.iter().any(|name| is_named(name)) {
            return Some(Self::Plain);
        }
        [
            ("L", Self::List),
            ("array", Self::List),
            ("M", Self::Map),
            ("map", Self::Map),
            ("NULL", Self::Nothing),
            ("nullValue", Self::Nothing),
        ]
        .iter()
        .find(|(name, _)| key.raw() == *name)
        .or_else(|| {
            [("arrayValue", Self::ListOf), ("kvlistValue", Self::Pairs), ("mapValue", Self::MapOf)]
                .iter()
                .find(|(name, _)| is_named(name))
        })
        .map(|(_, is)| *is)
    }

    /// The type that a value says, and what it is said of.
    fn of(value: Node<'_>) -> Option<(Self, Node<'_>)> {
        let mut entries = value.entries();
        let (Some((key, inner)), None) = (entries.next(), entries.next()) else { return None };
        let is = Self::named(key)?;
        let below = |name: &str, kind: Kind| inner.key(name).filter(|node| node.kind() == kind);
        let inner = match is {
            Self::ListOf | Self::Pairs => below("values", Kind::Array)?,
            Self::MapOf => below("fields", Kind::Object)?,
            Self::List if inner.kind() != Kind::Array => return None,
            Self::Map if inner.kind() != Kind::Object => return None,
            _ => inner,
        };
        Some((is, inner))
    }
}

/// An object whose members all say their types, without them; nothing for any other.
pub(super) fn object(node: Node<'_>) -> Option<String> {
    let mut values = node.entries().map(|(_, value)| value);
    let is_typed = |value: Node<'_>| value.is_null() || Type::of(value).is_some();
    let first = values.next().filter(|first| is_typed(*first));
    let (first, second) = (first?, values.next().filter(|second| is_typed(*second))?);
    (values.all(is_typed) && !(first.is_null() && second.is_null())).then(|| map(node))
}

/// The value as JSON, without the types; any other as it stands.
pub(super) fn bare(value: Node<'_>) -> Cow<'_, str> {
    let Some((is, inner)) = Type::of(value) else { return verbatim(value) };
    Cow::Owned(match is {
        Type::Plain => return verbatim(inner),
        Type::Nothing => "null".to_owned(),
        Type::List | Type::ListOf => {
            let members: Vec<_> = inner.members().map(bare).collect();
            format!("[{}]", members.join(","))
        }
        Type::Map | Type::MapOf => map(inner),
        Type::Pairs => {
            let mut object = Object::default();
            for member in inner.members() {
                let name = member.key("key").and_then(Node::as_str).unwrap_or_default();
                // What holds nothing has no value.
                let json = member.key("value").map_or(Cow::Borrowed("null"), bare);
                object.json(&name, &json);
            }
            object.finish()
        }
    })
}

fn map(node: Node<'_>) -> String {
    let mut object = Object::default();
    for (key, value) in node.entries() {
        object.json(&key.as_str().unwrap_or_default(), &bare(value));
    }
    object.finish()
}
