//! What an audit event says: who asked the API server for what, and how it ended.

#[cfg(test)]
mod tests;

use trailhound_sigma::json::Document;

use crate::digest;
use crate::facts::{Action, Actor, ActorKind, Facts, Outcome, OutcomeKind, Scope, Source, Target};
use crate::log_type::LogType;
use crate::logs::azure::resource_id;
use crate::logs::node::{Texts, ip};
use crate::logs::{guid, time};

/// The cluster's own parts by their names; whoever makes a certificate may take another below `system:`.
/// <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#core-component-roles>
const PARTS: &[&str] =
    &["system:node:", "system:kube-", "system:apiserver", "system:addon-manager", "system:aks"];

/// Nobody who signed in.
const ANONYMOUS: &str = "system:anonymous";

pub(super) fn read(record: &Document<'_>) -> Facts {
    let mut facts = Facts::new(LogType::KubernetesAudit);
    let object = |name: &str| record.string(&format!("objectRef.{name}"));
    let resource = [object("resource"), object("subresource")].into_iter().flatten().collect::<Vec<_>>();
    let operation = format!("{} {}", record.string("verb").unwrap_or_default(), resource.join("/"));
    facts.action = Action {
        service: "kubernetes".to_owned(),
        key: format!("kubernetes:{}", operation.trim()),
        operation: operation.trim().to_owned(),
    };
    let times = ["stageTimestamp", "requestReceivedTimestamp", "time"];
    facts.time = times.iter().filter_map(|path| record.string(path)).find_map(|text| time::parse(&text));
    facts.original_time = record.first(&times).unwrap_or_default();
    // The stages of one call have one id.
    facts.event_uid = record.string("auditID").unwrap_or_default();
    facts.outcome = outcome(record);
    facts.actor = actor(record);
    // The caller may choose the id, by a header. When the server took the call, and from whom, it cannot.
    let received = record.string("requestReceivedTimestamp").unwrap_or_default();
    let [space, name] = [object("namespace"), object("name")].map(Option::unwrap_or_default);
    let parts = [&facts.event_uid, &received, &facts.actor.key, &facts.action.key, &space, &name];
    facts.content = (!facts.event_uid.is_empty()).then(|| digest::of_parts(&parts.map(String::as_str)));
    let address = record.list("sourceIPs").into_iter().next();
    facts.source = Source {
        ip: address.as_deref().and_then(ip),
        user_agent: record.string("userAgent"),
        ..Source::default()
    };
    let cluster = record.string("resourceId");
    facts.target = target(object("namespace"), object("name"), cluster.as_deref());
    let part = |name: &str| {
        cluster.as_deref().and_then(|id| resource_id::segment(id, name)).map(str::to_ascii_lowercase)
    };
    let subscription = part("subscriptions");
    facts.scope = Scope {
        account: subscription.clone().unwrap_or_default(),
        region: record.string("location"),
        subscription,
        resource_group: part("resourcegroups"),
        ..Scope::default()
    };
    facts.resource = cluster.map(|id| id.to_ascii_lowercase());
    facts.log_name = record.string("category");
    facts
}

fn outcome(record: &Document<'_>) -> Outcome {
    let code = record.string("responseStatus.code");
    let is_begun = record.string("stage").is_some_and(|stage| stage == "RequestReceived");
    let kind = match code.as_deref().and_then(|code| code.parse::<u16>().ok()) {
        Some(401 | 403) => OutcomeKind::Denied,
        Some(429) => OutcomeKind::Throttled,
        Some(400..) => OutcomeKind::Failed,
        Some(_) => OutcomeKind::Success,
        None if is_begun => OutcomeKind::Pending,
        None => OutcomeKind::Unknown,
    };
    Outcome { kind, code, message: record.string("responseStatus.message") }
}

/// Whom the cluster took the caller for; AKS adds the object id that Entra knows the person by.
fn actor(record: &Document<'_>) -> Actor {
    let name = record.string("user.username").unwrap_or_default();
    let object = record.list("user.extra.oid").into_iter().next();
    let kind = if name.starts_with("system:serviceaccount:") {
        ActorKind::ServicePrincipal
    } else if PARTS.iter().any(|part| name.starts_with(part)) || name == "aksService" {
        ActorKind::Service
    } else if name.is_empty() || name == ANONYMOUS {
        ActorKind::Unknown
    } else {
        ActorKind::User
    };
    Actor {
        key: guid::normal(object.as_deref().unwrap_or(&name)),
        kind,
        display: name.clone(),
        uid: object.or_else(|| record.string("user.uid")),
        is_service: kind == ActorKind::Service,
        is_human: kind == ActorKind::User,
        groups: record.list("user.groups"),
        name: (!name.is_empty()).then_some(name),
        ..Actor::default()
    }
}

/// The object by its namespace and name; the cluster where the call is for none by itself.
fn target(namespace: Option<String>, name: Option<String>, cluster: Option<&str>) -> Target {
    let object = [namespace, name.clone()].into_iter().flatten().collect::<Vec<_>>().join("/");
    let (id, kind) = match (name, cluster) {
        (Some(_), _) => (object, "Kubernetes object".to_owned()),
        (None, Some(cluster)) => (cluster.to_owned(), resource_id::kind(cluster)),
        (None, None) => return Target::default(),
    };
    Target {
        ids: vec![id.to_lowercase()].into(),
        names: vec![id].into(),
        kind,
        count: 1,
        ..Target::default()
    }
}
