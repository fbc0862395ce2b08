//! The HTTP side of a function that a host calls on its own machine.
//!
//! Every answer has a JSON body: a host may wait for ever on an empty one. What may be in memory at once is bounded,
//! for one request and for all together; past that the host is asked to come again. A delivery is seen through to the
//! end even if the host hangs up: a half-published batch helps nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

/// Largest request, and all requests together.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// One.
    pub one: usize,
    /// All: several may come at the same time.
    pub all: usize,
}

/// How many parts of a request may wait to be evaluated.
const AHEAD: usize = 8;
/// How long deliveries under way may take to end once the platform said stop.
const FAREWELL: Duration = Duration::from_secs(14);
/// How long connections that carry no delivery may.
const HANGING_UP: Duration = Duration::from_secs(1);

/// A part of a request that is arriving.
#[derive(Clone, Debug)]
pub enum Part {
    /// Some of its bytes.
    Bytes(Bytes),
    /// It is complete. One that ends without is never taken for whole.
    End,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Its body.
    pub body: Value,
}

/// What answers deliveries.
pub trait Service: Send + Sync + 'static {
    /// Handles a delivery as it arrives.
    fn handle(&self, arriving: mpsc::Receiver<Part>) -> impl Future<Output = Reply> + Send;

    /// The answer to a delivery that must come again whole.
    fn again(&self, problem: String) -> Reply;

    /// Resolves when nothing more is to be taken.
    fn stopped(&self) -> impl Future<Output = ()> + Send;
}

struct Shared<Function> {
    function: Function,
    common: Arc<Common>,
}

/// What all functions of a process share.
struct Common {
    room: Room,
    held: AtomicUsize,
    in_hand: watch::Sender<usize>,
}

/// A server that listens already.
pub struct Server {
    router: Router,
    paths: Vec<String>,
    common: Arc<Common>,
}

impl Server {
    /// One that takes nothing yet.
    pub fn new(room: Room) -> Self {
        let router =
            Router::new().route("/", get(|| async { reply(StatusCode::OK, &json!({"status": "ready"})) }));
        let (in_hand, _) = watch::channel(0);
        Self {
            router,
            paths: Vec::new(),
            common: Arc::new(Common { room, held: AtomicUsize::new(0), in_hand }),
        }
    }

    /// What is posted to `path` is a function's.
    #[must_use]
    pub fn taking<Function: Service>(self, path: &str, function: Function) -> Self {
        let Self { router, mut paths, common } = self;
        let shared = Arc::new(Shared { function, common: Arc::clone(&common) });
        let route = Router::new().route(path, post(deliver::<Function>)).with_state(shared);
        paths.push(path.to_owned());
        Self { router: router.merge(route), paths, common }
    }

    /// Serves until the platform says stop, and tells whoever posts elsewhere; then sees deliveries under way through; false if they took too long.
    pub async fn serve(self, listener: TcpListener, mut stop: watch::Receiver<bool>) -> bool {
        let Self { router, paths, common } = self;
        let error =
            json!({"error": format!("the host posts to {}, and asks / for readiness", paths.join(" or "))});
        let elsewhere = || async move { reply(StatusCode::NOT_FOUND, &error) };
        let router = router.fallback(elsewhere.clone()).method_not_allowed_fallback(elsewhere);
        let mut in_hand = common.in_hand.subscribe();
        let mut until = stop.clone();
        let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = until.wait_for(|stop| *stop).await;
        });
        let serving = tokio::spawn(async move { serving.await });
        let _ = stop.wait_for(|stop| *stop).await;
        tracing::info!("stopping: deliveries under way are finished or parked");
        let farewell = async {
            let _ = in_hand.wait_for(|count| *count == 0).await;
            // What still hangs on the line then is only being answered, or never asked for anything.
            let _ = tokio::time::timeout(HANGING_UP, serving).await;
        };
        tokio::time::timeout(FAREWELL, farewell).await.is_ok()
    }
}

async fn deliver<Function: Service>(State(shared): State<Arc<Shared<Function>>>, body: Body) -> Response {
    let mut taken = Taken { common: &shared.common, bytes: 0 };
    let (parts, arriving) = mpsc::channel(AHEAD);
    let handling = {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let _in_hand = InHand::one(&shared.common.in_hand);
            shared.function.handle(arriving).await
        })
    };
    let passed_on = tokio::select! {
        passed_on = pass_on(body, parts, &mut taken) => passed_on,
        // Nothing was done with what is not complete.
        () = shared.function.stopped() => Err("the platform is stopping this process".to_owned()),
    };
    let again = |problem| shared.function.again(problem);
    let Reply { status, body } = match passed_on {
        Ok(()) => handling.await.unwrap_or_else(|error| again(format!("the invocation failed: {error}"))),
        Err(problem) => again(problem),
    };
    reply(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), &body)
}

/// Hands a request over as it arrives; it counts as complete only if all of it came.
async fn pass_on(mut body: Body, parts: mpsc::Sender<Part>, taken: &mut Taken<'_>) -> Result<(), String> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| format!("the request broke off: {error}"))?;
        if let Ok(bytes) = frame.into_data() {
            taken.add(bytes.len())?;
            // Whoever does not listen any more has an answer already.
            let _ = parts.send(Part::Bytes(bytes)).await;
        }
    }
    let _ = parts.send(Part::End).await;
    Ok(())
}

fn reply(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body.to_string()).into_response()
}

/// A delivery that is being handled, whether or not anybody still waits for its answer.
struct InHand<'a>(&'a watch::Sender<usize>);

impl<'a> InHand<'a> {
    fn one(count: &'a watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Self(count)
    }
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

/// What one request holds of the common room, given back when it is answered.
struct Taken<'a> {
    common: &'a Common,
    bytes: usize,
}

impl Taken<'_> {
    fn add(&mut self, bytes: usize) -> Result<(), String> {
        let Room { one, all } = self.common.room;
        self.bytes += bytes;
        let together = self.common.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if self.bytes > one {
            return Err(format!("the request is larger than {one} bytes; let fewer events come together"));
        }
        if together > all {
            return Err("too many large requests at once".to_owned());
        }
        Ok(())
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.common.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
