//! What the record shows: who, from where, which call, with which of its fields.
//!
//! A process is told by its image, its parent and a digest of its command line; the line itself may hold a password
//! and stays where it is.

use serde::Serialize;
use serde_json::{Map, Value};

use super::cloud::{Cloud, CloudAccount, Organization, UNKNOWN};
use super::metadata::operation;
use super::writer::Writer;
use super::{caption, info};
use crate::describe::redact;
use crate::event::{Actor as Who, Provider, Source, Tunnel};
use crate::logs;

#[derive(Serialize)]
pub(super) struct Evidence {
    name: &'static str,
    uid: String,
    pub(super) actor: Actor,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) src_endpoint: Option<Endpoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dst_endpoint: Option<Endpoint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_request: Option<HttpRequest>,
    pub(super) api: Api,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) device: Option<Device>,
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<Process>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    data: Map<String, Value>,
}

#[derive(Serialize)]
pub(super) struct Actor {
    pub(super) user: User,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<Session>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_uid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_name: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorizations: Vec<Authorization>,
}

#[derive(Serialize)]
pub(super) struct User {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) uid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid_alt: Option<String>,
    pub(super) name: String,
    type_id: u8,
    #[serde(rename = "type")]
    type_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<CloudAccount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<Organization>,
}

#[derive(Default, PartialEq, Serialize)]
pub(super) struct Session {
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) credential_uid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_mfa: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_time: Option<i64>,
}

#[derive(Serialize)]
struct Authorization {
    policy: Policy,
}

#[derive(Serialize)]
struct Policy {
    name: String,
    #[serde(rename = "type")]
    type_name: &'static str,
}

#[derive(Default, PartialEq, Serialize)]
pub(super) struct Endpoint {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hostname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    svc_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    autonomous_system: Option<AutonomousSystem>,
}

#[derive(PartialEq, Serialize)]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
}

#[derive(PartialEq, Serialize)]
struct AutonomousSystem {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    number: u32,
}

#[derive(Serialize)]
struct HttpRequest {
    user_agent: String,
}

/// The call.
#[derive(Clone, Serialize)]
pub(super) struct Api {
    operation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<Service>,
    request: Request,
    response: Response,
}

#[derive(Clone, Serialize)]
struct Service {
    name: String,
}

#[derive(Clone, Serialize)]
struct Request {
    uid: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    data: Map<String, Value>,
}

#[derive(Clone, Serialize)]
struct Response {
    message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    data: Map<String, Value>,
}

#[derive(Serialize)]
pub(super) struct Device {
    pub(super) hostname: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<OwnerOf>,
    type_id: u8,
    #[serde(rename = "type")]
    type_name: &'static str,
}

/// Whose something is, by an inventory.
#[derive(Clone, Serialize)]
struct OwnerOf {
    name: String,
}

#[derive(Serialize)]
struct Process {
    pid: i64,
    name: String,
    path: String,
}

impl Evidence {
    pub(super) fn of(writer: &Writer<'_>, cloud: &Cloud) -> Self {
        let facts = &writer.found.facts;
        let shown = SortedFields::of(writer);
        let device = facts.process.as_ref().and_then(|process| process.host.as_ref());
        Self {
            name: logs::of(facts.log).words.record,
            uid: info::source_event(writer),
            actor: Actor::of(writer, cloud),
            src_endpoint: Endpoint::source(writer, &facts.source),
            dst_endpoint: redact::tunnel(facts).and_then(|tunnel| Endpoint::tunnel(writer, tunnel)),
            http_request: writer
                .optional(facts.source.user_agent.as_ref(), 256)
                .map(|user_agent| HttpRequest { user_agent }),
            api: Api::of(writer, shown.request, shown.response),
            device: writer.optional(device, 128).map(|hostname| Device::named(writer, hostname)),
            process: Process::of(writer),
            data: shown.other,
        }
    }
}

impl Actor {
    fn of(writer: &Writer<'_>, cloud: &Cloud) -> Self {
        let who = &writer.found.facts.actor;
        let role = writer.optional(who.role.as_ref(), 128);
        Self {
            user: User::of(writer, who, cloud),
            session: Session::of(writer, who),
            app_uid: writer.optional(who.app_id.as_ref(), 128),
            app_name: writer.optional(who.invoked_by.as_ref(), 128),
            authorizations: role
                .map(|name| Authorization { policy: Policy { name, type_name: "Azure RBAC role" } })
                .into_iter()
                .collect(),
        }
    }
}

impl User {
    fn of(writer: &Writer<'_>, who: &Who, cloud: &Cloud) -> Self {
        let facts = &writer.found.facts;
        let name =
            who.name.as_ref().into_iter().chain([&who.display, &who.key]).find(|name| !name.is_empty());
        let (type_id, type_name) = match caption::user(who.kind) {
            Some(caption) => (caption.id, caption.name.to_owned()),
            None if who.type_name.is_empty() => (caption::OTHER, who.kind.as_str().to_owned()),
            None => (caption::OTHER, writer.text(&who.type_name, 64)),
        };
        let account = writer.optional(who.account.as_ref(), 64).filter(|_| facts.provider == Provider::Aws);
        Self {
            uid: who.uid.as_ref().filter(|uid| !uid.is_empty()).map(|uid| writer.id(uid)),
            uid_alt: writer.optional(who.principal_id.as_ref(), 256),
            name: name.map_or_else(|| UNKNOWN.to_owned(), |name| writer.text(name, 256)),
            type_id,
            type_name,
            account: account.map(CloudAccount::aws),
            org: cloud.org.clone(),
        }
    }
}

