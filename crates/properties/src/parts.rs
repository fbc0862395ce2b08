//! Input cut into a few choices and the rest, and what several properties are said of.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use trailhound_detect::decode::{Decoded, Decoder, Limits, Place};
use trailhound_detect::describe::Finding;
use trailhound_detect::matched::Match;
use trailhound_detect::pipeline::{Ending, Pipeline};
use trailhound_detect::ports::{FindingSink, PublishError};
use trailhound_detect::proving::{Tests, parse_all, shipped};
use trailhound_detect::rules::load_embedded;

/// The first byte as a choice, and the rest.
pub(crate) fn choice(bytes: &[u8]) -> (usize, &[u8]) {
    bytes.split_first().map_or((0, bytes), |(first, rest)| (usize::from(*first), rest))
}

/// What a decoder hands out, owned.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Record(Place, Vec<u8>),
    /// Without what stands in a sample: where bytes are endless it depends on how they came.
    Reject(Place, &'static str),
    Notice(String),
}

/// Decodes bytes that come in chunks of a size.
pub(crate) fn decoded(limits: Limits, chunk: usize, bytes: &[u8]) -> Vec<Item> {
    let mut decoder = Decoder::new(limits);
    let mut items = Vec::new();
    let mut see = |decoded: Decoded<'_>| {
        items.push(match decoded {
            Decoded::Record(record) => Item::Record(record.place, record.bytes.to_vec()),
            Decoded::Reject { reason, place, .. } => Item::Reject(place, reason.as_str()),
            Decoded::Notice(notice) => Item::Notice(format!("{notice:?}")),
        });
    };
    for part in bytes.chunks(chunk.max(1)) {
        decoder.push(part, &mut see);
    }
    decoder.finish(&mut see);
    items
}

/// The shipped rules.
pub(crate) fn pipeline() -> &'static Pipeline {
    static PIPELINE: OnceLock<Pipeline> = OnceLock::new();
    PIPELINE.get_or_init(|| Pipeline::new(Arc::new(load_embedded().rules)))
}

/// The events of the tests beside the shipped rules that are JSON.
pub(crate) fn events() -> &'static [serde_json::Value] {
    static EVENTS: OnceLock<Vec<serde_json::Value>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let rules = parse_all(&shipped()).into_iter().flatten().filter_map(|tests| match tests {
            Tests::Rule(tests) => Some(tests.tests),
            Tests::Correlation(_) => None,
        });
        rules.flatten().filter_map(|test| serde_json::from_slice(&test.event).ok()).collect()
    })
}

/// What the shipped rules find in a delivery.
pub(crate) fn matches(bytes: &[u8]) -> Vec<Match> {
    let mut session = pipeline().delivery("any.json", Timestamp::UNIX_EPOCH);
    session.push(bytes);
    let finished = session.finish(Ending::Whole);
    let tally = &finished.tally;
    assert_eq!(tally.records, tally.evaluated + tally.rejected_total());
    finished.matches
}

/// Takes every finding.
pub(crate) struct Accept;

impl FindingSink for Accept {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        findings.iter().map(|_| Ok(())).collect()
    }
}
