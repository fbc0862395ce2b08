//! What was reached, and what of a finding is worth searching for elsewhere.
//!
//! Where a record names no machine, what chose the machines stands in, and failing that the account, as related.

use serde::Serialize;

use super::caption::{Caption, RELATED, TARGET};
use super::cloud::{Cloud, CloudAccount};
use super::evidence::Evidence;
use super::writer::Writer;
use crate::describe::length::length;
use crate::describe::names::short_name;
use crate::event::{Facts, Provider};

#[derive(Serialize)]
pub(super) struct Resource {
    pub(super) uid: String,
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cloud_partition: Option<String>,
    role_id: u8,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<Group>,
    owner: Owner,
}

#[derive(Clone, Serialize)]
struct Group {
    name: String,
}

#[derive(Clone, Serialize)]
struct Owner {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    account: CloudAccount,
}

/// The targets, as many as fit.
pub(super) fn of(writer: &Writer<'_>, cloud: &Cloud) -> Vec<Resource> {
    let facts = &writer.found.facts;
    let target = &facts.target;
    let kind = if target.kind.is_empty() { "Unknown" } else { &target.kind };
    let most = writer.budget.resources;
    let make = |uid, name, kind: &str, role| make(writer, cloud, uid, name, kind, role);
    if !target.ids.is_empty() {
        writer.note_resources(target.ids.len());
        return named(writer, cloud).take(most).collect();
    }
    if !target.selectors.is_empty() {
        writer.note_resources(target.selectors.len());
        let selectors = target.selectors.iter().take(most);
        return selectors.map(|s| make(writer.id(s), writer.text(s, 256), kind, TARGET)).collect();
    }
    let kind = match facts.provider {
        Provider::Aws => "AWS::::Account",
        Provider::Azure if facts.scope.subscription.is_some() => "Microsoft.Resources/subscriptions",
        Provider::Azure => "Microsoft.Entra/tenants",
        Provider::Gcp => "cloudresourcemanager.googleapis.com/Project",
        Provider::Host => "Host",
    };
    vec![make(cloud.account.uid.clone(), cloud.account.uid.clone(), kind, RELATED)]
}

/// How long the targets would be that do not fit.
pub(super) fn length_beyond(writer: &Writer<'_>, cloud: &Cloud) -> usize {
    // Each with the comma before it.
    named(writer, cloud).skip(writer.budget.resources).map(|resource| length(&resource) + 1).sum()
}

/// The targets that the record names.
fn named<'w>(writer: &'w Writer<'_>, cloud: &'w Cloud) -> impl Iterator<Item = Resource> + 'w {
    let facts = &writer.found.facts;
    let target = &facts.target;
    let kind = if target.kind.is_empty() { "Unknown" } else { &target.kind };
    target.ids.iter().enumerate().filter(|(_, id)| !id.is_empty()).map(move |(at, id)| {
        let written = target.names.get(at).filter(|name| !name.is_empty()).unwrap_or(id);
        let (uid, name) = (writer.id(&full_id(facts, written)), writer.text(&short_name(written), 256));
        let mut resource = make(writer, cloud, uid, name, kind, TARGET);
        let owner = facts.known.as_ref().and_then(|known| known.owner_of(written));
        resource.owner.name = owner.map(|owner| writer.text(owner, 128));
        resource
    })
}

fn make(
    writer: &Writer<'_>,
    cloud: &Cloud,
    uid: String,
    name: String,
    kind: &str,
    role: Caption,
) -> Resource {
    Resource {
        uid,
        name,
        kind: writer.text(kind, 128),
        region: cloud.region.clone(),
        cloud_partition: cloud.partition.clone(),
        role_id: role.id,
        role: role.name,
        group: writer
            .optional(writer.found.facts.scope.resource_group.as_ref(), 128)
            .map(|name| Group { name }),
        owner: Owner { name: None, account: cloud.account.clone() },
    }
}

/// An ARN for what CloudTrail names by its short id; other ids as they are.
fn full_id(facts: &Facts, id: &str) -> String {
    let kind = match id.split_once('-') {
        Some(("i", _)) => "ec2:instance",
        Some(("mi", _)) => "ssm:managed-instance",
        _ => return id.to_owned(),
    };
    let (Provider::Aws, Some(region), Some((service, kind))) =
        (facts.provider, &facts.scope.region, kind.split_once(':'))
    else {
        return id.to_owned();
    };
    let partition = facts.scope.partition.as_deref().unwrap_or("aws");
    format!("arn:{partition}:{service}:{region}:{}:{kind}/{id}", facts.scope.account)
}

/// A value with the path that leads to it.
#[derive(Serialize)]
pub(super) struct Observable {
    name: String,
    type_id: u8,
    #[serde(rename = "type")]
    type_name: &'static str,
    value: String,
}

/// So many resources are observables, too.
const OBSERVED_RESOURCES: usize = 10;

/// Addresses, users, credentials, accounts, hosts and resources.
pub(super) fn observables(cloud: &Cloud, evidence: &Evidence, resources: &[Resource]) -> Vec<Observable> {
    let mut all = Vec::new();
    let mut add = |name: &str, type_id: u8, type_name: &'static str, value: Option<&String>| {
        if let Some(value) = value {
            all.push(Observable { name: name.to_owned(), type_id, type_name, value: value.clone() });
        }
    };
    let actor = &evidence.actor;
    let session = actor.session.as_ref();
    let ip = evidence.src_endpoint.as_ref().and_then(|source| source.ip.as_ref());
    add("evidences[0].src_endpoint.ip", 2, "IP Address", ip);
    match &actor.user.uid {
        Some(uid) => add("evidences[0].actor.user.uid", 31, "User Object: uid", Some(uid)),
        None => add("evidences[0].actor.user.name", 4, "User Name", Some(&actor.user.name)),
    }
    let credential = session.and_then(|session| session.credential_uid.as_ref());
    add("evidences[0].actor.session.credential_uid", 19, "User Credential ID", credential);
    add(
        "evidences[0].device.hostname",
        1,
        "Hostname",
        evidence.device.as_ref().map(|device| &device.hostname),
    );
    for (at, resource) in resources.iter().take(OBSERVED_RESOURCES).enumerate() {
        add(&format!("resources[{at}].uid"), 10, "Resource UID", Some(&resource.uid));
    }
    add("cloud.account.uid", 35, "Account Object: uid", Some(&cloud.account.uid));
    all
}
