//! The Lambda's `bootstrap`: everything is made once, then one closure runs each invocation.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::value::RawValue;
use tokio::sync::watch;
use tracing_subscriber::filter::LevelFilter;
use trailhound_aws::address::S3Uri;
use trailhound_aws::clients;
use trailhound_aws::cloudtrail::CloudTrailKeys;
use trailhound_aws::dynamodb::DynamoStore;
use trailhound_aws::s3::{S3Folder, S3Objects};
use trailhound_aws::sns::{Form, SnsSink};
use trailhound_aws::sqs::SqsQueues;
use trailhound_aws_lambda::answer::{Function, Invoked};
use trailhound_aws_lambda::back_off::BackOff;
use trailhound_aws_lambda::emf::{MetricLedger, rules_invalid};
use trailhound_aws_lambda::reply::Reply;
use trailhound_aws_lambda::settings::Settings;
use trailhound_courier::Courier;
use trailhound_courier::digests::Digests;
use trailhound_courier::fetching::Fetching;
use trailhound_courier::gathering::Gathering;
use trailhound_courier::listening::Listening;
use trailhound_courier::parking::Parking;
use trailhound_courier::time::Budget;
use trailhound_detect::describe::{Product, visible};
use trailhound_detect::ports::SystemClock;
use trailhound_runtime::rulebook::{Rulebook, Sources, candidate};
use trailhound_runtime::store::{self, Store};
use trailhound_runtime::telemetry;

/// Where the runtime writes whole payloads out at TRACE, with whatever secrets they hold.
const PAYLOADS: (&str, LevelFilter) = ("lambda_runtime::layers::api_response", LevelFilter::DEBUG);

type Lambda = Function<S3Objects, Store<DynamoStore>, SnsSink, S3Folder>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // INIT: once per container.
    let settings = match Settings::read(&|name| std::env::var(name).ok()) {
        Ok(settings) => settings,
        Err(wrong) => return telemetry::refuse(&wrong),
    };
    telemetry::start(settings.log.clone(), &[PAYLOADS]);
    let canary = settings.singer();
    let clients = clients::connect(Some(settings.region()), settings.has_endpoint).await;
    let folder = |at: S3Uri| S3Folder { client: clients.s3.clone(), at };
    let function_name = settings.function_name.clone();
    let rulebook = Arc::new(Rulebook::new(Sources {
        rules: settings.rules.map(|source| source.map(folder)),
        suppressions: settings.suppressions.map(|source| source.map(folder)),
        context: settings.context.map(folder),
        min_level: settings.min_level,
        alarm: Box::new(move || rules_invalid(&function_name)),
    }));
    let own = settings.rejects.as_ref().map(|at| format!("s3://{}/{}", at.bucket, slashed(&at.key)));
    let sink = |topic: String, form| SnsSink { client: clients.sns(&topic), topic, form };
    let courier = Courier {
        accounts: settings.allowed_accounts,
        listening: settings.state_table.as_ref().map(|_| Listening::default()),
        memory: store::memory(
            settings.state_table.map(|table| DynamoStore::new(clients.dynamodb.clone(), table)),
        ),
        copies: [(settings.chat_topic, Form::Chat), (settings.email_topic, Form::Email)]
            .into_iter()
            .filter_map(|(topic, form)| Some(sink(topic?, form)))
            .collect(),
        sink: sink(settings.alert_topic, Form::Alert),
        parking: settings.rejects.map(folder).map(Parking),
        parking_setting: "TRAILHOUND_REJECTS_URI",
        clock: Box::new(SystemClock),
        ledger: Box::new(MetricLedger { function: settings.function_name }),
        product: Product::new("aws-lambda").with_rule_pages(settings.rule_pages.clone()),
        canary,
        // Lambda freezes a function and tells it nothing.
        stop: watch::channel(false).1,
    };
    let gathering = Gathering {
        parts: settings.parts.map(folder),
        parts_setting: "TRAILHOUND_PARTS_URI",
        candidate: candidate(settings.candidate.map(|source| source.map(folder)), "TRAILHOUND_CANDIDATE_URI"),
    };
    let objects = S3Objects::new(clients.s3.clone());
    let expired = Arc::clone(&clients.expired);
    let back_off = Arc::new(BackOff::new(SqsQueues::new(&clients)));
    let digests = settings.verifies_digests.then(|| Digests::new(Box::new(CloudTrailKeys::new(&clients))));
    let allowed_setting = "TRAILHOUND_ALLOWED_BUCKETS";
    let from = Fetching { objects, allowed_buckets: settings.allowed_buckets, allowed_setting, own, digests };
    let function = Arc::new(Lambda { courier, from, ways: settings.ways, gathering });

    // RUN: each invocation owns only its share of the above.
    let run = service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        let (rulebook, function) = (Arc::clone(&rulebook), Arc::clone(&function));
        let (back_off, expired) = (Arc::clone(&back_off), Arc::clone(&expired));
        // On the heap: the runtime keeps one of these on its stack otherwise, tens of kilobytes wide.
        Box::pin(async move {
            let (answer, budget) = invoke(&rulebook, &function, event).await;
            if expired.load(Ordering::Relaxed) {
                // They come with the process; every further delivery would fail.
                tracing::error!(
                    "the credentials have run out: this process ends, and all it had comes again"
                );
                std::process::exit(1);
            }
            if let Ok(reply) = &answer {
                back_off.hide(reply.left(), budget).await;
            }
            answer
        })
    });
    match lambda_runtime::run(run).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %error, "the runtime API went away");
            ExitCode::FAILURE
        }
    }
}

/// A prefix as the names below it begin.
fn slashed(prefix: &str) -> String {
    if prefix.is_empty() { String::new() } else { format!("{prefix}/") }
}

async fn invoke(
    rulebook: &Rulebook<S3Folder>,
    function: &Lambda,
    event: LambdaEvent<Box<RawValue>>,
) -> (Result<Reply, Diagnostic>, Budget) {
    let (payload, context) = event.into_parts();
    let now = SystemTime::now();
    let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let budget = Budget::until(Duration::from_millis(context.deadline), since_epoch);
    // An attempt's claims are its own: the same request tried again by another process must wait for the lease.
    let claimant = format!("{}/{}/{:x}", context.request_id, std::process::id(), since_epoch.as_nanos());
    let pipeline = rulebook.current().await;
    let request_id = context.request_id.as_str();
    let invoked = Invoked { pipeline: &pipeline, request_id, claimant: &claimant, budget, replayed: false };
    let answer = Box::pin(function.handle(invoked, payload.get())).await.map_err(|failed| {
        // Keys of objects are part of it, and anybody's words.
        let error_message = visible(&failed.to_string()).into_owned();
        tracing::error!(error = error_message, "the invocation fails and will be delivered again");
        Diagnostic { error_type: "InvocationFailed".to_owned(), error_message }
    });
    (answer, budget)
}
