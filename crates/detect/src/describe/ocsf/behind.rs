//! Who is behind the session that acts, with the events that link it.

use jiff::Timestamp;
use serde::Serialize;

use super::writer::Writer;
use crate::behind::{Behind, End, Link};

/// So many sessions are told; of more the last.
const MOST_LINKS: usize = 16;

#[derive(Serialize)]
pub(super) struct BehindTold {
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    by_way_of: Vec<HandedOut>,
    certainty: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<&'static str>,
}

#[derive(Serialize)]
struct HandedOut {
    session: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    call: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<i64>,
    event: String,
    record: String,
}

impl BehindTold {
    pub(super) fn of(writer: &Writer<'_>, behind: &Behind) -> Self {
        let Behind { root, links, certainty, end, is_final: _ } = behind;
        let is_known = *end != End::Unnamed && (!links.is_empty() || end.is_known());
        let optional = |text: &Option<String>, most| writer.optional(text.as_ref(), most);
        let name = |one: &str| Some(writer.text(one, 256));
        let (service, resource, missing) = match end {
            End::Itself => (None, None, None),
            End::Service(service) => (name(service), None, None),
            End::Resource(resource) => (None, name(resource), None),
            End::NotAtHand => {
                (None, None, Some("who was handed the first session is not in the logs at hand"))
            }
            End::Unnamed => {
                (None, None, Some("the record of the first session does not name who asked for it"))
            }
            End::Several => (None, None, Some("which call handed out the first session cannot be told")),
        };
        writer.note_missing(links.len().min(MOST_LINKS), links.len());
        let link = |link: &Link| HandedOut {
            session: writer.text(&link.display, 128),
            role: optional(&link.role, 128),
            account: optional(&link.account, 64),
            call: writer.text(&link.call, 64),
            time: link.at.map(Timestamp::as_millisecond),
            event: writer.text(&link.event, 128),
            record: writer.text(&link.record, 256),
        };
        Self {
            actor: is_known.then(|| writer.text(&root.display, 128)),
            uid: optional(&root.uid, 256).filter(|_| is_known),
            account: optional(&root.account, 64).filter(|_| is_known),
            by_way_of: links[links.len().saturating_sub(MOST_LINKS)..].iter().map(link).collect(),
            certainty: if is_known { certainty.as_str() } else { "unknown" },
            service,
            resource,
            missing,
        }
    }
}
