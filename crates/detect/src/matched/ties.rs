//! What joins a finding to others, so that they are of one case.
//!
//! All of it is of the logs' own making: whom a session comes from, the key it acts with, the event itself, the session or
//! command on a machine, an identity that one made or gave rights to and that then acts. A machine joins what was done to
//! it with what was seen on it or done by it, an address what came from it where few use it. Names that a caller chooses
//! join nothing.

use std::net::IpAddr;

use jiff::SignedDuration;

use super::{Episode, Match};
use crate::behind::{Behind, End};
use crate::facts::{ActorKind, Facts};

/// So many people may share an address that still joins what came from it.
pub const FEW: usize = 3;
/// An address joins what is no further apart,
pub const ADDRESS: SignedDuration = SignedDuration::from_hours(24);
/// and a machine.
pub const MACHINE: SignedDuration = SignedDuration::from_hours(6);
/// So many machines of one finding join.
const MOST_MACHINES: usize = 256;

/// What joins wherever it is met again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TieKind {
    /// Whom it comes from, and who was given something.
    Who,
    /// A key that acts, or that was made.
    Key,
    /// A command on machines.
    Command,
    /// A session on a machine.
    Session,
    /// An event that it is about.
    Event,
}

impl TieKind {
    /// The word before its value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::Key => "key",
            Self::Command => "command",
            Self::Session => "session",
            Self::Event => "event",
        }
    }
}

/// What joins a finding to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ties {
    /// What joins wherever it is met again, in lower case: logs spell one in several ways.
    pub strong: Vec<(TieKind, String)>,
    /// Where it came from.
    pub address: Option<IpAddr>,
    /// Machines that it is about, and the one whose identity acts, each by the end of its name.
    pub machines: Vec<String>,
    /// It is about an endpoint's own log, or about what a machine's identity did.
    pub is_of_machine: bool,
}

impl Ties {
    /// Those of a match, with those of all events behind it.
    pub fn of(found: &Match) -> Self {
        Self::with(found, found.episode.as_ref())
    }

    /// Those of the event alone that a match is told with.
    pub fn of_event(found: &Match) -> Self {
        Self::with(found, None)
    }

    fn with(found: &Match, episode: Option<&Episode>) -> Self {
        let facts = &found.facts;
        let behind = found.behind.as_deref();
        Self {
            strong: strong(facts, behind, episode),
            address: facts.source.ip,
            machines: machines(facts),
            is_of_machine: facts.process.is_some() || is_machine(facts, behind),
        }
    }
}

/// Does a machine's own identity act?
fn is_machine(facts: &Facts, behind: Option<&Behind>) -> bool {
    let handed_by_service =
        behind.is_some_and(|behind| matches!(behind.end, End::Service(_) | End::Resource(_)));
    facts.actor.kind == ActorKind::Instance || facts.actor.is_workload && handed_by_service
}

fn machines(facts: &Facts) -> Vec<String> {
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
    let mut all: Vec<String> = names
        .map(|name| name.trim_end_matches('/').rsplit('/').next().unwrap_or(name).to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    // One machine is spelled in several ways in one log.
    all.sort_by_key(|name| name.to_ascii_lowercase());
    all.dedup_by(|one, other| one.eq_ignore_ascii_case(other));
    all
}

fn strong(facts: &Facts, behind: Option<&Behind>, episode: Option<&Episode>) -> Vec<(TieKind, String)> {
    let (actor, account) = (&facts.actor, &facts.scope.account);
    let mut all = Vec::new();
    let mut add = |kind: TieKind, value: &str| {
        if !value.is_empty() {
            // No two of these differ by case alone.
            all.push((kind, value.to_ascii_lowercase()));
        }
    };
    let is_several = episode.is_some_and(|episode| episode.actors.len() > 1);
    match behind {
        Some(behind) if !is_several => add(TieKind::Who, &behind.root.key),
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
            add(TieKind::Who, &actor.key);
        }
        _ => {}
    }
    if !is_several && let Some(key) = &actor.credential_uid {
        add(TieKind::Key, key);
    }
    let made = facts.handed_out.as_ref().and_then(|session| session.key.as_ref());
    if let Some(key) = made {
        add(TieKind::Key, key);
    }
    // Who was given something by one and then acts.
    facts.grantee.iter().for_each(|grantee| add(TieKind::Who, grantee));
    facts.command_id.iter().for_each(|id| add(TieKind::Command, &format!("{account}/{id}")));
    if facts.correlation_id.is_none() {
        facts.session_id.iter().for_each(|id| add(TieKind::Session, &format!("{account}/{id}")));
    }
    add(TieKind::Event, &format!("{account}/{}", facts.event_uid));
    for member in episode.iter().flat_map(|episode| &episode.members) {
        add(TieKind::Event, &format!("{account}/{}", member.uid));
    }
    all
}
