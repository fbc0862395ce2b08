//! Settings, from the environment, checked as a whole before anything starts.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use azure_core::http::Url;
use tracing_subscriber::filter::Targets;
use trailhound_azure_sdk::Identity;
use trailhound_azure_sdk::address::{AccessKey, container, https, table, topic};
use trailhound_azure_sdk::blob::container_name;
use trailhound_detect::canary::Singer;
use trailhound_detect::event::{Provider, Scope};
use trailhound_detect::matched::Level;
use trailhound_runtime::rulebook::{ContextSources, Source};
use trailhound_runtime::settings::{Reader, WrongSettings};

/// What is known beside the logs: databases, inventories, indicators.
const CONTEXT: [&str; 3] = ["TRAILHOUND_GEO_URL", "TRAILHOUND_INVENTORY_URL", "TRAILHOUND_INDICATORS_URL"];

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `FUNCTIONS_CUSTOMHANDLER_PORT`: the port on 127.0.0.1 that the host will call.
    pub port: u16,
    /// `TRAILHOUND_EVENT_GRID_ENDPOINT`: the custom topic every finding goes to.
    pub event_grid: Url,
    /// `TRAILHOUND_EVENT_GRID_KEY`: a key for the topic, instead of an identity; for tests.
    pub event_grid_key: Option<AccessKey>,
    /// `TRAILHOUND_STATE_TABLE_URL`: without it, memory lasts as long as the process.
    pub state_table: Option<Url>,
    /// `TRAILHOUND_REJECTS_URL`: without it, a delivery with rejects fails rather than lose them.
    pub rejects: Option<Url>,
    /// `TRAILHOUND_ARCHIVE_URL`: a container that keeps every finding as it was published.
    pub archive: Option<Url>,
    /// `TRAILHOUND_PARTS_URL`: where what is gathered of blobs goes; without it, none may be gathered.
    pub parts: Option<Url>,
    /// `TRAILHOUND_CANDIDATE_URL`: rules beside the shipped ones that a gathering tries.
    pub candidate: Option<Source<Url>>,
    /// `TRAILHOUND_ALLOWED_CONTAINERS`: whose blobs may be gathered; without it, nobody's.
    pub allowed_containers: BTreeSet<String>,
    /// `TRAILHOUND_RULES_URL`: rules beside the shipped ones.
    pub rules: Option<Source<Url>>,
    /// `TRAILHOUND_SUPPRESSIONS_URL`: what not to report, and why.
    pub suppressions: Option<Source<Url>>,
    /// `TRAILHOUND_GEO_URL`, `TRAILHOUND_INVENTORY_URL` and `TRAILHOUND_INDICATORS_URL`: what is known beside the logs.
    pub context: ContextSources<Url>,
    /// `TRAILHOUND_MIN_LEVEL`: matches below it are counted as suppressed.
    pub min_level: Level,
    /// `TRAILHOUND_RULE_PAGES`: where rules are described, if not in the repository.
    pub rule_pages: Option<String>,
    /// `TRAILHOUND_ALLOWED_ACCOUNTS`: matches of other accounts are counted, and neither told nor learned from.
    pub allowed_accounts: Option<BTreeSet<String>>,
    /// `TRAILHOUND_CANARY_KEY`: what a canary must know.
    pub canary_key: Option<String>,
    /// `AZURE_CLIENT_ID`: a user-assigned identity.
    pub client_id: Option<String>,
    /// The platform offers a managed identity.
    pub managed_identity: bool,
    /// `RUST_LOG`.
    pub log: Targets,
    /// `WEBSITE_SITE_NAME`, the function's name.
    pub site: Option<String>,
    /// `WEBSITE_OWNER_NAME`, of which the subscription is part.
    pub owner: Option<String>,
}

