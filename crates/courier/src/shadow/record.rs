//! Findings in shadow as lines of an object beside rejects: `shadow/<yyyy>/<mm>/<dd>/<hash>.ndjson.gz`.

use std::collections::{BTreeSet, HashMap};
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use tokio::time::Instant;
use trailhound_detect::describe::{Finding, ShadowLine, Shadowed};
use trailhound_detect::ports::{FindingSink, PublishError};

use crate::parking;
use crate::ports::Blobs;

/// Where the records of one delivery are parked.
pub(super) struct Records<'a, Place> {
    pub(super) place: &'a Place,
    pub(super) received_at: Timestamp,
    pub(super) until: Instant,
    pub(super) beside: &'a HashMap<String, BTreeSet<String>>,
}

impl<Place: Blobs> Records<'_, Place> {
    async fn put(&self, lines: Vec<ShadowLine>) -> Result<(), String> {
        let mut text = Vec::new();
        let mut names = Vec::new();
        for line in lines {
            // When it was found is another moment with each attempt, and what is parked is not.
            names.push(match &line {
                ShadowLine::Found(found) => found.uid.clone(),
                ShadowLine::More { rule, more, .. } => format!("{rule} {more}"),
            });
            serde_json::to_writer(&mut text, &line).map_err(|error| error.to_string())?;
            text.push(b'\n');
        }
        let name = parking::shadow_name(self.received_at, &names);
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        let packed =
            packed.write_all(&text).and_then(|()| packed.finish()).map_err(|error| error.to_string())?;
        self.place.put(&name, packed, self.until).await.map_err(|detail| {
            format!("could not park findings in shadow at {}: {detail}", self.place.place())
        })
    }

    /// Says how many more there were.
    pub(super) async fn count(
        &self,
        more: impl Iterator<Item = (&String, &u64)>,
        found_at: Timestamp,
    ) -> Result<(), String> {
        let line =
            |(rule, more): (&String, &u64)| ShadowLine::More { rule: rule.clone(), more: *more, found_at };
        let lines: Vec<ShadowLine> = more.map(line).collect();
        if lines.is_empty() { Ok(()) } else { self.put(lines).await }
    }
}

impl<Place: Blobs> FindingSink for Records<'_, Place> {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        let beside = |finding: &Finding| self.beside.get(&finding.matched.from.origin);
        let line = |finding: &Finding| {
            let beside = beside(finding).map(|names| names.iter().cloned().collect()).unwrap_or_default();
            ShadowLine::Found(Box::new(Shadowed::of(finding, beside)))
        };
        let answer = self.put(findings.iter().map(line).collect()).await.map_err(PublishError::Transient);
        vec![answer; findings.len()]
    }
}
