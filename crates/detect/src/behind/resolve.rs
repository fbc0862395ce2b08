//! From a session back to whom it comes from.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use super::{Behind, Certainty, End, HandOut, HandOuts, Link, Root};
use crate::facts::{Actor, ActorKind};

/// What is done with a key may be logged with a time so much before the call that handed it out.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// Who is told to be behind it where a record does not say.
const NOBODY: &str = "somebody unknown";

/// What is known of how a session was handed out.
enum Found<'o> {
    By(&'o HandOut, Certainty),
    Service(&'o str),
    Several,
    Nothing,
}

impl HandOuts {
    /// Who is behind what an actor does at a time; nothing where it acts with what is its own.
    pub fn behind(&self, actor: &Actor, at: Option<Timestamp>) -> Option<Behind> {
        if let (ActorKind::ManagedIdentity, Some(resource)) = (actor.kind, &actor.resource) {
            let end = End::Resource(resource.clone());
            let root = root(actor, &end);
            let certainty = Certainty::Certain;
            return Some(Behind { root, links: Vec::new(), certainty, end, is_final: true });
        }
        let mut links = Vec::new();
        let (mut certainty, mut seen) = (Certainty::Certain, HashSet::new());
        let (mut current, mut at) = (actor, at);
        let end = loop {
            match self.handed(current, at) {
                Found::By(out, how) if seen.insert(out.session.key.as_deref()) => {
                    certainty = certainty.min(how);
                    links.push(Link::of(out));
                    (current, at) = (&out.asker, out.at);
                }
                Found::By(..) | Found::Several => break End::Several,
                Found::Service(name) => break End::Service(name.to_owned()),
                Found::Nothing if is_session(current) => break End::NotAtHand,
                Found::Nothing if !links.is_empty() && current.key.is_empty() => break End::Unnamed,
                Found::Nothing => break End::Itself,
            }
        };
        links.reverse();
        let tells = !links.is_empty() || end != End::Itself;
        tells.then(|| Behind { root: root(current, &end), links, certainty, end, is_final: true })
    }

    /// Does it act in a session that another may be behind, so that it is worth gathering what was handed out?
    pub fn are_asked_for(actor: &Actor) -> bool {
        is_session(actor)
    }

    /// The same as [`behind`](Self::behind), where it is worth telling: of every actor alike, whoever else stands beside it
    /// in the logs at hand.
    pub fn worth_telling(&self, actor: &Actor, at: Option<Timestamp>) -> Option<Behind> {
        let is_told = is_session(actor) || actor.kind == ActorKind::ManagedIdentity;
        is_told.then(|| self.behind(actor, at)).flatten()
    }

    /// The ids of keys, and whose sessions they are, that such a one is behind.
    pub fn sessions_of(&self, is_meant: &dyn Fn(&Behind) -> bool) -> Vec<String> {
        let mut all = Vec::new();
        for out in self.all() {
            let of_key = Actor { credential_uid: out.session.key.clone(), ..Actor::default() };
            if self.behind(&of_key, None).is_some_and(|behind| is_meant(&behind)) {
                all.extend(out.session.key.iter().chain(&out.session.principal).cloned());
            }
        }
        all.sort();
        all.dedup();
        all
    }

    fn handed(&self, actor: &Actor, at: Option<Timestamp>) -> Found<'_> {
        if let Some(key) = &actor.credential_uid {
            match self.by_key(key) {
                // Nobody acts with a key before it is there.
                Some(out) if out.at.zip(at).is_some_and(|(out, at)| out.duration_since(at) > SKEW) => {
                    return Found::Nothing;
                }
                Some(out) if out.is_contested => return Found::Several,
                Some(out) => return Found::By(out, Certainty::Certain),
                None => {}
            }
            if let Some(service) = self.service(key) {
                return Found::Service(service);
            }
        }
        let (Some(principal), Some(created)) = (&actor.principal_id, actor.session_created) else {
            return Found::Nothing;
        };
        // The session of a user's token goes by the user's own id.
        if !principal.contains(':') {
            return Found::Nothing;
        }
        match self.made(principal, created) {
            (outs, false) if outs.is_empty() => Found::Nothing,
            (outs, false)
                if !outs.iter().any(|out| out.is_contested || out.asker.key != outs[0].asker.key) =>
            {
                Found::By(outs[0], Certainty::Likely)
            }
            _ => Found::Several,
        }
    }
}

/// Does it act in a session that somebody was handed, and that does not itself say whose it is?
fn is_session(actor: &Actor) -> bool {
    match actor.kind {
        // Identity Center alone writes the name that stands behind the role then.
        ActorKind::Role => !actor.key.contains('#'),
        ActorKind::Instance | ActorKind::Account => true,
        ActorKind::Federated => actor.type_name == "FederatedUser",
        ActorKind::User
        | ActorKind::Root
        | ActorKind::ServicePrincipal
        | ActorKind::ManagedIdentity
        | ActorKind::Service
        | ActorKind::Local
        | ActorKind::Unknown => false,
    }
}

fn root(actor: &Actor, end: &End) -> Root {
    let own = || actor.key.clone();
    let key = match end {
        End::Itself | End::Unnamed => own(),
        // A service writes the names of its sessions itself.
        End::Service(_) => actor.uid.clone().unwrap_or_else(own),
        End::Resource(resource) => resource.to_ascii_lowercase(),
        End::NotAtHand | End::Several => {
            let made = actor.principal_id.as_ref().zip(actor.session_created);
            let made = || made.map(|(principal, created)| format!("{principal}@{created}"));
            actor.credential_uid.clone().or_else(made).or_else(|| actor.uid.clone()).unwrap_or_else(own)
        }
    };
    let display = if *end == End::Unnamed { NOBODY.to_owned() } else { actor.display.clone() };
    Root { key, display, uid: actor.uid.clone(), account: actor.account.clone() }
}

impl Link {
    fn of(out: &HandOut) -> Self {
        let HandOut { session, call, at, event, record, .. } = out;
        Self {
            display: session.display.clone(),
            role: session.role.clone(),
            account: session.account.clone(),
            call: call.clone(),
            at: *at,
            event: event.clone(),
            record: record.clone(),
        }
    }
}
