//! What of a record a kept index holds: all that it is found by and told with, and nothing else.

use std::borrow::Cow;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use trailhound_detect::event::{Actor, ActorKind, Facts, HandedOut, LogType, OutcomeKind, Process, Tunnel};

/// A text where the record has it.
type Maybe<'r> = Option<&'r str>;

/// A record: its texts stand in the bytes that it is read from.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct IndexRow<'r> {
    /// Where it stands.
    pub(super) origin: &'r str,
    /// In nanoseconds.
    time: Option<i128>,
    log: LogType,
    action: &'r str,
    outcome: OutcomeKind,
    #[serde(borrow)]
    actor: RowActor<'r>,
    #[serde(borrow)]
    ids: Vec<&'r str>,
    #[serde(borrow)]
    names: Vec<&'r str>,
    kind: &'r str,
    /// As people write it, so that it is found as a text is.
    #[serde(borrow)]
    address: Option<Cow<'r, str>>,
    #[serde(borrow)]
    service: Maybe<'r>,
    #[serde(borrow)]
    user_agent: Maybe<'r>,
    account: &'r str,
    #[serde(borrow)]
    region: Maybe<'r>,
    #[serde(borrow)]
    subscription: Maybe<'r>,
    #[serde(borrow)]
    tenant: Maybe<'r>,
    #[serde(borrow)]
    document: Maybe<'r>,
    #[serde(borrow)]
    extension: Maybe<'r>,
    /// Host and image.
    #[serde(borrow)]
    process: Option<(Maybe<'r>, Maybe<'r>)>,
    /// Host and port.
    #[serde(borrow)]
    tunnel: Option<(Maybe<'r>, Maybe<'r>)>,
    #[serde(borrow)]
    fingerprint: Maybe<'r>,
    #[serde(borrow)]
    session: Maybe<'r>,
    #[serde(borrow)]
    command: Maybe<'r>,
    #[serde(borrow)]
    correlation: Maybe<'r>,
    #[serde(borrow)]
    out: Option<Out<'r>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct RowActor<'r> {
    key: &'r str,
    #[serde(borrow)]
    claimed: Maybe<'r>,
    kind: ActorKind,
    type_name: &'r str,
    display: &'r str,
    #[serde(borrow)]
    uid: Maybe<'r>,
    #[serde(borrow)]
    principal: Maybe<'r>,
    #[serde(borrow)]
    name: Maybe<'r>,
    #[serde(borrow)]
    session: Maybe<'r>,
    #[serde(borrow)]
    issuer: Maybe<'r>,
    /// In nanoseconds.
    created: Option<i128>,
    #[serde(borrow)]
    source_identity: Maybe<'r>,
    #[serde(borrow)]
    credential: Maybe<'r>,
    #[serde(borrow)]
    account: Maybe<'r>,
    #[serde(borrow)]
    resource: Maybe<'r>,
    #[serde(borrow)]
    application: Maybe<'r>,
}

/// What it hands out, with the event's own id.
#[derive(Debug, Serialize, Deserialize)]
struct Out<'r> {
    event: &'r str,
    #[serde(borrow)]
    key: Maybe<'r>,
    #[serde(borrow)]
    principal: Maybe<'r>,
    #[serde(borrow)]
    role: Maybe<'r>,
    #[serde(borrow)]
    account: Maybe<'r>,
    display: &'r str,
    is_lasting: bool,
}

impl<'r> IndexRow<'r> {
    /// Of a record at a place.
    pub(super) fn of(facts: &'r Facts, origin: &'r str) -> Self {
        let (source, scope, process, tunnel) = (&facts.source, &facts.scope, &facts.process, &facts.tunnel);
        Self {
            origin,
            time: facts.time.map(Timestamp::as_nanosecond),
            log: facts.log,
            action: &facts.action.key,
            outcome: facts.outcome.kind,
            actor: RowActor::of(&facts.actor),
            ids: facts.target.ids.iter().map(String::as_str).collect(),
            names: facts.target.names.iter().map(String::as_str).collect(),
            kind: &facts.target.kind,
            address: source.ip.map(|ip| ip.to_string().into()),
            service: source.service.as_deref(),
            user_agent: source.user_agent.as_deref(),
            account: &scope.account,
            region: scope.region.as_deref(),
            subscription: scope.subscription.as_deref(),
            tenant: scope.tenant.as_deref(),
            document: facts.document.as_deref(),
            extension: facts.extension_type.as_deref(),
            process: process.as_ref().map(|process| (process.host.as_deref(), process.image.as_deref())),
            tunnel: tunnel.as_ref().map(|tunnel| (tunnel.host.as_deref(), tunnel.port.as_deref())),
            fingerprint: facts.key_fingerprint.as_deref(),
            session: facts.session_id.as_deref(),
            command: facts.command_id.as_deref(),
            correlation: facts.correlation_id.as_deref(),
            out: facts.handed_out.as_deref().map(|out| Out::of(out, &facts.event_uid)),
        }
    }

    /// When it happened.
    pub(super) fn time(&self) -> Option<Timestamp> {
        self.time.and_then(moment)
    }

