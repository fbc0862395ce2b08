//! What outlives a process, and processes whose ports fail as a plan says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;
use tokio::time::Instant;
use trailhound_azure_function::answer::Function;
use trailhound_courier::Courier;
use trailhound_courier::parking::Parking;
use trailhound_courier::ports::{Files, Listed, Publisher};
use trailhound_courier::rulebook::Rulebook;
use trailhound_detect::account::{Account, Ledger};
use trailhound_detect::canary::Singer;
use trailhound_detect::describe::{Finding, Product};
use trailhound_detect::event::{Provider, Scope};
use trailhound_detect::ports::PublishError;
use trailhound_detect::remember::{Memory, MemoryStore};
use trailhound_testkit::faults::{
    FaultyBlobs, FaultySink, FaultyStore, Parked, PausedClock, Plan, Published,
};

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
    const TOGETHER: usize = 100;

    async fn publish_until(&self, findings: &[Finding], until: Instant) -> Vec<Result<(), PublishError>> {
        {
            let mut offered = self.offered.lock().unwrap();
            for finding in findings {
                offered.note(finding);
            }
        }
        if Instant::now() < self.down_until {
            return vec![Err(PublishError::Transient("down".to_owned())); findings.len()];
        }
        self.inner.publish_until(findings, until).await
    }
}

/// Objects by name.
pub(crate) type Objects = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// Nobody changes the rules.
pub(crate) struct NoFiles;

impl Files for NoFiles {
    fn place(&self) -> String {
        "nowhere".to_owned()
    }

    async fn list(&self) -> Result<Vec<Listed>, String> {
        Ok(Vec::new())
    }

    async fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        Err(format!("there is no {name}"))
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
    pub(crate) rulebook: Arc<Rulebook<NoFiles>>,
    pub(crate) plan: Arc<Plan>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) published: Arc<Mutex<Published>>,
    pub(crate) offered: Arc<Mutex<Offered>>,
    pub(crate) objects: Objects,
    pub(crate) clock: PausedClock,
    pub(crate) down_until: Instant,
    pub(crate) processes: u32,
}

pub(crate) type Process = Function<FaultyStore, Sink, FaultyBlobs, NoFiles>;

impl World {
    pub(crate) fn process(&mut self) -> Process {
        self.processes += 1;
        self.plan.revive();
        let (plan, published) = (Arc::clone(&self.plan), Arc::clone(&self.published));
        let sink = FaultySink { plan: Arc::clone(&plan), published: Arc::clone(&published) };
        let courier = Courier {
            memory: Memory::lasting(FaultyStore {
                plan: Arc::clone(&plan),
                inner: Arc::clone(&self.store),
                published,
            }),
            sink: Sink { inner: sink, offered: Arc::clone(&self.offered), down_until: self.down_until },
            copies: Vec::new(),
            parking: Some(Parking(FaultyBlobs { plan, objects: Arc::clone(&self.objects) })),
            parking_setting: "TRAILHOUND_REJECTS_URL",
            ledger: Box::new(Balanced),
            clock: Box::new(self.clock),
            product: Product::new("azure-function"),
            canary: Singer {
                provider: Provider::Azure,
                function: "example".to_owned(),
                scope: Scope { account: "unknown".to_owned(), ..Scope::default() },
            },
            stop: watch::channel(false).1,
        };
        let process = format!("process-{}", self.processes);
        Function { courier, rulebook: Arc::clone(&self.rulebook), process }
    }

    /// What is parked.
    pub(crate) fn parked(&self) -> Vec<Parked> {
        self.objects.lock().unwrap().values().flat_map(|object| Parked::of_object(object)).collect()
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
