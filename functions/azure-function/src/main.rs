//! `trailhound-azure`: settings, clients, rules, server; then the host decides.

use std::process::ExitCode;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use trailhound_azure_function::account::StdoutLedger;
use trailhound_azure_function::azure::Azure;
use trailhound_azure_function::event_grid::EventGrid;
use trailhound_azure_function::handler::{Budget, Handler};
use trailhound_azure_function::parking::BlobParking;
use trailhound_azure_function::rulebook::{Rulebook, Sources};
use trailhound_azure_function::server::router;
use trailhound_azure_function::settings::Settings;
use trailhound_azure_function::state;
use trailhound_azure_function::table::TableStore;
use trailhound_azure_function::telemetry;
use trailhound_detect::describe::Product;
use trailhound_detect::ports::SystemClock;

/// Settings, rules or the port cannot be used; starting again will not help.
const UNUSABLE: u8 = 2;
/// Ended by a signal. Never 0, which the host takes as "do not start it again".
const TERMINATED: u8 = 143;
/// How long deliveries under way may take to end once the platform said stop.
const FAREWELL: Duration = Duration::from_secs(14);
/// How long connections that carry no delivery may.
const HANGING_UP: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let settings = match Settings::from_env() {
        Ok(settings) => settings,
        Err(error) => {
            telemetry::start("info");
            tracing::error!("{error}");
            return ExitCode::from(UNUSABLE);
        }
    };
    telemetry::start(&settings.log);
    match run(&settings) {
        Ok(()) => ExitCode::from(TERMINATED),
        Err(error) => {
            tracing::error!("cannot start: {error}");
            ExitCode::from(UNUSABLE)
        }
    }
}

#[tokio::main]
async fn run(settings: &Settings) -> Result<(), Box<dyn std::error::Error>> {
    // Taken before anything else, so that a signal during start-up counts.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let address = ("127.0.0.1", settings.port);
    let listener =
        TcpListener::bind(address).await.map_err(|error| format!("port {}: {error}", settings.port))?;

    let azure = Azure::new(settings.identity())?;
    let rulebook = Rulebook::open(Sources::new(settings, &azure)).await?;
    let table = settings.state_table.as_ref().map(|table| TableStore::new(&azure, table));
    let (stop, stopped) = watch::channel(false);
    let handler = Handler {
        rulebook,
        memory: state::memory(table),
        sink: EventGrid::new(&azure, &settings.event_grid, settings.event_grid_key.clone()),
        rejects: settings.rejects.as_ref().map(|container| BlobParking::new(&azure, container)),
        ledger: Box::new(StdoutLedger),
        clock: Box::new(SystemClock),
        product: Product { feature: "azure-function".to_owned() },
        account: subscription(),
        process: process_name(),
        budget: Budget::default(),
        stop: stopped.clone(),
    };

    let mut until = stopped;
    let (router, mut in_hand) = router(handler);
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        let _ = until.wait_for(|stop| *stop).await;
    });
    let serving = tokio::spawn(async move { serving.await });
    tracing::info!(port = settings.port, version = env!("CARGO_PKG_VERSION"), "ready");

    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: deliveries under way are finished or parked");
    stop.send_replace(true);
    let farewell = async {
        let _ = in_hand.wait_for(|count| *count == 0).await;
        // What still hangs on the line then is only being answered, or never asked for anything.
        let _ = tokio::time::timeout(HANGING_UP, serving).await;
    };
    if tokio::time::timeout(FAREWELL, farewell).await.is_err() {
        tracing::error!("deliveries were still under way; the host will send them again");
    }
    Ok(())
}

/// The platform names the owner of a site as `<subscription>+<rest>`.
fn subscription() -> String {
    let owner = std::env::var("WEBSITE_OWNER_NAME").unwrap_or_default();
    owner.split('+').next().filter(|id| !id.is_empty()).unwrap_or("unknown").to_owned()
}

/// A name that no other process has had.
fn process_name() -> String {
    let now = jiff::Timestamp::now();
    format!("{}-{}", std::process::id(), now.as_nanosecond())
}
