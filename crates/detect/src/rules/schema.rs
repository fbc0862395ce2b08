//! The form of a rule file as a JSON Schema, for editors: every list of words and keys in it is the reader's own.
//!
//! It says what can be said of one document by its form. Whether a field exists, a condition holds together or a name is
//! taken, `rules check` alone can say.

mod extension;
mod form;
mod sigma;

use serde_json::Value;

pub(crate) use form::{closed, headed, level, see};

/// The schema of a document in a rule file: a rule, a correlation or a filter.
pub fn rule() -> Value {
    let mut schema = sigma::document();
    schema["$defs"] = defs();
    headed(
        "rule.v1.json",
        "trailhound rule",
        "A Sigma rule, correlation or filter, with what `trailhound:` adds.",
        schema,
    )
}

fn defs() -> Value {
    let mut defs = sigma::defs();
    defs.extend(extension::defs());
    Value::Object(defs)
}
