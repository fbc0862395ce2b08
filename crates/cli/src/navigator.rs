//! Layers of the ATT&CK Navigator.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailhound_detect::describe::attack;

/// What a layer says of a technique.
#[derive(Debug)]
pub(crate) struct TechniqueSeen {
    pub(crate) score: u64,
    pub(crate) comment: String,
}

/// A layer of techniques, by their ids.
pub(crate) fn layer(name: &str, description: &str, techniques: &BTreeMap<String, TechniqueSeen>) -> Value {
    let most = techniques.values().map(|seen| seen.score).max().unwrap_or(1);
    let all: Vec<_> = techniques
        .iter()
        .map(|(id, TechniqueSeen { score, comment })| json!({"techniqueID": id, "score": score, "comment": comment, "enabled": true}))
        .collect();
    let attack = attack::VERSION.split('.').next();
    json!({
        "name": name,
        "versions": {"attack": attack, "navigator": "5.1.0", "layer": "4.5"},
        "domain": "enterprise-attack",
        "description": description,
        "techniques": all,
        "gradient": {"colors": ["#dceefb", "#0b69a3"], "minValue": 0, "maxValue": most},
    })
}
