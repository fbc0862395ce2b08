//! How much there is, what that costs, and of which quota it takes how much.

/// Records that an account makes in a month.
pub(super) const RECORDS: f64 = 1e6;
/// Findings among a million records, and how many of them are somebody's first.
pub(super) const FINDINGS: f64 = 1_000.0;
pub(super) const FIRSTS: f64 = 0.1;
/// CPU seconds for a million records, as docs/performance.md has it.
pub(super) const CPU: f64 = 1.36;
/// The busiest hour has so many times the records of the mean.
pub(super) const BUSIEST: f64 = 3.0;
/// A month.
pub(super) const SECONDS: f64 = 730.0 * 3_600.0;
/// A canary every five minutes.
pub(super) const CANARIES: f64 = SECONDS / 300.0;

/// How much there is.
#[derive(Clone, Copy)]
pub(super) struct Load {
    pub(super) accounts: f64,
    /// Records that a function is handed at once: in an object, or in a batch of hub events.
    pub(super) together: f64,
}

impl Load {
    pub(super) fn records(self) -> f64 {
        self.accounts * RECORDS
    }

    pub(super) fn deliveries(self) -> f64 {
        self.records() / self.together
    }

    pub(super) fn findings(self) -> f64 {
        self.records() / 1e6 * FINDINGS
    }

    /// What findings take of something that costs a first one and others so much.
    pub(super) fn spent(self, first: u64, known: u64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "some thousands")]
        let (first, known) = (first as f64, known as f64);
        self.findings() * (FIRSTS * first + (1.0 - FIRSTS) * known)
    }
}

/// What a month costs: a line for each service.
pub(super) struct Bill(pub(super) Vec<(&'static str, f64)>);

impl Bill {
    pub(super) fn sum(&self) -> f64 {
        self.0.iter().map(|(_, dollars)| dollars).sum()
    }
}

/// What a service takes at most, and what is asked of it in the busiest second.
pub(super) struct Quota {
    pub(super) what: &'static str,
    pub(super) asked: f64,
    pub(super) most: f64,
}

impl Quota {
    pub(super) fn used(&self) -> f64 {
        self.asked / self.most
    }
}

/// One of the clouds.
pub(super) struct Cloud {
    pub(super) name: &'static str,
    pub(super) together: &'static str,
    pub(super) bill: fn(Load) -> Bill,
    pub(super) quotas: fn(Load) -> Vec<Quota>,
}
