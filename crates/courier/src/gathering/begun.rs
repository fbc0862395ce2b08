//! What an inventory's job keeps of each object, where it is to be told nobody: by the rules in force, and by a candidate.
//!
//! Both are taken as the command takes them for a backtest: without suppressions, without a least level, and without what is
//! known beside the logs. So the parts say what a command that reads the same objects would find.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::rules::RuleSet;

use super::{Gathered, Job, PartsPlace, gather};
use crate::failure::Failure;
use crate::fetching::Fetching;
use crate::ports::{Blobs, ObjectRef, Objects};
use crate::time::Budget;

/// A candidate's rules, or why they cannot be used.
pub type CandidateComing = Pin<Box<dyn Future<Output = Result<Arc<RuleSet>, String>> + Send>>;

/// Where parts are kept, and which rules are tried.
pub struct Gathering<Place> {
    /// The place of all gatherings; `None` where nobody may gather any.
    pub parts: Option<Place>,
    /// What would name it.
    pub parts_setting: &'static str,
    /// The candidate's rules, looked at when they are asked for.
    pub candidate: Box<dyn Fn() -> CandidateComing + Send + Sync>,
}

/// A gathering that was begun, or what keeps it from that.
pub struct Begun<'g, Place> {
    to: Result<PartsPlace<'g, Place>, String>,
    pipelines: Vec<Pipeline>,
}

impl<Place: Blobs> Gathering<Place> {
    /// One that gathers nothing.
    pub fn none(parts_setting: &'static str) -> Self {
        let candidate = || -> CandidateComing { Box::pin(async { Err("there is none".to_owned()) }) };
        Self { parts: None, parts_setting, candidate: Box::new(candidate) }
    }

    /// Begins what a job asks for.
    pub async fn begin<'g>(&'g self, job: &'g Job, in_force: &Pipeline) -> Begun<'g, Place> {
        let none = |why: &str| Begun { to: Err(why.to_owned()), pipelines: Vec::new() };
        let (candidate, name) = match job {
            Job::Gather { candidate, name } => (*candidate, name),
            Job::Unknown(why) => return none(why),
            Job::Replay => return none("nothing is gathered without `job`, which is backtest or learn"),
        };
        let Some(parts) = &self.parts else {
            return none(&format!("there is no place for parts: {} is not set", self.parts_setting));
        };
        let mut rules = vec![Arc::clone(&in_force.policy().rules)];
        if candidate {
            match (self.candidate)().await {
                Ok(candidate) => rules.push(candidate),
                Err(why) => return none(&format!("the candidate's rules cannot be used: {why}")),
            }
        }
        let pipelines = rules.into_iter().map(|rules| Pipeline::new(Policy::new(rules))).collect();
        Begun { to: Ok(PartsPlace { parts, name }), pipelines }
    }
}

impl<Place: Blobs> Begun<'_, Place> {
    /// Gathers what an object holds; or says why not, as where no object is named.
    pub async fn one<From: Objects>(
        &self,
        from: &Fetching<From>,
        object: Result<&ObjectRef, &str>,
        when: (Budget, Timestamp),
    ) -> Result<Gathered, Failure> {
        let lasting = |why: &str| Failure::NoPart { why: why.to_owned(), is_lasting: true };
        let to = self.to.as_ref().map_err(|why| lasting(why));
        let done = match (to, object) {
            (Ok(to), Ok(object)) => gather(from, object, &self.pipelines, to, when).await,
            (Err(why), _) => Err(why),
            (_, Err(why)) => Err(lasting(why)),
        };
        match &done {
            Ok(Gathered { part, records, rejected, .. }) => {
                tracing::info!(part = part.as_str(), records, rejected, "gathered");
            }
            Err(failure) => tracing::warn!(error = %failure, "an object was not gathered"),
        }
        done
    }
}
