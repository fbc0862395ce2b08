//! Google Cloud audit logs, as Logging writes them.

use trailhound_sigma::json::{Kind, Node};

use super::Shape;
use crate::event::LogType;

pub(super) fn shape(root: Node<'_>) -> Option<Shape<'_>> {
    let is_audit = root.key("protoPayload").is_some_and(|payload| payload.kind() == Kind::Object);
    is_audit.then_some(Shape::As(LogType::GcpAudit))
}
