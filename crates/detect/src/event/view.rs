//! One event as rules see it: the record's own fields, and the normalised facts as `n.*`.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::ControlFlow;

use trailhound_sigma::json::{Document, Scratch};
use trailhound_sigma::{Event as SigmaEvent, Field, Presence, Value};

use super::{Facts, LogType, OutcomeKind};

/// A record in its log's canonical form.
#[derive(Debug)]
pub struct Event<'a> {
    log: LogType,
    document: Document<'a>,
    raw: &'a [u8],
    known: OnceCell<Known>,
}

/// Facts, and the numbers among them as text.
#[derive(Debug)]
struct Known {
    facts: Facts,
    target_count: String,
    asn: Option<String>,
}

impl<'a> Event<'a> {
    pub(super) fn new(log: LogType, document: Document<'a>, raw: &'a [u8]) -> Self {
        Self { log, document, raw, known: OnceCell::new() }
    }

    pub(super) fn into_scratch(self) -> Scratch {
        self.document.into_scratch()
    }

    /// What kind of record this is.
    pub fn log(&self) -> LogType {
        self.log
    }

    /// The record in canonical form.
    pub fn document(&self) -> &Document<'a> {
        &self.document
    }

    /// The bytes as delivered, wrappers and all.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// What the record says, in the words all logs share; worked out when first asked for.
    pub fn facts(&self) -> &Facts {
        &self.known().facts
    }

    fn known(&self) -> &Known {
        self.known.get_or_init(|| {
            let facts = Facts::read(self.log, &self.document);
            let target_count = facts.target.count.to_string();
            let asn = facts.source.asn.map(|asn| asn.to_string());
            Known { facts, target_count, asn }
        })
    }

    /// The value of an `n.*` field; nothing for what is not known.
    fn fact(&self, name: &str) -> Option<Value<'_>> {
        let known = self.known();
        let facts = &known.facts;
        let text = |text: &'static str| Some(Value::String(Cow::Borrowed(text)));
        match name {
            "n.provider" => text(facts.provider.as_str()),
            "n.log" => text(facts.log.as_str()),
            "n.action" => some(&facts.action.key),
            "n.service" => some(&facts.action.service),
            "n.outcome" => text(facts.outcome.kind.as_str()),
            "n.actor.key" => some(&facts.actor.key),
            "n.actor.display" => some(&facts.actor.display),
            "n.actor.kind" => text(facts.actor.kind.as_str()),
            "n.actor.is_service" => Some(Value::Bool(facts.actor.is_service)),
            "n.actor.is_human" => Some(Value::Bool(facts.actor.is_human)),
            "n.actor.mfa" => facts.actor.mfa.map(Value::Bool),
            "n.actor.console" => Some(Value::Bool(facts.actor.console)),
            "n.actor.session" => maybe(facts.actor.session.as_ref()),
            "n.actor.account" => maybe(facts.actor.account.as_ref()),
            "n.target.count" => Some(Value::Number(&known.target_count)),
            "n.target.wildcard" => Some(Value::Bool(facts.target.wildcard)),
            "n.target.kind" => some(&facts.target.kind),
            "n.source.ip" => facts.source.ip.map(|ip| Value::String(Cow::Owned(ip.to_string()))),
            "n.source.kind" => facts.source.kind().and_then(text),
            "n.source.asn" => known.asn.as_deref().map(Value::Number),
            "n.source.country" => maybe(facts.source.country.as_ref()),
            "n.document" => maybe(facts.document.as_ref()),
            "n.document_account" => maybe(facts.document_account.as_ref()),
            "n.extension_type" => maybe(facts.extension_type.as_ref()),
            "n.scope.account" => some(&facts.scope.account),
            "n.scope.region" => maybe(facts.scope.region.as_ref()),
            "n.scope.resource_group" => maybe(facts.scope.resource_group.as_ref()),
            "n.tunnel.host" => maybe(facts.tunnel.as_ref().and_then(|tunnel| tunnel.host.as_ref())),
            "n.tunnel.port" => maybe(facts.tunnel.as_ref().and_then(|tunnel| tunnel.port.as_ref())),
            _ => self.hash(name.strip_prefix("n.hash.")?),
        }
    }

    /// One digest of a process's image: `MD5=…` inside `Hashes`.
    fn hash(&self, name: &str) -> Option<Value<'_>> {
        let hashes = self.document.get("Hashes")?.as_str()?;
        let digest = hashes.split(',').find_map(|part| {
            let (kind, digest) = part.split_once('=')?;
            kind.trim().eq_ignore_ascii_case(name).then(|| digest.trim().to_owned())
        })?;
        Some(Value::String(Cow::Owned(digest)))
    }

    /// The outcome in the words that portals and exports use for it.
    fn result_words(&self) -> &'static [&'static str] {
        match self.facts().outcome.kind {
            OutcomeKind::Success => &["Success", "Succeeded"],
            OutcomeKind::Accepted => &["Accept", "Accepted"],
            OutcomeKind::Pending => &["Start", "Started"],
            OutcomeKind::Denied | OutcomeKind::Failed | OutcomeKind::Throttled | OutcomeKind::DryRun => {
                &["Failure", "Failed"]
            }
            OutcomeKind::Interrupted => &["Interrupted"],
        }
    }

    /// Visits the values of a fact that may have several.
    fn facts_under<'e>(
        &'e self,
        path: &str,
        visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>,
    ) -> Option<Presence> {
        let texts: &mut dyn Iterator<Item = &'e str> = match path {
            "n.target.ids" => &mut self.facts().target.ids.iter().map(String::as_str),
            "n.result" => &mut self.result_words().iter().copied(),
            _ => return None,
        };
        let mut presence = Presence::Absent;
        for text in texts {
            presence = Presence::Present;
            if visit(Value::String(Cow::Borrowed(text))).is_break() {
                break;
            }
        }
        Some(presence)
    }
}

