//! Any other Azure resource log, so that it is known for one and not rejected.

use trailhound_sigma::json::{Kind, Node};

use crate::log_type::LogType;
use crate::logs::log::Recognised;

/// What every resource log has beside its category.
pub(super) fn by_category<'d>(root: Node<'d>, _: &str) -> Option<Recognised<'d>> {
    let text = |name: &str| root.key(name).is_some_and(|node| node.kind() == Kind::String);
    let is_resource_log =
        text("resourceId") || (text("operationName") && (text("time") || root.key("properties").is_some()));
    is_resource_log.then_some(Recognised::As(LogType::AzureResource))
}

/// A metric, a row of a table, a record that lost its category.
pub(super) fn by_look(root: Node<'_>) -> Option<Recognised<'_>> {
    let is_metric = root.key("metricName").is_some() && root.key("resourceId").is_some();
    let is_table_row = root.key("TimeGenerated").is_some()
        && (root.key("_ResourceId").is_some() || root.key("ResourceId").is_some())
        && root.key("EventID").is_none();
    let has = |name: &str| root.key(name).is_some_and(|node| node.kind() == Kind::String);
    let lost_its_category = has("resourceId") && has("operationName") && has("time");
    (is_metric || is_table_row || lost_its_category).then_some(Recognised::As(LogType::AzureResource))
}
