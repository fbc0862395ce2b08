//! Standard output carries JSON lines and nothing else, panics and wrong settings included. Standard error stays empty:
//! a host may take every line there for an error.

use std::process::ExitCode;

use serde_json::json;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use trailhound_detect::describe::visible;

use crate::ledger::say;
use crate::settings::WrongSettings;

/// Status of a start with wrong settings; starting again will not help.
const UNUSABLE: u8 = 2;

/// Sends logs to standard output; `caps` says of which targets no more is written, whatever `filter` says.
pub fn start(filter: Targets, caps: &[(&str, LevelFilter)]) {
    let caps = caps.iter().map(|(target, level)| ((*target).to_owned(), *level));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_filter(Targets::new().with_default(LevelFilter::TRACE).with_targets(caps));
    let subscriber = tracing_subscriber::registry().with(filter).with(lines);
    // Nothing set a subscriber before; were it so, its lines would go where it sends them.
    let _ = tracing::subscriber::set_global_default(subscriber);
    std::panic::set_hook(Box::new(|panic| {
        let error = visible(&panic.to_string()).into_owned();
        say(&json!({"level": "ERROR", "target": "trailhound", "event": "panic", "error": error}));
    }));
}

/// Says what is wrong, and the status to end with.
pub fn refuse(wrong: &WrongSettings) -> ExitCode {
    let (error, wrong) = (wrong.to_string(), &wrong.0);
    say(
        &json!({"level": "ERROR", "target": "trailhound", "event": "settings", "error": error, "wrong": wrong}),
    );
    ExitCode::from(UNUSABLE)
}
