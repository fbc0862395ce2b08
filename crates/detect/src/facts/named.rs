//! Facts by the names that rules and correlations use: `n.actor.key` and its kin.

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::IpAddr;

use trailhound_sigma::Value;

use super::{Actor, ActorKind, Facts, Known, OutcomeKind, Process, Provider, Role, Source, Trusted};
use crate::log_type::LogType;

/// Every name that [`Facts`] answers.
pub(crate) const NAMES: &[&str] = &[
    "n.provider",
    "n.log",
    "n.action",
    "n.service",
    "n.half_hour",
    "n.outcome",
    "n.result",
    "n.identity",
    "n.actor.key",
    "n.actor.claimed",
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
    "n.actor.workload",
    "n.actor.owner",
    "n.actor.environment",
    "n.actor.crown_jewel",
    "n.target.count",
    "n.target.wildcard",
    "n.target.kind",
    "n.target.ids",
    "n.target.hosts",
    "n.target.owner",
    "n.target.environment",
    "n.target.crown_jewel",
    "n.source.ip",
    "n.source.kind",
    "n.source.asn",
    "n.source.as_name",
    "n.source.country",
    "n.source.city",
    "n.source.owner",
    "n.source.environment",
    "n.source.known_network",
    "n.source.network",
    "n.source.family",
    "n.source.client",
    "n.document",
    "n.document_account",
    "n.document_owner",
    "n.document_runs",
    "n.extension_type",
    "n.extension_runs",
    "n.session",
    "n.command",
    "n.ssh_key",
    "n.grantee",
    "n.trusted",
    "n.opens_login",
    "n.steps_run",
    "n.caller",
    "n.protocol",
    "n.activity",
    "n.scope.account",
    "n.scope.region",
    "n.scope.resource_group",
    "n.scope.subscription",
    "n.tunnel.host",
    "n.tunnel.port",
    "n.parameters_hidden",
    "n.tool",
    "n.tool_option",
    "n.agent",
    "n.agent_installed",
    "n.hash.md5",
    "n.hash.sha1",
    "n.hash.sha256",
    "n.hash.imphash",
    "n.indicator",
];

/// Every value that a fact can have, where there are few.
pub(crate) fn closed(name: &str) -> Option<Vec<String>> {
    let words: Vec<&str> = match name {
        "n.provider" => Provider::ALL.iter().map(|provider| provider.as_str()).collect(),
        "n.log" => LogType::ALL.iter().map(|log| log.as_str()).collect(),
        "n.outcome" => OutcomeKind::ALL.iter().map(|kind| kind.as_str()).collect(),
        "n.result" => OutcomeKind::ALL.iter().flat_map(|kind| kind.result_words()).copied().collect(),
        "n.actor.kind" => ActorKind::ALL.iter().map(|kind| kind.as_str()).collect(),
        "n.source.kind" => vec!["ip", "service", "internal"],
        "n.source.family" => vec!["ipv4", "ipv6"],
        "n.document_owner" => vec!["aws", "account", "foreign"],
        "n.document_runs" | "n.extension_runs" => vec!["code", "upkeep"],
        "n.steps_run" => vec!["command", "job"],
        "n.trusted" => Trusted::ALL.iter().map(|trusted| trusted.as_str()).collect(),
        "n.actor.is_service"
        | "n.actor.is_human"
        | "n.actor.mfa"
        | "n.actor.console"
        | "n.actor.foreign"
        | "n.actor.workload"
        | "n.actor.crown_jewel"
        | "n.target.crown_jewel"
        | "n.target.wildcard"
        | "n.agent_installed"
        | "n.opens_login"
        | "n.parameters_hidden" => {
            vec!["true", "false"]
        }
        _ => return None,
    };
    let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    let mut seen = HashSet::new();
    words.retain(|word| seen.insert(word.clone()));
    Some(words)
}

