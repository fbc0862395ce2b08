//! Deliveries of an hour: when each comes, how many are at work at once.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The hour.
const MILLIS: u64 = 3_600_000;

/// What an hour was like.
#[derive(Debug, PartialEq)]
pub(super) struct Hour {
    /// Most deliveries at work at once.
    pub(super) at_once: u32,
    /// Most that came in one second.
    pub(super) in_a_second: u32,
}

/// Numbers that are the same every time.
struct Rng(u64);

impl Rng {
    /// Above 0, up to 1.
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        #[expect(clippy::cast_precision_loss, reason = "53 bits are left")]
        let number = ((z ^ (z >> 31)) >> 11) as f64;
        (number + 1.0) / 9_007_199_254_740_992.0
    }
}

/// Deliveries that know nothing of each other, so many a second on the average, each of which takes so long.
pub(super) fn hour(a_second: f64, seconds_each: f64) -> Hour {
    let mut rng = Rng(1);
    let mut at_work: BinaryHeap<Reverse<u64>> = BinaryHeap::new();
    let (mut now, mut at_once, mut in_a_second) = (0.0, 0, 0);
    let (mut second, mut of_second) = (0, 0_u32);
    loop {
        now -= rng.next().ln() / a_second * 1_000.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an hour in milliseconds"
        )]
        let (at, until) = (now as u64, (now + seconds_each * 1_000.0) as u64);
        if at >= MILLIS {
            return Hour { at_once, in_a_second };
        }
        while at_work.peek().is_some_and(|Reverse(until)| *until <= at) {
            at_work.pop();
        }
        at_work.push(Reverse(until));
        at_once = at_once.max(u32::try_from(at_work.len()).unwrap_or(u32::MAX));
        of_second = if at / 1_000 == second { of_second + 1 } else { 1 };
        second = at / 1_000;
        in_a_second = in_a_second.max(of_second);
    }
}
