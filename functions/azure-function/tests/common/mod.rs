//! What the tests of this package share.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;
use std::sync::Arc;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::time::{Duration, OffsetDateTime};
use serde_json::Value;
use trailhound_azure_sdk::Azure;
use trailhound_testkit::azurite::Azurite;
use trailhound_testkit::event_grid::EventGrid;
use trailhound_testkit::functions_host::{Worker, WorkerOptions};
use trailhound_testkit::identity::{Identity, token};
use trailhound_testkit::records;
use trailhound_testkit::tls::Certificate;

/// Tokens without an endpoint to ask.
#[derive(Debug)]
struct Tokens;

#[async_trait::async_trait]
impl TokenCredential for Tokens {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let resource = scopes[0].trim_end_matches("/.default");
        Ok(AccessToken::new(token(resource), OffsetDateTime::now_utc() + Duration::hours(1)))
    }
}

/// Azure as far as this machine has it.
pub(crate) fn azure(certificate: &Certificate) -> Azure {
    Azure::with(vec![certificate.der()], Arc::new(Tokens)).unwrap()
}

/// The services a worker talks to.
pub(crate) struct World {
    pub(crate) identity: Identity,
    pub(crate) grid: EventGrid,
}

impl World {
    pub(crate) async fn new(certificate: &Certificate) -> Self {
        Self { identity: Identity::start().await, grid: EventGrid::start(certificate).await }
    }

    /// The settings of a worker, without a store.
    pub(crate) fn settings(&self, certificate: &Certificate) -> BTreeMap<String, String> {
        let mut settings: BTreeMap<String, String> = self.identity.environment().into_iter().collect();
        settings.insert("SSL_CERT_FILE".to_owned(), certificate.pem().display().to_string());
        settings.insert("TRAILHOUND_EVENT_GRID_ENDPOINT".to_owned(), self.grid.endpoint());
        settings
    }

    pub(crate) async fn start(&self, certificate: &Certificate) -> Worker {
        worker(self.settings(certificate)).await
    }

    /// A worker with a table and a container.
    pub(crate) async fn start_with(&self, certificate: &Certificate, azurite: &Azurite<'_>) -> Worker {
        let mut settings = self.settings(certificate);
        settings.insert("TRAILHOUND_STATE_TABLE_URL".to_owned(), azurite.table_url("state"));
        settings.insert("TRAILHOUND_REJECTS_URL".to_owned(), azurite.container_url("rejects"));
        worker(settings).await
    }
}

/// Azurite with what the function expects to be there.
pub(crate) async fn storage<'c>(certificate: &'c Certificate, skipped: &str) -> Option<Azurite<'c>> {
    let azurite = Azurite::start(certificate, skipped).await?;
    azurite.create_table("state").await;
    azurite.create_container("rejects").await;
    Some(azurite)
}

pub(crate) async fn worker(environment: BTreeMap<String, String>) -> Worker {
    Worker::start(WorkerOptions { program: env!("CARGO_BIN_EXE_trailhound-azure").into(), environment }).await
}

/// The n-th run command: one record of its success.
pub(crate) fn run_command(n: u64) -> Value {
    records::run_command(n, "Success")
}

/// A record that no rule is about.
pub(crate) fn dull(n: u64) -> Value {
    let mut record = run_command(n);
    record["operationName"] = "MICROSOFT.STORAGE/STORAGEACCOUNTS/LISTKEYS/ACTION".into();
    record["identity"]["authorization"]["action"] =
        "microsoft.storage/storageaccounts/listkeys/action".into();
    record
}
