//! Google Cloud audit logs, as Logging writes them.

use trailhound_sigma::json::{Kind, Node};

use crate::log_type::LogType;
use crate::logs::json::folded;
use crate::logs::log::Recognised;

pub(super) fn by_look(root: Node<'_>) -> Option<Recognised<'_>> {
    let is_audit = root.key("protoPayload").is_some_and(|payload| {
        matches!(payload.kind(), Kind::Object | Kind::Array) || folded(payload).is_some()
    });
    is_audit.then_some(Recognised::As(LogType::GcpAudit))
}
