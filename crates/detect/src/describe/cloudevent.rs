//! The envelope: CloudEvents 1.0, structured mode. Its attributes may be logged on the way, so they name the rule,
//! the machine and the account, never a person or an address; what is not plain in them is percent-encoded.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::Serialize;

use super::identity;
use super::names::short_name;
use super::ocsf::{DetectionFinding, event_time};
use super::percent::percent;
use super::visible::visible_within;
use crate::event::Provider;
use crate::matched::Match;

#[derive(Serialize)]
pub(super) struct CloudEvent {
    specversion: &'static str,
    id: String,
    source: String,
    #[serde(rename = "type")]
    type_name: &'static str,
    subject: String,
    time: String,
    datacontenttype: &'static str,
    dataschema: &'static str,
    severity: &'static str,
    severityid: u8,
    ruleid: String,
    cloudaccount: String,
    origin: String,
    casestep: &'static str,
    thread: String,
    data: DetectionFinding,
}

impl CloudEvent {
    pub(super) fn of(found: &Match, id: &str, now: Timestamp, data: DetectionFinding) -> Self {
        Self {
            specversion: "1.0",
            id: id.to_owned(),
            source: source(found),
            type_name: identity::activity(found).event_type,
            subject: subject(found),
            time: event_time(found, now).to_string(),
            datacontenttype: "application/json",
            dataschema: "https://schema.ocsf.io/1.8.0/classes/detection_finding",
            severity: found.verdict.level.as_str(),
            severityid: data.severity_id(),
            ruleid: found.rule_id(),
            cloudaccount: data.account().to_owned(),
            origin: visible_within(&found.from.origin, 1100).into_owned(),
            casestep: identity::case_step(found),
            thread: identity::thread(found).to_owned(),
            data,
        }
    }

    pub(super) fn mark_truncated(&mut self, bytes: usize) {
        self.data.mark_truncated(bytes);
    }
}

/// `urn:trailhound:aws:<account>:<region>`, `…:azure:<subscription or tenant>`, `…:gcp:<project>`, `…:host:<host>`.
fn source(found: &Match) -> String {
    let facts = &found.facts;
    let name = facts.provider.as_str();
    let account = plain(&facts.scope.account);
    match facts.provider {
        Provider::Aws => {
            format!("urn:trailhound:{name}:{account}:{}", plain(facts.scope.region.as_deref().unwrap_or("")))
        }
        Provider::Azure | Provider::Gcp => format!("urn:trailhound:{name}:{account}"),
        Provider::Host => {
            let host = facts.process.as_ref().and_then(|process| process.host.as_deref());
            format!(
                "urn:trailhound:{name}:{}",
                plain(host.or(facts.target.ids.first().map(String::as_str)).unwrap_or(""))
            )
        }
    }
}

/// `<rule>/<machine>`; the account where no machine is named.
fn subject(found: &Match) -> String {
    let target = &found.facts.target;
    let machine = target.names.first().or(target.ids.first()).map_or(Cow::Borrowed(""), |id| short_name(id));
    let machine =
        if machine.is_empty() { Cow::Borrowed(found.facts.scope.account.as_str()) } else { machine };
    format!("{}/{}", found.rule_id(), plain(&machine))
}

/// Text that may stand in a URN.
fn plain(text: &str) -> String {
    if text.is_empty() { "unknown".to_owned() } else { percent(text) }
}
