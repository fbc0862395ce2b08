//! What outlives a process, and processes whose ports fail as a plan says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;
use tokio::time::Instant;
use trailhound_azure_function::event_grid::Publisher;
use trailhound_azure_function::handler::{Budget, Handler};
use trailhound_azure_function::parking::{Parking, name};
use trailhound_azure_function::rulebook::Rulebook;
use trailhound_detect::account::{Account, Ledger};
use trailhound_detect::describe::{Finding, Product};
use trailhound_detect::ports::{FindingSink, ParkError, PublishError, Reject, RejectSink};
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_testkit::faults::{Fault, FaultySink, FaultyStore, PausedClock, Plan, Published};

/// What a finding is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// One run command, on this machine.
    Command(String),
    /// Several, as this correlation says; these are their events.
    Episode(String, Vec<String>),
}

/// What the findings that were offered for publishing are of.
#[derive(Debug, Default)]
pub(crate) struct Offered {
    pub(crate) findings: BTreeMap<String, Of>,
}

impl Offered {
    fn note(&mut self, finding: &Finding) {
        let matched = &finding.matched;
        let of = if let Some(episode) = &matched.episode {
            let members = episode.members.iter().map(|member| member.uid.clone()).collect();
            Of::Episode(matched.rule.name.clone(), members)
        } else {
            assert_eq!(matched.rule.name, "azure-vm-runcommand-v1");
            Of::Command(finding.target())
        };
        let known = self.findings.entry(finding.uid.clone()).or_insert_with(|| of.clone());
        match (known, of) {
            // More may have happened by the time it is offered again.
            (Of::Episode(known, members), Of::Episode(rule, now)) if *known == rule => members.extend(now),
            (known, of) => assert_eq!(*known, of, "a finding stays what it is"),
        }
    }
}

/// A sink that may be down for a while, over one with faults.
pub(crate) struct Sink {
    inner: FaultySink,
    offered: Arc<Mutex<Offered>>,
    down_until: Instant,
}

impl Publisher for Sink {
    async fn publish_until(&self, findings: &[Finding], _: Instant) -> Vec<Result<(), PublishError>> {
        {
            let mut offered = self.offered.lock().unwrap();
            for finding in findings {
                offered.note(finding);
            }
        }
        if Instant::now() < self.down_until {
            return vec![Err(PublishError::Transient("down".to_owned())); findings.len()];
        }
        self.inner.publish(findings).await
    }
}

/// Objects by name.
pub(crate) type Objects = Arc<Mutex<BTreeMap<String, Vec<Reject>>>>;

/// A container with faults.
pub(crate) struct Container {
    plan: Arc<Plan>,
    objects: Objects,
}

impl Container {
    async fn change(
        &self,
        rejects: &[Reject],
        change: impl FnOnce(&mut BTreeMap<String, Vec<Reject>>) + Send,
    ) -> Result<(), ParkError> {
        let fault = self.plan.decide();
        match fault {
            Fault::KillBefore => match self.plan.kill().await {},
            Fault::Error => {
                let place = "container".to_owned();
                return Err(ParkError { count: rejects.len(), place, detail: "injected".to_owned() });
            }
            Fault::Delay(wait) => tokio::time::sleep(wait).await,
            _ => {}
        }
        change(&mut self.objects.lock().unwrap());
        if fault == Fault::KillAfter {
            match self.plan.kill().await {}
        }
        Ok(())
    }
}

impl RejectSink for Container {
    async fn park(&self, rejects: &[Reject]) -> Result<(), ParkError> {
        self.change(rejects, |objects| {
            objects.insert(name(rejects), rejects.to_vec());
        })
        .await
    }
}

impl Parking for Container {
    async fn withdraw(&self, rejects: &[Reject]) -> Result<(), ParkError> {
        self.change(rejects, |objects| {
            objects.remove(&name(rejects));
        })
        .await
    }
}

/// Accounts must balance, whatever happened.
pub(crate) struct Balanced;

impl Ledger for Balanced {
    fn enter(&self, account: &Account) {
        assert!(account.tally.balances(), "{account:?}");
    }
}

/// What outlives a process.
pub(crate) struct World {
    pub(crate) rulebook: Arc<Rulebook>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) published: Arc<Mutex<Published>>,
    pub(crate) offered: Arc<Mutex<Offered>>,
    pub(crate) objects: Objects,
    pub(crate) clock: PausedClock,
    pub(crate) down_until: Instant,
    pub(crate) processes: u32,
}

pub(crate) type Process = Handler<FaultyStore, Sink, Container>;

impl World {
    pub(crate) fn process(&mut self) -> Process {
        self.processes += 1;
        self.plan.revive();
        let (plan, published) = (Arc::clone(&self.plan), Arc::clone(&self.published));
        let sink = FaultySink { plan: Arc::clone(&plan), published: Arc::clone(&published) };
        Handler {
            rulebook: Arc::clone(&self.rulebook),
            memory: Memory::lasting(FaultyStore {
                plan: Arc::clone(&plan),
                inner: Arc::clone(&self.store),
                published,
            }),
            sink: Sink { inner: sink, offered: Arc::clone(&self.offered), down_until: self.down_until },
            rejects: Some(Container { plan, objects: Arc::clone(&self.objects) }),
            ledger: Box::new(Balanced),
            clock: Box::new(self.clock),
            product: Product::new("azure-function"),
            account: "unknown".to_owned(),
            process: format!("process-{}", self.processes),
            budget: Budget::default(),
            stop: watch::channel(false).1,
        }
    }
}

impl World {
    /// After a kill: findings that were accepted and not recorded, which alone may be published again.
    pub(crate) fn note_unrecorded(&self, explained: &mut BTreeMap<String, u32>) {
        let published = self.published.lock().unwrap();
        for uid in published.times.keys().filter(|uid| !published.recorded.contains(*uid)) {
            *explained.entry(uid.clone()).or_default() += 1;
        }
    }
}
