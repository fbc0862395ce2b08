//! What both kinds of tests are written with: an expectation, a level, and one event made out of another.

use serde_json::Value;
use trailhound_sigma::yaml::Yaml;
use trailhound_sigma::{Level, Report};

/// What can be expected of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The rule matches and the call succeeded.
    Match,
    /// The rule matches and the call was denied or failed.
    Attempt,
    /// Nothing to tell.
    None,
    /// The bytes cannot be read.
    Rejected,
}

impl Expect {
    /// The word in tests files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Attempt => "attempt",
            Self::None => "none",
            Self::Rejected => "rejected",
        }
    }
}

/// The level a test expects, if it names one; nothing at all if what it names is none.
#[expect(clippy::option_option, reason = "nothing said is not the same as something wrong")]
pub(super) fn level(node: &Yaml, key: &str, report: &mut Report) -> Option<Option<Level>> {
    let named = node.get(key).and_then(Yaml::text).map(str::parse::<Level>).transpose();
    named.map_err(|error| report.error(node, error.to_string())).ok()
}

/// RFC 7386: objects are merged, `null` removes, everything else replaces.
pub(super) fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Some(target) = target.as_object_mut() else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(&key);
        } else {
            merge(target.entry(key).or_insert(Value::Null), value);
        }
    }
}