impl Session {
    fn of(writer: &Writer<'_>, who: &Who) -> Option<Self> {
        // AWS's key ids name what to revoke; Azure's token ids are claims that stay home.
        let credential = who.credential_uid.as_ref().filter(|_| writer.found.facts.provider == Provider::Aws);
        let session = Self {
            uid: writer.optional(who.session.as_ref(), 128),
            issuer: writer.optional(who.issuer.as_ref(), 512),
            credential_uid: writer.optional(credential, 128),
            is_mfa: who.mfa,
            created_time: who.session_created.map(jiff::Timestamp::as_millisecond),
        };
        (session != Self::default()).then_some(session)
    }
}

impl Endpoint {
    fn source(writer: &Writer<'_>, source: &Source) -> Option<Self> {
        let facts = &writer.found.facts;
        let country = facts.country().filter(|code| code.len() == 2 && code.is_ascii());
        let place = facts.known.as_ref().map(|known| &known.place);
        // What a database says goes with its own country and number alone.
        let city = place.filter(|_| source.country.is_none()).and_then(|place| place.city.as_ref());
        let as_name = place.filter(|_| source.asn.is_none()).and_then(|place| place.as_name.as_ref());
        let (country, city) = (writer.optional(country, 2), writer.optional(city, 128));
        let endpoint = Self {
            ip: source.ip.map(|ip| ip.to_string()),
            svc_name: writer.optional(source.service.as_ref(), 128),
            ..Self::default()
        };
        // A place without an endpoint is none to OCSF.
        (endpoint != Self::default()).then(|| Self {
            location: (country.is_some() || city.is_some()).then_some(Location { city, country }),
            autonomous_system: facts
                .asn()
                .map(|number| AutonomousSystem { name: writer.optional(as_name, 128), number }),
            ..endpoint
        })
    }

    fn tunnel(writer: &Writer<'_>, tunnel: &Tunnel) -> Option<Self> {
        let host = tunnel.host.as_ref().filter(|host| !host.is_empty())?;
        let ip = host.parse::<std::net::IpAddr>().ok();
        Some(Self {
            ip: ip.map(|ip| ip.to_string()),
            hostname: if ip.is_none() { Some(writer.text(host, 253)) } else { None },
            port: tunnel.port.as_ref().and_then(|port| port.parse().ok()),
            ..Self::default()
        })
    }
}

impl Api {
    fn of(writer: &Writer<'_>, request: Map<String, Value>, response: Map<String, Value>) -> Self {
        let facts = &writer.found.facts;
        let outcome = &facts.outcome;
        let service = (!facts.action.service.is_empty()).then_some(&facts.action.service);
        let request_id =
            [&facts.request_id, &facts.correlation_id].into_iter().flatten().find(|id| !id.is_empty());
        Self {
            operation: operation(writer),
            service: writer.optional(service, 128).map(|name| Service { name }),
            request: Request {
                uid: request_id.map_or_else(|| info::source_event(writer), |id| writer.text(id, 256)),
                data: request,
            },
            response: Response {
                message: outcome.kind.as_str(),
                error: writer.optional(outcome.code.as_ref(), 128),
                error_message: outcome
                    .message
                    .as_deref()
                    .map(redact::error_message)
                    .map(|m| writer.text(&m, 300)),
                data: response,
            },
        }
    }

    /// The call alone, for the top level.
    pub(super) fn without_data(&self) -> Self {
        let mut api = self.clone();
        api.request.data.clear();
        api.response.data.clear();
        api
    }
}

impl Device {
    fn named(writer: &Writer<'_>, hostname: String) -> Self {
        let owner = writer.found.facts.texts("n.target.owner").into_iter().next();
        let owner = owner.map(|name| OwnerOf { name: writer.text(&name, 128) });
        Self { hostname, owner, type_id: 0, type_name: "Unknown" }
    }
}

impl Process {
    fn of(writer: &Writer<'_>) -> Option<Self> {
        let process = writer.found.facts.process.as_ref()?;
        let path = process.image.as_ref()?;
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        Some(Self { pid: process.pid?, name: writer.text(name, 128), path: writer.text(path, 256) })
    }
}

/// The shown fields, sorted to where OCSF keeps them.
struct SortedFields {
    request: Map<String, Value>,
    response: Map<String, Value>,
    other: Map<String, Value>,
}

impl SortedFields {
    fn of(writer: &Writer<'_>) -> Self {
        let mut shown = Self { request: Map::new(), response: Map::new(), other: Map::new() };
        let found = writer.found;
        writer.note_cut(found.excerpt.shown.len());
        let words = &logs::of(found.facts.log).words;
        for (path, value) in found.excerpt.shown.iter().take(writer.budget.members) {
            let value = writer.value(value);
            let below = |head: Option<&str>| path.strip_prefix(head?);
            if let Some(rest) = below(words.request) {
                put(&mut shown.request, rest, value, writer);
            } else if let Some(rest) = below(words.response) {
                put(&mut shown.response, rest, value, writer);
            } else {
                shown.other.insert(writer.text(path, 128), value);
            }
        }
        if let Some(process) = &found.facts.process {
            let process = redact::process(process);
            shown.other.insert("process".to_owned(), writer.value(&process));
        }
        shown
    }
}

/// Puts a value under a dotted path, objects on the way made as needed.
fn put(into: &mut Map<String, Value>, path: &str, value: Value, writer: &Writer<'_>) {
    if let Some((head, rest)) = path.split_once('.') {
        let entry = into.entry(writer.text(head, 128)).or_insert_with(|| Value::Object(Map::new()));
        if let Some(object) = entry.as_object_mut() {
            put(object, rest, value, writer);
            return;
        }
    }
    into.insert(writer.text(path, 128), value);
}
