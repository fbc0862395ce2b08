//! Gzip (or one stream of zlib), member after member, into room that somebody else provides.
//!
//! Several members are one text; zeros after a member are padding, anything else is told at the end. What was
//! inflated before a fault stands.

use flate2::{Decompress, FlushDecompress, Status};

use super::decoded::SAMPLE;
use super::fault::Fault;
use super::limits::Limits;
use crate::tally::RejectReason;

/// The first two bytes of every member.
pub(super) const MAGIC: [u8; 2] = [0x1F, 0x8B];

/// Below this, inflating is harmless whatever the ratio.
const HARMLESS: u64 = 32 << 20;

#[derive(Debug)]
enum InflateState {
    /// In front of a member; this many bytes of its magic were seen.
    Between(usize),
    Member(Box<Decompress>),
    /// Behind the last member, with what stands there.
    Garbage(Vec<u8>),
}

/// Inflates.
#[derive(Debug)]
pub(super) struct Inflate {
    state: InflateState,
    limits: Limits,
    taken: u64,
    made: u64,
    /// What the bytes cost where they came compressed.
    paid: Option<u64>,
}

impl Inflate {
    pub(super) fn new(limits: Limits) -> Self {
        Self { state: InflateState::Between(0), limits, taken: 0, made: 0, paid: None }
    }

    /// Of a stream of zlib in place of members of gzip.
    pub(super) fn zlib(limits: Limits) -> Self {
        Self { state: InflateState::Member(Box::new(Decompress::new(true))), ..Self::new(limits) }
    }

    /// So many bytes were paid for what comes, where that was compressed itself.
    pub(super) fn paid(&self) -> u64 {
        self.paid.unwrap_or(self.taken)
    }

    /// No more than so many bytes were paid for what comes.
    pub(super) fn pay(&mut self, paid: u64) {
        self.paid = Some(paid);
    }

    /// Inflates until the input or the room runs out; says how much of each was used.
    pub(super) fn run(
        &mut self,
        mut input: &[u8],
        room: &mut [u8],
    ) -> Result<(usize, usize), (usize, Fault)> {
        let all = input.len();
        let mut made = 0;
        while !input.is_empty() && made < room.len() {
            match &mut self.state {
                InflateState::Between(0) if input[0] == 0 => {
                    let padding = input.iter().position(|b| *b != 0).unwrap_or(input.len());
                    input = &input[padding..];
                }
                InflateState::Between(seen) if input[0] == MAGIC[*seen] => {
                    *seen += 1;
                    input = &input[1..];
                    if *seen == MAGIC.len() {
                        let mut member = Decompress::new_gzip(15);
                        if member.decompress(&MAGIC, &mut [], FlushDecompress::None).is_err() {
                            return Err((made, damaged()));
                        }
                        self.state = InflateState::Member(Box::new(member));
                    }
                }
                InflateState::Between(seen) => self.state = InflateState::Garbage(MAGIC[..*seen].to_vec()),
                InflateState::Garbage(garbage) => {
                    let wanted = SAMPLE.saturating_sub(garbage.len()).min(input.len());
                    garbage.extend_from_slice(&input[..wanted]);
                    input = &[];
                }
                InflateState::Member(member) => {
                    let (taken, written) = (member.total_in(), member.total_out());
                    let status = member.decompress(input, &mut room[made..], FlushDecompress::None);
                    let taken = member.total_in() - taken;
                    let written = member.total_out() - written;
                    // Both are bounded by the slices they are counts of.
                    input = &input[usize::try_from(taken).unwrap_or(usize::MAX).min(input.len())..];
                    made += usize::try_from(written).unwrap_or(usize::MAX);
                    self.taken += taken;
                    self.made += written;
                    match status {
                        Ok(Status::StreamEnd) => self.state = InflateState::Between(0),
                        Ok(Status::Ok | Status::BufError) if taken + written > 0 => {}
                        Ok(_) | Err(_) => return Err((made, damaged())),
                    }
                    if let Some(fault) = self.bomb() {
                        return Err((made, fault));
                    }
                }
            }
        }
        Ok((all - input.len(), made))
    }

    /// What is wrong when nothing more comes.
    pub(super) fn finish(&mut self) -> Option<Fault> {
        match std::mem::replace(&mut self.state, InflateState::Between(0)) {
            InflateState::Between(0) => None,
            InflateState::Between(seen) => Some(garbage(MAGIC[..seen].to_vec())),
            InflateState::Garbage(bytes) => Some(garbage(bytes)),
            InflateState::Member(_) => {
                Some(Fault::new(RejectReason::Truncated, "the gzip stream is cut off".to_owned()))
            }
        }
    }

    fn bomb(&self) -> Option<Fault> {
        if self.made > self.limits.inflated {
            let detail = format!("inflates to more than {} bytes", self.limits.inflated);
            return Some(Fault::new(RejectReason::Bomb, detail));
        }
        let taken = self.paid.unwrap_or(self.taken);
        let bomb = self.made > HARMLESS && self.made / self.limits.ratio.max(1) > taken;
        let detail = || format!("inflates to more than {} times its size", self.limits.ratio);
        bomb.then(|| Fault::new(RejectReason::Bomb, detail()))
    }
}

fn damaged() -> Fault {
    Fault::new(RejectReason::BadGzip, "the gzip stream is damaged from here on".to_owned())
}

fn garbage(bytes: Vec<u8>) -> Fault {
    let detail = "something that is not gzip follows the gzip stream".to_owned();
    Fault { reason: RejectReason::BadGzip, detail, bytes }
}
