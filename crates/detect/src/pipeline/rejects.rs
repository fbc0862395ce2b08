//! What could not be read, kept with its bytes; of a flood of one reason a sample, a count, and where the rest stands.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::ports::Reject;
use crate::tally::RejectReason;

/// So many of one reason are kept each by itself; a delivery that has more is as good as unreadable, and its source is
/// where it can be read again.
const EACH: u64 = 1_000;
/// Bytes of what stands for a flood.
const SAMPLE: usize = 4 << 10;

/// The rejects of one delivery.
#[derive(Default)]
pub(super) struct Rejects {
    kept: Vec<Reject>,
    count: BTreeMap<RejectReason, u64>,
    floods: BTreeMap<RejectReason, Flood>,
}

/// What came of one reason after those that are kept.
struct Flood {
    first: Reject,
    last: String,
    more: u64,
    bytes: u64,
}

impl Rejects {
    pub(super) fn add(
        &mut self,
        reason: RejectReason,
        detail: &str,
        origin: String,
        received_at: Timestamp,
        body: &[u8],
    ) {
        let count = self.count.entry(reason).or_default();
        *count += 1;
        if *count <= EACH {
            let (detail, body) = (detail.to_owned(), body.to_vec());
            self.kept.push(Reject { reason, detail, origin, received_at, body });
            return;
        }
        let bytes = body.len() as u64;
        if let Some(flood) = self.floods.get_mut(&reason) {
            flood.more += 1;
            flood.bytes += bytes;
            flood.last = origin;
            return;
        }
        let (detail, body) = (detail.to_owned(), body[..body.len().min(SAMPLE)].to_vec());
        let last = origin.clone();
        let first = Reject { reason, detail, origin, received_at, body };
        self.floods.insert(reason, Flood { first, last, more: 1, bytes });
    }

    /// Those that are kept each by itself.
    pub(super) fn take(&mut self) -> Vec<Reject> {
        std::mem::take(&mut self.kept)
    }

    /// All that are left, and one for each flood.
    pub(super) fn finish(mut self) -> Vec<Reject> {
        for (_, Flood { mut first, last, more, bytes }) in self.floods {
            first.detail = format!(
                "{more} of a flood, {bytes} bytes from here to {last}, not kept each by itself; the first: {}",
                first.detail
            );
            self.kept.push(first);
        }
        self.kept
    }
}
