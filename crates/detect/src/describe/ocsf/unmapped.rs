//! What OCSF has no word for: how the level and the score came about, what memory knew, what was left out.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::behind;
use super::in_case::CaseTold;
use super::writer::{Writer, prose};
use crate::event::{Entra, Target};
use crate::logs::Basis;

/// Independent facts, each named as a reader of JSON looks for it.
#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a document, not a state")]
pub(super) struct Unmapped {
    rule_id: String,
    rule_uuid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    catalogue: Option<String>,
    attempt: bool,
    outcome: &'static str,
    risk_parts: Vec<RiskPart>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    adjustments: Vec<Adjustment>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions_applied: Vec<Suppression>,
    #[serde(skip_serializing_if = "Option::is_none")]
    newness: Option<Newness>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    state_unavailable: bool,
    target_count: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    target_wildcard: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    target_selectors: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_category: Option<String>,
    cloud_basis: Basis,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    time_unknown: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document_account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tunnel: Option<Tunnel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ssh_key_sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    behind: Option<behind::BehindTold>,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseTold>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cli_command: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_in: Option<SignIn>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redactions: Vec<Redaction>,
}

#[derive(Serialize)]
struct RiskPart {
    name: String,
    points: i32,
}

#[derive(Serialize)]
struct Adjustment {
    from: &'static str,
    to: &'static str,
    because: String,
}

#[derive(Serialize)]
struct Suppression {
    id: String,
    action: &'static str,
    reason: String,
}

#[derive(Serialize)]
struct Newness {
    first_seen: Vec<String>,
    last_seen: BTreeMap<String, i64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    new_since: BTreeMap<String, i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    learning: Option<HeldBack>,
    #[serde(skip_serializing_if = "Option::is_none")]
    routine: Option<Routine>,
}

/// On how many of the days before its own the actor did this.
#[derive(Serialize)]
struct Routine {
    days: u32,
    of: u32,
}

/// What is held back while an account is learned.
#[derive(Serialize)]
struct HeldBack {
    first_seen: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<i64>,
    would_be: &'static str,
}

#[derive(Serialize)]
struct Tunnel {
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    local_port: Option<String>,
}

#[derive(Serialize)]
struct SignIn {
    #[serde(skip_serializing_if = "Option::is_none")]
    app_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk_level: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    risk_types: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_trust: Option<String>,
}

#[derive(Serialize)]
struct Redaction {
    path: String,
    action: &'static str,
    by: &'static str,
}

impl Unmapped {
    pub(super) fn of(writer: &Writer<'_>, cloud_basis: Basis) -> Self {
        let found = writer.found;
        let facts = &found.facts;
        let rule = &found.rule;
        let optional = |text: &Option<String>, most| writer.optional(text.as_ref(), most);
        writer.note_cut(found.excerpt.redactions.len());
        Self {
            rule_id: found.rule_id(),
            rule_uuid: rule.id.clone(),
            catalogue: rule.catalogue.clone(),
            attempt: found.verdict.attempt,
            outcome: facts.outcome.kind.as_str(),
            risk_parts: found
                .verdict
                .score
                .parts
                .iter()
                .map(|part| RiskPart { name: prose(&part.because, 120), points: part.points })
                .collect(),
            adjustments: found
                .verdict
                .adjustments
                .iter()
                .map(|a| Adjustment {
                    from: a.from.as_str(),
                    to: a.to.as_str(),
                    because: prose(&a.because, 200),
                })
                .collect(),
            suppressions_applied: found
                .verdict
                .suppressions
                .iter()
                .map(|s| Suppression {
                    id: prose(&s.id, 64),
                    action: s.action,
                    reason: prose(&s.reason, 200),
                })
                .collect(),
            newness: Newness::of(writer),
            state_unavailable: found.verdict.newness.unavailable,
            target_count: count(&facts.target),
            target_wildcard: facts.target.wildcard,
            target_selectors: texts(writer, &facts.target.selectors),
            log_category: optional(&facts.log_name, 128),
            cloud_basis,
            time_unknown: !writer.knows_time(),
            document: optional(&facts.document, 256),
            document_account: optional(&facts.document_account, 64),
            extension_type: optional(&facts.extension_type, 128),
            tunnel: crate::describe::redact::tunnel(facts).map(|tunnel| Tunnel {
                host: optional(&tunnel.host, 253),
                port: optional(&tunnel.port, 16),
                local_port: optional(&tunnel.local_port, 16),
            }),
            ssh_key_sha256: optional(&facts.key_fingerprint, 128),
            reason: facts
                .reason
                .as_deref()
                .map(crate::describe::redact::free_text)
                .map(|text| writer.text(&text, 120)),
            source_identity: optional(&facts.actor.source_identity, 128),
            behind: found.behind.as_deref().map(|behind| behind::BehindTold::of(writer, behind)),
            case: found.verdict.case.as_ref().map(CaseTold::of),
            cli_command: optional(&facts.source.cli_command, 128),
            sign_in: facts.entra.as_ref().map(|entra| SignIn::of(writer, entra)),
            redactions: found
                .excerpt
                .redactions
                .iter()
                .take(writer.budget.members)
                .map(|r| Redaction { path: writer.text(&r.path, 128), action: r.action, by: r.by })
                .collect(),
        }
    }
}

/// How many machines, as far as the record tells.
fn count(target: &Target) -> u32 {
    target.count.max(u32::try_from(target.ids.len()).unwrap_or(u32::MAX))
}

fn texts(writer: &Writer<'_>, texts: &[String]) -> Vec<String> {
    writer.note_cut(texts.len());
    texts.iter().take(writer.budget.members).map(|text| writer.text(text, 128)).collect()
}

impl Newness {
    fn of(writer: &Writer<'_>) -> Option<Self> {
        let newness = &writer.found.verdict.newness;
        let times = |facts: &[(String, Timestamp)]| {
            facts.iter().map(|(fact, at)| (fact.clone(), at.as_millisecond())).collect()
        };
        newness.knows_anything().then(|| Self {
            first_seen: newness.first.clone(),
            last_seen: times(&newness.last_seen),
            new_since: times(&newness.recent),
            learning: newness.learning.as_ref().map(|learning| HeldBack {
                first_seen: learning.first.clone(),
                until: learning.until.map(Timestamp::as_millisecond),
                would_be: learning.level.as_str(),
            }),
            routine: newness.routine.map(|routine| Routine { days: routine.days, of: routine.of }),
        })
    }
}

impl SignIn {
    fn of(writer: &Writer<'_>, entra: &Entra) -> Self {
        let optional = |text: &Option<String>| writer.optional(text.as_ref(), 128);
        Self {
            app_id: optional(&entra.app_id),
            app: optional(&entra.app_name),
            resource: optional(&entra.resource_name),
            resource_id: optional(&entra.resource_id),
            risk_level: optional(&entra.risk_level),
            risk_types: texts(writer, &entra.risk_types),
            protocol: optional(&entra.protocol),
            device_trust: optional(&entra.device_trust),
        }
    }
}
