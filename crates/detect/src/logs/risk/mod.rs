//! Entra Identity Protection's risk detections.

mod facts;
mod shape;
mod show;

use super::fields::{FieldTable, LazyFields};
use super::least::Least;
use super::log::{Begun, FoundBy, LogDefinition, Recognise, SigmaSource, alone, any, own_id};
use super::members::ObjectMember;
use super::words::{self, Words, own_event};

pub(super) static RISK: LogDefinition = LogDefinition {
    sample: include_str!("sample.json"),
    recognise: Recognise {
        keys: |_| None,
        category: shape::by_category,
        looks: &[shape::by_look],
        dataset: |_, _| None,
    },
    least: Least { is_there: shape::says_what, is_sure: |_| false, words: "a risk" },
    facts: facts::read,
    identity: own_id,
    operation: alone,
    outcome: &[],
    members: MEMBERS,
    sources: &[SigmaSource::service("azure", "riskdetection")],
    meets: any,
    fields: Some(&FIELDS),
    found_by: FoundBy { raw: &[], common: &["category"], spellings: |_| None, is_elsewhere: |_| false },
    begun: Begun { told_by: &["properties.riskEventType"], by_end: false, refused: "" },
    shows: show::SHOWS,
    words: Words {
        log: "Microsoft Entra ID Protection",
        record: "entra-risk-record",
        event: "Microsoft Entra risk detection",
        source_event: own_event,
        request: None,
        response: None,
        cloud: words::azure,
    },
};

const MEMBERS: &[ObjectMember] = &[
    ObjectMember::time("time"),
    ObjectMember::due(
        "properties",
        &[
            ObjectMember::object("location", &[ObjectMember::object("geoCoordinates", &[])]),
            ObjectMember::list("additionalInfo", &[]),
        ],
    ),
];

static FIELDS: LazyFields = LazyFields::new(|| FieldTable::parse(include_str!("fields.tsv")));
