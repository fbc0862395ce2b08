use std::ops::ControlFlow;

use serde_json::Value;
use serde_json::value::RawValue;
use trailhound_sigma::json::{Document, JsonError, Kind, Node};
use trailhound_sigma::{Event, Field};

/// Any text is JSON to us where it is to `serde_json`, and the other way round, with the same values.
pub fn json_document(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // Its grammar alone: neither depth, nor what escapes and numbers come to.
    let is_json = serde_json::from_str::<&RawValue>(text).is_ok();
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(JsonError::TooDeep(_) | JsonError::TooLong) => return,
        Err(error) => {
            assert!(!is_json, "{error} in {text}");
            return;
        }
    };
    assert!(is_json, "only we read {text}");
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        same(document.root(), &value);
    }
    document.every_value(&mut |_| ControlFlow::Continue(()));
    document.values(&Field::plain("a.b"), &mut |_| ControlFlow::Continue(()));
}

pub(crate) fn same(node: Node<'_>, value: &Value) {
    match (node.kind(), value) {
        (Kind::Null, Value::Null) | (Kind::True, Value::Bool(true)) | (Kind::False, Value::Bool(false)) => {}
        (Kind::Number, Value::Number(number)) => {
            assert_eq!(serde_json::from_str::<Value>(node.raw()).ok().as_ref(), Some(value));
            assert!(number.as_i64().is_none_or(|number| node.as_i64() == Some(number)), "{number}");
        }
        (Kind::String, Value::String(text)) => assert_eq!(node.as_str().as_deref(), Some(text.as_str())),
        (Kind::Array, Value::Array(members)) => {
            assert_eq!(node.members().count(), members.len());
            node.members().zip(members).for_each(|(node, value)| same(node, value));
        }
        // Of a key given twice both keep the last.
        (Kind::Object, Value::Object(entries)) => {
            for (key, value) in entries {
                same(node.key(key).unwrap_or_else(|| panic!("no {key:?}")), value);
            }
            for (key, _) in node.entries() {
                assert!(key.as_str().is_some_and(|key| entries.contains_key(&*key)), "{:?}", key.raw());
            }
        }
        (kind, value) => panic!("{kind:?} for {value}"),
    }
}
