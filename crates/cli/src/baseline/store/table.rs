//! A state table in Azure Table Storage.

use azure_core::http::Url;
use trailhound_azure_sdk::table::TableStore;
use trailhound_azure_sdk::{Azure, Identity};

/// With the identity of the machine where it has one, else with that of whoever is signed in.
pub(super) fn open(table: &Url) -> anyhow::Result<TableStore> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let identity = match variable("IDENTITY_ENDPOINT") {
        Some(_) => Identity::Managed(variable("AZURE_CLIENT_ID")),
        None => Identity::Developer,
    };
    Ok(TableStore::new(&Azure::new(identity)?, table))
}
