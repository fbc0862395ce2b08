//! Logs: JSON lines on standard output. The host takes every line on standard error for an error.

use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Sends logs, panics included, to standard output.
pub fn start(filter: &str) {
    let targets: Targets = filter.parse().unwrap_or_default();
    // The SDK tells of every request at this level, and of every fault that is told by us already.
    let targets = targets
        .with_target("azure_core", tracing::Level::ERROR)
        .with_target("azure_identity", tracing::Level::ERROR)
        .with_target("typespec_client_core", tracing::Level::ERROR);
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stdout);
    // A second start in the same process (a test's) keeps the first.
    let _ = tracing_subscriber::registry().with(lines.with_filter(targets)).try_init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(place, message, "panicked");
    }));
}
