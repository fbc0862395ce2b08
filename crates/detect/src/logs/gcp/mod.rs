//! Google Cloud's audit log.

mod facts;
mod members;
mod shape;
mod show;

use super::fields::{FieldTable, LazyFields};
use super::least::{Least, member_says};
use super::log::{Begun, FoundBy, LogDefinition, Recognise, SigmaSource, alone, any, own_id};
use super::words::{self, Words, own_event};

pub(super) static GCP: LogDefinition = LogDefinition {
    sample: include_str!("sample.json"),
    recognise: Recognise {
        keys: |_| None,
        category: |_, _| None,
        looks: &[shape::by_look],
        dataset: |_, _| None,
    },
    least: Least {
        is_there: |record| member_says(record, "protoPayload", &["methodName"]),
        is_sure: |_| false,
        words: "a method",
    },
    facts: facts::read,
    identity: own_id,
    operation: alone,
    outcome: &[
        "protoPayload.status",
        "protoPayload.authorizationInfo.granted",
        "protoPayload.response.success",
    ],
    members: members::MEMBERS,
    sources: &[SigmaSource::service("gcp", "gcp.audit")],
    meets: any,
    fields: Some(&FIELDS),
    found_by: FoundBy { raw: &[], common: &[], spellings: |_| None, is_elsewhere: |_| false },
    begun: Begun {
        told_by: &["protoPayload.serviceName", "protoPayload.methodName"],
        by_end: false,
        refused: r#"{"protoPayload": {"status": {"code": 7}}}"#,
    },
    shows: show::SHOWS,
    words: Words {
        log: "Google Cloud audit log",
        record: "gcp-audit-record",
        event: "Google Cloud audit record",
        source_event: own_event,
        request: None,
        response: None,
        cloud: words::gcp,
    },
};

static FIELDS: LazyFields = LazyFields::new(|| FieldTable::parse(include_str!("fields.tsv")));
