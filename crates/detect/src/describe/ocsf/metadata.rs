//! Where the finding comes from. `log_name` is the place the record was read from; together with the digest and
//! size of the record's bytes and the processing times it is all of `data` that depends on the path an event took,
//! and `product.feature` and the base of `src_url` all that depends on where trailhound ran.

use serde::Serialize;

use super::caption::SHA_256;
use super::writer::Writer;
use crate::describe::{Product, identity};
use crate::logs;

/// The version the findings are written to; every attribute used exists since 1.6.0.
const VERSION: &str = "1.8.0";

#[derive(Serialize)]
pub(super) struct Metadata {
    version: &'static str,
    profiles: [&'static str; 1],
    uid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    correlation_uid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant_uid: Option<String>,
    event_code: String,
    log_provider: &'static str,
    log_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_version: Option<String>,
    original_time: String,
    processed_time: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    labels: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    untruncated_size: Option<usize>,
    product: ProductInfo,
}

#[derive(Serialize)]
struct ProductInfo {
    name: &'static str,
    vendor_name: &'static str,
    version: &'static str,
    uid: &'static str,
    feature: Feature,
}

#[derive(Serialize)]
struct Feature {
    name: String,
}

impl Metadata {
    pub(super) fn of(writer: &Writer<'_>, product: &Product, finding: &str) -> Self {
        let found = writer.found;
        let facts = &found.facts;
        let correlation =
            facts.session_id.as_ref().or(facts.command_id.as_ref()).or(facts.correlation_id.as_ref());
        let original_time = if facts.original_time.is_empty() {
            facts.time.map_or_else(|| "unknown".to_owned(), |time| time.to_string())
        } else {
            writer.text(&facts.original_time, 64)
        };
        Self {
            version: VERSION,
            profiles: ["cloud"],
            uid: identity::message_uid(finding, identity::activity(writer.found)),
            correlation_uid: writer.optional(correlation, 256),
            tenant_uid: writer.optional(facts.scope.tenant.as_ref(), 128),
            event_code: operation(writer),
            log_provider: logs::of(facts.log).words.log,
            log_name: writer.text(&found.from.delivery, 1024),
            log_version: writer.optional(facts.log_version.as_ref(), 32),
            original_time,
            processed_time: writer.now.as_millisecond(),
            labels: found.verdict.labels.iter().map(|label| writer.text(label, 64)).collect(),
            is_truncated: false,
            untruncated_size: None,
            product: ProductInfo {
                name: "trailhound",
                vendor_name: "trailhound",
                version: env!("CARGO_PKG_VERSION"),
                uid: "trailhound",
                feature: Feature { name: product.feature.to_string() },
            },
        }
    }

    pub(super) fn mark_truncated(&mut self, kilobytes: usize) {
        self.is_truncated = true;
        self.untruncated_size = Some(kilobytes);
    }
}

/// The operation in the log's own spelling.
pub(super) fn operation(writer: &Writer<'_>) -> String {
    let action = &writer.found.facts.action;
    let name = [&action.operation, &action.key].into_iter().find(|name| !name.is_empty());
    name.map_or_else(|| "unknown".to_owned(), |name| writer.text(name, 256))
}

/// A digest.
#[derive(Serialize)]
pub(super) struct Fingerprint {
    algorithm_id: u8,
    algorithm: &'static str,
    value: String,
}

impl Fingerprint {
    pub(super) fn sha256(value: &str) -> Self {
        Self { algorithm_id: SHA_256.id, algorithm: SHA_256.name, value: value.to_owned() }
    }
}
