//! What of a record may leave: an allow-list, and digests of the rest where they are of use.
//!
//! [`evidence`] serves the fields that [`allow`] lists for an operation and those its rule asks for. What looks like
//! a secret, by its key or its text, is dropped even then; scripts, command lines, user data, policies and settings
//! leave as a digest and a length at most. Of a session's parameters only host and ports are told, and shown only of
//! AWS's own port forwarding documents; of an ECS command only its program; of an extension's settings only the hosts it
//! downloads from. Each thing left out is named, so that an analyst knows it was there.

mod allow;
mod process;
mod secret;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};
use trailhound_sigma::json::{Document, Kind, Node};

use super::gate::holds_secret;
use crate::digest;
use crate::event::{Event, Facts, Tunnel};
use crate::logs::{self, Show, Shown};
use crate::matched::{Excerpt, Match, Redaction, RuleInfo};

pub(super) use process::process;
pub(super) use secret::{error_message, free_text};

/// Most members of one list or object that a match keeps; a finding shows fewer.
const MOST_MEMBERS: usize = 256;
/// What stands beside a name, in pairs of names and values.
const VALUES: [&str; 5] = ["value", "values", "newValue", "oldValue", "defaultValue"];
/// Most redactions that a match keeps.
const MOST_REDACTIONS: usize = 64;

/// The fields of a record that a finding may carry, and what was left out.
pub fn excerpt(event: &Event<'_>, rule: &RuleInfo) -> Excerpt {
    let (record, facts) = (event.document(), event.facts());
    let mut taken = Taken { by: facts.provider.as_str(), shown: Vec::new(), redactions: Vec::new() };
    let shows = &logs::of(facts.log).shows;
    let own = (shows.fields)(facts);
    let told = rule.told.iter().flat_map(|field| &field.paths).filter(|path| !path.starts_with("n."));
    let asked = rule.show.iter().chain(told).map(|path| Shown { path, show: allow::asked(path) });
    for field in own.iter().copied().chain(asked) {
        if taken.shown.iter().any(|(path, _)| path == field.path) {
            continue;
        }
        if let Some(node) = record.get(field.path).filter(|node| !node.is_null()) {
            taken.field(field.path, field.show, node, facts);
        }
    }
    for path in shows.withheld {
        let known = |redaction: &Redaction| {
            redaction.path == *path || redaction.path.starts_with(&format!("{path}."))
        };
        let node = record.get(path).filter(|node| !node.is_null());
        if let Some(node) = node
            && !taken.redactions.iter().any(known)
            && !taken.shown.iter().any(|(shown, _)| shown == path || shown.starts_with(&format!("{path}.")))
        {
            taken.withhold(path, "drop", node);
        }
    }
    Excerpt { shown: taken.shown, redactions: taken.redactions }
}

/// What stands under a path of a record, as far as it may leave: a text for each value, and a word where it may not.
pub fn told_at(event: &Event<'_>, path: &str) -> Vec<String> {
    let (record, facts) = (event.document(), event.facts());
    let Some(node) = record.get(path).filter(|node| !node.is_null()) else { return Vec::new() };
    let mut taken = Taken { by: facts.provider.as_str(), shown: Vec::new(), redactions: Vec::new() };
    taken.field(path, allow::asked(path), node, facts);
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match taken.shown.first() {
        Some((_, Value::Array(all))) => all.iter().map(text).collect(),
        Some((_, value)) => vec![text(value)],
        None => vec!["(held back)".to_owned()],
    }
}

/// What keeps the group of an episode apart, as far as it may be shown.
pub(super) fn keys(found: &Match) -> Vec<(String, Value)> {
    let paths = found.rule.told.iter().flat_map(|key| &key.paths);
    let plain =
        paths.filter(|path| matches!(allow::asked(path), Show::Value) && !secret::is_secret_path(path));
    let shown = plain.filter_map(|path| {
        let (_, values) = found.asked.fields.iter().find(|(name, _)| name == path)?;
        let may_show = |value: &&String| !holds_secret(value) && !secret::is_placeholder(value);
        let values: Vec<&String> = values.iter().filter(may_show).take(MOST_MEMBERS).collect();
        let value = match values.as_slice() {
            [] => return None,
            [one] => json!(one),
            many => json!(many),
        };
        Some((path.clone(), value))
    });
    shown.collect()
}

