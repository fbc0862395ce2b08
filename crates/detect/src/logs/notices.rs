//! What services send to see whether anybody listens, and what they announce: recognised, and no record.

use trailhound_sigma::json::{Kind, Node};

use crate::tally::Notice;

/// How the types of our own findings begin; a topic or hub that stands in a circle brings them back.
const OWN: &str = "dev.trailhound.finding.";

/// The notice that a value is, if it is one.
pub(crate) fn notice(root: Node<'_>) -> Option<Notice> {
    let is = |name: &str, due: &str| root.key(name).is_some_and(|node| node.raw() == due);
    let has = |name: &str| root.key(name).is_some();
    // CloudWatch Logs asks whether its subscription's destination answers.
    if is("messageType", "CONTROL_MESSAGE") {
        return Some(Notice::ControlMessage);
    }
    if has("TopicArn") && (is("Type", "SubscriptionConfirmation") || is("Type", "UnsubscribeConfirmation")) {
        return Some(Notice::SnsSubscription);
    }
    if is("Event", "s3:TestEvent") {
        return Some(Notice::S3TestEvent);
    }
    if has("digestStartTime") && has("awsAccountId") {
        return Some(Notice::CloudTrailDigest);
    }
    if root.key("type").is_some_and(|kind| kind.raw().starts_with(OWN)) && has("specversion") {
        return Some(Notice::OwnFinding);
    }
    if is_frame(root) {
        return Some(Notice::QueryFrame);
    }
    let validates = |name: &str| {
        root.key(name).is_some_and(|kind| kind.raw().starts_with("Microsoft.EventGrid.Subscription"))
    };
    let is_scheduled = is("source", "aws.events") && is("detail-type", "Scheduled Event");
    // What the Lambda console offers for a try.
    let is_try = ["key1", "key2", "key3"].iter().all(|name| has(name));
    (validates("eventType") || validates("type") || is_scheduled || is_try).then_some(Notice::HealthProbe)
}

/// What Kusto's answers hold beside rows, <https://learn.microsoft.com/kusto/api/rest/response-v2>; an answer that says
/// of itself that it failed is none.
fn is_frame(root: Node<'_>) -> bool {
    let is = |name: &str, due: &str| root.key(name).is_some_and(|node| node.raw() == due);
    let has_failed = root.key("HasErrors").is_some_and(|node| node.kind() == Kind::True);
    let names = ["DataSetHeader", "DataSetCompletion", "TableHeader", "TableProgress", "TableCompletion"];
    if names.iter().any(|name| is("FrameType", name)) {
        return !has_failed;
    }
    let is_table = is("FrameType", "DataTable") || root.key("TableName").is_some();
    let is_about = |kind: &&str| is("TableKind", kind);
    is_table
        && ([
            "QueryProperties",
            "QueryCompletionInformation",
            "QueryTraceLog",
            "QueryPerfLog",
            "TableOfContents",
        ]
        .iter()
        .any(is_about)
            || has_columns(root, &["Ordinal", "Kind", "Name", "Id", "PrettyName"])
            || has_columns(
                root,
                &["Timestamp", "Severity", "SeverityName", "StatusCode", "StatusDescription"],
            ))
}

/// The older answers name their tables by number; these are known by how their columns begin.
fn has_columns(table: Node<'_>, names: &[&str]) -> bool {
    let columns = table.key("Columns").into_iter().flat_map(Node::members);
    let mut columns = columns.filter_map(|column| column.key("ColumnName")?.as_str());
    names.iter().all(|name| columns.next().is_some_and(|column| column == *name))
}
