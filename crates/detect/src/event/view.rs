//! One event as rules see it: the record's own fields, and the normalised facts as `n.*`.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::ControlFlow;
use std::sync::Arc;

use trailhound_sigma::json::{Document, Scratch};
use trailhound_sigma::{Event as SigmaEvent, Field, Presence, Value};

use super::{Facts, LogType, named};
use crate::context::Context;
use crate::logs::{self, ALL_OF, NAMED_IN};

/// A record in its log's canonical form.
#[derive(Debug)]
pub struct Event<'a> {
    log: LogType,
    document: Document<'a>,
    raw: &'a [u8],
    context: Option<Arc<Context>>,
    known: OnceCell<Derived>,
}

/// Facts, and the numbers among them as text.
#[derive(Debug)]
struct Derived {
    facts: Facts,
    target_count: String,
    asn: Option<String>,
}

impl<'a> Event<'a> {
    pub(super) fn new(
        log: LogType,
        document: Document<'a>,
        raw: &'a [u8],
        context: Option<Arc<Context>>,
    ) -> Self {
        Self { log, document, raw, context, known: OnceCell::new() }
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

    fn known(&self) -> &Derived {
        self.known.get_or_init(|| {
            let mut facts = Facts::read(self.log, &self.document);
            facts.known = self.context.as_ref().and_then(|context| context.known(&facts));
            let target_count = facts.target.count.to_string();
            let asn = facts.asn().map(|asn| asn.to_string());
            Derived { facts, target_count, asn }
        })
    }

    /// The value of an `n.*` field; nothing for what is not known.
    fn fact(&self, name: &str) -> Option<Value<'_>> {
        let known = self.known();
        match name {
            "n.target.count" => Some(Value::Number(known.target_count.as_str().into())),
            "n.source.asn" => known.asn.as_deref().map(|asn| Value::Number(asn.into())),
            _ => known.facts.value(name),
        }
    }

    /// Visits the values under one path, of the record or computed.
    fn under<'e>(&'e self, path: &str, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) -> Presence {
        if let Some(paths) = path.strip_prefix(ALL_OF) {
            return self.all_under(paths, visit);
        }
        if let Some((list, name)) = path.strip_prefix(NAMED_IN).and_then(|path| path.split_once('|')) {
            return named::visit(&self.document, list, name, visit);
        }
        if !path.starts_with("n.") {
            return self.document.root().visit(path, visit);
        }
        if let Some(presence) = self.facts_under(path, visit) {
            return presence;
        }
        match self.fact(path) {
            Some(value) => {
                let _ = visit(value);
                Presence::Present
            }
            None => Presence::Absent,
        }
    }

    /// Visits the values under each of several paths.
    fn all_under<'e>(&'e self, paths: &str, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) -> Presence {
        let mut presence = Presence::Absent;
        let mut is_done = false;
        for path in paths.split('+') {
            let found = self.under(path, &mut |value| {
                let flow = visit(value);
                is_done = flow.is_break();
                flow
            });
            presence = match (presence, found) {
                (Presence::Present, _) | (_, Presence::Present) => Presence::Present,
                (Presence::Null, _) | (_, Presence::Null) => Presence::Null,
                (Presence::Absent, Presence::Absent) => Presence::Absent,
            };
            if is_done {
                break;
            }
        }
        presence
    }

    /// Visits the values of a fact that may have several.
    fn facts_under<'e>(
        &'e self,
        path: &str,
        visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>,
    ) -> Option<Presence> {
        let texts = self.facts().list(path)?;
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

/// An event without all that says how it ended.
pub(crate) struct Unsaid<'e, 'a>(pub(crate) &'e Event<'a>);

impl Unsaid<'_, '_> {
    fn hides(&self, path: &str) -> bool {
        if let Some(paths) = path.strip_prefix(ALL_OF) {
            return paths.split('+').any(|path| self.hides(path));
        }
        let within =
            |of: &&&str| path.strip_prefix(**of).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        matches!(path, "n.outcome" | "n.result") || logs::of(self.0.log).outcome.iter().any(|of| within(&of))
    }
}

impl SigmaEvent for Unsaid<'_, '_> {
    fn values<'e>(&'e self, field: &Field, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) -> Presence {
        if field.paths.iter().any(|path| self.hides(path)) {
            return Presence::Absent;
        }
        self.0.values(field, visit)
    }

    fn every_value<'e>(&'e self, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) {
        self.0.every_value(visit);
    }
}

impl SigmaEvent for Event<'_> {
    fn values<'e>(&'e self, field: &Field, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) -> Presence {
        if !field.paths.iter().any(|path| path.starts_with("n.")) {
            return self.document.values(field, visit);
        }
        let mut presences = field.paths.iter().map(|path| self.under(path, visit));
        presences.find(|presence| *presence != Presence::Absent).unwrap_or(Presence::Absent)
    }

    fn every_value<'e>(&'e self, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) {
        self.document.every_value(visit);
    }
}
