//! What an Azure Activity Log record says, in its Event Hub shape; other shapes were rewritten to it.
//!
//! Claim names are URIs full of dots, so claims are looked up by their literal key, never by a path.

mod opened;
#[cfg(test)]
mod tests;

use trailhound_sigma::json::{Document, Kind, Node};

use crate::digest;
use crate::facts::{Action, Actor, ActorKind, Facts, Outcome, OutcomeKind, Purpose, Scope, Source, Target};
use crate::log_type::LogType;
use crate::logs::azure::resource_id;
use crate::logs::json::embedded;
use crate::logs::node::{Texts, ip, text_of};
use crate::logs::{guid, time};

/// Extensions that are no way in, by publisher and type.
const EXTENSIONS: &str = include_str!("extensions.tsv");

const OBJECT_ID: &str = "http://schemas.microsoft.com/identity/claims/objectidentifier";
const TENANT_ID: &str = "http://schemas.microsoft.com/identity/claims/tenantid";
const IDENTITY_PROVIDER: &str = "http://schemas.microsoft.com/identity/claims/identityprovider";
const UPN: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn";
const NAME: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name";
const METHODS: &str = "http://schemas.microsoft.com/claims/authnmethodsreferences";

pub(super) fn read(record: &Document<'_>) -> Facts {
    let mut facts = Facts::new(LogType::AzureActivity);
    facts.action = action(record);
    facts.original_time = record.first(&["time", "eventTimestamp", "TimeGenerated"]).unwrap_or_default();
    facts.time = time::parse(&facts.original_time);
    facts.outcome = outcome(record);
    facts.actor = actor(record);
    facts.source = source(record);
    let resource = record.first(&["resourceId", "properties.entity", "identity.authorization.scope"]);
    facts.resource = resource.as_deref().map(|id| id.trim_end_matches('/').to_ascii_lowercase());
    facts.scope = scope(record, resource.as_deref());
    if let Some(id) = &resource {
        facts.target = target(record, id);
        attach_extension(record, &spelled(record, id), &mut facts);
    }
    facts.grantee = if facts.action.key == "MICROSOFT.AUTHORIZATION/ELEVATEACCESS/ACTION" {
        Some(facts.actor.key.clone()).filter(|key| !key.is_empty())
    } else {
        grantee(record, &facts.action.key)
    };
    facts.opens_login = opened::read(record, &facts.action.key);
    facts.correlation_id = record.first(&["correlationId", "properties.correlationId"]);
    facts.session_id.clone_from(&facts.correlation_id);
    facts.request_id = record.string("properties.serviceRequestId");
    facts.log_name = record.string("category");
    facts.event_uid = digest::of_parts(&[
        &facts.time.map_or_else(|| facts.original_time.clone(), |time| time.to_string()),
        &facts.correlation_id.as_deref().unwrap_or_default().to_ascii_lowercase(),
        &facts.action.key,
        facts.outcome.kind.as_str(),
        facts.resource.as_deref().unwrap_or_default(),
    ]);
    facts
}

fn action(record: &Document<'_>) -> Action {
    let written = record.string("operationName").unwrap_or_default();
    // Event Hubs writes the operation in upper case; these keep the provider's spelling.
    let spelled = ["identity.authorization.action", "properties.message"]
        .iter()
        .filter_map(|path| record.string(path))
        .find(|spelled| spelled.eq_ignore_ascii_case(&written));
    let operation = spelled.unwrap_or_else(|| written.clone());
    let service = operation.split('/').next().unwrap_or_default().to_owned();
    Action { key: written.to_ascii_uppercase(), service, operation }
}

fn outcome(record: &Document<'_>) -> Outcome {
    let status = record.string("resultType");
    let signature = record.string("resultSignature");
    let status_code = record.string("properties.statusCode");
    let sub_status =
        signature.as_deref().and_then(|text| text.split_once('.')).map(|(_, sub)| sub.to_owned());
    let reply = record.get("properties.statusMessage").map(Error::read).unwrap_or_default();
    let is_refused =
        is_refusal(status_code.as_deref()) || is_refusal(sub_status.as_deref()) || reply.is_refusal();
    let inside = record.string("properties.status");
    let kind = [&status, &signature, &inside]
        .into_iter()
        .flatten()
        .map(|word| kind(word, is_refused))
        .find(|kind| *kind != OutcomeKind::Unknown)
        .unwrap_or_default();
    let code = reply.code.or(status_code).or(sub_status.filter(|sub| !sub.is_empty())).or(status);
    Outcome { kind, code, message: reply.message.or_else(|| record.string("resultDescription")) }
}

