//! From a session back to whom it comes from.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Behind, Certainty, End, HandOut, HandOuts, Link, Root};
use crate::facts::{Actor, ActorKind};

/// What is done with a key may be logged with a time so much before the call that handed it out.
const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// Who is told to be behind it where a record does not say.
const NOBODY: &str = "somebody unknown";

/// Where it is looked up what was handed out.
pub trait KnownSessions {
    /// A hand-out, as it is lent.
    type Out<'o>: Deref<Target = HandOut>
    where
        Self: 'o;

    /// What is known by the id of a key.
    fn by_key(&self, key: &str) -> Option<Self::Out<'_>>;

    /// The service that was handed a key for what runs in it.
    fn service(&self, key: &str) -> Option<String>;

    /// All that could have handed out a session of this principal's that was made in this second, the one before or the
    /// one after, as clocks and answers have it, as they came; and whether a service could have too.
    fn made(&self, principal: &str, created: Timestamp) -> (Vec<Self::Out<'_>>, bool);
}

/// What is known of how a session was handed out.
enum Found<O> {
    By(O, Certainty),
    Service(String),
    Several,
    Nothing,
}

/// Who is behind what an actor does at a time; nothing where it acts with what is its own.
pub fn who_is_behind(known: &impl KnownSessions, actor: &Actor, at: Option<Timestamp>) -> Option<Behind> {
    if let (ActorKind::ManagedIdentity, Some(resource)) = (actor.kind, &actor.resource) {
        let end = End::Resource(resource.clone());
        let root = root(actor, &end);
        let certainty = Certainty::Certain;
        return Some(Behind { root, links: Vec::new(), certainty, end, is_final: true });
    }
    let mut links = Vec::new();
    let (mut certainty, mut seen) = (Certainty::Certain, HashSet::new());
    let (mut asker, mut at) = (None::<Arc<Actor>>, at);
    let end = loop {
        let current = asker.as_deref().unwrap_or(actor);
        match handed(known, current, at) {
            Found::By(out, how) if seen.insert(out.session.key.clone()) => {
                certainty = certainty.min(how);
                links.push(Link::of(&out));
                (asker, at) = (Some(Arc::clone(&out.asker)), out.at);
            }
            Found::By(..) | Found::Several => break End::Several,
            Found::Service(name) => break End::Service(name),
            Found::Nothing if is_session(current) => break End::NotAtHand,
            Found::Nothing if !links.is_empty() && current.key.is_empty() => break End::Unnamed,
            Found::Nothing => break End::Itself,
        }
    };
    links.reverse();
    let tells = !links.is_empty() || end != End::Itself;
    let root = root(asker.as_deref().unwrap_or(actor), &end);
    tells.then_some(Behind { root, links, certainty, end, is_final: true })
}

/// The same, where it is worth telling: of every actor alike, whoever else stands beside it in the logs at hand.
pub fn worth_telling(known: &impl KnownSessions, actor: &Actor, at: Option<Timestamp>) -> Option<Behind> {
    let is_told = is_session(actor) || actor.kind == ActorKind::ManagedIdentity;
    is_told.then(|| who_is_behind(known, actor, at)).flatten()
}

impl KnownSessions for HandOuts {
    type Out<'o> = &'o HandOut;

    fn by_key(&self, key: &str) -> Option<&HandOut> {
        self.by_key(key)
    }

    fn service(&self, key: &str) -> Option<String> {
        self.service(key).map(str::to_owned)
    }

    fn made(&self, principal: &str, created: Timestamp) -> (Vec<&HandOut>, bool) {
        self.made(principal, created)
    }
}

impl HandOuts {
    /// Who is behind what an actor does at a time; nothing where it acts with what is its own.
    pub fn behind(&self, actor: &Actor, at: Option<Timestamp>) -> Option<Behind> {
        who_is_behind(self, actor, at)
    }

    /// Does it act in a session that another may be behind, so that it is worth gathering what was handed out?
    pub fn are_asked_for(actor: &Actor) -> bool {
        is_session(actor)
    }

    /// The same as [`behind`](Self::behind), where it is worth telling: of every actor alike, whoever else stands beside it
    /// in the logs at hand.
    pub fn worth_telling(&self, actor: &Actor, at: Option<Timestamp>) -> Option<Behind> {
        worth_telling(self, actor, at)
    }

    /// Hands on of everything handed out who is behind it, with the id of its key and whose session it is.
    pub fn each_session(&self, take: &mut dyn FnMut(&Behind, &[&str])) {
        for out in self.all() {
            let of_key = Actor { credential_uid: out.session.key.clone(), ..Actor::default() };
            if let Some(behind) = self.behind(&of_key, None) {
                let ids = out.session.key.iter().chain(&out.session.principal);
                take(&behind, &ids.map(String::as_str).collect::<Vec<_>>());
            }
        }
    }
}

fn handed<'k, L: KnownSessions>(known: &'k L, actor: &Actor, at: Option<Timestamp>) -> Found<L::Out<'k>> {
    if let Some(key) = &actor.credential_uid {
        match known.by_key(key) {
            // Nobody acts with a key before it is there.
            Some(out) if out.at.zip(at).is_some_and(|(out, at)| out.duration_since(at) > SKEW) => {
                return Found::Nothing;
            }
            Some(out) if out.is_contested => return Found::Several,
            Some(out) => return Found::By(out, Certainty::Certain),
            None => {}
        }
        if let Some(service) = known.service(key) {
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
    let (outs, is_of_service) = known.made(principal, created);
    let is_one = !outs.iter().any(|out| out.is_contested || out.asker.key != outs[0].asker.key);
    match outs.into_iter().next() {
        None if !is_of_service => Found::Nothing,
        Some(first) if !is_of_service && is_one => Found::By(first, Certainty::Likely),
        _ => Found::Several,
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
