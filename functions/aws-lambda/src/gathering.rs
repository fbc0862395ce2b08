//! What an inventory's job keeps of each object, where it is to be told nobody: by the rules in force, and by a candidate.
//!
//! Both are taken as the command takes them for a backtest: without suppressions, without a least level, and without what is
//! known beside the logs. So the parts say what a command that reads the same objects would find.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use trailhound_courier::failure::{Failed, Failure};
use trailhound_courier::fetching::Fetching;
use trailhound_courier::gathering::{Gathered, PartsPlace, gather};
use trailhound_courier::ports::{Blobs, Objects};
use trailhound_courier::time::Budget;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::rules::RuleSet;

use crate::reply::TaskDone;
use crate::sources::{Input, Job};

/// A candidate's rules, or why they cannot be used.
type CandidateComing = Pin<Box<dyn Future<Output = Result<Arc<RuleSet>, String>> + Send>>;

/// Where parts are kept, and which rules are tried.
pub struct Gathering<Place> {
    /// The place of all gatherings.
    pub parts: Place,
    /// The candidate's rules, looked at when they are asked for.
    pub candidate: Box<dyn Fn() -> CandidateComing + Send + Sync>,
}

/// A gathering that was begun, or what keeps it from that.
pub struct Begun<'g, Place> {
    to: Result<PartsPlace<'g, Place>, String>,
    pipelines: Vec<Pipeline>,
}

impl<Place: Blobs> Gathering<Place> {
    /// Begins what a job asks for.
    pub async fn begin<'g>(
        gathering: Option<&'g Self>,
        job: &'g Job,
        in_force: &Pipeline,
    ) -> Begun<'g, Place> {
        let none = |why: &str| Begun { to: Err(why.to_owned()), pipelines: Vec::new() };
        let (candidate, name) = match job {
            Job::Gather { candidate, name } => (*candidate, name),
            Job::Unknown(why) => return none(why),
            Job::Replay => return none("a replay keeps no parts"),
        };
        let Some(Self { parts, candidate: look }) = gathering else {
            return none("there is no place for parts: TRAILHOUND_PARTS_URI is not set");
        };
        let mut rules = vec![Arc::clone(&in_force.policy().rules)];
        if candidate {
            match look().await {
                Ok(candidate) => rules.push(candidate),
                Err(why) => return none(&format!("the candidate's rules cannot be used: {why}")),
            }
        }
        let pipelines = rules.into_iter().map(|rules| Pipeline::new(Policy::new(rules))).collect();
        Begun { to: Ok(PartsPlace { parts, name }), pipelines }
    }
}

impl<Place: Blobs> Begun<'_, Place> {
    /// Gathers what an object holds; what is said of it, and why it is not done.
    pub async fn task<From: Objects>(
        &self,
        from: &Fetching<From>,
        id: String,
        input: &Input,
        when: (Budget, Timestamp),
    ) -> (TaskDone, Option<Failed>) {
        let done = self.one(from, input, when).await;
        match &done {
            Ok(Gathered { part, records, rejected, .. }) => {
                tracing::info!(part = part.as_str(), records, rejected, "gathered");
            }
            Err(failure) => tracing::warn!(error = %failure, "an object was not gathered"),
        }
        let told = TaskDone::of_part(id, done.as_ref());
        (told, done.err().map(|failure| Failed(vec![failure])))
    }

    async fn one<From: Objects>(
        &self,
        from: &Fetching<From>,
        input: &Input,
        when: (Budget, Timestamp),
    ) -> Result<Gathered, Failure> {
        let lasting = |why: &str| Failure::NoPart { why: why.to_owned(), is_lasting: true };
        let to = self.to.as_ref().map_err(|why| lasting(why))?;
        match input {
            Input::Object { object, .. } => gather(from, object, &self.pipelines, to, when).await,
            Input::Unreadable { detail, .. } => Err(lasting(detail)),
            _ => Err(lasting("it names no object")),
        }
    }
}
