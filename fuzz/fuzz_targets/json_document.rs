//! Any bytes as JSON: what `serde_json` reads, the in-place reader reads to the same values.

#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use trailhound_sigma::json::{Document, Kind, Node};
use trailhound_sigma::{Event, Field};

fn same(node: Node<'_>, value: &Value) -> bool {
    match (node.kind(), value) {
        (Kind::Null, Value::Null) | (Kind::True, Value::Bool(true)) | (Kind::False, Value::Bool(false)) => true,
        (Kind::Number, Value::Number(_)) => true,
        (Kind::String, Value::String(text)) => node.as_str().as_deref() == Some(text),
        (Kind::Array, Value::Array(members)) => {
            node.members().count() == members.len() && node.members().zip(members).all(|(a, b)| same(a, b))
        }
        // Of a key given twice both keep the last.
        (Kind::Object, Value::Object(entries)) => {
            entries.iter().all(|(key, value)| node.key(key).is_some_and(|node| same(node, value)))
        }
        _ => false,
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let ours = Document::parse(text);
    if let Ok(value) = serde_json::from_str::<Value>(text)
        && let Ok(document) = &ours
    {
        assert!(same(document.root(), &value));
    }
    if let Ok(document) = ours {
        document.every_value(&mut |_| ControlFlow::Continue(()));
        document.values(&Field::plain("a.b"), &mut |_| ControlFlow::Continue(()));
    }
});
