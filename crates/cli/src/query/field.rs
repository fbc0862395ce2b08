//! A field of records as people name it: a column of the timeline, a fact, or a path in the record itself.

use std::ops::ControlFlow;
use std::str::FromStr;

use trailhound_detect::describe::{clean_id, told_at, visible_within};
use trailhound_detect::event::{Event, Facts};
use trailhound_sigma::diagnostic::nearest;

use crate::shown::{MOST_CHARS, Shown};

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Column(&'static str),
    Fact(&'static str),
    Path(String),
}

/// What the timeline tells of a record, by the names that it has for it.
const COLUMNS: [&str; 12] = [
    "log",
    "actor",
    "action",
    "service",
    "target",
    "source",
    "outcome",
    "error",
    "account",
    "region",
    "user_agent",
    "key",
];

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(column) = COLUMNS.into_iter().find(|column| *column == text) {
            return Ok(Self::Column(column));
        }
        if text.starts_with("n.") {
            let names = Facts::names();
            let near = || nearest(text, names.iter().copied()).map(|name| format!("; did you mean {name}?"));
            let known = names.iter().find(|name| **name == text).map(|name| Self::Fact(name));
            return known.ok_or_else(|| format!("no fact is called {text}{}", near().unwrap_or_default()));
        }
        let is_path = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "._-@:".contains(c));
        is_path.then(|| Self::Path(text.to_owned())).ok_or_else(|| {
            format!("{text:?} is no field; write one of {}, a fact as n.actor.key, or a path as requestParameters.target", COLUMNS.join(", "))
        })
    }
}

impl Field {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Column(name) | Self::Fact(name) => name,
            Self::Path(path) => path,
        }
    }

    /// Its values as the record has them, to be compared; what is told of them is another matter.
    pub(crate) fn texts(&self, event: &Event<'_>) -> Vec<String> {
        match self {
            Self::Column(column) => column_of(event.facts(), column),
            Self::Fact(name) => event.facts().texts(name),
            Self::Path(path) => {
                let mut texts = Vec::new();
                event.document().root().visit(path, &mut |value| {
                    texts.extend(value.text().map(std::borrow::Cow::into_owned));
                    ControlFlow::Continue(())
                });
                texts
            }
        }
    }

    /// Its values as they are told: what looks like a secret is held back, and what cannot be seen is spelled out.
    pub(crate) fn told(&self, event: &Event<'_>, shown: &mut Shown) -> Vec<String> {
        match self {
            Self::Path(path) => told_at(event, path).iter().map(|text| shown.of(text)).collect(),
            Self::Column("key") | Self::Fact("n.actor.credential") => {
                let id = |text: &String| visible_within(&clean_id(text), MOST_CHARS).into_owned();
                self.texts(event).iter().map(id).collect()
            }
            _ => self.texts(event).iter().map(|text| shown.of(text)).collect(),
        }
    }
}

fn column_of(facts: &Facts, column: &str) -> Vec<String> {
    let source = &facts.source;
    let one = match column {
        "log" => Some(facts.log.as_str().to_owned()),
        "actor" => Some(facts.actor.display.clone()),
        "action" => Some(facts.action.key.clone()),
        "service" => Some(facts.action.service.clone()),
        "target" => return facts.target.names.to_vec(),
        "source" => source.ip.map(|ip| ip.to_string()).or_else(|| source.service.clone()),
        "outcome" => Some(facts.outcome.kind.as_str().to_owned()),
        "error" => facts.outcome.code.clone(),
        "account" => Some(facts.scope.account.clone()),
        "region" => facts.scope.region.clone(),
        "user_agent" => source.user_agent.clone(),
        _ => facts.key_fingerprint.clone().or_else(|| facts.actor.credential_uid.clone()),
    };
    one.into_iter().filter(|text| !text.is_empty()).collect()
}
