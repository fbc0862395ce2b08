//! Process starts: Sysmon 1, Security 4688, Defender for Endpoint, CrowdStrike, Elastic; and any other event of an
//! endpoint log, which no rule reads.

mod agents;
mod command;
mod defender;
mod described;
mod ecs;
mod exported;
mod facts;
mod falcon;
mod otel;
mod shape;
mod splunk;
mod system;
mod values;
mod windows;
mod words;

use super::fields::{FieldTable, LazyFields};
use super::least::{Least, says_any};
use super::log::{Begun, FoundBy, LogDefinition, Recognise, SigmaSource, alone, any, own_id};
use super::members::ObjectMember;
use super::show::Shows;
use super::words::Words;
use crate::facts::Facts;
use crate::log_type::LogType;

pub(super) static PROCESS: LogDefinition = LogDefinition {
    sample: include_str!("sample.json"),
    recognise: Recognise {
        keys: |_| None,
        category: shape::by_category,
        looks: shape::LOOKS,
        dataset: shape::by_dataset,
    },
    least: Least {
        is_there: |record| says_any(record, &["Image", "CommandLine"]),
        is_sure: |_| false,
        words: "the image or command line",
    },
    facts: facts::read,
    identity: own_id,
    operation: alone,
    outcome: &[],
    members: MEMBERS,
    sources: &[
        SigmaSource::category(Some("windows"), "process_creation"),
        SigmaSource::category(Some("linux"), "process_creation"),
        SigmaSource::category(Some("macos"), "process_creation"),
        SigmaSource::category(None, "process_creation"),
        SigmaSource { event: Some("1"), ..SigmaSource::service("windows", "sysmon") },
        SigmaSource { event: Some("4688"), renamed: SECURITY, ..SigmaSource::service("windows", "security") },
        SigmaSource { event: Some("1"), ..SigmaSource::service("linux", "sysmon") },
    ],
    meets: system::meets,
    fields: Some(&FIELDS),
    found_by: FoundBy { raw: &[], common: &[], spellings: |_| None, is_elsewhere: |_| false },
    begun: Begun { told_by: &["Image"], by_end: true, refused: "" },
    shows: Shows::NOTHING,
    words: words::WORDS,
};

pub(super) static OTHER: LogDefinition = LogDefinition {
    sample: include_str!("other.json"),
    recognise: Recognise::NEVER,
    least: Least::NOTHING,
    facts: |_| Facts::new(LogType::EndpointOther),
    identity: own_id,
    operation: alone,
    outcome: &[],
    members: &[],
    sources: &[],
    meets: any,
    fields: None,
    found_by: FoundBy::NOTHING,
    begun: Begun::NEVER,
    shows: Shows::NOTHING,
    words: Words { log: "Endpoint log", record: "endpoint-record", event: "Endpoint event", ..words::WORDS },
};

/// What Security 4688 calls by names that mean another process elsewhere.
const SECURITY: &[(&str, &str)] = &[("ProcessId", "ParentProcessId")];

/// The canonical form is flat; a part of an event that was not taken apart holds whatever the event does.
const MEMBERS: &[ObjectMember] = &[ObjectMember::open("EventData", &[])];

static FIELDS: LazyFields = LazyFields::new(|| FieldTable::parse(include_str!("fields.tsv")));
