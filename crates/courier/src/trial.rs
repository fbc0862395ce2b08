//! What comes again may be what the process died of. Where a source tells so, it is tried last and alone, behind a mark
//! that is taken away however it ends; where one is still there it is parked, so that its batch lives.
//!
//! What is tried for the first time writes nothing. A store that cannot be asked keeps nobody from trying.

use jiff::Timestamp;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::remember::TrialStanding;
use trailhound_detect::state::StateStore;
use trailhound_detect::tally::RejectReason;

use crate::attempt::Attempt;
use crate::courier::Courier;
use crate::delivery::Delivery;
use crate::failure::{Failed, Failure};
use crate::ports::{Blobs, Publisher};
use crate::time::Budget;

/// Something that came before.
#[derive(Clone, Copy, Debug)]
pub struct Again<'a> {
    /// What its source calls it, whenever it comes.
    pub origin: &'a str,
    /// What is parked of it.
    pub body: &'a [u8],
    /// When its source was given it.
    pub received_at: Timestamp,
}

impl<Store: StateStore, Sink: Publisher, Place: Blobs> Courier<Store, Sink, Place> {
    /// Tries it, within the budget that is handed on, or parks it.
    pub async fn try_again<Failing: From<Failed>>(
        &self,
        pipeline: &Pipeline,
        attempt: Attempt,
        again: Again<'_>,
        trying: impl AsyncFnOnce(Budget) -> Result<(), Failing>,
    ) -> Result<(), Failing> {
        let (origin, claimant, budget) = (again.origin, attempt.claimant.clone(), attempt.budget);
        if budget.is_spent() {
            return Err(Failed(vec![Failure::OutOfTime]).into());
        }
        let now = self.clock.now();
        let until = budget.stopped_at(now);
        let begun = budget.finishing(self.memory.begin_trial(origin, &claimant, until, now)).await;
        match begun {
            Ok(Ok(TrialStanding::Died)) => return Ok(self.give_up(pipeline, attempt, again).await?),
            Ok(Ok(TrialStanding::UnderWay)) => return Err(Failed(vec![Failure::TriedElsewhere]).into()),
            Ok(Ok(TrialStanding::Begun)) => {}
            Ok(Err(error)) => {
                tracing::warn!(error = %error, origin, "what came again is tried without a mark");
            }
            Err(_) => return Err(Failed(vec![Failure::OutOfTime]).into()),
        }
        let done = trying(budget.before_the_end()).await;
        // Even where it could not be written: it may have been.
        match budget.finishing(self.memory.end_trial(origin, &claimant, self.clock.now())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = %error, origin, "the mark of a trial stays"),
            Err(_) => tracing::warn!(origin, "the mark of a trial stays: the time was up"),
        }
        done
    }

    async fn give_up(&self, pipeline: &Pipeline, attempt: Attempt, again: Again<'_>) -> Result<(), Failed> {
        const WHY: &str = "the function died when it tried this alone, or was stopped; not tried again";
        tracing::error!(origin = again.origin, "{WHY}");
        let mut delivery = Delivery::begin(self, pipeline, attempt, again.origin, again.received_at);
        delivery.reject(RejectReason::KilledBefore, WHY, again.body);
        delivery.end(Ok(())).await
    }
}
