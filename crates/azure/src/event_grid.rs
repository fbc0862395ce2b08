//! Findings to an Event Grid custom topic: batches within its limits, retries within the invocation's deadline.
//!
//! A batch that is too large, or refused as malformed, is halved until the one finding to blame stands alone, so
//! that no finding is held up by another.

mod batches;
#[cfg(test)]
mod tests;

use std::time::Duration;

use azure_core::http::headers::{CONTENT_TYPE, HeaderName};
use azure_core::http::{Method, Request, Url};
use tokio::time::Instant;
use trailhound_courier::ports::Publisher;
use trailhound_courier::tries::{Tries, passes};
use trailhound_detect::describe::Finding;
use trailhound_detect::ports::PublishError;

use crate::address::AccessKey;
use crate::{Azure, Reply, Service};
use batches::Batches;

/// Whom a token for Event Grid is for.
const SCOPE: &str = "https://eventgrid.azure.net/.default";
const API_VERSION: &str = "2018-01-01";
const CLOUD_EVENTS: &str = "application/cloudevents-batch+json; charset=utf-8";
/// How long one request may take.
const ATTEMPT: Duration = Duration::from_secs(10);
/// The first wait after a fault that does not say how long to wait.
const PAUSE: Duration = Duration::from_millis(200);

/// A custom topic.
pub struct EventGrid {
    endpoint: Url,
    service: Service,
    key: Option<AccessKey>,
}

/// What became of one batch.
enum Outcome {
    Accepted,
    /// Worth halving: too large, or something in it is malformed.
    Split(String),
    Failed(PublishError),
    /// Nothing else will be accepted either.
    Hopeless(PublishError),
}

impl EventGrid {
    /// The topic at an endpoint that ends in `/api/events`.
    pub fn new(azure: &Azure, endpoint: &Url, key: Option<AccessKey>) -> Self {
        let mut endpoint = endpoint.clone();
        endpoint.query_pairs_mut().append_pair("api-version", API_VERSION);
        let service = if key.is_some() { azure.anonymous() } else { azure.service(SCOPE) };
        Self { endpoint, service, key }
    }

    async fn offer(&self, events: &[&str], deadline: Instant) -> Outcome {
        let body = batches::body(events);
        let mut tries = Tries::until(deadline, PAUSE);
        let mut error = "no time left in this invocation".to_owned();
        while let Some(within) = tries.next(ATTEMPT) {
            let mut request = self.request(&body);
            let sending = self.service.send(&mut request, within);
            let asked = match tokio::time::timeout_at(deadline, sending).await {
                Err(_) => {
                    "no answer, nor a token, in the time of this invocation".clone_into(&mut error);
                    break;
                }
                Ok(Ok(reply)) => match reply.status {
                    200..=299 => return Outcome::Accepted,
                    413 => return Outcome::Split(reply.error()),
                    400 => return Outcome::Split(format!("refused as malformed: {}", reply.error())),
                    401 | 403 | 404 | 410 => return Outcome::Hopeless(self.refusal(&reply)),
                    status if passes(status) => {
                        error = reply.error();
                        retry_after(&reply)
                    }
                    _ => return Outcome::Failed(PublishError::Refused(reply.error())),
                },
                Ok(Err(no_reply)) => {
                    error = no_reply.to_string();
                    None
                }
            };
            tracing::warn!(error, "Event Grid did not accept a batch; trying again while there is time");
            if !tries.again(asked).await {
                break;
            }
        }
        Outcome::Hopeless(PublishError::Transient(error))
    }

    fn request(&self, body: &str) -> Request {
        let mut request = Request::new(self.endpoint.clone(), Method::Post);
        request.insert_header(CONTENT_TYPE, CLOUD_EVENTS);
        request.insert_header(HeaderName::from_static("accept"), "application/json");
        if let Some(key) = &self.key {
            request.insert_header(HeaderName::from_static("aeg-sas-key"), key.reveal().to_owned());
        }
        request.set_body(body.to_owned());
        request
    }

    /// What an operator can do about it.
    fn refusal(&self, reply: &Reply) -> PublishError {
        let host = self.endpoint.host_str().unwrap_or_default();
        let hint = match reply.status {
            401 => {
                "the topic does not accept this identity's token (or key): check that the function's identity is the one granted the role, and AZURE_CLIENT_ID"
            }
            403 => {
                "the identity may not send: grant it 'EventGrid Data Sender' on the topic (a new grant takes minutes), and check the topic's network rules"
            }
            _ => "no such topic: check TRAILHOUND_EVENT_GRID_ENDPOINT",
        };
        PublishError::Refused(format!("{host}: {}; {hint}", reply.error()))
    }
}

/// How long the service asks us to wait.
fn retry_after(reply: &Reply) -> Option<Duration> {
    let ms = |name| reply.header(name).and_then(|value| value.trim().parse().ok()).map(Duration::from_millis);
    ms("x-ms-retry-after-ms").or_else(|| ms("retry-after-ms")).or_else(|| {
        let value = reply.header("retry-after")?.trim();
        if let Ok(seconds) = value.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let until = azure_core::time::parse_rfc7231(value).ok()?;
        let seconds = until.unix_timestamp() - azure_core::time::OffsetDateTime::now_utc().unix_timestamp();
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    })
}

impl Publisher for EventGrid {
    /// Its requests are bounded by bytes; this many are claimed, published and recorded together.
    const TOGETHER: usize = 100;

    async fn publish_until(&self, findings: &[Finding], deadline: Instant) -> Vec<Result<(), PublishError>> {
        let mut answers = vec![Ok(()); findings.len()];
        let mut batches = Batches::of(findings.iter().map(|finding| finding.json().len()));
        let mut hopeless: Option<PublishError> = None;
        while let Some(range) = batches.next() {
            let outcome = if let Some(error) = &hopeless {
                Outcome::Failed(error.clone())
            } else {
                let events: Vec<&str> = findings[range.clone()].iter().map(Finding::json).collect();
                self.offer(&events, deadline).await
            };
            match outcome {
                Outcome::Accepted => {}
                Outcome::Split(_) if range.len() > 1 => batches.halve(range),
                Outcome::Split(why) => answers[range.start] = Err(PublishError::Refused(why)),
                Outcome::Failed(error) => answers[range].fill(Err(error)),
                Outcome::Hopeless(error) => {
                    hopeless = Some(error.clone());
                    answers[range].fill(Err(error));
                }
            }
        }
        answers
    }
}
