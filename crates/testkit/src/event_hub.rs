//! An event hub as those see it who send to it over HTTPS: takes events one by one, and keeps them with their properties.
//!
//! What it refuses is what the service is documented to refuse; the service itself was not asked.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::identity::audience;
use crate::tls::Certificate;

/// The most that an event may have, with its properties.
const MOST: usize = 1 << 20;
/// The hub's name.
const NAME: &str = "activity";

/// An event as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubEvent {
    /// What its sender wrote.
    pub body: Vec<u8>,
    /// What `trailhound-replay` says beside it, where it is there.
    pub mark: Option<String>,
}

#[derive(Default)]
struct HubState {
    events: Vec<HubEvent>,
    refused: Vec<String>,
}

/// A running hub.
pub struct EventHub {
    port: u16,
    state: Arc<Mutex<HubState>>,
}

impl EventHub {
    /// Starts one with a certificate.
    pub async fn start(certificate: &Certificate) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let (acceptor, state) = (certificate.acceptor(), Arc::<Mutex<HubState>>::default());
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service = service_fn(move |request| answer(request, Arc::clone(&shared)));
                    // An error is a client that was killed.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { port, state }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a hub behind a port of this machine.
    pub fn address_at(port: u16) -> String {
        format!("https://localhost:{port}/{NAME}")
    }

    /// The events since the last time that this was asked.
    pub fn drain(&self) -> Vec<HubEvent> {
        std::mem::take(&mut lock(&self.state).events)
    }

    /// What was wrong with requests that were refused.
    pub fn refused(&self) -> Vec<String> {
        lock(&self.state).refused.clone()
    }
}

fn lock(state: &Mutex<HubState>) -> MutexGuard<'_, HubState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<Mutex<HubState>>,
) -> Result<Response<Full<Bytes>>, io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let query = head.uri.query().unwrap_or_default();
    let (status, wrong) = if head.method != Method::POST || head.uri.path() != format!("/{NAME}/messages") {
        (404, format!("{} {} is no hub", head.method, head.uri.path()))
    } else if !query.split('&').any(|pair| pair == "api-version=2014-01") {
        (400, "the api-version is not 2014-01".to_owned())
    } else if header("authorization").and_then(audience).as_deref() != Some("https://eventhubs.azure.net") {
        (401, "no token for Event Hubs".to_owned())
    } else if header("content-type") != Some("application/atom+xml;type=entry;charset=utf-8") {
        (400, "not the content type of an event".to_owned())
    } else if body.len() > MOST {
        (413, format!("{} bytes are more than {MOST}", body.len()))
    } else {
        let mark = header("trailhound-replay").map(str::to_owned);
        lock(&state).events.push(HubEvent { body: body.to_vec(), mark });
        (201, String::new())
    };
    if status != 201 {
        lock(&state).refused.push(wrong.clone());
    }
    Response::builder().status(status).body(Full::from(wrong)).map_err(io::Error::other)
}
