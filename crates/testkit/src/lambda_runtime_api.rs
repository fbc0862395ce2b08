//! The Lambda Runtime API over real HTTP on loopback: what a `bootstrap` asks for work and answers to.
//!
//! One invocation at a time, as Lambda does. An invocation is handed only to a process that is still there, so a
//! `bootstrap` can be killed and another started against the same address.

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::http::{listen, request};

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The function answered.
    Answered(serde_json::Value),
    /// The function reported an error.
    Failed(serde_json::Value),
    /// It did neither in time.
    TimedOut,
}

#[derive(Default)]
struct RuntimeState {
    queue: VecDeque<(String, String, Duration)>,
    outcomes: HashMap<String, Outcome>,
    init_error: Option<serde_json::Value>,
    first_next: Option<Instant>,
    taken: usize,
    invocations: u64,
}

/// A fake Runtime API.
pub struct LambdaRuntimeApi {
    address: SocketAddr,
    shared: Arc<(Mutex<RuntimeState>, Condvar)>,
}

impl LambdaRuntimeApi {
    /// Listens on a free port of the loopback.
    pub fn start() -> io::Result<Self> {
        let shared = Arc::new((Mutex::new(RuntimeState::default()), Condvar::new()));
        let served = Arc::clone(&shared);
        let address = listen(move |stream| serve(stream, &served))?;
        Ok(Self { address, shared })
    }

    /// The value of `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Hands out one invocation and waits for its outcome; the function is told the same deadline.
    pub fn invoke(&self, payload: impl Into<String>, timeout: Duration) -> Outcome {
        let id = self.begin(payload, timeout);
        self.outcome(&id, timeout)
    }

    /// Hands out one invocation and does not wait.
    pub fn begin(&self, payload: impl Into<String>, timeout: Duration) -> String {
        let (_, changed) = &*self.shared;
        let mut state = lock(&self.shared);
        state.invocations += 1;
        let id = format!("00000000-0000-4000-8000-{:012}", state.invocations);
        state.queue.push_back((id.clone(), payload.into(), timeout));
        changed.notify_all();
        id
    }

    /// Waits for the outcome of an invocation.
    pub fn outcome(&self, id: &str, timeout: Duration) -> Outcome {
        let (_, changed) = &*self.shared;
        let until = Instant::now() + timeout;
        let mut state = lock(&self.shared);
        loop {
            if let Some(outcome) = state.outcomes.remove(id) {
                return outcome;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                state.queue.retain(|(queued, ..)| queued != id);
                return Outcome::TimedOut;
            }
            state = changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// How many invocations were handed out.
    pub fn taken(&self) -> usize {
        lock(&self.shared).taken
    }

    /// Waits until a process asked for work, and says when it first did.
    pub fn first_next(&self, timeout: Duration) -> Option<Instant> {
        let (_, changed) = &*self.shared;
        let state = lock(&self.shared);
        let waited = changed.wait_timeout_while(state, timeout, |state| state.first_next.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.first_next
    }

    /// What a process that could not start reported.
    pub fn init_error(&self) -> Option<serde_json::Value> {
        lock(&self.shared).init_error.clone()
    }
}

fn lock(shared: &(Mutex<RuntimeState>, Condvar)) -> MutexGuard<'_, RuntimeState> {
    shared.0.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(stream: &TcpStream, shared: &(Mutex<RuntimeState>, Condvar)) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some((path, body)) = request(&mut reader)? {
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').skip(1).collect();
        match parts.as_slice() {
            ["runtime", "invocation", "next"] => next(stream, shared)?,
            ["runtime", "invocation", id, how @ ("response" | "error")] => {
                let value = serde_json::from_slice(&body).unwrap_or_else(|_| {
                    serde_json::Value::String(String::from_utf8_lossy(&body).into_owned())
                });
                let outcome =
                    if *how == "response" { Outcome::Answered(value) } else { Outcome::Failed(value) };
                lock(shared).outcomes.insert((*id).to_owned(), outcome);
                shared.1.notify_all();
                respond(stream, "202 Accepted", "", "{}")?;
            }
            ["runtime", "init", "error"] => {
                lock(shared).init_error = serde_json::from_slice(&body).ok();
                respond(stream, "202 Accepted", "", "{}")?;
            }
            _ => respond(stream, "404 Not Found", "", "{}")?,
        }
    }
    Ok(())
}

/// Waits for work, and gives it to this process if it is still there.
fn next(stream: &TcpStream, shared: &(Mutex<RuntimeState>, Condvar)) -> io::Result<()> {
    let mut state = lock(shared);
    state.first_next.get_or_insert_with(Instant::now);
    shared.1.notify_all();
    loop {
        if is_gone(stream)? {
            return Ok(());
        }
        if let Some((id, payload, timeout)) = state.queue.pop_front() {
            state.taken += 1;
            drop(state);
            let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            let deadline = (since_epoch + timeout).as_millis();
            let headers = format!(
                "Lambda-Runtime-Aws-Request-Id: {id}\r\nLambda-Runtime-Deadline-Ms: {deadline}\r\n\
                 Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:111122223333:function:example\r\n\
                 Lambda-Runtime-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793\r\n"
            );
            return respond(stream, "200 OK", &headers, &payload);
        }
        let waited = shared.1.wait_timeout(state, Duration::from_millis(20));
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

fn is_gone(stream: &TcpStream) -> io::Result<bool> {
    stream.set_nonblocking(true)?;
    let seen = stream.peek(&mut [0]);
    stream.set_nonblocking(false)?;
    match seen {
        Ok(bytes) => Ok(bytes == 0),
        Err(error) => Ok(error.kind() != io::ErrorKind::WouldBlock),
    }
}

fn respond(mut stream: &TcpStream, status: &str, headers: &str, body: &str) -> io::Result<()> {
    let length = body.len();
    let response = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(response.as_bytes())
}
