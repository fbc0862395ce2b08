//! `trailhound-azure`: settings, clients, rules, server; then the host decides.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing_subscriber::filter::LevelFilter;
use trailhound_azure_function::answer::Function;
use trailhound_azure_function::gathering::Gatherer;
use trailhound_azure_function::settings::Settings;
use trailhound_azure_sdk::Azure;
use trailhound_azure_sdk::archive::Outlet;
use trailhound_azure_sdk::blob::{BlobArchive, BlobFolder, BlobObjects};
use trailhound_azure_sdk::event_grid::EventGrid;
use trailhound_azure_sdk::table::TableStore;
use trailhound_courier::Courier;
use trailhound_courier::fetching::Fetching;
use trailhound_courier::gathering::Gathering;
use trailhound_courier::parking::Parking;
use trailhound_detect::describe::Product;
use trailhound_detect::ports::SystemClock;
use trailhound_runtime::ledger::StdoutLedger;
use trailhound_runtime::rulebook::{Rulebook, Sources, candidate};
use trailhound_runtime::server::{Room, Server};
use trailhound_runtime::{store, telemetry};

/// The port cannot be used; starting again will not help.
const UNUSABLE: u8 = 2;
/// Ended by a signal. Never 0, which the host takes as "do not start it again".
const TERMINATED: u8 = 143;
/// `host.json` lets 64 events come together, each of at most 1 MiB, and the host writes them with every quote escaped
/// twice: up to four times their size. Several partitions come at the same time.
const ROOM: Room = Room { one: 256 << 20, all: 512 << 20 };
/// How long a blob that is to be gathered may keep from answering: its message comes again anyway.
const PATIENCE: Duration = Duration::from_secs(10);
/// The SDK tells of every request, and of every fault that is told by us already.
const QUIET: [(&str, LevelFilter); 3] = [
    ("azure_core", LevelFilter::ERROR),
    ("azure_identity", LevelFilter::ERROR),
    ("typespec_client_core", LevelFilter::ERROR),
];

fn main() -> ExitCode {
    let settings = match Settings::read(&|name| std::env::var(name).ok()) {
        Ok(settings) => settings,
        Err(wrong) => return telemetry::refuse(&wrong),
    };
    telemetry::start(settings.log.clone(), &QUIET);
    match run(settings) {
        Ok(()) => ExitCode::from(TERMINATED),
        Err(error) => {
            tracing::error!("cannot start: {error}");
            ExitCode::from(UNUSABLE)
        }
    }
}

#[tokio::main]
async fn run(settings: Settings) -> Result<(), Box<dyn std::error::Error>> {
    // Taken before anything else, so that a signal during start-up counts.
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let address = ("127.0.0.1", settings.port);
    let listener =
        TcpListener::bind(address).await.map_err(|error| format!("port {}: {error}", settings.port))?;

    let azure = Azure::new(settings.identity())?;
    let canary = settings.singer();
    let folder = |url| BlobFolder::new(&azure, &url);
    let rulebook = Arc::new(Rulebook::new(Sources {
        rules: settings.rules.map(|source| source.map(folder)),
        suppressions: settings.suppressions.map(|source| source.map(folder)),
        context: settings.context.map(folder),
        min_level: settings.min_level,
        // The log line is the alarm: a query over it raises one.
        alarm: Box::new(|| {}),
    }));
    let (stop, stopped) = watch::channel(false);
    let courier = Courier {
        memory: store::memory(settings.state_table.map(|table| TableStore::new(&azure, &table))),
        sink: Outlet::Topic(EventGrid::new(&azure, &settings.event_grid, settings.event_grid_key)),
        copies: settings.archive.map(folder).map(Outlet::Archive).into_iter().collect(),
        parking: settings.rejects.map(folder).map(Parking),
        parking_setting: "TRAILHOUND_REJECTS_URL",
        accounts: settings.allowed_accounts,
        // Records of a hub do not say where they come from until they are read.
        listening: None,
        clock: Box::new(SystemClock),
        ledger: Box::new(StdoutLedger),
        product: Product::new("azure-function").with_rule_pages(settings.rule_pages.clone()),
        canary,
        stop: stopped.clone(),
    };
    // What gathering alone takes is fetched when it is asked for.
    azure.fetch_tokens();
    let gatherer = Gatherer {
        from: Fetching {
            objects: BlobObjects(BlobArchive::new(&azure).patient_for(PATIENCE)),
            // A message must not send our token anywhere else.
            allowed_buckets: Some(settings.allowed_containers),
            allowed_setting: "TRAILHOUND_ALLOWED_CONTAINERS",
            own: None,
            digests: None,
        },
        gathering: Gathering {
            parts: settings.parts.map(folder),
            parts_setting: "TRAILHOUND_PARTS_URL",
            candidate: candidate(
                settings.candidate.map(|source| source.map(folder)),
                "TRAILHOUND_CANDIDATE_URL",
            ),
        },
        rulebook: Arc::clone(&rulebook),
        clock: Box::new(SystemClock),
        stop: stopped.clone(),
    };
    let opening = Arc::clone(&rulebook);
    // The first delivery finds the rules compiled, or waits for no more than the rest of it.
    tokio::spawn(async move { opening.current().await });
    let detector = Function {
        courier,
        rulebook,
        canary_key: settings.canary_key.map(Arc::from),
        process: process_name(),
        invocations: AtomicU64::new(0),
    };
    let server = Server::new(ROOM).taking("/detect", detector).taking("/gather", gatherer);
    tracing::info!(port = settings.port, version = env!("CARGO_PKG_VERSION"), "ready");

    let signalled = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.send_replace(true);
        // Whoever listens hears it for as long as anything is under way.
        stop.closed().await;
    };
    let signalled = tokio::spawn(signalled);
    if !server.serve(listener, stopped).await {
        tracing::error!("deliveries were still under way; the host will send them again");
    }
    signalled.abort();
    Ok(())
}

/// A name that no other process has had.
fn process_name() -> String {
    let now = jiff::Timestamp::now();
    format!("{}-{}", std::process::id(), now.as_nanosecond())
}
