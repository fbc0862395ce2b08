//! The SDK's clients, made once: one HTTP client with TLS by ring, bounded time for each call.
//!
//! ring and not aws-lc, whose entropy costs a cold start some 20 ms of processor time at its first TLS call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::interceptors::InterceptorContext;
use aws_sdk_s3::config::retry::{ClassifyRetry, RetryAction};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// The clients a function needs.
#[derive(Clone, Debug)]
pub struct Clients {
    /// Objects and rejects.
    pub s3: aws_sdk_s3::Client,
    /// State.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Turns true once a service says that the process's credentials have run out, which nothing mends but another process.
    pub expired: Arc<AtomicBool>,
    config: SdkConfig,
}

impl Clients {
    /// The region that was found.
    #[cfg(feature = "inspect")]
    pub fn region(&self) -> Option<&str> {
        self.config.region().map(AsRef::as_ref)
    }

    /// What the clients were made from.
    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// Queues, for whoever waits for what lies in one.
    pub(crate) fn patient_sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config)
    }

    /// Queues, for whoever answers for a batch of one.
    pub(crate) fn sqs(&self) -> aws_sdk_sqs::Client {
        let config = aws_sdk_sqs::config::Builder::from(&self.config).timeout_config(brisk());
        let config = config.retry_classifier(Refused { expired: Arc::clone(&self.expired) });
        aws_sdk_sqs::Client::from_conf(config.build())
    }

    /// State, for whoever has more time than a function.
    pub fn patient_dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
    }

    /// For a topic, which only its own region knows.
    pub fn sns(&self, topic: &str) -> aws_sdk_sns::Client {
        let region = topic.split(':').nth(3).map(|region| Region::new(region.to_owned()));
        let config = aws_sdk_sns::config::Builder::from(&self.config).timeout_config(brisk());
        let config = config.retry_classifier(Refused { expired: Arc::clone(&self.expired) });
        aws_sdk_sns::Client::from_conf(config.region(region).build())
    }
}

/// Makes the clients from the standard variables; `region`, if there is one, is used where they name none.
pub async fn connect(region: Option<&str>, path_style: bool) -> Clients {
    let environment = aws_config::defaults(BehaviorVersion::latest())
        .http_client(Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https())
        .retry_config(
            RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(100)),
        )
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(2))
                .operation_attempt_timeout(Duration::from_secs(10))
                .build(),
        );
    let known = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().any(|name| std::env::var_os(name).is_some());
    let config = match region {
        Some(region) if !known => environment.region(Region::new(region.to_owned())),
        _ => environment,
    };
    let config = config.load().await;
    let expired = Arc::default();
    let refused = Refused { expired: Arc::clone(&expired) };
    Clients {
        s3: aws_sdk_s3::Client::from_conf(
            aws_sdk_s3::config::Builder::from(&config)
                .force_path_style(path_style)
                .retry_classifier(refused.clone())
                .build(),
        ),
        dynamodb: aws_sdk_dynamodb::Client::from_conf(
            aws_sdk_dynamodb::config::Builder::from(&config)
                .timeout_config(brisk())
                .retry_classifier(refused)
                .build(),
        ),
        expired,
        config,
    }
}

/// What a service does not take for when it was signed, or for whose credentials it was signed with.
#[derive(Clone, Debug)]
struct Refused {
    expired: Arc<AtomicBool>,
}

/// A function that was frozen between signing and sending signed too long ago: it passes with another signature.
const STALE: [&str; 4] =
    ["InvalidSignatureException", "RequestTimeTooSkewed", "RequestExpired", "SignatureDoesNotMatch"];

/// Credentials come with the process.
const EXPIRED: [&str; 2] = ["ExpiredToken", "TokenRefreshRequired"];

impl ClassifyRetry for Refused {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let refusal = context.response().filter(|response| response.status().is_client_error());
        let said = refusal.and_then(|response| response.body().bytes()).map(String::from_utf8_lossy);
        let says =
            |codes: &[&str]| said.as_ref().is_some_and(|said| codes.iter().any(|code| said.contains(code)));
        if says(&EXPIRED) {
            self.expired.store(true, Ordering::Relaxed);
        }
        if says(&STALE) { RetryAction::transient_error() } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "signatures and credentials that are too old"
    }
}

/// A claim or a message is worth little after seconds, and a claim's lease is as short.
fn brisk() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_millis(1_500))
        .operation_timeout(Duration::from_secs(4))
        .build()
}
