//! What of a record is told: gated for secrets and made visible, as everything that leaves.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use trailhound_detect::behind::Behind;
use trailhound_detect::describe::{MOST_SHOWN, clean, clean_id, visible_within};
use trailhound_detect::event::{Facts, Source};

/// So much of a value is told.
const MOST_CHARS: usize = 300;
/// Values whose shown form is kept: those of a log repeat.
const MOST_KEPT: usize = 20_000;
/// Longer ones are not kept: what is told of them would stand beside all of what they are.
const LONGEST_KEPT: usize = 1_024;

/// What of a record is told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) time: Option<Timestamp>,
    pub(crate) log: String,
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) targets: Vec<String>,
    pub(crate) target_kind: String,
    pub(crate) source: String,
    pub(crate) outcome: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) user_agent: String,
    /// The credential it was done with, or the SSH key that was pushed.
    pub(crate) key: String,
    /// Document, extension, image or tunnel.
    pub(crate) what: String,
    /// Who is behind the session, where it is one.
    pub(crate) behind: String,
    /// It names another, which is worth a line; for here alone.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub(crate) is_of_another: bool,
    /// Whom it comes from then, and nothing else; for here alone.
    #[serde(skip)]
    pub(crate) root: String,
    pub(crate) origin: String,
}

impl Entry {
    /// Did it come to nothing?
    pub(crate) fn is_tried(&self) -> bool {
        matches!(
            self.outcome.as_str(),
            "denied" | "failed" | "cancelled" | "interrupted" | "dryrun" | "throttled"
        )
    }

    /// Who it comes from, as far as it is told; nobody where another account's log tells of a caller's account alone.
    pub(crate) fn person(&self) -> Option<&str> {
        let behind = Some(self.root.as_str()).filter(|root| !root.is_empty());
        behind.or_else(|| Some(self.actor.as_str()).filter(|actor| !actor.starts_with("account ")))
    }

    /// What of a record with these facts is told.
    pub(crate) fn of(facts: &Facts, behind: Option<&Behind>, origin: &str, shown: &mut Shown) -> Self {
        let targets = &facts.target.names[..facts.target.names.len().min(MOST_SHOWN)];
        // A pushed key says more than the one that the call was signed with.
        let key = match (&facts.key_fingerprint, &facts.actor.credential_uid) {
            (Some(pushed), _) => shown.of(pushed),
            (None, Some(id)) => visible_within(&clean_id(id), MOST_CHARS).into_owned(),
            (None, None) => String::new(),
        };
        Self {
            key,
            time: facts.time,
            log: facts.log.as_str().to_owned(),
            actor: shown.of(&facts.actor.display),
            action: shown.of(&facts.action.key),
            targets: targets.iter().map(|target| shown.of(target)).collect(),
            target_kind: shown.of(&facts.target.kind),
            source: shown.of(&address(&facts.source)),
            outcome: facts.outcome.kind.as_str().to_owned(),
            account: shown.of(&facts.scope.account),
            region: shown.of(facts.scope.region.as_deref().unwrap_or_default()),
            user_agent: shown.of(facts.source.user_agent.as_deref().unwrap_or_default()),
            what: shown.of(&what(facts)),
            behind: behind.and_then(Behind::words).map(|words| shown.of(&words)).unwrap_or_default(),
            is_of_another: behind.is_some_and(Behind::names_somebody),
            root: behind
                .filter(|behind| behind.names_somebody())
                .map(|behind| shown.of(&behind.root.display))
                .unwrap_or_default(),
            origin: shown.origin(origin),
        }
    }
}

fn address(source: &Source) -> String {
    source.ip.map(|ip| ip.to_string()).or_else(|| source.service.clone()).unwrap_or_default()
}

fn what(facts: &Facts) -> String {
    let image = facts.process.as_ref().and_then(|process| process.image.clone());
    let tunnel = facts.tunnel.as_ref().map(|tunnel| match (&tunnel.host, &tunnel.port) {
        (Some(host), Some(port)) => format!("a tunnel to {host}:{port}"),
        (Some(host), None) => format!("a tunnel to {host}"),
        (None, Some(port)) => format!("a tunnel to port {port}"),
        (None, None) => "a tunnel".to_owned(),
    });
    tunnel
        .or_else(|| facts.document.clone())
        .or_else(|| facts.extension_type.clone())
        .or(image)
        .unwrap_or_default()
}

/// Values as they are shown, by what they are in records.
#[derive(Default)]
pub(crate) struct Shown(HashMap<String, String>);

impl Shown {
    /// A value as it is shown, kept for the next record that has it.
    pub(crate) fn of(&mut self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let shown = visible_within(&clean(text), MOST_CHARS).into_owned();
        if text.len() > LONGEST_KEPT {
            return shown;
        }
        if self.0.len() >= MOST_KEPT {
            self.0.clear();
        }
        self.0.insert(text.to_owned(), shown.clone());
        shown
    }

    /// How many are kept.
    #[cfg(test)]
    pub(crate) fn kept(&self) -> usize {
        self.0.len()
    }

    /// Where a record stands: all of a file have that in common.
    pub(crate) fn origin(&mut self, origin: &str) -> String {
        match origin.rfind(['#', ':']).map(|at| origin.split_at(at)) {
            Some((file, number)) if number[1..].bytes().all(|byte| byte.is_ascii_digit()) => {
                self.of(file) + number
            }
            _ => self.of(origin),
        }
    }
}
