//! What could not be read, or not be finished, kept for a replay: one object for each delivery.
//!
//! `<yyyy>/<mm>/<dd>/<hash>.ndjson.gz`, of the day the delivery came. The hash is of what is kept, not of when it was
//! tried, so that parking the same again on another attempt writes the same object.

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::io::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use trailhound_detect::ports::{ParkError, Pointer, Reject, RejectSink};

use crate::ports::Blobs;

/// A place of rejects that can also forget: work parked before it is tried is taken back once it is done.
#[derive(Clone, Debug)]
pub struct Parking<Place>(pub Place);

impl<Place: Blobs> Parking<Place> {
    /// A place that is tried until a moment.
    pub fn until(&self, moment: Instant) -> impl RejectSink {
        InTime(self, moment)
    }

    /// Takes back what [`RejectSink::park`] kept under the same rejects.
    pub async fn withdraw(&self, rejects: &[Reject]) -> Result<(), ParkError> {
        self.0.remove(&name(rejects)).await.map_err(|detail| self.failed(rejects, detail))
    }

    fn failed(&self, rejects: &[Reject], detail: String) -> ParkError {
        ParkError { count: rejects.len(), place: self.0.place(), detail }
    }
}

/// The same for as long as there is time.
struct InTime<'p, Place>(&'p Parking<Place>, Instant);

impl<Place: Blobs> RejectSink for InTime<'_, Place> {
    async fn park(&self, rejects: &[Reject]) -> Result<(), ParkError> {
        if rejects.is_empty() {
            return Ok(());
        }
        let Self(parking, until) = self;
        let failed = |detail| parking.failed(rejects, detail);
        let packed = pack(rejects).map_err(|error| failed(error.to_string()))?;
        parking.0.put(&name(rejects), packed, *until).await.map_err(failed)
    }
}

/// `<yyyy>/<mm>/<dd>/<hash>.ndjson.gz`.
pub fn name(rejects: &[Reject]) -> String {
    let received = rejects.iter().map(|reject| reject.received_at).min().unwrap_or(Timestamp::UNIX_EPOCH);
    let mut hash = Sha256::new();
    for reject in rejects {
        let pointers = reject.pointers.iter().map(pointer).collect::<Value>().to_string();
        let version = reject.version.as_deref().unwrap_or_default();
        let said = [reject.reason.as_str(), &reject.origin, version, &pointers].map(str::as_bytes);
        for part in said.into_iter().chain([&*reject.body]) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
    named(received, hash)
}

/// What begins the names of findings in shadow, which lie beside rejects.
pub const SHADOW: &str = "shadow/";

/// `shadow/<yyyy>/<mm>/<dd>/<hash>.ndjson.gz`, for findings in shadow by what each is known by.
pub(crate) fn shadow_name(received: Timestamp, known_by: &[String]) -> String {
    let mut hash = Sha256::new();
    for part in known_by {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    format!("{SHADOW}{}", named(received, hash))
}

fn named(received: Timestamp, hash: Sha256) -> String {
    let mut name = format!("{}/", received.strftime("%Y/%m/%d"));
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(name, "{byte:02x}");
    }
    name.push_str(".ndjson.gz");
    name
}

/// Is this what [`name`] calls a delivery's rejects, or what findings in shadow are called?
pub fn is_named(name: &str) -> bool {
    let name = name.strip_prefix(SHADOW).unwrap_or(name);
    let mut parts = name.split('/');
    let mut next = |length: usize, is: fn(&u8) -> bool| {
        parts.next().is_some_and(|part| part.len() == length && part.bytes().all(|byte| is(&byte)))
    };
    let is_of_day = next(4, u8::is_ascii_digit) && next(2, u8::is_ascii_digit) && next(2, u8::is_ascii_digit);
    let hash = parts.next().and_then(|last| last.strip_suffix(".ndjson.gz")).unwrap_or_default();
    is_of_day
        && parts.next().is_none()
        && hash.len() == 32
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Where to read again.
fn pointer(Pointer { first, last, bytes, rejected, records }: &Pointer) -> Value {
    let mut pointer = json!({"first": first, "last": last, "rejected": rejected, "records": records});
    if let Some(bytes) = bytes {
        pointer["bytes"] = json!([bytes.start, bytes.end]);
    }
    pointer
}

/// The object: a line for each reject, compressed.
fn pack(rejects: &[Reject]) -> std::io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    for reject in rejects {
        let mut line = json!({
            "reason": reject.reason.as_str(),
            "detail": reject.detail,
            "origin": reject.origin,
            "received_at": reject.received_at.to_string(),
            "body_base64": STANDARD.encode(&reject.body),
        });
        if let Some(version) = &reject.version {
            line["version"] = json!(version);
        }
        if !reject.pointers.is_empty() {
            line["pointers"] = reject.pointers.iter().map(pointer).collect();
        }
        writeln!(packed, "{line}")?;
    }
    packed.finish()
}
