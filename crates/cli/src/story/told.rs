//! What a case keeps of a finding.

use std::borrow::Cow;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use trailhound_detect::behind::{Behind, Certainty, End};
use trailhound_detect::describe::{Finding, visible};
use trailhound_detect::event::{ActorKind, Facts, OutcomeKind};
use trailhound_detect::matched::Level;

use crate::shown::Shown;

/// So many machines of one finding join and are told.
const MOST_MACHINES: usize = 256;

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
        let machines = machines(facts, shown);
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
            address: facts.source.ip,
            key: facts
                .actor
                .credential_uid
                .clone()
                .filter(|_| facts.provider == trailhound_detect::event::Provider::Aws),
            is_of_machine: facts.process.is_some() || is_machine(facts, behind),
            joins: joins(finding, facts, behind),
            unknown: unknown(facts, behind).into_iter().map(Cow::Borrowed).collect(),
            machines,
        }
    }
}

/// Does a machine's own identity act?
fn is_machine(facts: &Facts, behind: Option<&Behind>) -> bool {
    let handed_by_service =
        behind.is_some_and(|behind| matches!(behind.end, End::Service(_) | End::Resource(_)));
    facts.actor.kind == ActorKind::Instance || facts.actor.is_workload && handed_by_service
}

/// Machines that it is about, and the one whose identity acts.
fn machines(facts: &Facts, shown: &mut Shown) -> Vec<String> {
    let host = facts.process.as_ref().and_then(|process| process.host.as_ref());
    let own = facts.actor.session.as_ref().filter(|_| facts.actor.kind == ActorKind::Instance);
    let is_machine = [
        "AWS::EC2::Instance",
        "AWS::SSM::ManagedInstance",
        "AWS::ECS::Task",
        "AWS::Lightsail::Instance",
        "Host",
    ]
    .contains(&facts.target.kind.as_str())
        || facts.target.kind.to_ascii_lowercase().contains("/virtualmachines")
        || facts.target.kind.to_ascii_lowercase().contains("hybridcompute/machines");
    let targets = facts.target.names.iter().filter(|_| is_machine).take(MOST_MACHINES);
    let names = targets.chain(host).chain(own).chain(facts.actor.resource.iter());
    let mut all: Vec<String> =
        names.map(|name| shown.of(name.trim_end_matches('/').rsplit('/').next().unwrap_or(name))).collect();
    // One machine is spelled in several ways in one log.
    all.sort_by_key(|name| name.to_ascii_lowercase());
    all.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
    all
}

/// What joins it to others, wherever and whenever they are.
fn joins(finding: &Finding, facts: &Facts, behind: Option<&Behind>) -> Vec<String> {
    let (actor, account) = (&facts.actor, &facts.scope.account);
    let mut all = Vec::new();
    let mut add = |kind: &str, value: &str| {
        if !value.is_empty() {
            // No two of these differ by case alone, and logs spell one in several.
            all.push(format!("{kind}:{}", value.to_ascii_lowercase()));
        }
    };
    let is_several = finding.matched.episode.as_ref().is_some_and(|episode| episode.actors.len() > 1);
    match behind {
        Some(behind) if !is_several => add("who", &behind.root.key),
        // Many act in one role, and services and local accounts are everybody's.
        None if matches!(
            actor.kind,
            ActorKind::User
                | ActorKind::Root
                | ActorKind::Federated
                | ActorKind::ServicePrincipal
                | ActorKind::ManagedIdentity
        ) || actor.kind == ActorKind::Role && actor.key.contains('#') =>
        {
            add("who", &actor.key);
        }
        _ => {}
    }
    if !is_several && let Some(key) = &actor.credential_uid {
        add("key", key);
    }
    let made = facts.handed_out.as_ref().and_then(|session| session.key.as_ref());
    if let Some(key) = made {
        add("key", key);
    }
    // Who was given something by one and then acts.
    facts.grantee.iter().for_each(|grantee| add("who", grantee));
    facts.command_id.iter().for_each(|id| add("command", &format!("{account}/{id}")));
    if facts.correlation_id.is_none() {
        facts.session_id.iter().for_each(|id| add("session", &format!("{account}/{id}")));
    }
    add("event", &format!("{account}/{}", facts.event_uid));
    for member in finding.matched.episode.iter().flat_map(|episode| &episode.members) {
        add("event", &format!("{account}/{}", member.uid));
    }
    all
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
