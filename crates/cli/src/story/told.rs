//! What a case keeps of a finding.

use std::borrow::Cow;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use trailhound_detect::behind::{Behind, Certainty, End};
use trailhound_detect::describe::{Finding, visible};
use trailhound_detect::event::{Facts, OutcomeKind};
use trailhound_detect::matched::Level;
use trailhound_detect::matched::ties::Ties;

use crate::shown::Shown;

/// A finding in a case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    pub(crate) time: Option<Timestamp>,
    #[serde(with = "graded")]
    pub(crate) level: Level,
    pub(crate) rule: String,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) origin: String,
    pub(crate) uid: String,
    pub(crate) check: String,
    pub(crate) because: Vec<String>,
    pub(crate) techniques: Vec<String>,
    pub(crate) contains: Vec<(Cow<'static, str>, String)>,
    /// Who did it, and who is behind that.
    pub(crate) actor: String,
    pub(crate) behind: Option<String>,
    /// Whom it comes from, as far as anybody can say.
    pub(crate) who: String,
    pub(crate) account: String,
    pub(crate) machines: Vec<String>,
    pub(crate) address: Option<IpAddr>,
    pub(crate) key: Option<String>,
    /// It is about an endpoint's own log, or about what a machine's identity did.
    pub(crate) is_of_machine: bool,
    pub(crate) joins: Vec<String>,
    pub(crate) unknown: Vec<Cow<'static, str>>,
}

impl Told {
    pub(crate) fn of(finding: &Finding, shown: &mut Shown) -> Self {
        let found = &finding.matched;
        let facts = &found.facts;
        let behind = found.behind.as_deref();
        let ties = Ties::of(found);
        let words = behind.filter(|behind| behind.names_somebody()).and_then(Behind::words);
        Self {
            time: facts.time,
            level: finding.level(),
            rule: found.rule_id(),
            title: finding.title(),
            message: finding.message(),
            origin: shown.origin(&found.from.origin),
            uid: finding.uid.clone(),
            check: visible(found.check()).into_owned(),
            because: finding.reasons(),
            techniques: found.techniques().map(str::to_owned).collect(),
            contains: finding.containments().into_iter().map(|own| (own.what.into(), own.command)).collect(),
            actor: finding.who(),
            behind: words.map(|words| shown.of(&words)),
            who: behind
                .filter(|own| !own.links.is_empty())
                .map_or_else(|| finding.who(), |own| shown.of(&own.root.display)),
            account: shown.of(&facts.scope.account),
            address: ties.address,
            key: facts
                .actor
                .credential_uid
                .clone()
                .filter(|_| facts.provider == trailhound_detect::event::Provider::Aws),
            is_of_machine: ties.is_of_machine,
            joins: ties.strong.iter().map(|(kind, value)| format!("{}:{value}", kind.as_str())).collect(),
            unknown: unknown(facts, behind).into_iter().map(Cow::Borrowed).collect(),
            machines: ties.machines.iter().map(|name| shown.of(name)).collect(),
        }
    }
}

fn unknown(facts: &Facts, behind: Option<&Behind>) -> Vec<&'static str> {
    let mut all = Vec::new();
    match behind.map(|behind| (&behind.end, behind.certainty)) {
        Some((End::NotAtHand, _)) => all.push("who was handed the first session is not in the logs at hand"),
        Some((End::Unnamed, _)) => all.push("the record of the first session does not name who asked for it"),
        Some((End::Several, _)) => all.push("which of several calls handed out the session cannot be told"),
        Some((_, Certainty::Likely)) => {
            all.push("who is behind it is told by whose session it is and when it was made");
        }
        _ => {}
    }
    if facts.outcome.kind == OutcomeKind::Unknown {
        all.push("the record does not say how it ended");
    }
    if facts.target.wildcard {
        all.push("machines were chosen by tag or group, and the record does not name them");
    }
    if facts.time.is_none() {
        all.push("the record does not say when it was");
    }
    if facts.parameters_hidden {
        all.push("the record does not show what was asked for");
    }
    all
}

/// A level by its place among all.
mod graded {
    use serde::{Deserialize as _, Deserializer, Serializer};
    use trailhound_detect::matched::Level;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    pub(super) fn serialize<S: Serializer>(level: &Level, serializer: S) -> Result<S::Ok, S::Error> {
        let grade = Level::ALL.iter().position(|own| own == level).unwrap_or_default();
        serializer.serialize_u64(grade as u64)
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Level, D::Error> {
        let grade = usize::deserialize(deserializer)?;
        Level::ALL.get(grade).copied().ok_or_else(|| serde::de::Error::custom("no such level"))
    }
}