/// Where a session forwards to, whatever its document: facts take nothing for a host that could not be one.
pub(super) fn tunnel(facts: &Facts) -> Option<&Tunnel> {
    let is_plain = |tunnel: &&Tunnel| !tunnel.host.as_deref().is_some_and(holds_secret);
    facts.tunnel.as_ref().filter(is_plain)
}

struct Taken {
    by: &'static str,
    shown: Vec<(String, Value)>,
    redactions: Vec<Redaction>,
}

impl Taken {
    fn field(&mut self, path: &str, show: Show, node: Node<'_>, facts: &Facts) {
        match show {
            Show::Value => self.value(path, node),
            Show::FreeText => self.free_text(path, node),
            Show::Host => self.host(path, node),
            Show::Program => self.program(path, node),
            Show::Forwarding => self.forwarding(path, node, facts),
            Show::Body => self.body(path, node),
            Show::Digest => self.digest(path, node),
            Show::Never => self.withhold(path, "drop", node),
        }
    }

    fn show(&mut self, path: &str, value: Value) {
        self.shown.push((path.to_owned(), value));
    }

    fn redact(&mut self, path: &str, action: &'static str, by: &'static str) {
        let same = |redaction: &Redaction| redaction.path == path;
        if self.redactions.len() < MOST_REDACTIONS && !self.redactions.iter().any(same) {
            self.redactions.push(Redaction { path: path.to_owned(), action, by });
        }
    }

    /// Names something that is left out, and whether its provider had already taken it.
    fn withhold(&mut self, path: &str, action: &'static str, node: Node<'_>) {
        let hidden = node.as_str().is_some_and(|text| secret::is_placeholder(&text));
        if hidden { self.redact(path, "drop", self.by) } else { self.redact(path, action, "trailhound") }
    }

    fn value(&mut self, path: &str, node: Node<'_>) {
        if node.as_str().is_some_and(|text| secret::is_placeholder(&text)) {
            self.redact(path, "drop", self.by);
            return;
        }
        if secret::is_secret_path(path) {
            self.redact(path, "drop", "trailhound");
            return;
        }
        let Some(value) = owned(node) else { return };
        if let Some(value) = self.clean(path, value) {
            self.show(path, value);
        }
    }

    /// A value without what looks like a secret in it.
    fn clean(&mut self, path: &str, value: Value) -> Option<Value> {
        match value {
            Value::String(text) if holds_secret(&text) => {
                self.redact(path, "drop", "trailhound");
                None
            }
            Value::Array(all) => {
                let cleaned =
                    all.into_iter().take(MOST_MEMBERS).filter_map(|member| self.clean(path, member));
                Some(Value::Array(cleaned.collect()))
            }
            Value::Object(all) => {
                let selector = all.keys().any(|key| key.eq_ignore_ascii_case("values"));
                // `{name: "DB_PASSWORD", value: …}`: the name says what the value is.
                let names_secret = ["name", "key", "displayname"].iter().any(|name| {
                    let of = all.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
                    of.and_then(|(_, named)| named.as_str()).is_some_and(secret::is_secret_key)
                });
                let mut cleaned = Map::new();
                for (key, value) in all.into_iter().take(MOST_MEMBERS) {
                    let below = format!("{path}.{key}");
                    // `{key: "tag:Role", values: […]}` chooses machines; it holds no key.
                    let harmless = selector && key.eq_ignore_ascii_case("key");
                    let named = names_secret && VALUES.iter().any(|value| key.eq_ignore_ascii_case(value));
                    if named || !harmless && secret::is_secret_key(&key) {
                        self.redact(&below, "drop", "trailhound");
                    } else if let Some(value) = self.clean(&below, value) {
                        cleaned.insert(key, value);
                    }
                }
                Some(Value::Object(cleaned))
            }
            other => Some(other),
        }
    }

    fn free_text(&mut self, path: &str, node: Node<'_>) {
        let Some(text) = node.as_str() else { return };
        if secret::is_placeholder(&text) {
            self.redact(path, "drop", self.by);
        } else if holds_secret(&text) {
            self.redact(path, "drop", "trailhound");
        } else {
            let short = super::visible_within(&text, 120).into_owned();
            self.show(path, Value::String(short));
        }
    }

    /// The hosts of URLs; their paths and queries may carry signatures.
    fn host(&mut self, path: &str, node: Node<'_>) {
        let mut hosts = Vec::new();
        collect_hosts(node, &mut hosts);
        if !hosts.is_empty() {
            self.show(path, Value::Array(hosts.into_iter().map(Value::String).collect()));
        }
        self.redact(path, "truncate", "trailhound");
    }

