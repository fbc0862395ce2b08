//! What talking to a cloud takes and the rest of the command does not: a runtime, and clients made once.

use std::sync::OnceLock;

use anyhow::Context;
use tokio::runtime::{Builder, Runtime};

/// The runtime that SDKs need. Threads of ours wait on it; none of them is one of its own.
pub(crate) fn runtime() -> anyhow::Result<&'static Runtime> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let made =
        Builder::new_multi_thread().enable_all().build().context("no threads to talk to a cloud with")?;
    Ok(RUNTIME.get_or_init(|| made))
}

/// AWS as the standard variables and files say.
#[cfg(feature = "aws")]
pub(crate) fn aws() -> anyhow::Result<&'static trailhound_aws::clients::Clients> {
    use trailhound_aws::clients::{Clients, connect};

    static CLIENTS: OnceLock<Clients> = OnceLock::new();
    if let Some(clients) = CLIENTS.get() {
        return Ok(clients);
    }
    // Whatever stands in for S3 is known by one name, not by one for each bucket.
    let path_style = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|url| !url.is_empty()));
    let made = runtime()?.block_on(connect(None, path_style));
    Ok(CLIENTS.get_or_init(|| made))
}

/// Azure, with the identity of the machine where it has one, else with that of whoever is signed in.
#[cfg(feature = "azure")]
pub(crate) fn azure() -> anyhow::Result<&'static trailhound_azure_sdk::Azure> {
    use trailhound_azure_sdk::{Azure, Identity};

    static AZURE: OnceLock<Azure> = OnceLock::new();
    if let Some(azure) = AZURE.get() {
        return Ok(azure);
    }
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let identity = match variable("IDENTITY_ENDPOINT") {
        Some(_) => Identity::Managed(variable("AZURE_CLIENT_ID")),
        None => Identity::Developer,
    };
    let made = Azure::new(identity)?;
    Ok(AZURE.get_or_init(|| made))
}
