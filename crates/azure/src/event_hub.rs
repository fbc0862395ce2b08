//! An event hub that events are put into, for people: over HTTPS, an event a request. The AMQP client of the SDK brings a
//! protocol of its own for what is sent a few times a second at most.

use std::time::Duration;

use azure_core::http::headers::{CONTENT_TYPE, HeaderName};
use azure_core::http::{Method, Request, Url};
use tokio::time::Instant;
use trailhound_courier::tries::{Tries, passes};

use crate::address::https;
use crate::{Azure, Service};

/// Whom a token for Event Hubs is for.
const SCOPE: &str = "https://eventhubs.azure.net/.default";
/// How long sending one event may take, whatever it takes, and one request of it.
const PATIENCE: Duration = Duration::from_mins(1);
const ATTEMPT: Duration = Duration::from_secs(20);
/// The first wait after a fault that passes.
const PAUSE: Duration = Duration::from_millis(300);

/// An event hub.
pub struct EventHub {
    messages: Url,
    service: Service,
}

impl EventHub {
    /// Most bytes of an event, with what goes with it left out; less than what any tier but the least takes.
    pub const MOST: usize = 1_000_000;

    /// The hub at an address: `https://namespace.servicebus.windows.net/hub`.
    pub fn at(azure: &Azure, address: &str) -> Result<Self, String> {
        let mut messages = https(address)?;
        let path = messages.path().trim_matches('/').to_owned();
        if path.is_empty() || path.contains('/') {
            return Err(
                "must end in the hub's name, as https://namespace.servicebus.windows.net/hub".to_owned()
            );
        }
        messages.set_path(&format!("{path}/messages"));
        messages.query_pairs_mut().extend_pairs([("timeout", "60"), ("api-version", "2014-01")]);
        Ok(Self { messages, service: azure.service(SCOPE) })
    }

    /// Is there a token for it? A sender may ask the hub nothing.
    pub async fn is_ready(&self) -> Result<(), String> {
        self.service.is_ready().await.map_err(|no_token| no_token.to_string())
    }

    /// Puts an event in, with a property; it is the hub's once this is done.
    pub async fn send(&self, body: &[u8], property: (&'static str, &'static str)) -> Result<(), String> {
        let mut tries = Tries::until(Instant::now() + PATIENCE, PAUSE);
        let mut fault = String::new();
        while let Some(within) = tries.next(ATTEMPT) {
            let mut request = Request::new(self.messages.clone(), Method::Post);
            request.insert_header(CONTENT_TYPE, "application/atom+xml;type=entry;charset=utf-8");
            request.insert_header(HeaderName::from_static(property.0), property.1);
            request.set_body(body.to_vec());
            fault = match self.service.send(&mut request, within).await {
                Ok(reply) => match reply.status {
                    200..=299 => return Ok(()),
                    status if passes(status) => reply.error(),
                    401 | 403 => {
                        let hint = "grant the identity 'Azure Event Hubs Data Sender' on the hub";
                        return Err(format!("{}; {hint}", reply.error()));
                    }
                    _ => return Err(reply.error()),
                },
                Err(no_reply) => no_reply.to_string(),
            };
            if !tries.again(None).await {
                break;
            }
        }
        Err(fault)
    }
}