    /// The program that a command starts, and a digest of the whole.
    fn program(&mut self, path: &str, node: Node<'_>) {
        let Some(text) = node.scalar() else { return self.withhold(path, "drop", node) };
        if secret::is_placeholder(&text) {
            return self.redact(path, "drop", self.by);
        }
        let program = text.split_whitespace().next().unwrap_or_default();
        // `PASSWORD=x sh` is no program, and neither is what looks like a secret.
        let program = if program.contains('=') || holds_secret(program) { "" } else { program };
        self.show(path, json!({ "program": program, "sha256": sha256(&text), "length": text.len() }));
        if program.len() < text.len() {
            self.redact(path, "hash", "trailhound");
        }
    }

    /// Host and ports of AWS's own port forwarding documents; of others the names of the parameters.
    fn forwarding(&mut self, path: &str, node: Node<'_>, facts: &Facts) {
        const FORWARDED: [&str; 3] = ["host", "portNumber", "localPortNumber"];
        if node.kind() != Kind::Object {
            return self.withhold(path, "drop", node);
        }
        let own = facts.document.as_deref().is_some_and(logs::of(facts.log).shows.forwards)
            && facts.document_account.as_deref().is_none_or(str::is_empty);
        for (key, value) in node.entries().take(MOST_MEMBERS) {
            let Some(key) = key.as_str() else { continue };
            let below = format!("{path}.{key}");
            if own && FORWARDED.contains(&&*key) {
                self.value(&below, value);
            } else {
                self.withhold(&below, "drop", value);
            }
        }
    }

    /// A request or response body: the names of its settings, the hosts it downloads from, and a digest.
    fn body(&mut self, path: &str, node: Node<'_>) {
        let text = node.as_str().unwrap_or_else(|| node.raw().into());
        if secret::is_placeholder(&text) {
            return self.redact(path, "drop", self.by);
        }
        let mut summary = json!({ "sha256": sha256(&text), "length": text.len() });
        if let Ok(inner) = Document::parse(&text) {
            let (mut keys, mut hosts) = (Vec::new(), Vec::new());
            summarise(inner.root(), &mut keys, &mut hosts);
            if !keys.is_empty() {
                summary["keys"] = keys.into();
            }
            if !hosts.is_empty() {
                summary["hosts"] = hosts.into();
            }
        }
        self.show(path, summary);
        self.redact(path, "hash", "trailhound");
    }

    fn digest(&mut self, path: &str, node: Node<'_>) {
        let text = node.as_str().unwrap_or_else(|| node.raw().into());
        if secret::is_placeholder(&text) {
            return self.redact(path, "drop", self.by);
        }
        self.show(path, json!({ "sha256": sha256(&text), "length": text.len() }));
        self.redact(path, "hash", "trailhound");
    }
}

/// Digests of scripts and settings tell two apart and join with other logs; those of short secrets could be guessed,
/// which is why secrets are dropped.
fn sha256(text: &str) -> String {
    digest::of_bytes(text.as_bytes())
}

fn owned(node: Node<'_>) -> Option<Value> {
    match node.kind() {
        Kind::String => node.as_str().map(|text| Value::String(text.into_owned())),
        _ => serde_json::from_str(node.raw()).ok(),
    }
}

/// Names of settings that say what kind of work a body asks for; names are bounded in number and kind, values never
/// shown.
fn summarise(node: Node<'_>, keys: &mut Vec<String>, hosts: &mut Vec<String>) {
    for (key, value) in node.entries() {
        let Some(name) = key.as_str() else { continue };
        if let Some(known) = allow::setting(&name) {
            if !keys.iter().any(|key| key == known) {
                keys.push(known.to_owned());
            }
            if allow::holds_urls(known) {
                collect_hosts(value, hosts);
            }
        }
        summarise(value, keys, hosts);
    }
    for member in node.members() {
        summarise(member, keys, hosts);
    }
}

fn collect_hosts(node: Node<'_>, hosts: &mut Vec<String>) {
    if let Some(host) = node.as_str().as_deref().and_then(host_of)
        && hosts.len() < 16
        && !hosts.contains(&host)
    {
        hosts.push(host);
    }
    for member in node.members() {
        collect_hosts(member, hosts);
    }
}

/// The host of an http(s) URL, without user and port.
fn host_of(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    (!host.is_empty() && host.len() <= 253 && host.chars().all(plain)).then(|| host.to_ascii_lowercase())
}
