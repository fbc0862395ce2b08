//! Rejects, parked in S3: one gzipped NDJSON object for each delivery.
//!
//! The key is a hash of what was rejected and the date is that of the delivery, so parking again overwrites.

use std::fmt::Write as _;
use std::io::Write as _;

use aws_sdk_s3::primitives::ByteStream;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};
use serde_json::json;
use sha2::{Digest, Sha256};
use trailhound_detect::ports::{ParkError, Reject, RejectSink};

use super::in_words;
use crate::settings::S3Uri;

/// Parks rejects under a prefix.
#[derive(Clone, Debug)]
pub struct S3Rejects {
    /// Client.
    pub client: aws_sdk_s3::Client,
    /// Where.
    pub place: S3Uri,
}

impl RejectSink for S3Rejects {
    async fn park(&self, rejects: &[Reject]) -> Result<(), ParkError> {
        let Some(first) = rejects.first() else { return Ok(()) };
        let key = key(&self.place.key, first, rejects);
        let failed = |detail: String| ParkError {
            count: rejects.len(),
            place: format!("s3://{}/{key}", self.place.bucket),
            detail,
        };
        let body = pack(rejects).map_err(|error| failed(error.to_string()))?;
        let answer = self
            .client
            .put_object()
            .bucket(&self.place.bucket)
            .key(&key)
            .content_type("application/x-ndjson")
            .content_encoding("gzip")
            .body(ByteStream::from(body))
            .send()
            .await;
        answer.map(drop).map_err(|error| failed(in_words(&error)))
    }
}

/// `<prefix>/<yyyy>/<mm>/<dd>/<hash>.ndjson.gz`.
fn key(prefix: &str, first: &Reject, rejects: &[Reject]) -> String {
    let mut hash = Sha256::new();
    for reject in rejects {
        for part in [reject.origin.as_bytes(), reject.reason.as_str().as_bytes(), &reject.body] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    let day = first.received_at.strftime("%Y/%m/%d");
    let slash = if prefix.is_empty() { "" } else { "/" };
    let mut key = format!("{prefix}{slash}{day}/");
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(key, "{byte:02x}");
    }
    key.push_str(".ndjson.gz");
    key
}

fn pack(rejects: &[Reject]) -> std::io::Result<Vec<u8>> {
    let mut packed = GzBuilder::new().write(Vec::new(), Compression::default());
    for reject in rejects {
        let line = json!({
            "reason": reject.reason.as_str(),
            "detail": reject.detail,
            "origin": reject.origin,
            "received_at": reject.received_at.to_string(),
            "body_base64": STANDARD.encode(&reject.body),
        });
        writeln!(packed, "{line}")?;
    }
    packed.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use jiff::Timestamp;
    use trailhound_detect::tally::RejectReason;

    fn reject(body: &[u8]) -> Reject {
        Reject {
            reason: RejectReason::NotJson,
            detail: "no value".to_owned(),
            origin: "s3://example-trail/k#1".to_owned(),
            received_at: "2026-03-18T23:59:59Z".parse::<Timestamp>().expect("a time"),
            body: body.to_vec(),
        }
    }

    #[test]
    fn the_key_is_the_same_for_the_same_rejects_and_only_for_them() {
        let one = reject(b"a");
        let again =
            Reject { received_at: one.received_at + jiff::SignedDuration::from_millis(1), ..one.clone() };
        let other = reject(b"b");
        let name = |rejects: &[Reject]| key("rejects", &one, rejects);
        assert_eq!(name(std::slice::from_ref(&one)), name(&[again]));
        assert_ne!(name(std::slice::from_ref(&one)), name(&[other]));
        assert!(name(std::slice::from_ref(&one)).starts_with("rejects/2026/03/18/"));
        assert!(key("", &one, std::slice::from_ref(&one)).starts_with("2026/03/18/"));
    }

    #[test]
    fn the_bytes_come_back_as_they_were() {
        let packed = pack(&[reject(b"\xff{"), reject(b"b")]).expect("packs");
        let mut text = String::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).expect("gzip");
        let lines: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["reason"], "not_json");
        assert_eq!(STANDARD.decode(lines[0]["body_base64"].as_str().expect("text")), Ok(b"\xff{".to_vec()));
    }
}
