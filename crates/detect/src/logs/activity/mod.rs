//! Azure's Activity Log, in Event Hubs, REST, Log Analytics or Elastic shape.

mod ecs;
mod facts;
mod members;
mod shape;
mod show;

use super::ecs::is_of;
use super::fields::{FieldTable, LazyFields};
use super::least::Least;
use super::log::{Begun, FoundBy, LogDefinition, Recognise, Recognised, SigmaSource, any, own_id};
use super::words::{self, Words};
use crate::facts::Facts;
use crate::log_type::LogType;

pub(super) static ACTIVITY: LogDefinition = LogDefinition {
    sample: include_str!("sample.json"),
    recognise: Recognise {
        keys: |_| None,
        category: shape::by_category,
        looks: &[shape::by_look],
        dataset: |root, dataset| {
            is_of(root, dataset, "azure.activitylogs")
                .then_some(Recognised::Like(LogType::AzureActivity, ecs::canonical))
        },
    },
    least: Least {
        is_there: |record| !shape::is_in_words(record),
        is_sure: |record| !shape::is_in_words(record),
        words: "an operation as its provider names it",
    },
    facts: facts::read,
    identity,
    operation,
    outcome: &["resultSignature", "resultDescription", "properties.statusCode", "properties.statusMessage"],
    members: members::MEMBERS,
    sources: &[SigmaSource::service("azure", "activitylogs")],
    meets: any,
    fields: Some(&FIELDS),
    found_by: FoundBy {
        raw: &[],
        common: &["category"],
        spellings: shape::spellings,
        is_elsewhere: shape::is_in_words,
    },
    begun: Begun {
        told_by: &["operationName"],
        by_end: false,
        refused: r#"{"resultType": "Failure", "resultSignature": "Failed.Forbidden"}"#,
    },
    shows: show::SHOWS,
    words: Words {
        log: "Azure Activity Log",
        record: "activity-log-record",
        event: "Azure Activity Log operation",
        source_event: |facts| facts.correlation_id.as_deref().unwrap_or(&facts.event_uid),
        request: None,
        response: None,
        cloud: words::azure,
    },
};

static FIELDS: LazyFields = LazyFields::new(|| FieldTable::parse(include_str!("fields.tsv")));

/// An operation, and which of several under the same correlation id.
fn identity(facts: &Facts) -> String {
    match (operation(facts), &facts.run) {
        (Some(operation), Some(run)) => format!("{operation}/{run}"),
        (Some(operation), None) => operation,
        (None, _) => own_id(facts),
    }
}

/// Start, Accept and Success of one operation share its correlation id, on the same resource.
fn operation(facts: &Facts) -> Option<String> {
    let correlation = facts.correlation_id.as_deref()?.to_ascii_lowercase();
    let subscription = facts.scope.subscription.as_deref().unwrap_or(&facts.scope.account);
    let resource = facts.resource.as_deref().unwrap_or_default();
    Some(format!("{subscription}/{correlation}/{}/{resource}", facts.action.key))
}
