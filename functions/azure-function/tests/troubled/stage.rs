//! A worker between gates, and the kinds of trouble.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};
use trailhound_testkit::azurite::Azurite;
use trailhound_testkit::event_grid::EventGrid;
use trailhound_testkit::functions_host::{Batch, Event, Position, Worker, Wrapping, records, request};
use trailhound_testkit::gate::{Gate, Kind, Trouble};
use trailhound_testkit::identity::{CLIENT_ID, Identity, token};
use trailhound_testkit::tls::Certificate;

use super::common::{self, run_command};

/// What the function leans on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    Identity,
    Table,
    Blobs,
    Topic,
}

impl Service {
    pub(crate) const ALL: [Self; 4] = [Self::Identity, Self::Table, Self::Blobs, Self::Topic];
}

/// As the service shows it.
pub(crate) fn trouble(kind: Kind, service: Service) -> Trouble {
    let says = |status: u16, code: &str| {
        let headers =
            vec![("content-type", "application/json".to_owned()), ("x-ms-error-code", code.to_owned())];
        let body = json!({"error": {"code": code, "message": "as the test asked"}}).to_string();
        Trouble::Says(status, headers, body)
    };
    match (kind, service) {
        // What App Service took for a token, <https://github.com/dotnet/SqlClient/issues/1403>.
        (Kind::Slow, Service::Identity) => Trouble::Slow(Duration::from_millis(5_700)),
        (Kind::Slow, Service::Table) => Trouble::Slow(Duration::from_secs(1)),
        (Kind::Slow, Service::Blobs | Service::Topic) => Trouble::Slow(Duration::from_secs(4)),
        (Kind::Hung, _) => Trouble::Hung,
        (Kind::Refused, _) => Trouble::Dropped,
        (Kind::Lost, _) => Trouble::DroppedAnswer,
        (Kind::Throttled, _) => says(429, "TooManyRequests"),
        (Kind::Broken, _) => says(500, "InternalError"),
        (Kind::Expired, Service::Identity) => {
            let body = json!({"access_token": token("any"), "expires_on": "1", "resource": "any",
                                  "token_type": "Bearer", "client_id": CLIENT_ID});
            Trouble::Says(200, vec![("content-type", "application/json".to_owned())], body.to_string())
        }
        (Kind::Expired, _) => says(401, "InvalidAuthenticationInfo"),
        (Kind::Moved, Service::Table) => says(404, "TableNotFound"),
        (Kind::Moved, Service::Blobs) => says(404, "ContainerNotFound"),
        (Kind::Moved, Service::Topic) => says(410, "Gone"),
        (Kind::Moved, Service::Identity) => says(404, "NotFound"),
    }
}

/// What all scenes share.
pub(crate) struct Stage<'c> {
    certificate: &'c Certificate,
    azurite: Azurite<'c>,
}

impl<'c> Stage<'c> {
    /// Sets it up; `None`, loudly, where there is no Azurite.
    pub(crate) async fn set(certificate: &'c Certificate, skipped: &str) -> Option<Self> {
        Some(Self { certificate, azurite: Azurite::start(certificate, skipped).await? })
    }

