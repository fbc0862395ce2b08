//! Which records are sought.

use std::net::IpAddr;

use trailhound_detect::behind::Behind;
use trailhound_detect::event::{ActorKind, Facts};

use crate::network::Network;
use crate::query::{Field, Query};
use crate::words::names;

/// What a record has to meet; all of it.
#[derive(Debug, Default)]
pub(crate) struct Sought {
    pub(crate) actor: Option<String>,
    pub(crate) machine: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) address: Option<Network>,
    /// A key, an address, a user agent, a session.
    pub(crate) thing: Option<String>,
    /// Words, and fields with their values.
    pub(crate) query: Option<Query>,
    /// Fields whose values are to be told beside.
    pub(crate) asks: Vec<Field>,
}

impl Sought {
    /// Is it one of those?
    pub(crate) fn finds(&self, facts: &Facts, behind: Option<&Behind>) -> bool {
        self.finds_of(facts, behind.into_iter().flat_map(Behind::names))
    }

    /// The same, with the names of all who are behind it.
    pub(crate) fn finds_of<'n>(&self, facts: &Facts, mut behind: impl Iterator<Item = &'n str>) -> bool {
        let mut is_sought = |name: &String| is_actor(facts, name) || behind.any(|own| names(own, name));
        self.actor.as_ref().is_none_or(&mut is_sought)
            && self.machine.as_ref().is_none_or(|id| is_target(facts, id) || is_machine_itself(facts, id))
            && self.thing.as_ref().is_none_or(|thing| has_thing(facts, thing))
            && self.account.as_ref().is_none_or(|id| is_account(facts, id))
            && self.address.is_none_or(|network| facts.source.ip.is_some_and(|ip| network.holds(ip)))
    }
}

fn is_actor(facts: &Facts, name: &str) -> bool {
    let actor = &facts.actor;
    let own = [&actor.display, &actor.key].into_iter();
    let more = [
        &actor.claimed,
        &actor.uid,
        &actor.principal_id,
        &actor.name,
        &actor.session,
        &actor.issuer,
        &actor.source_identity,
        &actor.app_id,
    ];
    own.chain(more.into_iter().flatten()).any(|text| names(text, name))
}

fn is_target(facts: &Facts, id: &str) -> bool {
    let host = facts.process.as_ref().and_then(|process| process.host.as_ref());
    facts.target.ids.iter().chain(&facts.target.names).chain(host).any(|text| names(text, id))
}

/// Is it the machine's own role that acts?
fn is_machine_itself(facts: &Facts, id: &str) -> bool {
    facts.actor.kind == ActorKind::Instance
        && facts.actor.session.as_ref().is_some_and(|session| names(session, id))
}

/// Is it done with it, from it, in it, or does it hand it out?
fn has_thing(facts: &Facts, thing: &str) -> bool {
    // An IPv6 address is written in several ways.
    if thing.parse().is_ok_and(|address: IpAddr| facts.source.ip == Some(address)) {
        return true;
    }
    let handed = facts.handed_out.as_deref();
    let all = [
        facts.actor.credential_uid.as_ref(),
        facts.actor.principal_id.as_ref(),
        facts.actor.session.as_ref(),
        handed.and_then(|session| session.key.as_ref()),
        handed.and_then(|session| session.principal.as_ref()),
        facts.key_fingerprint.as_ref(),
        facts.session_id.as_ref(),
        facts.command_id.as_ref(),
        facts.correlation_id.as_ref(),
        facts.source.user_agent.as_ref(),
        facts.source.service.as_ref(),
    ];
    all.into_iter().flatten().any(|text| names(text, thing))
}

fn is_account(facts: &Facts, id: &str) -> bool {
    let scope = &facts.scope;
    let all = [Some(&scope.account), scope.subscription.as_ref(), scope.tenant.as_ref()];
    all.into_iter().flatten().any(|account| account.eq_ignore_ascii_case(id))
}
