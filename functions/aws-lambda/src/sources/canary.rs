//! The scheduled sign of life: `{"trailhound": "canary"}`, with the key of its installation, bare, or as the detail of an event of AWS's own: whoever
//! may put events on a bus must not keep an alarm quiet.

use serde_json::Value;
use trailhound_detect::canary::sings;

use super::eventbridge::is_of_aws;
use super::input::{Input, text};

/// The canary, `None` when the value is something else.
pub(super) fn read(value: &Value, origin: &str) -> Option<Vec<Input>> {
    let canary = if is_of_aws(value) { &value["detail"] } else { value };
    let key = text(canary, "/key").map(str::to_owned);
    sings(canary).then(|| vec![Input::Canary { origin: origin.to_owned(), key }])
}
