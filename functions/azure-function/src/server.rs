//! The HTTP server that the Functions host talks to.
//!
//! Every answer has a JSON body: the host waits for ever on an empty one. What may be in memory at once is bounded,
//! for one request and for all together; past that the host is asked to come again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http_body_util::BodyExt;
use serde_json::json;
use tokio::sync::{mpsc, watch};
use trailhound_detect::state::StateStore;

use crate::event_grid::Publisher;
use crate::handler::{Answer, Handler, Part};
use crate::parking::Parking;

/// Largest request. `host.json` lets 64 events come together, each of at most 1 MiB, and the host writes them with
/// every quote escaped twice: up to four times their size.
const LARGEST: usize = 256 << 20;
/// All requests together: several partitions come at the same time.
const TOGETHER: usize = 512 << 20;

/// How many parts of a request may wait to be evaluated.
const AHEAD: usize = 8;

struct Shared<Store, Sink, Rejects> {
    handler: Handler<Store, Sink, Rejects>,
    held: AtomicUsize,
    in_hand: watch::Sender<usize>,
}

/// An invocation that is being handled, whether or not anybody still waits for its answer.
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

/// The routes of a handler, and how many invocations it has in hand.
pub fn router<Store, Sink, Rejects>(
    handler: Handler<Store, Sink, Rejects>,
) -> (Router, watch::Receiver<usize>)
where
    Store: StateStore + 'static,
    Sink: Publisher + 'static,
    Rejects: Parking + 'static,
{
    let (in_hand, count) = watch::channel(0);
    let shared = Arc::new(Shared { handler, held: AtomicUsize::new(0), in_hand });
    let router = Router::new()
        .route("/", get(ready))
        .route("/detect", post(detect::<Store, Sink, Rejects>))
        .fallback(elsewhere)
        .method_not_allowed_fallback(elsewhere)
        .with_state(shared);
    (router, count)
}

async fn ready() -> Response {
    json_response(StatusCode::OK, &json!({"status": "ready"}))
}

async fn elsewhere() -> Response {
    json_response(
        StatusCode::NOT_FOUND,
        &json!({"error": "the host posts to /detect, and asks / for readiness"}),
    )
}

async fn detect<Store, Sink, Rejects>(
    State(shared): State<Arc<Shared<Store, Sink, Rejects>>>,
    body: Body,
) -> Response
where
    Store: StateStore + 'static,
    Sink: Publisher + 'static,
    Rejects: Parking + 'static,
{
    let mut room = Room { held: &shared.held, taken: 0 };
    let (parts, arriving) = mpsc::channel(AHEAD);
    // Seen through to the end even if the host hangs up: a half-published batch helps nobody.
    let handling = {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let _in_hand = InHand::one(&shared.in_hand);
            shared.handler.handle_arriving(arriving).await
        })
    };
    let passed_on = tokio::select! {
        passed_on = pass_on(body, parts, &mut room) => passed_on,
        // Nothing was done with what is not complete.
        () = shared.handler.stopped() => Err("the platform is stopping this process".to_owned()),
    };
    let answer = match passed_on {
        Ok(()) => {
            handling.await.unwrap_or_else(|error| Answer::again(format!("the invocation failed: {error}")))
        }
        Err(problem) => Answer::again(problem),
    };
    if let Some(problem) = &answer.problem {
        tracing::error!(problem, status = answer.status, "asked the host to try again");
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let logs: Vec<&String> = answer.problem.iter().collect();
    json_response(status, &json!({"Outputs": {}, "Logs": logs, "ReturnValue": null}))
}

fn json_response(status: StatusCode, body: &serde_json::Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body.to_string()).into_response()
}

/// What one request holds of the common room, given back when it is answered.
struct Room<'a> {
    held: &'a AtomicUsize,
    taken: usize,
}

impl Room<'_> {
    fn take(&mut self, bytes: usize) -> Result<(), String> {
        self.taken += bytes;
        let together = self.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if self.taken > LARGEST {
            return Err(format!(
                "the request is larger than {LARGEST} bytes; lower maxEventBatchSize in host.json"
            ));
        }
        if together > TOGETHER {
            return Err("too many large requests at once".to_owned());
        }
        Ok(())
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.held.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

/// Hands a request over as it arrives; it counts as complete only if all of it came.
async fn pass_on(mut body: Body, parts: mpsc::Sender<Part>, room: &mut Room<'_>) -> Result<(), String> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| format!("the request broke off: {error}"))?;
        if let Ok(bytes) = frame.into_data() {
            room.take(bytes.len())?;
            // Whoever does not listen any more has an answer already.
            let _ = parts.send(Part::Bytes(bytes)).await;
        }
    }
    let _ = parts.send(Part::End).await;
    Ok(())
}
