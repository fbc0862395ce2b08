//! Records inside other things: an EventBridge event, a LookupEvents result, an alert's webhook, an exported
//! document, a table of rows.

use std::borrow::Cow;

use trailhound_sigma::json::{Kind, Node};

use super::json::{Object, looks_like_json, verbatim};
use super::log::Shape;
use super::xml;

pub(super) fn shape(root: Node<'_>) -> Option<Shape<'_>> {
    let inner = through_cloudtrail(root)
        .or_else(|| root.key("CloudTrailEvent"))
        .or_else(|| root.get("data.context.activityLog"))
        .or_else(|| alert_context(root))
        .or_else(|| root.key("_source"))
        .or_else(|| root.key("message"));
    if let Some(inner) = inner {
        return around(inner);
    }
    tables(root).or_else(|| batch(root))
}

fn around(inner: Node<'_>) -> Option<Shape<'_>> {
    match inner.kind() {
        Kind::Object => Some(Shape::Around(verbatim(inner))),
        Kind::String => inner.as_str().filter(|text| is_record_text(text)).map(Shape::Around),
        _ => None,
    }
}

/// Could be a record by itself: a JSON object, or a Windows event as XML.
pub(super) fn is_record_text(text: &str) -> bool {
    looks_like_json(text) || xml::is_xml(text)
}

/// EventBridge: any `detail-type` that ends in `via CloudTrail`, and any `detail` that is plainly such a record.
fn through_cloudtrail(root: Node<'_>) -> Option<Node<'_>> {
    let kind = root.key("detail-type")?.as_str()?;
    let detail = root.key("detail")?;
    let is_record =
        || ["eventName", "eventSource", "eventVersion"].iter().all(|name| detail.key(name).is_some());
    (kind.to_ascii_lowercase().ends_with("via cloudtrail") || is_record()).then_some(detail)
}

/// Azure Monitor's common alert schema around an Activity Log alert.
fn alert_context(root: Node<'_>) -> Option<Node<'_>> {
    root.get("data.alertContext").filter(|context| context.key("operationName").is_some())
}

/// Log Analytics answers: tables of columns and rows.
fn tables(root: Node<'_>) -> Option<Shape<'_>> {
    let tables = root.key("tables").filter(|tables| tables.kind() == Kind::Array)?;
    let mut rows = Vec::new();
    for table in tables.members() {
        let names: Vec<Cow<'_, str>> = table
            .key("columns")
            .into_iter()
            .flat_map(Node::members)
            .map(|column| column.key("name").and_then(Node::as_str).unwrap_or_default())
            .collect();
        for row in table.key("rows").into_iter().flat_map(Node::members) {
            let mut object = Object::default();
            for (name, value) in names.iter().zip(row.members()) {
                object.copy(name, value);
            }
            rows.push(object.finish());
        }
    }
    Some(Shape::Rows(rows))
}

/// A whole Event Hub body or CloudTrail file where a record was due, as in an array of bodies.
fn batch(root: Node<'_>) -> Option<Shape<'_>> {
    let records = root.key("records").or_else(|| root.key("Records"))?;
    let is_batch =
        records.kind() == Kind::Array && records.members().all(|record| record.kind() == Kind::Object);
    is_batch.then(|| Shape::Rows(records.members().map(|record| record.raw().to_owned()).collect()))
}
