//! Entra's sign-ins, all four categories.

mod ecs;
mod facts;
mod hunting;
mod members;
mod portal;
mod shape;
mod show;

use super::ecs::is_of;
use super::fields::{FieldTable, LazyFields};
use super::least::Least;
use super::log::{Begun, FoundBy, LogDefinition, Recognise, Recognised, SigmaSource, alone, any, own_id};
use super::words::{self, Words, own_event};
use crate::log_type::LogType;

pub(super) static SIGN_IN: LogDefinition = LogDefinition {
    sample: include_str!("sample.json"),
    recognise: Recognise {
        keys: |_| None,
        category: shape::by_category,
        looks: &[shape::by_look],
        dataset: |root, dataset| {
            is_of(root, dataset, "azure.signinlogs")
                .then_some(Recognised::Like(LogType::EntraSignIn, ecs::canonical))
        },
    },
    least: Least { is_there: shape::says_who, is_sure: |_| false, words: "who or what signed in" },
    facts: facts::read,
    identity: own_id,
    operation: alone,
    outcome: &[
        "resultType",
        "resultSignature",
        "resultDescription",
        "properties.status",
        "properties.conditionalAccessStatus",
    ],
    members: members::MEMBERS,
    sources: &[SigmaSource::service("azure", "signinlogs")],
    meets: any,
    fields: Some(&FIELDS),
    found_by: FoundBy {
        raw: &[],
        common: &["category", "properties.authenticationRequirement"],
        spellings: |_| None,
        is_elsewhere: |_| false,
    },
    begun: Begun {
        told_by: &["properties.appDisplayName"],
        by_end: false,
        refused: r#"{"resultType": "50126", "properties": {"status": {"errorCode": 50126}}}"#,
    },
    shows: show::SHOWS,
    words: Words {
        log: "Microsoft Entra sign-in log",
        record: "entra-signin-record",
        event: "Microsoft Entra sign-in",
        source_event: own_event,
        request: None,
        response: None,
        cloud: words::azure,
    },
};

static FIELDS: LazyFields = LazyFields::new(|| FieldTable::parse(include_str!("fields.tsv")));