impl Settings {
    /// Reads and checks the settings; `lookup` looks a variable up.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, WrongSettings> {
        let mut from = Reader::new(lookup);
        let port = port(&mut from);
        let event_grid_key = from.text("TRAILHOUND_EVENT_GRID_KEY").map(AccessKey::new);
        let event_grid = from.required(
            "TRAILHOUND_EVENT_GRID_ENDPOINT",
            "it is the custom topic's address, ending in /api/events",
            |value| topic(value, event_grid_key.as_ref()),
        );
        let state_table = from.optional("TRAILHOUND_STATE_TABLE_URL", table);
        let rejects = from.optional("TRAILHOUND_REJECTS_URL", container);
        let archive = from.optional("TRAILHOUND_ARCHIVE_URL", container);
        let parts = from.optional("TRAILHOUND_PARTS_URL", blob);
        let candidate = from.source("TRAILHOUND_CANDIDATE_URL", blob);
        let allowed_containers =
            from.optional("TRAILHOUND_ALLOWED_CONTAINERS", containers).unwrap_or_default();
        let rules = from.source("TRAILHOUND_RULES_URL", blob);
        let suppressions = from.source("TRAILHOUND_SUPPRESSIONS_URL", blob);
        let context = from.context(CONTEXT, blob);
        let min_level = from.min_level();
        let rule_pages = from.rule_pages();
        let allowed_accounts = from.accounts();
        let canary_key = from.text("TRAILHOUND_CANARY_KEY");
        let client_id = from.optional("AZURE_CLIENT_ID", guid);
        let managed_identity = from.text("IDENTITY_ENDPOINT").is_some();
        if managed_identity && from.text("IDENTITY_HEADER").is_none() {
            from.missing("IDENTITY_HEADER", "the platform sets it together with IDENTITY_ENDPOINT");
        }
        let log = from.log();
        let (site, owner) = (from.text("WEBSITE_SITE_NAME"), from.text("WEBSITE_OWNER_NAME"));
        let settings = port.zip(event_grid).map(|(port, event_grid)| Self {
            port,
            event_grid,
            event_grid_key,
            state_table,
            rejects,
            archive,
            parts,
            candidate,
            allowed_containers,
            rules,
            suppressions,
            context,
            min_level,
            rule_pages,
            allowed_accounts,
            canary_key,
            client_id,
            managed_identity,
            log,
            site,
            owner,
        });
        from.finish(settings)
    }

    /// As whom to talk to Azure.
    pub fn identity(&self) -> Identity {
        if self.managed_identity { Identity::Managed(self.client_id.clone()) } else { Identity::Developer }
    }

    /// What the function says of itself. The platform names the owner of a site as `<subscription>+<rest>`.
    pub fn singer(&self) -> Singer {
        let subscription = self.owner.as_deref().and_then(|owner| owner.split('+').next());
        let account = subscription.filter(|id| !id.is_empty()).unwrap_or("unknown").to_owned();
        Singer {
            provider: Provider::Azure,
            function: self.site.clone().unwrap_or_else(|| "trailhound".to_owned()),
            scope: Scope { account, ..Scope::default() },
        }
    }
}

/// The older variable counts where the newer is not set.
fn port(from: &mut Reader<'_>) -> Option<u16> {
    let (newer, older) = ("FUNCTIONS_CUSTOMHANDLER_PORT", "FUNCTIONS_HTTPWORKER_PORT");
    let name = if from.text(newer).is_none() && from.text(older).is_some() { older } else { newer };
    from.required(name, "the Functions host sets it to the port this handler listens on", |value| match value
        .parse::<u16>(
    ) {
        Ok(port) if port > 0 => Ok(port),
        _ => Err(format!("is no port: {value:?}")),
    })
}

/// The address of a blob, a folder of blobs or a container.
fn blob(value: &str) -> Result<Url, String> {
    let url = https(value)?;
    if url.path().trim_matches('/').is_empty() {
        return Err("must name a container or a blob".to_owned());
    }
    Ok(url)
}

/// Containers by their addresses, as what is read of them is called. One may bear a signature, and is not repeated.
fn containers(list: &str) -> Result<BTreeSet<String>, String> {
    let (mut fine, mut wrong) = (BTreeSet::new(), Vec::new());
    let addresses = list.split(',').map(str::trim).filter(|address| !address.is_empty());
    for (at, address) in (1..).zip(addresses) {
        match container(address) {
            Ok(url) => _ = fine.insert(container_name(&url)),
            Err(fault) => wrong.push(format!("address {at} {fault}")),
        }
    }
    if wrong.is_empty() { Ok(fine) } else { Err(wrong.join(", ")) }
}

fn guid(value: &str) -> Result<String, String> {
    let groups: Vec<usize> = value.split('-').map(str::len).collect();
    let hex = value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if hex && groups == [8, 4, 4, 4, 12] {
        Ok(value.to_owned())
    } else {
        Err(format!("is no client id (a GUID): {value:?}"))
    }
}
