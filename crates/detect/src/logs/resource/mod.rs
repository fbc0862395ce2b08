//! Any other Azure resource log; no rule reads it.

mod shape;

use super::least::Least;
use super::log::{Begun, FoundBy, LogDefinition, Recognise, alone, any, own_id};
use super::show::Shows;
use super::words::{self, Words, own_event};
use crate::facts::Facts;
use crate::log_type::LogType;

pub(super) static RESOURCE: LogDefinition = LogDefinition {
    sample: include_str!("sample.json"),
    recognise: Recognise {
        keys: |_| None,
        category: shape::by_category,
        looks: &[shape::by_look],
        dataset: |_, _| None,
    },
    least: Least::NOTHING,
    facts: |_| Facts::new(LogType::AzureResource),
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
    words: Words {
        log: "Azure resource log",
        record: "azure-resource-record",
        event: "Azure resource log record",
        source_event: own_event,
        request: None,
        response: None,
        cloud: words::azure,
    },
};
