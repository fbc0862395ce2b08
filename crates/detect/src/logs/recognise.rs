//! What a record is, decided by its content alone.

use trailhound_sigma::json::{Document, Kind, Node};

use super::list::LOGS;
use super::log::{Log, Shape};
use super::{answers, ecs, wrapper};
use crate::log_type::LogType;

/// Names a record's log type; nothing for what is no record we know, and for wrappers, whose inside decides.
pub fn classify(record: &Document<'_>) -> Option<LogType> {
    match of(record.root())? {
        Shape::As(log) | Shape::Like(log, _) => Some(log),
        Shape::Around(_) | Shape::Rows(_) => None,
    }
}

/// The surest sign first.
pub(crate) fn of(root: Node<'_>) -> Option<Shape<'_>> {
    match root.kind() {
        Kind::Object => any(|log| (log.recognise.keys)(root))
            .or_else(|| by_category(root))
            .or_else(|| any(|log| (log.recognise.look)(root)))
            .or_else(|| by_dataset(root))
            .or_else(|| answers::rows(root))
            .or_else(|| wrapper::shape(root)),
        Kind::String => root.as_str().filter(|text| wrapper::is_record_text(text)).map(Shape::Around),
        _ => None,
    }
}

fn any<'d>(look: impl Fn(&Log) -> Option<Shape<'d>>) -> Option<Shape<'d>> {
    LOGS.iter().find_map(|log| look(log))
}

fn by_category(root: Node<'_>) -> Option<Shape<'_>> {
    let category = root.key("category").and_then(super::node::word)?;
    any(|log| (log.recognise.category)(root, &category))
}

/// What an integration made of a record, unless it kept the record itself.
fn by_dataset(root: Node<'_>) -> Option<Shape<'_>> {
    if !ecs::is_ecs(root) {
        return None;
    }
    if let Some(original) = ecs::original(root) {
        return Some(Shape::Around(original));
    }
    let dataset = root.get("event.dataset").and_then(Node::as_str).unwrap_or_default();
    any(|log| (log.recognise.dataset)(root, &dataset))
}
