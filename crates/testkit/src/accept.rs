//! A sink that takes whatever it is given.

use trailhound_detect::describe::Finding;
use trailhound_detect::ports::{FindingSink, PublishError};

pub(crate) struct Accept;

impl FindingSink for Accept {
    async fn publish(&self, findings: &[Finding]) -> Vec<Result<(), PublishError>> {
        findings.iter().map(|_| Ok(())).collect()
    }
}
