//! OCSF Detection Finding (class 2004), profile `cloud`: the subset we emit, every attribute of it in both 1.6 and
//! 1.8.
//!
//! What the alert schema requires is not optional here, so a finding without it cannot be built. Strings from the
//! record pass [`Writer::text`], which makes them visible and keeps them short; `cloud` says how hosts and Google are
//! told in a schema that knows two clouds.

mod behind;
mod caption;
mod cloud;
mod enrichment;
mod evidence;
mod in_case;
mod info;
mod metadata;
mod resource;
mod unmapped;
mod writer;

use std::cell::Cell;

use jiff::Timestamp;
use serde::Serialize;

use super::product::Product;
use super::{identity, message};
use crate::matched::{Level, Match};

pub(super) use info::title;
use writer::Writer;
pub(super) use writer::{Budget, event_time};

/// The finding.
#[derive(Serialize)]
pub(super) struct DetectionFinding {
    activity_id: u8,
    activity_name: &'static str,
    category_uid: u8,
    category_name: &'static str,
    class_uid: u16,
    class_name: &'static str,
    type_uid: u32,
    type_name: &'static str,
    time: i64,
    start_time: i64,
    end_time: i64,
    count: usize,
    severity_id: u8,
    severity: &'static str,
    confidence_id: u8,
    confidence: &'static str,
    risk_level_id: u8,
    risk_level: &'static str,
    risk_score: u8,
    status_id: u8,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_detail: Option<String>,
    is_alert: bool,
    message: String,
    metadata: metadata::Metadata,
    finding_info: info::FindingInfo,
    cloud: cloud::Cloud,
    api: evidence::Api,
    resources: Vec<resource::Resource>,
    evidences: Vec<evidence::Evidence>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    enrichments: Vec<enrichment::Enrichment>,
    observables: Vec<resource::Observable>,
    remediation: info::Remediation,
    raw_data_hash: metadata::Fingerprint,
    raw_data_size: u64,
    unmapped: unmapped::Unmapped,
}

impl DetectionFinding {
    /// How long the resources would be that do not fit in a budget.
    pub(super) fn length_beyond(found: &Match, now: Timestamp, budget: Budget) -> usize {
        let writer = Writer { found, now, budget, cut: Cell::new(false) };
        resource::length_beyond(&writer, &cloud::Cloud::of(&writer))
    }

    /// Builds the finding within a budget, and says whether the budget cut anything.
    pub(super) fn build(found: &Match, product: &Product, now: Timestamp, budget: Budget) -> (Self, bool) {
        let writer = Writer { found, now, budget, cut: Cell::new(false) };
        let uid = found.uid();
        let activity = identity::activity(found);
        let time = writer.time().as_millisecond();
        let (start_time, end_time) = writer.span();
        let severity = caption::severity(found.verdict.level);
        let confidence = caption::confidence(&found.rule.status);
        let risk = caption::risk(found.verdict.level);
        let cloud = cloud::Cloud::of(&writer);
        let resources = resource::of(&writer, &cloud);
        let evidence = evidence::Evidence::of(&writer, &cloud);
        let enrichments = enrichment::of(&writer, &evidence, &resources);
        let observables = resource::observables(&cloud, &evidence, &resources);
        let finding = Self {
            activity_id: activity.id,
            activity_name: activity.name,
            category_uid: 2,
            category_name: "Findings",
            class_uid: 2004,
            class_name: "Detection Finding",
            type_uid: 200_400 + u32::from(activity.id),
            type_name: activity.type_name,
            time,
            start_time,
            end_time,
            count: found.episode.as_ref().map_or(1, |episode| episode.count),
            severity_id: severity.id,
            severity: severity.name,
            confidence_id: confidence.id,
            confidence: confidence.name,
            risk_level_id: risk.id,
            risk_level: risk.name,
            risk_score: found.verdict.score.value.min(100),
            status_id: 1,
            status: "New",
            status_code: found.facts.outcome.code.as_deref().map(|code| writer.text(code, 128)),
            status_detail: message::attempt_detail(found),
            is_alert: found.verdict.level > Level::Informational,
            message: message::of(found),
            metadata: metadata::Metadata::of(&writer, product, uid),
            finding_info: info::FindingInfo::of(&writer, product, uid),
            api: evidence.api.without_data(),
            remediation: info::Remediation::of(found),
            raw_data_hash: metadata::Fingerprint::sha256(&found.from.raw_hash),
            raw_data_size: found.from.raw_size,
            unmapped: unmapped::Unmapped::of(&writer, cloud.basis),
            cloud,
            resources,
            evidences: vec![evidence],
            enrichments,
            observables,
        };
        let cut = writer.cut.get();
        (finding, cut)
    }

    /// `severity_id`.
    pub(super) fn severity_id(&self) -> u8 {
        self.severity_id
    }

    /// The account's id.
    pub(super) fn account(&self) -> &str {
        &self.cloud.account.uid
    }

    /// Says that not all of it is here, and how large all of it would have been, in the standard's kilobytes.
    pub(super) fn mark_truncated(&mut self, bytes: usize) {
        self.metadata.mark_truncated(bytes.div_ceil(1024));
    }
}
