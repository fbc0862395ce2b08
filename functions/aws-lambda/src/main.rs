//! The Lambda's `bootstrap`: everything is made once, then one closure runs each invocation.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::json;
use serde_json::value::RawValue;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use trailhound_aws_lambda::accounting::StdoutLedger;
use trailhound_aws_lambda::aws::{
    clients,
    rejects::S3Rejects,
    s3::S3Objects,
    sns::{Form, SnsSink},
};
use trailhound_aws_lambda::book::RuleBook;
use trailhound_aws_lambda::budget::Budget;
use trailhound_aws_lambda::handler::{Answer, Handler};
use trailhound_aws_lambda::settings::{Settings, WrongSettings};
use trailhound_aws_lambda::store::{self, Store};
use trailhound_detect::describe::{Product, visible};
use trailhound_detect::ports::SystemClock;

/// Where the runtime writes whole payloads out at TRACE, with whatever secrets they hold.
const PAYLOADS: &str = "lambda_runtime::layers::api_response";

/// Status of a start with wrong settings.
const USAGE: u8 = 2;

type Function = Handler<S3Objects, Store, SnsSink, S3Rejects>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // INIT: once per container.
    let settings = match Settings::read(|name| std::env::var(name).ok()) {
        Ok(settings) => settings,
        Err(wrong) => return refuse(&wrong),
    };
    log_as_json(&settings);
    let canary = settings.singer();
    let clients = clients::connect(Some(settings.region()), settings.has_endpoint).await;
    let book = Arc::new(RuleBook::new(
        clients.s3.clone(),
        settings.rules,
        settings.suppressions,
        settings.min_level,
        settings.function_name.clone(),
    ));
    let sink = |topic: String, form| SnsSink { client: clients.sns(&topic), topic, form };
    let function = Arc::new(Function {
        objects: S3Objects { client: clients.s3.clone() },
        memory: store::memory(clients.dynamodb.clone(), settings.state_table),
        copies: [(settings.chat_topic, Form::Chat), (settings.email_topic, Form::Email)]
            .into_iter()
            .filter_map(|(topic, form)| Some(sink(topic?, form)))
            .collect(),
        sink: sink(settings.alert_topic, Form::Alert),
        rejects: settings.rejects.map(|place| S3Rejects { client: clients.s3.clone(), place }),
        clock: Box::new(SystemClock),
        ledger: Box::new(StdoutLedger { function: settings.function_name }),
        allowed_buckets: settings.allowed_buckets,
        product: Product::new("aws-lambda"),
        canary,
    });

    // RUN: each invocation owns only its share of the above.
    let run = service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        let (book, function) = (Arc::clone(&book), Arc::clone(&function));
        // On the heap: the runtime keeps one of these on its stack otherwise, tens of kilobytes wide.
        Box::pin(async move { invoke(&book, &function, event).await })
    });
    match lambda_runtime::run(run).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %error, "the runtime API went away");
            ExitCode::FAILURE
        }
    }
}

async fn invoke(
    book: &RuleBook,
    function: &Function,
    event: LambdaEvent<Box<RawValue>>,
) -> Result<Answer, Diagnostic> {
    let (payload, context) = event.into_parts();
    let now = SystemTime::now();
    let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let budget = Budget::until(Duration::from_millis(context.deadline), since_epoch);
    // An attempt's claims are its own: the same request tried again by another process must wait for the lease.
    let claimant = format!("{}/{}/{:x}", context.request_id, std::process::id(), since_epoch.as_nanos());
    let pipeline = book.current().await;
    let handled = function.handle(&pipeline, payload.get(), &context.request_id, &claimant, budget);
    Box::pin(handled).await.map_err(|failed| {
        // Keys of objects are part of it, and anybody's words.
        let error_message = visible(&failed.to_string()).into_owned();
        tracing::error!(error = error_message, "the invocation fails and will be delivered again");
        Diagnostic { error_type: "InvocationFailed".to_owned(), error_message }
    })
}

/// Standard output carries JSON and nothing else, panics included.
fn log_as_json(settings: &Settings) {
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_filter(
            Targets::new().with_default(LevelFilter::TRACE).with_target(PAYLOADS, LevelFilter::DEBUG),
        );
    let subscriber = tracing_subscriber::registry().with(settings.log.clone()).with(lines);
    // Nothing set a subscriber before; were it so, its lines would go where it sends them.
    let _ = tracing::subscriber::set_global_default(subscriber);
    std::panic::set_hook(Box::new(|panic| {
        let line = json!({"level": "ERROR", "target": "trailhound", "event": "panic", "error": visible(&panic.to_string())});
        println!("{line}");
    }));
}

fn refuse(wrong: &WrongSettings) -> ExitCode {
    println!(
        "{}",
        json!({"level": "ERROR", "target": "trailhound", "event": "settings", "error": wrong.to_string(), "wrong": wrong.0})
    );
    ExitCode::from(USAGE)
}
