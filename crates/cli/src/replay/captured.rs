//! What Event Hubs Capture kept: files of Avro, an event each with the bytes that its sender wrote.

use std::io::{BufReader, Read};

use anyhow::Context as _;
use apache_avro::Reader;
use apache_avro::types::Value;
use apache_avro::util::max_allocation_bytes;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::replayable::{Lies, Replayable};

/// The most bytes that are read at once, of whatever a file claims; Capture writes smaller blocks.
const MOST: usize = 64 << 20;

/// Is it called what Capture calls its files?
pub(super) fn is_captured(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("avro"))
}

/// Hands on each event with when it entered the hub, where that is told.
pub(super) fn each(
    name: &str,
    bytes: impl Read + Send + 'static,
    take: &mut dyn FnMut(Replayable, Option<Timestamp>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    max_allocation_bytes(MOST);
    let events = Reader::new(BufReader::new(bytes)).context("no file of Avro")?;
    for event in events {
        let event = event.context("cannot be read on")?;
        let (sequence, enqueued, body) = told(event).context("no event of Event Hubs Capture")?;
        let at = moment(&enqueued);
        let id = format!("{name}@{sequence}");
        let one = Replayable {
            origin: id.clone(),
            id,
            reason: String::new(),
            received_at: at.unwrap_or(Timestamp::UNIX_EPOCH),
            body,
            inputs: Vec::new(),
            is_notice: false,
            unknown: None,
            more: 0,
            lies: Lies::Captured,
        };
        take(one, at)?;
    }
    Ok(())
}

/// Its sequence number, when it entered the hub, and its body; what else Capture writes is not read.
fn told(event: Value) -> Option<(i64, String, Vec<u8>)> {
    let Value::Record(fields) = event else { return None };
    let (mut sequence, mut enqueued, mut body) = (None, String::new(), Vec::new());
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("SequenceNumber", Value::Long(number)) => sequence = Some(number),
            ("EnqueuedTimeUtc", Value::String(text)) => enqueued = text,
            ("Body", Value::Bytes(bytes)) => body = bytes,
            ("Body", Value::Union(_, inner)) => {
                if let Value::Bytes(bytes) = *inner {
                    body = bytes;
                }
            }
            _ => {}
        }
    }
    Some((sequence?, enqueued, body))
}

/// `3/18/2026 9:00:05 AM`, in UTC without saying so; or as everybody else writes it.
fn moment(text: &str) -> Option<Timestamp> {
    let told = || DateTime::strptime("%m/%d/%Y %I:%M:%S %p", text).ok();
    text.parse().ok().or_else(|| TimeZone::UTC.to_timestamp(told()?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_capture_writes_it() {
        assert_eq!(moment("3/8/2026 9:00:05 PM"), "2026-03-08T21:00:05Z".parse().ok());
        assert_eq!(moment("12/18/2026 12:00:05 AM"), "2026-12-18T00:00:05Z".parse().ok());
        assert_eq!(moment("2026-03-18T09:00:05.1Z"), "2026-03-18T09:00:05.1Z".parse().ok());
        assert_eq!(moment("yesterday"), None);
    }
}
