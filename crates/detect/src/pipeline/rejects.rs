//! What could not be read, kept with its bytes; of a flood of one reason a sample, a count, and where the rest stands.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::place::Stand;
use super::pointers::Pointers;
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
    more: u64,
    bytes: u64,
    pointers: Pointers,
}

impl Rejects {
    /// The `number`-th record of the delivery.
    pub(super) fn add(
        &mut self,
        (reason, detail): (RejectReason, &str),
        (stand, number): (&Stand<'_>, u64),
        received_at: Timestamp,
        body: &[u8],
    ) {
        let count = self.count.entry(reason).or_default();
        *count += 1;
        let reject = |body: &[u8]| Reject {
            reason,
            detail: detail.to_owned(),
            origin: stand.name(),
            received_at,
            body: body.to_vec(),
            version: None,
            pointers: Vec::new(),
        };
        if *count <= EACH {
            return self.kept.push(reject(body));
        }
        let flood = self.floods.entry(reason).or_insert_with(|| Flood {
            first: reject(&body[..body.len().min(SAMPLE)]),
            more: 0,
            bytes: 0,
            pointers: Pointers::default(),
        });
        flood.more += 1;
        flood.bytes += body.len() as u64;
        flood.pointers.add(stand, number);
    }

    /// Those that are kept each by itself.
    pub(super) fn take(&mut self) -> Vec<Reject> {
        std::mem::take(&mut self.kept)
    }

    /// All that are left, and one for each flood.
    pub(super) fn finish(mut self) -> Vec<Reject> {
        for (_, Flood { mut first, more, bytes, pointers }) in self.floods {
            first.detail = format!(
                "{more} of a flood, {bytes} bytes, not kept each by itself; the first: {}",
                first.detail
            );
            first.pointers = pointers.finish();
            self.kept.push(first);
        }
        self.kept
    }
}
