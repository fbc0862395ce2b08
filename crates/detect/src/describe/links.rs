//! Where people look next: the console's and the portal's pages of what an alert is about, built from its record. What
//! could not be a part of such an address is left out, and so is an address that is too long to be one.

use super::names::short_name;
use super::percent::percent;
use crate::event::{ActorKind, Facts, Provider};
use crate::log_type::LogType;
use crate::matched::Match;

#[cfg(test)]
mod tests;

/// So many machines are linked.
const MOST_MACHINES: usize = 3;

/// Longest address, in characters: names may be long, and channels for people have little room.
const LONGEST: usize = 320;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLink {
    /// What it shows, in a word or two.
    pub what: &'static str,
    /// Its address.
    pub url: String,
}

/// The pages of a match: the record, what it reached, who did it.
pub fn of(found: &Match) -> Vec<PageLink> {
    let facts = &found.facts;
    let mut links = match facts.provider {
        Provider::Aws => aws(facts),
        Provider::Azure => azure(facts),
        Provider::Gcp | Provider::Host => Vec::new(),
    };
    links.retain(|link| link.url.len() <= LONGEST);
    links
}

fn aws(facts: &Facts) -> Vec<PageLink> {
    let Some(region) = facts.scope.region.as_deref().filter(|region| is_region(region)) else {
        return Vec::new();
    };
    let host = match region {
        _ if region.starts_with("cn-") => format!("{region}.console.amazonaws.cn"),
        _ if region.starts_with("us-gov-") => format!("{region}.console.amazonaws-us-gov.com"),
        _ => format!("{region}.console.aws.amazon.com"),
    };
    let manager = |page: &str| format!("https://{host}/systems-manager/{page}?region={region}");
    let mut links = Vec::new();
    let mut add = |what, url| links.push(PageLink { what, url });
    if facts.log == LogType::CloudTrail && is_guid(&facts.event_uid) {
        let event = &facts.event_uid;
        add("Record", format!("https://{host}/cloudtrailv2/home?region={region}#/events/{event}"));
    }
    let machines = facts.target.ids.iter().map(|id| short_name(id));
    for machine in machines.filter(|id| is_instance(id)).take(MOST_MACHINES) {
        add(
            "Machine",
            format!("https://{host}/ec2/home?region={region}#InstanceDetails:instanceId={machine}"),
        );
    }
    if facts.session_id.is_some() && facts.action.key.starts_with("ssm:") {
        add("Sessions", manager("session-manager/sessions"));
    }
    if let Some(command) = facts.command_id.as_deref().filter(|id| is_guid(id)) {
        add("Command", manager(&format!("run-command/{command}")));
    }
    if let (Some(document), None) = (facts.document.as_deref(), &facts.document_account)
        && !document.is_empty()
    {
        add("Document", manager(&format!("documents/{}/description", percent(document))));
    }
    links
}

fn azure(facts: &Facts) -> Vec<PageLink> {
    let mut links = Vec::new();
    let tenant = facts.scope.tenant.as_deref().filter(|tenant| is_guid(tenant));
    let tenant = tenant.map_or_else(String::new, |tenant| format!("@{tenant}/"));
    let resources = facts.target.ids.iter().chain(&facts.resource);
    for id in resources.filter(|id| id.starts_with("/subscriptions/")).take(MOST_MACHINES) {
        let path: Vec<String> = id.split('/').map(percent).collect();
        let url = format!("https://portal.azure.com/#{tenant}resource{}", path.join("/"));
        if !links.iter().any(|link: &PageLink| link.url == url) {
            links.push(PageLink { what: "Resource", url });
        }
    }
    links.truncate(MOST_MACHINES);
    if let Some(user) = user(facts) {
        let blade =
            "https://entra.microsoft.com/#view/Microsoft_AAD_UsersAndTenants/UserProfileMenuBlade/~/SignIns";
        links.push(PageLink { what: "Sign-ins", url: format!("{blade}/userId/{user}") });
    }
    links
}

/// The object id of a person in Entra.
pub(super) fn user(facts: &Facts) -> Option<&str> {
    let is_user = facts.actor.kind == ActorKind::User;
    facts.actor.uid.as_deref().filter(|uid| is_user && is_guid(uid))
}

/// `0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b`
pub(super) fn is_guid(text: &str) -> bool {
    const PARTS: [usize; 5] = [8, 4, 4, 4, 12];
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() == PARTS.len()
        && parts
            .iter()
            .zip(PARTS)
            .all(|(part, long)| part.len() == long && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// `eu-west-1`, `us-gov-east-1`
pub(super) fn is_region(text: &str) -> bool {
    text.len() <= 24
        && text.split('-').count() >= 3
        && text.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        })
}

/// `i-0123456789abcdef0`
fn is_instance(text: &str) -> bool {
    text.strip_prefix("i-")
        .is_some_and(|hex| (8..=17).contains(&hex.len()) && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
