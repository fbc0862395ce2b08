//! The scheduled sign of life: `{"trailhound": "canary"}`, bare or as the detail of an event.

use serde_json::Value;

use super::{Input, text};

/// The canary, `None` when the value is something else.
pub(super) fn read(value: &Value, origin: &str) -> Option<Vec<Input>> {
    let sings = |pointer| text(value, pointer) == Some("canary");
    (sings("/trailhound") || sings("/detail/trailhound"))
        .then(|| vec![Input::Canary { origin: origin.to_owned() }])
}