/// The `n.*` names that [`Event`] answers.
pub(super) const FACTS: &[&str] = &[
    "n.provider",
    "n.log",
    "n.action",
    "n.service",
    "n.outcome",
    "n.result",
    "n.actor.key",
    "n.actor.display",
    "n.actor.kind",
    "n.actor.is_service",
    "n.actor.is_human",
    "n.actor.mfa",
    "n.actor.console",
    "n.actor.session",
    "n.actor.account",
    "n.target.count",
    "n.target.wildcard",
    "n.target.kind",
    "n.target.ids",
    "n.source.ip",
    "n.source.kind",
    "n.source.asn",
    "n.source.country",
    "n.document",
    "n.document_account",
    "n.extension_type",
    "n.scope.account",
    "n.scope.region",
    "n.scope.resource_group",
    "n.tunnel.host",
    "n.tunnel.port",
    "n.hash.md5",
    "n.hash.sha1",
    "n.hash.sha256",
    "n.hash.imphash",
];

fn some(text: &str) -> Option<Value<'_>> {
    (!text.is_empty()).then_some(Value::String(Cow::Borrowed(text)))
}

fn maybe(text: Option<&String>) -> Option<Value<'_>> {
    text.and_then(|text| some(text))
}

impl SigmaEvent for Event<'_> {
    fn values<'e>(&'e self, field: &Field, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) -> Presence {
        if !field.paths.iter().any(|path| path.starts_with("n.")) {
            return self.document.values(field, visit);
        }
        for path in &field.paths {
            if !path.starts_with("n.") {
                let presence = self.document.root().visit(path, visit);
                if presence != Presence::Absent {
                    return presence;
                }
                continue;
            }
            if let Some(presence) = self.facts_under(path, visit) {
                return presence;
            }
            if let Some(value) = self.fact(path) {
                let _ = visit(value);
                return Presence::Present;
            }
        }
        Presence::Absent
    }

    fn every_value<'e>(&'e self, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) {
        self.document.every_value(visit);
    }
}
