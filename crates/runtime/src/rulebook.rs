//! The rules in force: the shipped ones with an operator's files, looked at again every few minutes, and what the operator
//! knows beside the logs.
//!
//! A change that cannot be used changes nothing: the previous rules and suppressions stay in force, the log names file
//! and line, and whoever is told alarms for as long as it lasts. With nothing previous, what can be used is. The same holds
//! for what is known beside the logs, by itself: neither holds up the other.

mod beside;
mod build;
mod candidate;
mod sources;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;
use trailhound_detect::describe::visible;
use trailhound_detect::matched::Level;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;

use beside::Beside;
pub use beside::ContextSources;
use build::build;
pub use candidate::candidate;
use sources::Seen;
pub use sources::Source;
use trailhound_courier::ports::Files;

/// How long rules are taken for current.
const FRESH: Duration = Duration::from_mins(5);
/// How long listing and reading them may keep alerts waiting.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where rules come from, and whom to tell when they cannot be used.
pub struct Sources<Place> {
    /// Rules beside the shipped ones.
    pub rules: Option<Source<Place>>,
    /// Suppressions.
    pub suppressions: Option<Source<Place>>,
    /// What is known beside the logs.
    pub context: ContextSources<Place>,
    /// Least level reported.
    pub min_level: Level,
    /// Called at each look that finds something that cannot be used.
    pub alarm: Box<dyn Fn() + Send + Sync>,
}

/// The rules in force.
pub struct Rulebook<Place> {
    /// Nothing changes without them.
    sources: Option<Sources<Place>>,
    page: Mutex<Option<Arc<Page>>>,
    /// Held by whoever looks.
    looking: tokio::sync::Mutex<()>,
}

/// What is in force.
struct Page {
    pipeline: Arc<Pipeline>,
    seen: Seen,
    beside: Beside,
    looked: Instant,
    /// Of rules and suppressions.
    faults: Vec<String>,
}

impl Page {
    /// Has a suppression run out that was in force when the files were read?
    fn has_expired(&self, now: Timestamp) -> bool {
        self.pipeline.policy().suppressions.active().iter().any(|entry| entry.expires <= now)
    }

    fn has_faults(&self) -> bool {
        !self.faults.is_empty() || self.beside.faults().next().is_some()
    }
}

impl<Place: Files> Rulebook<Place> {
    /// A book that was not opened yet; the first delivery opens it.
    pub fn new(sources: Sources<Place>) -> Self {
        Self { sources: Some(sources), page: Mutex::default(), looking: tokio::sync::Mutex::default() }
    }

    /// Always this one.
    pub fn fixed(pipeline: Arc<Pipeline>) -> Self {
        let (seen, beside, looked) = (Seen::default(), Beside::default(), Instant::now());
        let page = Page { pipeline, seen, beside, looked, faults: Vec::new() };
        let page = Mutex::new(Some(Arc::new(page)));
        Self { sources: None, page, looking: tokio::sync::Mutex::default() }
    }

    /// The pipeline with the rules in force now. One delivery looks at the files; others go on with what there is.
    pub async fn current(&self) -> Arc<Pipeline> {
        let is_fresh = |page: &Arc<Page>| self.sources.is_none() || page.looked.elapsed() < FRESH;
        if let Some(page) = self.page().filter(is_fresh) {
            return Arc::clone(&page.pipeline);
        }
        let _looking = match (self.looking.try_lock(), self.page()) {
            (Ok(looking), _) => looking,
            (Err(_), Some(page)) => return Arc::clone(&page.pipeline),
            (Err(_), None) => self.looking.lock().await,
        };
        let previous = self.page();
        let sources = match (&self.sources, &previous) {
            (Some(sources), previous) if !previous.as_ref().is_some_and(is_fresh) => sources,
            (_, Some(page)) => return Arc::clone(&page.pipeline),
            (_, None) => unreachable!("a book without sources has a page"),
        };
        let next = Arc::new(Box::pin(turn(sources, previous.as_deref())).await);
        let tell = |fault: &String, what: &str| {
            let error = fault.replace('\n', " ");
            tracing::error!(event = "rules_invalid", error = %visible(&error), "{what} cannot be used");
        };
        next.faults.iter().for_each(|fault| tell(fault, "rules or suppressions"));
        next.beside.faults().for_each(|fault| tell(fault, "what is known beside the logs"));
        if next.has_faults() {
            (sources.alarm)();
        }
        *self.page.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&next));
        Arc::clone(&next.pipeline)
    }

    /// Why the latest files are not in force; empty when they are.
    pub fn faults(&self) -> Vec<String> {
        let all = |page: Arc<Page>| page.faults.iter().chain(page.beside.faults()).cloned().collect();
        self.page().map(all).unwrap_or_default()
    }

    fn page(&self) -> Option<Arc<Page>> {
        self.page.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What came of a look at rules and suppressions.
struct Turned {
    /// Nothing where the previous stay in force.
    policy: Option<Policy>,
    seen: Seen,
    faults: Vec<String>,
}

/// Looks at the files, and goes on to what they hold if it can be used.
async fn turn<Place: Files>(from: &Sources<Place>, previous: Option<&Page>) -> Page {
    let beside = beside::look(&from.context, previous.map(|page| &page.beside));
    let (turned, beside) = tokio::join!(Box::pin(turn_rules(from, previous)), Box::pin(beside));
    let Turned { policy, seen, faults } = turned;
    let is_new = policy.is_some();
    let pipeline = match (policy, previous) {
        (None, Some(previous)) if beside.is_as(&previous.beside) => Arc::clone(&previous.pipeline),
        (policy, previous) => {
            let policy = policy.or_else(|| Some(previous?.pipeline.policy().clone()));
            Arc::new(Pipeline::new(policy.unwrap_or_else(Policy::unfiltered)).knowing(beside.context()))
        }
    };
    if is_new || previous.is_some_and(|previous| !beside.is_as(&previous.beside)) {
        beside.tell_unanswered(pipeline.rules());
    }
    Page { pipeline, seen, beside, looked: Instant::now(), faults }
}

async fn turn_rules<Place: Files>(from: &Sources<Place>, previous: Option<&Page>) -> Turned {
    let Sources { rules, suppressions, min_level, .. } = from;
    let mut faults = Vec::new();
    let until = Instant::now() + PATIENCE;
    let seen = Box::pin(sources::look(rules.as_ref(), suppressions.as_ref(), until, &mut faults)).await;
    let keep = |page: &Page, faults| Turned { policy: None, seen: page.seen.clone(), faults };
    if let Some(previous) = previous {
        // After a fault everything is read again, for it may have been the reading that failed.
        let is_same = previous.faults.is_empty() && previous.seen == seen;
        if is_same && !previous.has_expired(Timestamp::now()) || !faults.is_empty() {
            return keep(previous, faults);
        }
    }
    let rules = sources::read(rules.as_ref(), &seen.rules, until, &mut faults).await;
    let suppressions = sources::read(suppressions.as_ref(), &seen.suppressions, until, &mut faults).await;
    let built = build(&rules, &suppressions, *min_level, &mut faults);
    match previous {
        Some(previous) if !faults.is_empty() => keep(previous, faults),
        _ => Turned { policy: Some(built), seen, faults },
    }
}