/// What a status means; `Failed.NotFound` has the sub-status behind it.
fn kind(status: &str, is_refused: bool) -> OutcomeKind {
    let word = status.split('.').next().unwrap_or_default().to_ascii_lowercase();
    match word.as_str() {
        "start" | "started" | "inprogress" | "in progress" | "running" => OutcomeKind::Pending,
        "accept" | "accepted" => OutcomeKind::Accepted,
        "success" | "succeeded" | "completed" | "active" | "resolved" | "updated" => OutcomeKind::Success,
        "failure" | "failed" | "canceled" | "cancelled" | "timedout" if is_refused => OutcomeKind::Denied,
        "canceled" | "cancelled" => OutcomeKind::Cancelled,
        "failure" | "failed" | "timedout" => OutcomeKind::Failed,
        rejected if rejected.starts_with("reject") => kind("failed", is_refused),
        _ => OutcomeKind::Unknown,
    }
}

fn is_refusal(status: Option<&str>) -> bool {
    let status = status.unwrap_or_default().to_ascii_lowercase();
    ["forbidden", "unauthorized", "403", "401"].iter().any(|word| status.starts_with(word))
        || status.contains("(http status code: 403)")
        || status.contains("(http status code: 401)")
}

/// `properties.statusMessage`: an ARM error as a string that holds JSON, or plain text.
#[derive(Default)]
struct Error {
    code: Option<String>,
    message: Option<String>,
}

impl Error {
    fn read(node: Node<'_>) -> Self {
        let from = |node: Node<'_>| Self {
            code: node.first(&["error.code", "code"]),
            message: node.first(&["error.message", "message"]),
        };
        if node.kind() == Kind::Object {
            return from(node);
        }
        let Some(text) = text_of(node) else { return Self::default() };
        match Document::parse(&text) {
            Ok(inner) if inner.root().kind() == Kind::Object => from(inner.root()),
            _ => Self { code: None, message: Some(text) },
        }
    }

    fn is_refusal(&self) -> bool {
        const REFUSALS: &[&str] =
            &["AuthorizationFailed", "LinkedAuthorizationFailed", "RequestDisallowedByPolicy"];
        let named = |text: &Option<String>| {
            text.as_deref().is_some_and(|text| REFUSALS.iter().any(|code| text.contains(code)))
        };
        named(&self.code) || (self.code.is_none() && named(&self.message))
    }
}

fn claim(record: &Document<'_>, name: &str) -> Option<String> {
    record.get("identity")?.key("claims")?.key(name).and_then(text_of)
}

fn actor(record: &Document<'_>) -> Actor {
    let claim = |name: &str| claim(record, name);
    let authorization = |path: &str| record.get("identity.authorization")?.string(path);
    let caller = record.string("caller");
    let principal = authorization("evidence.principalId");
    let app_id = claim("appid");
    let upn = claim("upn").or_else(|| claim(UPN));
    let person = upn
        .clone()
        .or_else(|| claim(NAME))
        .or_else(|| claim("name"))
        .or_else(|| caller.clone().filter(|caller| !guid::is_guid(caller)));
    let id = claim(OBJECT_ID)
        .or_else(|| claim("oid"))
        .or_else(|| principal.clone())
        .or_else(|| app_id.clone())
        .or_else(|| caller.clone())
        .or_else(|| person.clone());
    let principal_type = authorization("evidence.principalType").or_else(|| claim("idtyp"));
    let kind = kind_of(&Clues {
        id_type: claim("idtyp"),
        identity_resource: claim("xms_mirid"),
        principal_type: principal_type.clone(),
        user_name: upn.clone().or_else(|| person.clone().filter(|name| name.contains('@'))),
        known: id.is_some(),
    });
    // Not every form has the evidence, so an object goes by the id that its claims tell in all of them.
    let object =
        claim(OBJECT_ID).or_else(|| claim("oid")).filter(|_| principal.is_some() || caller.is_some());
    let display =
        person.clone().or(object).or(principal).or_else(|| app_id.clone()).or_else(|| caller.clone());
    let methods = claim(METHODS).or_else(|| claim("amr"));
    let mfa = methods.filter(|_| kind == ActorKind::User).and_then(|methods| second_factor(&methods));
    Actor {
        key: id.as_deref().map(guid::normal).unwrap_or_default(),
        kind,
        type_name: principal_type.unwrap_or_default(),
        display: display.unwrap_or_default(),
        uid: id,
        name: person,
        account: home_tenant(record, upn.as_deref())
            .or_else(|| claim(TENANT_ID))
            .or_else(|| issuer(record))
            .or_else(|| record.string("tenantId")),
        resource: claim("xms_mirid"),
        app_id,
        role: authorization("evidence.role").or_else(|| authorization("role")),
        mfa,
        is_human: kind == ActorKind::User,
        is_workload: claim("xms_mirid").is_some_and(|id| is_workload(&resource_id::kind(&id))),
        credential_uid: claim("uti"),
        groups: claim("groups")
            .map(|ids| ids.split(',').map(|id| id.trim().to_owned()).collect())
            .unwrap_or_default(),
        ..Actor::default()
    }
}

