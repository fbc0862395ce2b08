//! Findings as they were published, kept in a container: an object for each send, one CloudEvent a line.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use trailhound_courier::ports::{Blobs, Publisher};
use trailhound_detect::describe::Finding;
use trailhound_detect::ports::PublishError;

use crate::blob::BlobFolder;
use crate::event_grid::EventGrid;
use crate::hex;

/// Where findings go: to the topic, and copies of what it took to an archive.
pub enum Outlet {
    /// The topic.
    Topic(EventGrid),
    /// The archive.
    Archive(BlobFolder),
}

impl Publisher for Outlet {
    const TOGETHER: usize = EventGrid::TOGETHER;

    async fn publish_until(&self, findings: &[Finding], until: Instant) -> Vec<Result<(), PublishError>> {
        let folder = match self {
            Self::Topic(topic) => return topic.publish_until(findings, until).await,
            Self::Archive(folder) => folder,
        };
        let (name, kept) = (name(findings, Timestamp::now()), packed(findings));
        let kept = match kept {
            Ok(bytes) => folder.put(&name, bytes, until).await,
            Err(error) => Err(error.to_string()),
        };
        vec![kept.map_err(PublishError::Refused); findings.len()]
    }
}

/// `<yyyy>/<mm>/<dd>/<hash>.ndjson.gz`: the same findings of a day are the same object.
fn name(findings: &[Finding], now: Timestamp) -> String {
    let mut hash = Sha256::new();
    for finding in findings {
        hash.update(finding.json().as_bytes());
    }
    format!("{}/{}.ndjson.gz", now.strftime("%Y/%m/%d"), hex(&hash.finalize()[..16]))
}

fn packed(findings: &[Finding]) -> std::io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    for finding in findings {
        writeln!(packed, "{}", finding.json())?;
    }
    packed.finish()
}
