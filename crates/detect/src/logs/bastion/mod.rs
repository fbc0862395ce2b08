//! Azure Bastion's `BastionAuditLogs`.

mod facts;
mod shape;
mod show;

use super::fields::{FieldTable, LazyFields};
use super::least::Least;
use super::log::{Begun, FoundBy, LogDefinition, Recognise, SigmaSource, alone, any, own_id};
use super::members::ObjectMember;
use super::words::{self, Words, own_event};

pub(super) static BASTION: LogDefinition = LogDefinition {
    sample: include_str!("sample.json"),
    recognise: Recognise {
        keys: |_| None,
        category: shape::by_category,
        looks: &[shape::by_look],
        dataset: |_, _| None,
    },
    least: Least::NOTHING,
    facts: facts::read,
    identity: own_id,
    operation: alone,
    outcome: &[facts::MESSAGE],
    members: MEMBERS,
    sources: &[SigmaSource::service("azure", "bastionauditlogs")],
    meets: any,
    fields: Some(&FIELDS),
    found_by: FoundBy { raw: &[], common: &["category"], spellings: |_| None, is_elsewhere: |_| false },
    begun: Begun {
        told_by: &["operationName"],
        by_end: false,
        refused: r#"{"properties": {"message": "Login Failed"}}"#,
    },
    shows: show::SHOWS,
    words: Words {
        log: "Azure Bastion audit log",
        record: "bastion-audit-record",
        event: "Azure Bastion session",
        source_event: own_event,
        request: None,
        response: None,
        cloud: words::azure,
    },
};

const MEMBERS: &[ObjectMember] = &[ObjectMember::time("time"), ObjectMember::due("properties", &[])];

static FIELDS: LazyFields = LazyFields::new(|| FieldTable::parse(include_str!("fields.tsv")));
