//! OCSF Detection Finding (class 2004), profile `cloud`: the subset we emit, every attribute of it in both 1.6 and
//! 1.8.
//!
//! What the alert schema requires is not optional here, so a finding without it cannot be built. Strings from the
//! record pass [`Writer::text`], which makes them visible and keeps them short; `cloud` says how hosts and Google are
//! told in a schema that knows two clouds.

mod caption;
mod cloud;
mod evidence;
mod info;
mod metadata;
mod resource;
mod unmapped;

use std::cell::Cell;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::visible::{cut, visible_within};
use super::{Product, identity, message};
use crate::matched::{Level, Match};

pub(super) use info::title;
pub(super) use resource::short_name;

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
    observables: Vec<resource::Observable>,
    remediation: info::Remediation,
    raw_data_hash: metadata::Fingerprint,
    raw_data_size: u64,
    unmapped: unmapped::Unmapped,
}

impl DetectionFinding {
    /// Builds the finding within a budget, and says whether the budget cut anything.
    pub(super) fn build(found: &Match, product: &Product, now: Timestamp, budget: Budget) -> (Self, bool) {
        let writer = Writer { found, now, budget, cut: Cell::new(false) };
        let uid = found.uid();
        let time = writer.time().as_millisecond();
        let (start_time, end_time) = writer.span();
        let severity = caption::severity(found.verdict.level);
        let confidence = caption::confidence(&found.rule.status);
        let risk = caption::risk(found.verdict.score.value);
        let cloud = cloud::Cloud::of(&writer);
        let resources = resource::of(&writer, &cloud);
        let evidence = evidence::Evidence::of(&writer, &cloud);
        let observables = resource::observables(&cloud, &evidence, &resources);
        let finding = Self {
            activity_id: identity::CREATE,
            activity_name: "Create",
            category_uid: 2,
            category_name: "Findings",
            class_uid: 2004,
            class_name: "Detection Finding",
            type_uid: 200_400 + u32::from(identity::CREATE),
            type_name: "Detection Finding: Create",
            time,
            start_time,
            end_time,
            count: found.episode.as_ref().map_or(1, |episode| episode.members.len()),
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
            finding_info: info::FindingInfo::of(&writer, uid),
            api: evidence.api.without_data(),
            remediation: info::Remediation::of(found),
            raw_data_hash: metadata::Fingerprint::sha256(&found.from.raw_hash),
            raw_data_size: found.from.raw_size,
            unmapped: unmapped::Unmapped::of(&writer, cloud.basis),
            cloud,
            resources,
            evidences: vec![evidence],
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

/// How much of the unbounded parts of a record a finding may carry.
#[derive(Clone, Copy)]
pub(super) struct Budget {
    /// Longest string from the record, in characters.
    pub(super) text: usize,
    /// Most resources.
    pub(super) resources: usize,
    /// Most members of a list or object among the shown fields, and most shown fields.
    pub(super) members: usize,
}

impl Budget {
    /// In order; the first whose finding fits is taken, and the last always fits.
    pub(super) const STEPS: [Self; 4] = [
        Self { text: 512, resources: 50, members: 50 },
        Self { text: 256, resources: 50, members: 20 },
        Self { text: 128, resources: 25, members: 10 },
        Self { text: 48, resources: 5, members: 4 },
    ];

    /// Everything, to tell how large that would have been.
    pub(super) const WHOLE: Self = Self { text: usize::MAX, resources: usize::MAX, members: usize::MAX };
}

/// What the parts of a finding are written with.
pub(super) struct Writer<'m> {
    found: &'m Match,
    now: Timestamp,
    budget: Budget,
    cut: Cell<bool>,
}

impl Writer<'_> {
    /// A string of the record: visible, and no longer than `most` or the budget.
    fn text(&self, text: &str, most: usize) -> String {
        let most = if self.budget.text == usize::MAX { usize::MAX } else { most.min(self.budget.text) };
        if text.chars().nth(most).is_some() {
            self.cut.set(true);
        }
        visible_within(text, most).into_owned()
    }

    fn optional(&self, text: Option<&String>, most: usize) -> Option<String> {
        text.filter(|text| !text.is_empty()).map(|text| self.text(text, most))
    }

    /// An id: long enough for ARNs and resource ids.
    fn id(&self, id: &str) -> String {
        self.text(id, 512)
    }

    /// A shown value with every string, key and list in it made visible and bounded.
    fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text, 512)),
            Value::Array(all) => {
                self.note_cut(all.len());
                Value::Array(all.iter().take(self.budget.members).map(|value| self.value(value)).collect())
            }
            Value::Object(all) => {
                self.note_cut(all.len());
                let entries = all.iter().take(self.budget.members);
                Value::Object(entries.map(|(key, value)| (self.text(key, 128), self.value(value))).collect())
            }
            other => other.clone(),
        }
    }

    fn note_resources(&self, all: usize) {
        if all > self.budget.resources {
            self.cut.set(true);
        }
    }

    fn note_cut(&self, members: usize) {
        if members > self.budget.members {
            self.cut.set(true);
        }
    }

    fn time(&self) -> Timestamp {
        event_time(self.found, self.now)
    }

    /// The first and the last moment of what happened, in milliseconds.
    fn span(&self) -> (i64, i64) {
        let time = self.time().as_millisecond();
        let members = self.found.episode.iter().flat_map(|episode| &episode.members);
        let times = members.map(|member| member.at).filter(|at| is_plausible(*at));
        times
            .map(Timestamp::as_millisecond)
            .fold((time, time), |(first, last), at| (first.min(at), last.max(at)))
    }

    fn knows_time(&self) -> bool {
        self.found.facts.time.is_some_and(is_plausible)
    }
}

/// Milliseconds of 13 digits: 2001 to 2286. A time outside is a record's mistake, and its readers' too if passed on.
fn is_plausible(time: Timestamp) -> bool {
    (1_000_000_000_000..=9_999_999_999_999).contains(&time.as_millisecond())
}

/// When it happened, or when it was processed where the record gives no time that can be one.
pub(super) fn event_time(found: &Match, now: Timestamp) -> Timestamp {
    found.facts.time.filter(|time| is_plausible(*time)).unwrap_or(now)
}

/// Prose of our own in no more than `most` characters, one line.
fn prose(text: &str, most: usize) -> String {
    cut(super::visible::one_line(text).into(), most).into_owned()
}
