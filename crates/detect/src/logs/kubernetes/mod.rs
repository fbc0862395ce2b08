//! Kubernetes' audit log, as a managed cluster sends it through its diagnostic settings: `kube-audit` and
//! `kube-audit-admin`.

mod facts;
mod members;
mod shape;
mod show;

use super::fields::{FieldTable, LazyFields};
use super::least::{Least, says_any};
use super::log::{Begun, FoundBy, LogDefinition, Recognise, SigmaSource, alone, any, own_id};
use super::words::{self, Words, own_event};

pub(super) static KUBERNETES: LogDefinition = LogDefinition {
    sample: include_str!("sample.json"),
    recognise: Recognise {
        keys: shape::by_keys,
        category: shape::by_category,
        looks: &[shape::by_look],
        dataset: |_, _| None,
    },
    least: Least { is_there: |record| says_any(record, &["verb"]), is_sure: |_| false, words: "a verb" },
    facts: facts::read,
    identity: |facts| facts.content.clone().unwrap_or_else(|| own_id(facts)),
    operation: alone,
    outcome: &["responseStatus"],
    sources: &[
        SigmaSource::service("kubernetes", "audit"),
        SigmaSource { category: Some("application"), ..SigmaSource::service("kubernetes", "audit") },
    ],
    meets: any,
    fields: Some(&FIELDS),
    members: members::MEMBERS,
    found_by: FoundBy { raw: &[], common: &["category"], spellings: |_| None, is_elsewhere: |_| false },
    begun: Begun {
        told_by: &["verb", "objectRef.resource", "objectRef.subresource"],
        by_end: false,
        refused: r#"{"responseStatus": {"code": 403}}"#,
    },
    shows: show::SHOWS,
    words: Words {
        log: "Kubernetes audit log",
        record: "kubernetes-audit-record",
        event: "Kubernetes API call",
        source_event: own_event,
        request: None,
        response: None,
        cloud: words::azure,
    },
};

static FIELDS: LazyFields = LazyFields::new(|| FieldTable::parse(include_str!("fields.tsv")));
