//! A sink with faults, and what it took.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use trailhound_courier::ports::Publisher;
use trailhound_detect::describe::Finding;
use trailhound_detect::matched::InCase;
use trailhound_detect::ports::PublishError;
use trailhound_detect::remember::LEAST_OF_CASE;
use trailhound_detect::state::Key;

use super::{Fault, Lie, Plan};

/// What a sink took: each finding's id with the number of times, and how often a kill hid an acceptance.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// How often each finding was accepted.
    pub times: HashMap<String, u32>,
    /// Accepted, and not yet recorded as published.
    pub open: HashSet<String>,
    /// Recorded as published.
    pub recorded: HashSet<String>,
    /// Accepted without the store having been asked, as their mark says.
    pub unasked: u64,
    /// How often each finding's acceptance stayed unrecorded for good.
    pub unrecorded: HashMap<String, u32>,
    /// Finding and CloudEvents ids seen together; one pair for each finding.
    pub ids: HashMap<String, String>,
    /// The findings that correlations made, with the correlation's name.
    pub episodes: HashMap<String, String>,
    /// The case that each finding was told to be of.
    pub cases: HashMap<String, InCase>,
    /// Findings that went out as of none, and should be of one.
    pub caseless: HashSet<String>,
    /// Whom findings were told to come from, each time.
    pub origins: HashMap<String, HashSet<String>>,
    /// Findings that went out without a word of whom they come from.
    pub without_origin: HashSet<String>,
}

impl Published {
    /// The process is gone: what it had not recorded stays so.
    pub fn forget_open(&mut self) -> usize {
        let count = self.open.len();
        for finding in self.open.drain() {
            *self.unrecorded.entry(finding).or_default() += 1;
        }
        count
    }

    fn accept(&mut self, finding: &Finding) {
        let uid = &finding.uid;
        *self.times.entry(uid.clone()).or_default() += 1;
        if finding.matched.episode.is_some() {
            self.episodes.insert(uid.clone(), finding.matched.rule.name.clone());
        }
        if finding.matched.verdict.newness.unavailable {
            // Without an answer it goes out all the same, published before or not.
            self.unasked += 1;
            *self.unrecorded.entry(uid.clone()).or_default() += 1;
        }
        match &finding.matched.behind {
            Some(behind) => {
                let told = behind.words().unwrap_or_default();
                self.origins.entry(uid.clone()).or_default().insert(told);
            }
            None => drop(self.without_origin.insert(uid.clone())),
        }
        match &finding.matched.verdict.case {
            Some(case) => {
                let known = self.cases.entry(uid.clone()).or_insert_with(|| case.clone());
                assert_eq!(known, case, "a finding is of one case however often it is published");
            }
            None if finding.level() >= LEAST_OF_CASE => {
                self.caseless.insert(uid.clone());
            }
            None => {}
        }
        if !self.recorded.contains(uid) {
            self.open.insert(uid.clone());
        }
        let known = self.ids.entry(uid.clone()).or_insert_with(|| finding.id.clone());
        assert_eq!(*known, finding.id, "a finding keeps its id however often it is published");
    }

    pub(super) fn record<'k>(&mut self, claims: impl Iterator<Item = &'k Key>) {
        for claim in claims {
            self.open.remove(&claim.name);
            self.recorded.insert(claim.name.clone());
        }
    }

    /// The store did not take the record, and nobody tries again.
    pub(super) fn give_up<'k>(&mut self, claims: impl Iterator<Item = &'k Key>) {
        for claim in claims {
            if self.open.remove(&claim.name) {
                *self.unrecorded.entry(claim.name.clone()).or_default() += 1;
            }
        }
    }
}

/// A sink with faults; partial failures included.
pub struct FaultySink {
    /// What decides.
    pub plan: Arc<Plan>,
    /// What was taken.
    pub published: Arc<Mutex<Published>>,
}

impl Publisher for FaultySink {
    const TOGETHER: usize = 10;

    async fn publish_until(&self, findings: &[Finding], _: Instant) -> Vec<Result<(), PublishError>> {
        let uids = || findings.iter().map(|finding| finding.uid.as_str()).collect::<Vec<_>>();
        self.plan.note(|| format!("publish {:?}", uids()));
        let fault = self.plan.decide();
        match fault {
            Fault::KillBefore => match self.plan.kill().await {},
            Fault::Error if self.plan.below(2) == 0 => {
                return findings
                    .iter()
                    .map(|_| Err(PublishError::Transient("throttled".to_owned())))
                    .collect();
            }
            Fault::Delay(wait) => tokio::time::sleep(wait.min(Duration::from_secs(3))).await,
            _ => {}
        }
        let mut answers = Vec::with_capacity(findings.len());
        for finding in findings {
            // A batch that fails in part: some entries are taken, some are not.
            if fault == Fault::Error && self.plan.below(2) == 0 {
                answers.push(Err(PublishError::Transient("internal error".to_owned())));
                continue;
            }
            answers.push(Ok(()));
            if self.plan.is_lied(Lie::Accepted) && answers.len().is_multiple_of(2) {
                continue;
            }
            let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
            published.accept(finding);
        }
        if fault == Fault::KillAfter {
            match self.plan.kill().await {}
        }
        answers
    }
}
