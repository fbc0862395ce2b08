//! CloudTrail; its Insights and aggregated data events, which no rule reads.

mod arn;
mod ecs;
mod facts;
mod members;
mod ocsf;
mod sentinel;
mod shape;
mod show;

use super::ecs::is_of;
use super::fields::{FieldTable, LazyFields};
use super::least::Least;
use super::log::{Begun, FoundBy, LogDefinition, Recognise, Recognised, SigmaSource, alone, any};
use super::show::Shows;
use super::words::{self, Words, own_event};
use crate::facts::Facts;
use crate::log_type::LogType;

pub(super) use facts::of_hand_out;
pub(super) use shape::is_plainly;

pub(super) static CLOUDTRAIL: LogDefinition = LogDefinition {
    sample: include_str!("sample.json"),
    recognise: Recognise {
        keys: shape::by_keys,
        category: |_, _| None,
        looks: &[sentinel::row, ocsf::event],
        dataset: |root, dataset| {
            is_of(root, dataset, "aws.cloudtrail")
                .then_some(Recognised::Like(LogType::CloudTrail, ecs::canonical))
        },
    },
    least: Least {
        is_there: |record| record.key("eventName").is_some() && !shape::is_of_history(record),
        is_sure: |_| false,
        words: "an eventName, or without what the CSV of the console's event history leaves out (have it as JSON)",
    },
    facts: |record| facts::read(LogType::CloudTrail, record),
    identity,
    operation: alone,
    outcome: &[
        "errorCode",
        "errorMessage",
        "responseElements.ConsoleLogin",
        "responseElements.SwitchRole",
        "responseElements.CheckMfa",
        "responseElements.success",
    ],
    members: members::MEMBERS,
    sources: &[SigmaSource::service("aws", "cloudtrail")],
    meets: any,
    fields: Some(&FIELDS),
    found_by: FoundBy {
        raw: &[
            "eventName",
            "userAgent",
            "sourceIPAddress",
            "userIdentity.arn",
            "userIdentity.type",
            "eventType",
            "eventSource",
        ],
        common: &["eventSource", "userIdentity.type", "eventType"],
        spellings: |_| None,
        is_elsewhere: |_| false,
    },
    begun: Begun {
        told_by: &["eventSource", "eventName"],
        by_end: false,
        refused: r#"{"errorCode": "AccessDenied", "responseElements": null}"#,
    },
    shows: show::SHOWS,
    words: WORDS,
};

pub(super) static INSIGHT: LogDefinition = UNREAD;

pub(super) static AGGREGATED: LogDefinition = LogDefinition {
    sample: include_str!("aggregated.json"),
    facts: |record| facts::read(LogType::CloudTrailAggregated, record),
    ..UNREAD
};

const UNREAD: LogDefinition = LogDefinition {
    sample: include_str!("insight.json"),
    recognise: Recognise::NEVER,
    least: Least::NOTHING,
    facts: |record| facts::read(LogType::CloudTrailInsight, record),
    identity,
    operation: alone,
    outcome: &[],
    members: &[],
    sources: &[],
    meets: any,
    fields: None,
    found_by: FoundBy::NOTHING,
    begun: Begun::NEVER,
    shows: Shows::NOTHING,
    words: WORDS,
};

static FIELDS: LazyFields = LazyFields::new(|| FieldTable::parse(include_str!("fields.tsv")));

const WORDS: Words = Words {
    log: "AWS CloudTrail",
    record: "cloudtrail-record",
    event: "AWS CloudTrail record",
    source_event: own_event,
    request: Some("requestParameters."),
    response: Some("responseElements."),
    cloud: words::aws,
};

/// The account belongs to it: in copies and examples several have the same `eventID`.
fn identity(facts: &Facts) -> String {
    let (account, uid) = (&facts.scope.account, &facts.event_uid);
    match &facts.content {
        Some(content) => format!("{account}/{uid}/{content}"),
        None => format!("{account}/{uid}"),
    }
}