/// Is a resource whose own identity acts a machine or a function, and no identity by itself or what manages machines?
fn is_workload(kind: &str) -> bool {
    const KINDS: &[&str] = &[
        "microsoft.compute/virtualmachines",
        "microsoft.compute/virtualmachinescalesets",
        "microsoft.hybridcompute/machines",
        "microsoft.web/sites",
        "microsoft.containerinstance/containergroups",
    ];
    let kind = kind.to_ascii_lowercase();
    KINDS
        .iter()
        .any(|known| kind.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// A guest's token is the resource's own; the provider it names is where the guest comes from, a tenant or, for accounts
/// of no organisation, a host. Without one, the directory keeps a guest's domain in the name it gives them.
/// <https://learn.microsoft.com/en-us/entra/external-id/user-properties>
fn home_tenant(record: &Document<'_>, name: Option<&str>) -> Option<String> {
    let provider = claim(record, IDENTITY_PROVIDER).or_else(|| claim(record, "idp"));
    let of_provider = provider.map(|provider| match provider.split('/').find(|part| guid::is_guid(part)) {
        Some(tenant) => tenant.to_owned(),
        None => provider,
    });
    of_provider.or_else(|| {
        let (guest, _) = name?.split_once("#EXT#").or_else(|| name?.split_once("#ext#"))?;
        guest.rsplit_once('_').map(|(_, domain)| domain.to_owned())
    })
}

/// The tenant whose directory made the token.
fn issuer(record: &Document<'_>) -> Option<String> {
    claim(record, "iss")?.split('/').find(|part| guid::is_guid(part)).map(str::to_owned)
}

struct Clues {
    id_type: Option<String>,
    identity_resource: Option<String>,
    principal_type: Option<String>,
    user_name: Option<String>,
    known: bool,
}

fn kind_of(clues: &Clues) -> ActorKind {
    let is =
        |text: &Option<String>, word: &str| text.as_deref().is_some_and(|t| t.eq_ignore_ascii_case(word));
    if clues.identity_resource.is_some() {
        ActorKind::ManagedIdentity
    } else if is(&clues.id_type, "app") || is(&clues.principal_type, "ServicePrincipal") {
        ActorKind::ServicePrincipal
    } else if clues.user_name.is_some() || is(&clues.id_type, "user") || is(&clues.principal_type, "User") {
        ActorKind::User
    } else if clues.known {
        ActorKind::ServicePrincipal
    } else {
        ActorKind::Unknown
    }
}

/// `pwd,mfa` has one, `pwd` has none; other methods may be strong by themselves.
fn second_factor(methods: &str) -> Option<bool> {
    let mut words = methods.split(',').map(str::trim);
    if words.clone().any(|word| matches!(word, "mfa" | "ngcmfa")) {
        Some(true)
    } else {
        words.all(|word| word == "pwd").then_some(false)
    }
}

fn source(record: &Document<'_>) -> Source {
    let addresses = [
        record.string("callerIpAddress"),
        record.string("httpRequest.clientIpAddress"),
        claim(record, "ipaddr"),
    ];
    Source { ip: addresses.iter().flatten().find_map(|text| ip(text)), ..Source::default() }
}

fn scope(record: &Document<'_>, resource: Option<&str>) -> Scope {
    let part = |name| resource.and_then(|id| resource_id::segment(id, name)).map(str::to_ascii_lowercase);
    let subscription =
        part("subscriptions").or_else(|| record.string("subscriptionId").map(|id| id.to_ascii_lowercase()));
    // The resource's tenant; the claim is the caller's, and only better than nothing.
    let of_hierarchy = || {
        let hierarchy = record.string("properties.hierarchy")?;
        hierarchy.split('/').next().filter(|id| guid::is_guid(id)).map(str::to_owned)
    };
    let tenant = record.string("tenantId").or_else(of_hierarchy).or_else(|| claim(record, TENANT_ID));
    let tenant = tenant.map(|id| id.to_ascii_lowercase());
    let region = record.first(&["properties.resourceLocation", "location"]);
    Scope {
        account: subscription.clone().or_else(|| tenant.clone()).unwrap_or_default(),
        region: region.filter(|region| !region.eq_ignore_ascii_case("global")),
        partition: None,
        tenant,
        subscription,
        resource_group: part("resourcegroups"),
    }
}

/// The id as its provider spells it, where another field of the record kept that.
fn spelled(record: &Document<'_>, id: &str) -> String {
    ["properties.entity", "identity.authorization.scope"]
        .iter()
        .filter_map(|path| record.string(path))
        .find(|spelled| spelled.eq_ignore_ascii_case(id))
        .unwrap_or_else(|| id.to_owned())
}

fn target(record: &Document<'_>, id: &str) -> Target {
    let machine = resource_id::machine(id);
    let spelled = ["properties.entity", "identity.authorization.scope"]
        .iter()
        .filter_map(|path| record.string(path))
        .map(|spelled| resource_id::machine(&spelled).to_owned())
        .find(|spelled| spelled.eq_ignore_ascii_case(machine));
    Target {
        ids: vec![machine.to_ascii_lowercase()].into(),
        kind: resource_id::kind(spelled.as_deref().unwrap_or(machine)),
        names: vec![spelled.unwrap_or_else(|| machine.to_owned())].into(),
        count: 1,
        ..Target::default()
    }
}

/// Whom a role assignment is for, from the body of the request or its answer.
fn grantee(record: &Document<'_>, action: &str) -> Option<String> {
    if action != "MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE" {
        return None;
    }
    let id = ["requestbody", "responseBody"].iter().find_map(|body| {
        let body = record.get("properties")?.key_any_case(body)?;
        embedded(body, |root| root.key_any_case("properties")?.key_any_case("principalId").and_then(text_of))
    });
    id.as_deref().map(guid::normal)
}

/// An extension's type and publisher, as the body of the request or its answer declares them; Azure cuts long bodies off,
/// and then nothing does. Its name, which the caller chose, stands for the document. A managed run command's name.
fn attach_extension(record: &Document<'_>, id: &str, facts: &mut Facts) {
    if let Some(name) = resource_id::segment(id, "runcommands") {
        facts.document = Some(name.to_owned());
        return;
    }
    let Some(name) = resource_id::segment(id, "extensions") else { return };
    let declared = |path: &str| {
        ["responseBody", "requestbody"].iter().find_map(|body| {
            let body = record.get("properties")?.key_any_case(body)?;
            embedded(body, |root| root.string(path))
        })
    };
    facts.extension_type = declared("properties.type");
    let publisher = declared("properties.publisher").unwrap_or_default();
    let is_agent = |kind: &str| {
        let lines = EXTENSIONS.lines().filter_map(|line| line.split_once('\t'));
        lines
            .into_iter()
            .any(|(by, name)| by.eq_ignore_ascii_case(&publisher) && name.eq_ignore_ascii_case(kind))
    };
    let is_plain = !contradicts(record);
    facts.extension_runs =
        facts.extension_type.as_deref().filter(|kind| is_plain && is_agent(kind)).map(|_| Purpose::Upkeep);
    facts.document = Some(facts.extension_type.clone().unwrap_or_else(|| name.to_owned()));
}

/// Do the body of a request and its answer, or one of them twice, declare an extension as different things? What the
/// caller wrote is then no ground for taking it for an agent.
fn contradicts(record: &Document<'_>) -> bool {
    ["type", "publisher"].iter().any(|member| {
        let mut declared: Vec<String> = Vec::new();
        for body in ["responseBody", "requestbody"] {
            let body = record.get("properties").and_then(|properties| properties.key_any_case(body));
            let _ = body.and_then(|body| {
                embedded(body, |root| {
                    let entries = root.key_any_case("properties")?.entries();
                    let named = entries
                        .filter(|(key, _)| key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(member)));
                    declared.extend(
                        named.filter_map(|(_, value)| text_of(value)).map(|text| text.to_ascii_lowercase()),
                    );
                    Some(())
                })
            });
        }
        declared.dedup();
        declared.len() > 1
    })
}
