//! A custom topic of Event Grid, over TLS: checks what the service is documented to check, and fails on demand.
//!
//! What it accepts is cross-checked with Microsoft's own Python client; the service itself was not asked.

mod cloud_events;

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::identity::audience;
use crate::tls::Certificate;

/// A posted array, and each event in it, may be this large.
pub const MAX_BYTES: usize = 1 << 20;
/// And hold so many events.
pub const MAX_EVENTS: usize = 5_000;
/// The key that it takes instead of a token.
pub const KEY: &str = "ZXhhbXBsZS1rZXk=";

/// How the next request fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GridFault {
    /// Answers with a status, and how many seconds to wait if that is said.
    Status(u16, Option<u64>),
    /// Closes the connection without an answer.
    Drop,
    /// Accepts, then closes the connection without an answer.
    DropAccepted,
    /// Answers only after this long.
    Slow(Duration),
    /// Takes arrays of at most so many bytes from now on.
    Shrink(usize),
}

/// One request, as it came.
#[derive(Clone, Debug)]
pub struct SeenRequest {
    /// When.
    pub at: Instant,
    /// The status it was answered with; 0 for none.
    pub status: u16,
    /// What was wrong with it.
    pub problem: Option<String>,
    /// Size of its body.
    pub bytes: usize,
    /// Events in it.
    pub events: usize,
}

struct GridState {
    faults: VecDeque<GridFault>,
    always: Option<GridFault>,
    accepted: Vec<Value>,
    seen: Vec<SeenRequest>,
    max_bytes: usize,
}

/// A running topic.
pub struct EventGrid {
    port: u16,
    state: Arc<Mutex<GridState>>,
}

impl EventGrid {
    /// Starts one with a certificate.
    pub async fn start(certificate: &Certificate) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let acceptor = certificate.acceptor();
        let state = Arc::new(Mutex::new(GridState {
            faults: VecDeque::new(),
            always: None,
            accepted: Vec::new(),
            seen: Vec::new(),
            max_bytes: MAX_BYTES,
        }));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
                tokio::spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service = service_fn(move |request| answer(request, Arc::clone(&shared)));
                    // An error is a dropped connection, which is a fault we were asked for.
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

    /// Its address.
    pub fn endpoint(&self) -> String {
        format!("https://localhost:{}/api/events", self.port)
    }

    /// Faults for the next requests, one each.
    pub fn fail(&self, faults: impl IntoIterator<Item = GridFault>) {
        lock(&self.state).faults.extend(faults);
    }

    /// A fault for every request from now on, or none.
    pub fn always(&self, fault: Option<GridFault>) {
        lock(&self.state).always = fault;
    }

    /// Everything accepted so far, in order.
    pub fn accepted(&self) -> Vec<Value> {
        lock(&self.state).accepted.clone()
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<SeenRequest> {
        lock(&self.state).seen.clone()
    }

    /// Forgets what it saw and accepted, and all faults.
    pub fn clear(&self) {
        let mut state = lock(&self.state);
        state.faults.clear();
        state.always = None;
        state.accepted.clear();
        state.seen.clear();
        state.max_bytes = MAX_BYTES;
    }
}

fn lock(state: &Mutex<GridState>) -> MutexGuard<'_, GridState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a request is found to be: the events, or the status and words that refuse it.
type Verdict = Result<Vec<Value>, (u16, String)>;

async fn answer(
    request: Request<Incoming>,
    state: Arc<Mutex<GridState>>,
) -> Result<Response<Full<Bytes>>, io::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let at = Instant::now();
    let (fault, max_bytes) = {
        let mut state = lock(&state);
        let mut fault = state.faults.pop_front().or_else(|| state.always.clone());
        if let Some(GridFault::Shrink(bytes)) = fault {
            state.max_bytes = bytes;
            fault = None;
        }
        (fault, state.max_bytes)
    };
    let verdict = judge(&head, &body, max_bytes);
    let events =
        serde_json::from_slice::<Value>(&body).ok().and_then(|v| v.as_array().map(Vec::len)).unwrap_or(1);
    let see = |status: u16, problem: Option<String>| {
        lock(&state).seen.push(SeenRequest { at, status, problem, bytes: body.len(), events });
    };
    match fault {
        Some(GridFault::Status(status, wait)) => {
            see(status, verdict.err().map(|(_, words)| words));
            return Ok(reply(status, wait, "example", "as the test asked"));
        }
        Some(GridFault::Drop) => {
            see(0, verdict.err().map(|(_, words)| words));
            return Err(io::Error::other("dropped as the test asked"));
        }
        Some(GridFault::Slow(time)) => tokio::time::sleep(time).await,
        Some(GridFault::DropAccepted | GridFault::Shrink(_)) | None => {}
    }
    match verdict {
        Ok(events) => {
            lock(&state).accepted.extend(events);
            if fault == Some(GridFault::DropAccepted) {
                see(0, None);
                return Err(io::Error::other("dropped as the test asked"));
            }
            see(200, None);
            Ok(Response::new(Full::default()))
        }
        Err((status, words)) => {
            see(status, Some(words.clone()));
            Ok(reply(status, None, "BadRequest", &words))
        }
    }
}

fn reply(status: u16, wait: Option<u64>, code: &str, words: &str) -> Response<Full<Bytes>> {
    let body =
        json!({"error": {"code": code, "message": words, "details": [{"code": code, "message": words}]}});
    let mut response =
        Response::builder().status(status).header("content-type", "application/json; charset=utf-8");
    if let Some(seconds) = wait {
        response = response.header("retry-after", seconds.to_string());
    }
    response.body(Full::from(body.to_string())).expect("the headers are good")
}

fn judge(head: &hyper::http::request::Parts, body: &[u8], max_bytes: usize) -> Verdict {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    if head.method != Method::POST || head.uri.path() != "/api/events" {
        return Err((404, format!("{} {} is no topic", head.method, head.uri.path())));
    }
    if head.uri.query() != Some("api-version=2018-01-01") {
        return Err((400, "the api-version is not 2018-01-01".to_owned()));
    }
    let token = header("authorization").and_then(audience);
    if token.as_deref() != Some("https://eventgrid.azure.net") && header("aeg-sas-key") != Some(KEY) {
        return Err((401, "neither a token for Event Grid nor the key".to_owned()));
    }
    let content_type = header("content-type").unwrap_or_default().replace(' ', "").to_ascii_lowercase();
    let mut parts = content_type.split(';');
    let kind = parts.next().unwrap_or_default();
    if parts.any(|parameter| parameter != "charset=utf-8") {
        return Err((415, format!("the content type is {content_type}")));
    }
    if body.len() > max_bytes {
        return Err((413, format!("{} bytes are more than {max_bytes}", body.len())));
    }
    let parsed: Value = serde_json::from_slice(body).map_err(|error| (400, format!("no JSON: {error}")))?;
    let events = match (kind, parsed) {
        ("application/cloudevents-batch+json", Value::Array(events)) => events,
        ("application/cloudevents+json", event @ Value::Object(_)) => vec![event],
        _ => return Err((400, format!("the body is not what {kind:?} says"))),
    };
    if events.len() > MAX_EVENTS {
        return Err((413, format!("{} events are more than {MAX_EVENTS}", events.len())));
    }
    for (at, event) in events.iter().enumerate() {
        cloud_events::check(event).map_err(|words| (400, format!("event {at}: {words}")))?;
    }
    Ok(events)
}
