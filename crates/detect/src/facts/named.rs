//! Facts by the names that rules and correlations use: `n.actor.key` and its kin.

use std::borrow::Cow;
use std::net::IpAddr;

use trailhound_sigma::Value;

use super::{Actor, ActorKind, Facts, OutcomeKind, Process, Provider, Source};

/// Every name that [`Facts`] answers.
pub(crate) const NAMES: &[&str] = &[
    "n.provider",
    "n.log",
    "n.action",
    "n.service",
    "n.outcome",
    "n.result",
    "n.identity",
    "n.actor.key",
    "n.actor.display",
    "n.actor.kind",
    "n.actor.is_service",
    "n.actor.is_human",
    "n.actor.mfa",
    "n.actor.console",
    "n.actor.session",
    "n.actor.account",
    "n.actor.foreign",
    "n.actor.credential",
    "n.actor.instance",
    "n.target.count",
    "n.target.wildcard",
    "n.target.kind",
    "n.target.ids",
    "n.target.hosts",
    "n.source.ip",
    "n.source.kind",
    "n.source.asn",
    "n.source.country",
    "n.source.network",
    "n.source.client",
    "n.document",
    "n.document_account",
    "n.extension_type",
    "n.session",
    "n.command",
    "n.ssh_key",
    "n.grantee",
    "n.scope.account",
    "n.scope.region",
    "n.scope.resource_group",
    "n.tunnel.host",
    "n.tunnel.port",
    "n.tool",
    "n.tool_option",
    "n.agent",
    "n.agent_installed",
    "n.hash.md5",
    "n.hash.sha1",
    "n.hash.sha256",
    "n.hash.imphash",
];

impl Facts {
    /// The value under a name; nothing for what is not known, and for what may have several values.
    pub(crate) fn value(&self, name: &str) -> Option<Value<'_>> {
        let text = |text: &'static str| Some(Value::String(Cow::Borrowed(text)));
        let owned = |text: String| Value::String(Cow::Owned(text));
        match name {
            "n.provider" => text(self.provider.as_str()),
            "n.log" => text(self.log.as_str()),
            "n.action" => some(&self.action.key),
            "n.service" => some(&self.action.service),
            "n.outcome" => text(self.outcome.kind.as_str()),
            "n.identity" => self.actor.identity().map(owned),
            "n.actor.key" => some(&self.actor.key),
            "n.actor.display" => some(&self.actor.display),
            "n.actor.kind" => text(self.actor.kind.as_str()),
            "n.actor.is_service" => Some(Value::Bool(self.actor.is_service)),
            "n.actor.is_human" => Some(Value::Bool(self.actor.is_human)),
            "n.actor.mfa" => self.actor.mfa.map(Value::Bool),
            "n.actor.console" => Some(Value::Bool(self.actor.console)),
            "n.actor.session" => maybe(self.actor.session.as_ref()),
            "n.actor.account" => maybe(self.actor.account.as_ref()),
            "n.actor.foreign" => self.foreign().map(Value::Bool),
            "n.actor.credential" => maybe(self.actor.credential_uid.as_ref()),
            "n.actor.instance" if self.actor.kind == ActorKind::Instance => {
                maybe(self.actor.session.as_ref())
            }
            "n.target.wildcard" => Some(Value::Bool(self.target.wildcard)),
            "n.target.kind" => some(&self.target.kind),
            "n.source.ip" => self.source.ip.map(|ip| owned(ip.to_string())),
            "n.source.kind" => self.source.kind().and_then(text),
            "n.source.country" => maybe(self.source.country.as_ref()),
            "n.source.network" => self.source.network().map(owned),
            "n.source.client" => self.source.client().map(owned),
            "n.document" => maybe(self.document.as_ref()),
            "n.document_account" => maybe(self.document_account.as_ref()),
            "n.extension_type" => maybe(self.extension_type.as_ref()),
            "n.session" => maybe(self.session_id.as_ref()),
            "n.command" => maybe(self.command_id.as_ref()),
            "n.ssh_key" => maybe(self.key_fingerprint.as_ref()),
            "n.grantee" => maybe(self.grantee.as_ref()),
            "n.scope.account" => some(&self.scope.account),
            "n.scope.region" => maybe(self.scope.region.as_ref()),
            "n.scope.resource_group" => maybe(self.scope.resource_group.as_ref()),
            "n.tunnel.host" => maybe(self.tunnel.as_ref().and_then(|tunnel| tunnel.host.as_ref())),
            "n.tunnel.port" => maybe(self.tunnel.as_ref().and_then(|tunnel| tunnel.port.as_ref())),
            "n.agent_installed" => self.process.as_ref()?.agent_installed.map(Value::Bool),
            _ => self.process.as_ref()?.hash(name.strip_prefix("n.hash.")?).map(owned),
        }
    }

    /// The values under a name that may have several; nothing for other names.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<&str>> {
        match name {
            "n.target.ids" => Some(self.target.ids.iter().map(String::as_str).collect()),
            "n.target.hosts" => Some(self.target.ids.iter().filter_map(|id| host(id)).collect()),
            "n.result" => Some(self.result_words().to_vec()),
            "n.tool" | "n.tool_option" | "n.agent" => {
                let process = self.process.as_ref();
                let texts = process.map(|process| match name {
                    "n.tool" => &process.tools,
                    "n.tool_option" => &process.tool_options,
                    _ => &process.agents,
                });
                Some(texts.into_iter().flatten().map(String::as_str).collect())
            }
            _ => None,
        }
    }

    /// All values under a name, as text.
    pub fn texts(&self, name: &str) -> Vec<String> {
        if let Some(list) = self.list(name) {
            return list.into_iter().map(str::to_owned).collect();
        }
        match name {
            "n.target.count" => vec![self.target.count.to_string()],
            "n.source.asn" => self.source.asn.iter().map(ToString::to_string).collect(),
            _ => self.value(name).iter().filter_map(|value| Some(value.text()?.into_owned())).collect(),
        }
    }

    /// Does the actor belong to another tenant than what was acted on? Nothing where the record does not say both.
    ///
    /// Delegated administration, Lighthouse and guests come this way; the directory of the resource may not know them.
    fn foreign(&self) -> Option<bool> {
        if self.provider != Provider::Azure {
            return None;
        }
        if self.actor.type_name.starts_with("Foreign") {
            return Some(true);
        }
        let (own, of_resource) = (self.actor.account.as_deref()?, self.scope.tenant.as_deref()?);
        Some(!own.eq_ignore_ascii_case(of_resource))
    }

    /// The outcome in the words that portals and exports use for it.
    fn result_words(&self) -> &'static [&'static str] {
        match self.outcome.kind {
            OutcomeKind::Success => &["Success", "Succeeded"],
            OutcomeKind::Accepted => &["Accept", "Accepted"],
            OutcomeKind::Pending => &["Start", "Started"],
            OutcomeKind::Denied | OutcomeKind::Failed | OutcomeKind::Throttled | OutcomeKind::DryRun => {
                &["Failure", "Failed"]
            }
            OutcomeKind::Interrupted => &["Interrupted"],
            OutcomeKind::Unknown => &[],
        }
    }
}