    /// Does it hand out a session?
    pub(super) fn hands_out(&self) -> bool {
        self.out.is_some()
    }

    /// Every text that it may be found by.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let Self { actor, out, .. } = self;
        let own = [self.account, actor.key, actor.display];
        let more = [
            self.address.as_deref(),
            self.service,
            self.user_agent,
            self.subscription,
            self.tenant,
            self.process.and_then(|(host, _)| host),
            self.fingerprint,
            self.session,
            self.command,
            self.correlation,
            out.as_ref().and_then(|out| out.key),
            out.as_ref().and_then(|out| out.principal),
            actor.claimed,
            actor.uid,
            actor.principal,
            actor.name,
            actor.session,
            actor.issuer,
            actor.source_identity,
            actor.credential,
            actor.application,
        ];
        let targets = self.ids.iter().chain(&self.names).copied();
        own.into_iter().chain(more.into_iter().flatten()).chain(targets)
    }

    /// What the record says, as far as it is held.
    pub(super) fn facts(&self) -> Facts {
        let mut facts = Facts::new(self.log);
        facts.time = self.time();
        self.action.clone_into(&mut facts.action.key);
        facts.outcome.kind = self.outcome;
        facts.actor = self.actor.actor();
        facts.target.ids = owned(&self.ids).into();
        facts.target.names = owned(&self.names).into();
        self.kind.clone_into(&mut facts.target.kind);
        facts.source.ip = self.address.as_ref().and_then(|address| address.parse().ok());
        facts.source.service = own(self.service);
        facts.source.user_agent = own(self.user_agent);
        self.account.clone_into(&mut facts.scope.account);
        facts.scope.region = own(self.region);
        facts.scope.subscription = own(self.subscription);
        facts.scope.tenant = own(self.tenant);
        facts.document = own(self.document);
        facts.extension_type = own(self.extension);
        facts.process = self.process.map(|(host, image)| Process {
            host: own(host),
            image: own(image),
            ..Process::default()
        });
        facts.tunnel =
            self.tunnel.map(|(host, port)| Tunnel { host: own(host), port: own(port), local_port: None });
        facts.key_fingerprint = own(self.fingerprint);
        facts.session_id = own(self.session);
        facts.command_id = own(self.command);
        facts.correlation_id = own(self.correlation);
        if let Some(out) = &self.out {
            out.event.clone_into(&mut facts.event_uid);
            facts.handed_out = Some(Box::new(out.handed_out()));
        }
        facts
    }
}

/// Where a record stands, when it was, and the bytes of all else, which many records may have in common.
pub(super) fn apart(row: &[u8]) -> anyhow::Result<(&str, Option<Timestamp>, &[u8])> {
    let ((origin, time), rest): ((&str, Option<i128>), &[u8]) =
        postcard::take_from_bytes(row).context("a record that cannot be read")?;
    Ok((origin, time.and_then(moment), rest))
}

impl<'r> RowActor<'r> {
    fn of(actor: &'r Actor) -> Self {
        Self {
            key: &actor.key,
            claimed: actor.claimed.as_deref(),
            kind: actor.kind,
            type_name: &actor.type_name,
            display: &actor.display,
            uid: actor.uid.as_deref(),
            principal: actor.principal_id.as_deref(),
            name: actor.name.as_deref(),
            session: actor.session.as_deref(),
            issuer: actor.issuer.as_deref(),
            created: actor.session_created.map(Timestamp::as_nanosecond),
            source_identity: actor.source_identity.as_deref(),
            credential: actor.credential_uid.as_deref(),
            account: actor.account.as_deref(),
            resource: actor.resource.as_deref(),
            application: actor.app_id.as_deref(),
        }
    }

    fn actor(&self) -> Actor {
        Actor {
            key: self.key.to_owned(),
            claimed: own(self.claimed),
            kind: self.kind,
            type_name: self.type_name.to_owned(),
            display: self.display.to_owned(),
            uid: own(self.uid),
            principal_id: own(self.principal),
            name: own(self.name),
            session: own(self.session),
            issuer: own(self.issuer),
            session_created: self.created.and_then(moment),
            source_identity: own(self.source_identity),
            credential_uid: own(self.credential),
            account: own(self.account),
            resource: own(self.resource),
            app_id: own(self.application),
            ..Actor::default()
        }
    }
}

impl<'r> Out<'r> {
    fn of(out: &'r HandedOut, event: &'r str) -> Self {
        Self {
            event,
            key: out.key.as_deref(),
            principal: out.principal.as_deref(),
            role: out.role.as_deref(),
            account: out.account.as_deref(),
            display: &out.display,
            is_lasting: out.is_lasting,
        }
    }

    fn handed_out(&self) -> HandedOut {
        HandedOut {
            key: own(self.key),
            principal: own(self.principal),
            role: own(self.role),
            account: own(self.account),
            display: self.display.to_owned(),
            is_lasting: self.is_lasting,
        }
    }
}

fn own(text: Maybe<'_>) -> Option<String> {
    text.map(str::to_owned)
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn moment(nanoseconds: i128) -> Option<Timestamp> {
    Timestamp::from_nanosecond(nanoseconds).ok()
}