    pub(crate) async fn scene(&self, name: &str) -> Scene<'_> {
        self.scene_with(name, &[]).await
    }

    /// A worker with a table and a container of its own, a gate before everything, and these settings.
    pub(crate) async fn scene_with(&self, name: &str, more: &[(&str, &str)]) -> Scene<'_> {
        let name = name.to_lowercase();
        self.azurite.create_table(&name).await;
        self.azurite.create_container(&name).await;
        let (identity, topic) = (Identity::start().await, EventGrid::start(self.certificate).await);
        let (table, blob) = self.azurite.ports();
        let certificate = Some(self.certificate);
        let gates = BTreeMap::from([
            (Service::Identity, Gate::before(identity.port(), None).await),
            (Service::Table, Gate::before(table, certificate).await),
            (Service::Blobs, Gate::before(blob, certificate).await),
            (Service::Topic, Gate::before(topic.port(), certificate).await),
        ]);
        let port = |service| gates[&service].port();
        let through = |url: String, from: u16, service| {
            url.replace(&format!(":{from}/"), &format!(":{}/", port(service)))
        };
        let mut settings: BTreeMap<String, String> =
            Identity::environment_at(port(Service::Identity)).into_iter().collect();
        let places = [
            ("SSL_CERT_FILE", self.certificate.pem().display().to_string()),
            ("TRAILHOUND_EVENT_GRID_ENDPOINT", through(topic.endpoint(), topic.port(), Service::Topic)),
            ("TRAILHOUND_STATE_TABLE_URL", through(self.azurite.table_url(&name), table, Service::Table)),
            ("TRAILHOUND_REJECTS_URL", through(self.azurite.container_url(&name), blob, Service::Blobs)),
        ];
        settings.extend(places.map(|(name, value)| (name.to_owned(), value)));
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let worker = common::worker(settings).await;
        Scene {
            stage: &self.azurite,
            name,
            gates,
            _identity: identity,
            topic,
            worker,
            event: 1,
            accounts: 0,
            parked: BTreeSet::new(),
        }
    }
}

/// One worker, and the batch that it is handed.
pub(crate) struct Scene<'s> {
    stage: &'s Azurite<'s>,
    name: String,
    gates: BTreeMap<Service, Gate>,
    _identity: Identity,
    topic: EventGrid,
    worker: Worker,
    event: u64,
    /// Accounting lines before the last batch.
    accounts: usize,
    parked: BTreeSet<String>,
}

impl Scene<'_> {
    pub(crate) fn gate(&self, service: Service) -> &Gate {
        &self.gates[&service]
    }

    pub(crate) async fn restart(&mut self) {
        self.worker.restart().await;
    }

    /// From now on the batch is another.
    pub(crate) fn next(&mut self) {
        self.event += 1;
        for gate in self.gates.values() {
            gate.always(None);
        }
    }

    /// Hands a batch over, of one finding and one reject.
    pub(crate) async fn invoke(&mut self) -> Result<(), String> {
        self.accounts = self.worker.accounts().len();
        invoke(&self.worker, self.event).await
    }

    /// The same batch.
    pub(crate) async fn again(&mut self) -> Result<(), String> {
        self.invoke().await
    }

    /// The same batch twice at the same time.
    pub(crate) async fn invoke_twice(&mut self) -> (Result<(), String>, Result<(), String>) {
        tokio::join!(invoke(&self.worker, self.event), invoke(&self.worker, self.event))
    }

    /// The last accounting line, which may be read behind the answer.
    pub(crate) async fn account(&self) -> Value {
        let told = async {
            loop {
                match self.worker.accounts() {
                    mut all if all.len() > self.accounts => break all.pop(),
                    _ => tokio::time::sleep(Duration::from_millis(10)).await,
                }
            }
        };
        tokio::time::timeout(Duration::from_mins(1), told)
            .await
            .ok()
            .flatten()
            .expect("each delivery has one")
    }

    /// Copies that the topic took.
    pub(crate) fn published(&self) -> usize {
        self.topic.accepted().len()
    }

    /// Findings that the topic took.
    pub(crate) fn ids(&self) -> BTreeSet<String> {
        self.topic.accepted().iter().map(|event| event["id"].to_string()).collect()
    }

    /// Objects parked since it was last asked.
    pub(crate) async fn parked(&mut self) -> usize {
        let now: BTreeSet<String> = self.stage.blobs(&self.name).await.into_iter().collect();
        let new = now.difference(&self.parked).count();
        self.parked = now;
        new
    }
}

async fn invoke(worker: &Worker, event: u64) -> Result<(), String> {
    let bodies = [records(&[run_command(event)]), format!("no record, {event}").into_bytes()];
    let sequences = i64::try_from(event).expect("few") * 2..;
    let events: Vec<Event> = sequences.zip(bodies).map(|(sequence, body)| Event { sequence, body }).collect();
    let batch = Batch { position: Position::default(), events: &events, retry: None };
    let answer = worker.invoke("detect", request(&batch, Wrapping::Strings), Duration::from_mins(1)).await;
    answer.map(drop).map_err(|failure| format!("{failure:?}"))
}
