//! A sink that keeps its claims alive while it publishes, so that they can be short: a claimant that died is followed
//! within seconds, and one that only waits for a slow service is not.

use tokio::time::Instant;
use trailhound_detect::describe::Finding;
use trailhound_detect::matched::Match;
use trailhound_detect::ports::{Clock, FindingSink, PublishError};
use trailhound_detect::remember::{LEASE, Memory};
use trailhound_detect::state::StateStore;

use crate::ports::Publisher;

pub(crate) struct Leased<'a, Store, Sink> {
    pub(crate) sink: &'a Sink,
    pub(crate) memory: &'a Memory<Store>,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) claimant: &'a str,
    pub(crate) until: Instant,
}

impl<Store: StateStore, Sink: Publisher> FindingSink for Leased<'_, Store, Sink> {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        let matches: Vec<&Match> = findings.iter().map(|finding| &finding.matched).collect();
        let renewing = async {
            loop {
                tokio::time::sleep(LEASE.unsigned_abs() / 2).await;
                // Claims that cannot be renewed only run out.
                let _ = self.memory.renew(self.claimant, &matches, self.clock.now()).await;
            }
        };
        tokio::select! {
            biased;
            answers = self.sink.publish_until(findings, self.until) => answers,
            () = renewing => unreachable!("claims are renewed for as long as publishing takes"),
        }
    }
}