impl OutcomeKind {
    /// In the words that portals and exports use.
    fn result_words(self) -> &'static [&'static str] {
        match self {
            Self::Success => &["Success", "Succeeded"],
            Self::Accepted => &["Accept", "Accepted"],
            Self::Pending => &["Start", "Started"],
            Self::Denied | Self::Failed | Self::Throttled | Self::DryRun => &["Failure", "Failed"],
            Self::Cancelled => &["Canceled"],
            Self::Interrupted => &["Interrupted"],
            Self::Unknown => &[],
        }
    }
}

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
            "n.half_hour" => self.time.map(|time| owned(time.as_second().div_euclid(1_800).to_string())),
            "n.outcome" => text(self.outcome.kind.as_str()),
            "n.identity" => self.actor.identity().map(owned),
            "n.actor.key" => some(&self.actor.key),
            "n.actor.claimed" => some(self.actor.claimed.as_ref().unwrap_or(&self.actor.key)),
            "n.actor.display" => some(&self.actor.display),
            "n.actor.kind" => text(self.actor.kind.as_str()),
            "n.actor.is_service" => Some(Value::Bool(self.actor.is_service)),
            "n.actor.is_human" => Some(Value::Bool(self.actor.is_human)),
            "n.actor.mfa" => self.actor.mfa.map(Value::Bool),
            "n.actor.console" => Some(Value::Bool(self.actor.console)),
            "n.actor.session" => maybe(self.actor.session.as_ref()),
            "n.actor.account" => maybe(self.actor.account.as_ref()),
            "n.actor.foreign" => self.foreign().map(Value::Bool),
            "n.actor.workload" => Some(Value::Bool(self.actor.is_workload)),
            "n.actor.credential" => maybe(self.actor.credential_uid.as_ref()),
            "n.actor.instance" if self.actor.kind == ActorKind::Instance => {
                maybe(self.actor.session.as_ref())
            }
            "n.target.wildcard" => Some(Value::Bool(self.target.wildcard)),
            "n.target.kind" => some(&self.target.kind),
            "n.source.ip" => self.source.ip.map(|ip| owned(ip.to_string())),
            "n.source.kind" => self.source.kind().and_then(text),
            "n.source.country" => maybe(self.country()),
            "n.source.city" => maybe(self.known.as_ref()?.place.city.as_ref()),
            "n.source.as_name" => maybe(self.known.as_ref()?.place.as_name.as_ref()),
            "n.target.crown_jewel" => self.known.as_ref()?.is_crown_jewel(Role::Target).map(Value::Bool),
            "n.actor.crown_jewel" => self.known.as_ref()?.is_crown_jewel(Role::Actor).map(Value::Bool),
            "n.source.network" => self.source.network().map(owned),
            "n.source.family" => self.source.family().and_then(text),
            "n.source.client" => self.source.client().map(owned),
            "n.document" => maybe(self.document.as_ref()),
            "n.document_account" => maybe(self.document_account.as_ref()),
            "n.document_owner" => self.document_owner.and_then(|owner| text(owner.as_str())),
            "n.document_runs" => self.document_runs.and_then(|runs| text(runs.as_str())),
            "n.extension_type" => maybe(self.extension_type.as_ref()),
            "n.extension_runs" => self.extension_runs.and_then(|runs| text(runs.as_str())),
            "n.session" => maybe(self.session_id.as_ref()),
            "n.command" => maybe(self.command_id.as_ref()),
            "n.ssh_key" => maybe(self.key_fingerprint.as_ref()),
            "n.grantee" => maybe(self.grantee.as_ref()),
            "n.scope.account" => some(&self.scope.account),
            "n.scope.region" => maybe(self.scope.region.as_ref()),
            "n.scope.subscription" => maybe(self.scope.subscription.as_ref()),
            "n.scope.resource_group" => maybe(self.scope.resource_group.as_ref()),
            "n.tunnel.host" => maybe(self.tunnel.as_ref().and_then(|tunnel| tunnel.host.as_ref())),
            "n.tunnel.port" => maybe(self.tunnel.as_ref().and_then(|tunnel| tunnel.port.as_ref())),
            "n.parameters_hidden" => self.parameters_hidden.then_some(Value::Bool(true)),
            "n.opens_login" => self.opens_login.map(Value::Bool),
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
            "n.steps_run" => Some(self.steps_run.iter().map(|runs| runs.as_str()).collect()),
            "n.trusted" => Some(self.trusted.iter().map(|trusted| trusted.as_str()).collect()),
            "n.tool" | "n.tool_option" | "n.agent" => {
                let process = self.process.as_ref();
                let texts = process.map(|process| match name {
                    "n.tool" => &process.tools,
                    "n.tool_option" => &process.tool_options,
                    _ => &process.agents,
                });
                Some(texts.into_iter().flatten().map(String::as_str).collect())
            }
            "n.caller" => Some(self.caller_words()),
            "n.protocol" => Some(self.protocol_words()),
            "n.activity" => Some(self.activity_words()),
            _ if Known::has_several(name) => {
                Some(self.known.as_ref().map(|known| known.texts(name)).unwrap_or_default())
            }
            _ => None,
        }
    }

    /// Every name that [`Self::texts`] answers.
    pub fn names() -> &'static [&'static str] {
        NAMES
    }

    /// All values under a name, as text.
    pub fn texts(&self, name: &str) -> Vec<String> {
        if let Some(list) = self.list(name) {
            return list.into_iter().map(str::to_owned).collect();
        }
        match name {
            "n.target.count" => vec![self.target.count.to_string()],
            "n.source.asn" => self.asn().iter().map(ToString::to_string).collect(),
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

    /// Who called, in the words of the activity log's own column: a person by name, another principal by id.
    fn caller_words(&self) -> Vec<&str> {
        let Actor { kind, name, uid, app_id, .. } = &self.actor;
        let words = if *kind == ActorKind::User { [name, uid] } else { [uid, app_id] };
        let known = words.into_iter().flatten().map(String::as_str);
        if *kind == ActorKind::User { known.take(1).collect() } else { known.collect() }
    }

    /// The protocol of a sign-in, as the log writes it and as the portal does.
    fn protocol_words(&self) -> Vec<&str> {
        const SHOWN: &[(&str, &str)] = &[
            ("none", "None"),
            ("oAuth2", "OAuth 2.0"),
            ("ropc", "ROPC"),
            ("wsFederation", "WS-Federation"),
            ("saml20", "SAML 2.0"),
            ("deviceCode", "Device Code"),
            ("authenticationTransfer", "Authentication Transfer"),
            ("nativeAuth", "Native Auth"),
        ];
        let Some(protocol) = self.entra.as_ref().and_then(|entra| entra.protocol.as_deref()) else {
            return Vec::new();
        };
        let shown = SHOWN.iter().find(|(written, _)| written.eq_ignore_ascii_case(protocol));
        [Some(protocol), shown.map(|(_, shown)| *shown)].into_iter().flatten().collect()
    }

    /// What was done, as the log writes it, and as the portal heads it.
    fn activity_words(&self) -> Vec<&str> {
        let operation = self.action.operation.as_str();
        let shown = (self.log == LogType::EntraSignIn).then_some("Sign-ins");
        [Some(operation).filter(|operation| !operation.is_empty()), shown].into_iter().flatten().collect()
    }

    /// The outcome in the words that portals and exports use for it.
    fn result_words(&self) -> &'static [&'static str] {
        self.outcome.kind.result_words()
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

    /// The family of the caller's address: a host with both uses either, so that their networks say nothing of each other.
    pub fn family(&self) -> Option<&'static str> {
        Some(if self.ip?.is_ipv4() { "ipv4" } else { "ipv6" })
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
