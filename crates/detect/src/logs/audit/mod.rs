//! Entra's directory audit.

mod ecs;
mod facts;
mod members;
mod portal;
mod shape;

use super::ecs::is_of;
use super::fields::{FieldTable, LazyFields};
use super::least::Least;
use super::log::{Begun, FoundBy, LogDefinition, Recognise, Recognised, SigmaSource, alone, any, own_id};
use super::show::Shows;
use super::words::{self, Words, own_event};
use crate::log_type::LogType;

pub(super) static AUDIT: LogDefinition = LogDefinition {
    sample: include_str!("sample.json"),
    recognise: Recognise {
        keys: |_| None,
        category: shape::by_category,
        looks: &[shape::by_look],
        dataset: |root, dataset| {
            is_of(root, dataset, "azure.auditlogs")
                .then_some(Recognised::Like(LogType::EntraAudit, ecs::canonical))
        },
    },
    least: Least { is_there: shape::says_what, is_sure: |_| false, words: "an activity" },
    facts: facts::read,
    identity: own_id,
    operation: alone,
    outcome: &["resultSignature", "resultDescription", "properties.result", "properties.resultReason"],
    members: members::MEMBERS,
    sources: &[SigmaSource::service("azure", "auditlogs")],
    meets: any,
    fields: Some(&FIELDS),
    found_by: FoundBy {
        raw: &[],
        common: &["properties.loggedByService", "properties.operationType"],
        spellings: |_| None,
        is_elsewhere: |_| false,
    },
    begun: Begun {
        told_by: &["operationName"],
        by_end: false,
        refused: r#"{"properties": {"result": "failure"}}"#,
    },
    shows: Shows::NOTHING,
    words: Words {
        log: "Microsoft Entra audit log",
        record: "entra-audit-record",
        event: "Microsoft Entra audit record",
        source_event: own_event,
        request: None,
        response: None,
        cloud: words::azure,
    },
};

static FIELDS: LazyFields = LazyFields::new(|| FieldTable::parse(include_str!("fields.tsv")));
