//! What the environment says, checked at start: everything wrong is named in one message.

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;

use azure_core::http::Url;
use trailhound_detect::matched::Level;

use crate::azure::Identity;

/// A shared access key; never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The key, for the one header that carries it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Where a file of rules or suppressions is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A blob.
    Blob(Url),
    /// A path beside the executable, or an absolute one.
    Path(PathBuf),
}

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Port on 127.0.0.1 that the host will call.
    pub port: u16,
    /// The custom topic, ending in `/api/events`.
    pub event_grid: Url,
    /// A key for the topic, instead of an identity; for tests.
    pub event_grid_key: Option<Key>,
    /// The state table, ending in its name.
    pub state_table: Option<Url>,
    /// The container of rejects, ending in its name.
    pub rejects: Option<Url>,
    /// Rules instead of the built-in ones.
    pub rules: Option<Location>,
    /// Suppressions.
    pub suppressions: Option<Location>,
    /// Findings below are kept back.
    pub min_level: Level,
    /// A user-assigned identity.
    pub client_id: Option<String>,
    /// The platform offers a managed identity.
    pub managed_identity: bool,
    /// What to log.
    pub log: String,
}

/// All that is wrong with the settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} wrong with the settings: {}", count(.0.len()), .0.join("; "))]
pub struct SettingsError(pub Vec<String>);

fn count(n: usize) -> String {
    if n == 1 { "one thing is".to_owned() } else { format!("{n} things are") }
}

/// Names and what was found wrong with them.
struct Reader<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    wrong: Vec<String>,
}

impl Reader<'_> {
    fn text(&self, name: &str) -> Option<String> {
        (self.lookup)(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn check<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let value = self.text(name)?;
        match read(&value) {
            Ok(value) => Some(value),
            Err(why) => {
                self.wrong.push(format!("{name} {why}"));
                None
            }
        }
    }

    fn missing(&mut self, name: &str, what: &str) {
        self.wrong.push(format!("{name} is not set; {what}"));
    }
}

impl Settings {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::read(&|name| std::env::var(name).ok())
    }

    /// As whom to talk to Azure.
    pub fn identity(&self) -> Identity {
        if self.managed_identity { Identity::Managed(self.client_id.clone()) } else { Identity::Developer }
    }

    /// Reads settings by name.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let mut from = Reader { lookup, wrong: Vec::new() };

        let port_name = if from.text("FUNCTIONS_CUSTOMHANDLER_PORT").is_some()
            || from.text("FUNCTIONS_HTTPWORKER_PORT").is_none()
        {
            "FUNCTIONS_CUSTOMHANDLER_PORT"
        } else {
            "FUNCTIONS_HTTPWORKER_PORT"
        };
        if from.text(port_name).is_none() {
            from.missing(port_name, "the Functions host sets it to the port this handler listens on");
        }
        let port = from.check(port_name, |value| match value.parse::<u16>() {
            Ok(port) if port > 0 => Ok(port),
            _ => Err(format!("is no port: {value:?}")),
        });

        let event_grid_key = from.text("TRAILHOUND_EVENT_GRID_KEY").map(Key);
        if from.text("TRAILHOUND_EVENT_GRID_ENDPOINT").is_none() {
            from.missing(
                "TRAILHOUND_EVENT_GRID_ENDPOINT",
                "it is the custom topic's address, ending in /api/events",
            );
        }
        let keyed = event_grid_key.is_some();
        let event_grid = from.check("TRAILHOUND_EVENT_GRID_ENDPOINT", |value| topic(value, keyed));
        let state_table = from.check("TRAILHOUND_STATE_TABLE_URL", table);
        let rejects = from.check("TRAILHOUND_REJECTS_URL", container);
        let rules = from.check("TRAILHOUND_RULES_URL", location);
        let suppressions = from.check("TRAILHOUND_SUPPRESSIONS_URL", location);
        let min_level = from
            .check("TRAILHOUND_MIN_LEVEL", |value| {
                value.parse().map_err(|_| {
                    format!("is {value:?}; the levels are informational, low, medium, high and critical")
                })
            })
            .unwrap_or_default();
        let client_id = from.check("AZURE_CLIENT_ID", guid);
        let managed_identity = from.text("IDENTITY_ENDPOINT").is_some();
        if managed_identity && from.text("IDENTITY_HEADER").is_none() {
            from.missing("IDENTITY_HEADER", "the platform sets it together with IDENTITY_ENDPOINT");
        }
        let log = from
            .check("RUST_LOG", |value| {
                let filter = value.parse::<tracing_subscriber::filter::Targets>();
                filter.map(|_| value.to_owned()).map_err(|error| format!("is no log filter: {error}"))
            })
            .unwrap_or_else(|| "info".to_owned());

        match (port, event_grid) {
            (Some(port), Some(event_grid)) if from.wrong.is_empty() => Ok(Self {
                port,
                event_grid,
                event_grid_key,
                state_table,
                rejects,
                rules,
                suppressions,
                min_level,
                client_id,
                managed_identity,
                log,
            }),
            _ => Err(SettingsError(from.wrong)),
        }
    }
}

/// An address without anything that would end up in a request by accident.
fn https(value: &str) -> Result<Url, String> {
    let url = Url::parse(value).map_err(|error| format!("is no URL: {error}"))?;
    if url.scheme() != "https" {
        return Err("must begin with https://".to_owned());
    }
    bare(url)
}

fn bare(mut url: Url) -> Result<Url, String> {
    if url.host_str().is_none_or(str::is_empty) {
        return Err("has no host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not carry a user name or password".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must end after its path, without ? or #".to_owned());
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

fn topic(value: &str, keyed: bool) -> Result<Url, String> {
    let url = Url::parse(value).map_err(|error| format!("is no URL: {error}"))?;
    // An identity's token must never go over a wire in the clear; a test's key on this machine may.
    let local = keyed && url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost"));
    let url = if local { bare(url)? } else { https(value)? };
    if url.path() != "/api/events" {
        return Err("must end in /api/events".to_owned());
    }
    Ok(url)
}

/// Checks the address of a table.
pub fn table(value: &str) -> Result<Url, String> {
    let url = https(value)?;
    let name = last_segment(&url);
    let good = (3..=63).contains(&name.len())
        && name.as_bytes()[0].is_ascii_alphabetic()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if good { Ok(url) } else { Err(format!("must end in a table's name (letters and digits), not {name:?}")) }
}

fn container(value: &str) -> Result<Url, String> {
    let url = https(value)?;
    let name = last_segment(&url);
    let good = (3..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
        && !name.contains("--");
    if good {
        Ok(url)
    } else {
        Err(format!("must end in a container's name (lower-case letters, digits, hyphens), not {name:?}"))
    }
}

fn last_segment(url: &Url) -> String {
    url.path().rsplit('/').next().unwrap_or_default().to_owned()
}

fn location(value: &str) -> Result<Location, String> {
    if value.contains("://") {
        let url = https(value)?;
        if url.path().trim_matches('/').is_empty() {
            return Err("must name a blob".to_owned());
        }
        return Ok(Location::Blob(url));
    }
    Ok(Location::Path(PathBuf::from(value)))
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
