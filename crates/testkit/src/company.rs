//! A company at its daily work, to count what is told of it while nobody attacks: everything from one seed, in the
//! records of CloudTrail and of Azure's Activity Log.
//!
//! What it does is written down in `docs/noise.md`. All names and addresses are for documentation or benchmarking.

mod attacks;
mod aws;
mod azure;
mod dice;
mod document;
mod noise;
mod shelf;
mod work;

pub use document::{table, text};
pub use noise::{Counts, Habits, Noise, medium};

/// How large it is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Machines that stay; a third of them are in Azure.
    pub machines: usize,
    /// Machines that autoscaling starts, and ends, each day.
    pub scaled: usize,
    /// AWS accounts.
    pub accounts: usize,
    /// Azure subscriptions.
    pub subscriptions: usize,
    /// People, a quarter of whom operate machines.
    pub people: usize,
    /// Roles of pipelines, each in one account, with a document of its own.
    pub pipelines: usize,
    /// Commands that they run a day.
    pub commands: usize,
    /// Session Manager sessions a day.
    pub sessions: usize,
    /// Clicks on Connect a day.
    pub clicks: usize,
    /// Extensions that Azure Policy writes a day.
    pub remediations: usize,
}

impl Size {
    /// The whole company.
    pub const WHOLE: Self = Self {
        machines: 3_000,
        scaled: 600,
        accounts: 12,
        subscriptions: 20,
        people: 400,
        pipelines: 40,
        commands: 2_000,
        sessions: 120,
        clicks: 30,
        remediations: 15,
    };

    /// A tenth of it, for a test among others.
    pub const TENTH: Self = Self {
        machines: 300,
        scaled: 60,
        accounts: 1,
        subscriptions: 2,
        people: 40,
        pipelines: 4,
        commands: 200,
        sessions: 12,
        clicks: 3,
        remediations: 2,
    };
}

/// Days of history that are learned.
pub const LEARNED: i64 = 21;
/// Days that are judged.
pub const JUDGED: i64 = 7;
