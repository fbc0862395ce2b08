//! What of a record is told: gated for secrets and made visible, as everything that leaves.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use trailhound_detect::behind::Behind;
use trailhound_detect::describe::{MOST_SHOWN, clean_id, visible_within};
use trailhound_detect::event::{Facts, Source};

use crate::shown::{MOST_CHARS, Shown};

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
    /// The values of fields that are asked for; for here alone.
    #[serde(skip)]
    pub(crate) asked: Vec<Vec<String>>,
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
            asked: Vec::new(),
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