impl Actor {
    /// The mail address a person goes by in either cloud, lower-case: a user principal name, or a role session's name.
    pub fn identity(&self) -> Option<String> {
        [&self.source_identity, &self.session, &self.name, &Some(self.display.clone())]
            .into_iter()
            .flatten()
            .map(|name| name.rsplit('/').next().unwrap_or(name).trim())
            .find(|name| {
                let (user, domain) = name.split_once('@').unwrap_or_default();
                !user.is_empty() && domain.contains('.') && !domain.contains('@') && !name.contains(' ')
            })
            .map(str::to_lowercase)
    }
}

impl Process {
    /// One digest of the image.
    fn hash(&self, kind: &str) -> Option<String> {
        self.hashes.as_deref()?.split(',').find_map(|part| {
            let (name, digest) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case(kind).then(|| digest.trim().to_owned())
        })
    }
}

impl Source {
    /// The network the caller's address belongs to: its autonomous system if known, else its /24 or /48.
    pub fn network(&self) -> Option<String> {
        if let Some(asn) = self.asn {
            return Some(format!("AS{asn}"));
        }
        match self.ip? {
            IpAddr::V4(ip) => {
                let [a, b, c, _] = ip.octets();
                Some(format!("{a}.{b}.{c}.0/24"))
            }
            IpAddr::V6(ip) => {
                let [a, b, c, ..] = ip.segments();
                Some(format!("{a:x}:{b:x}:{c:x}::/48"))
            }
        }
    }

    /// The family of the client, from the first product of its user agent, and its operating system. Written by the
    /// client, so it is context: another one than usual means something, the usual one nothing.
    pub fn client(&self) -> Option<String> {
        let agent = self.user_agent.as_deref()?.trim().trim_start_matches('[').to_ascii_lowercase();
        let first = agent.split([' ', '/', ']']).next().filter(|first| !first.is_empty())?;
        let family = if first == "mozilla" { "browser" } else { first };
        let systems = ["windows", "macos", "darwin", "linux", "android", "iphone"];
        let system = systems.into_iter().find(|system| agent.contains(system)).map(|system| match system {
            "darwin" => "macos",
            other => other,
        });
        Some(match system {
            Some(system) => format!("{family} on {system}"),
            None => family.to_owned(),
        })
    }
}

/// The name a machine has among hosts: the last part of its id. The number of a scale set's instance is none.
fn host(id: &str) -> Option<&str> {
    let name = id.rsplit('/').next().map(|name| name.split('.').next().unwrap_or(name))?;
    name.bytes().any(|byte| !byte.is_ascii_digit()).then_some(name)
}

fn some(text: &str) -> Option<Value<'_>> {
    (!text.is_empty()).then_some(Value::String(Cow::Borrowed(text)))
}

fn maybe(text: Option<&String>) -> Option<Value<'_>> {
    text.and_then(|text| some(text))
}
