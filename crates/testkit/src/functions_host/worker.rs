//! The worker process, started and called as the host does.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::Request;
use hyper::body::Frame;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::https;

/// Why an invocation failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Another status than 2xx, with the body.
    Status(u16, String),
    /// An answer that the host throws at.
    Malformed(String),
    /// An answer that the host waits on for ever: 204, an empty body, `null`.
    Hangs,
    /// No answer in time.
    TimedOut,
    /// The worker died, or was not there.
    Connection(String),
}

/// How to start a worker.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// The executable.
    pub program: PathBuf,
    /// App settings.
    pub environment: BTreeMap<String, String>,
}

/// A worker process.
pub struct Worker {
    options: WorkerOptions,
    port: u16,
    child: Child,
    output: Arc<Mutex<Vec<String>>>,
    errors: Arc<Mutex<Vec<String>>>,
    ready_after: Duration,
}

impl Worker {
    /// Starts one and waits until it answers `GET /`.
    pub async fn start(options: WorkerOptions) -> Self {
        let (output, errors) = (Arc::default(), Arc::default());
        let begun = Instant::now();
        let (child, port) = spawn(&options, &output, &errors).await;
        let mut worker = Self { options, port, child, output, errors, ready_after: Duration::ZERO };
        worker.wait_until_ready(begun).await;
        worker
    }

    /// Kills what is left of it and starts it again; what it wrote is kept.
    pub async fn restart(&mut self) {
        let _ = self.child.kill().await;
        let begun = Instant::now();
        (self.child, self.port) = spawn(&self.options, &self.output, &self.errors).await;
        self.wait_until_ready(begun).await;
    }

    async fn wait_until_ready(&mut self, begun: Instant) {
        loop {
            if let Ok(reply) = self.get("/").await {
                assert!(reply.status < 500, "not ready: {reply:?}");
                self.ready_after = begun.elapsed();
                return;
            }
            assert!(self.is_alive(), "the worker ended at start: {:?}", self.output());
            assert!(begun.elapsed() < Duration::from_secs(30), "not ready within the host's 30 seconds");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// From the start of the process to its first answer.
    pub fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process's id.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Is it running?
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it as the host does: no warning.
    pub async fn kill(&mut self) {
        let _ = self.child.kill().await;
    }

    /// Asks it to end as the platform does; the status it ended with, if it did in time.
    pub async fn terminate(&mut self, within: Duration) -> Option<i32> {
        let pid = self.child.id()?.to_string();
        let sent = Command::new("kill").args(["-TERM", &pid]).status().await;
        assert!(sent.is_ok_and(|status| status.success()), "the signal could be sent");
        let ended = tokio::time::timeout(within, self.child.wait()).await.ok()?.ok()?;
        ended.code()
    }

    /// Lines on standard output so far.
    pub fn output(&self) -> Vec<String> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lines on standard error so far, each an error to the host.
    pub fn errors(&self) -> Vec<String> {
        self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The accounting lines so far.
    pub fn accounts(&self) -> Vec<Value> {
        let lines = self.output();
        let parsed =
            lines.iter().map(|line| serde_json::from_str::<Value>(line).expect("every line is JSON"));
        parsed.filter(|line| line["event"] == "delivery").collect()
    }

    /// `GET`s a path.
    pub async fn get(&self, path: &str) -> io::Result<https::Reply> {
        let body = Full::new(Bytes::new()).map_err(|never| match never {});
        let request = Request::get(path).header("host", "127.0.0.1").body(body).map_err(io::Error::other)?;
        https::send(self.port, None, request).await
    }

    /// Posts to a path, chunked and without a length, as the host does.
    pub async fn post(&self, path: &str, body: Vec<u8>) -> io::Result<https::Reply> {
        let chunks: Vec<io::Result<Frame<Bytes>>> =
            body.chunks(64 * 1024).map(|chunk| Ok(Frame::data(Bytes::copy_from_slice(chunk)))).collect();
        let body = StreamBody::new(Chunks(chunks.into_iter()));
        let request = Request::post(path)
            .header("host", "127.0.0.1")
            .header("content-type", "application/json; charset=utf-8")
            .header("x-azure-functions-invocationid", "00000000-0000-0000-0000-000000000000")
            .header("user-agent", "Azure-Functions-Host/4.1045.0")
            .body(body)
            .map_err(io::Error::other)?;
        https::send(self.port, None, request).await
    }

    /// Calls a function, and takes the answer as the host does.
    pub async fn invoke(&self, function: &str, body: Vec<u8>, timeout: Duration) -> Result<Value, Failure> {
        let reply = match tokio::time::timeout(timeout, self.post(&format!("/{function}"), body)).await {
            Err(_) => return Err(Failure::TimedOut),
            Ok(Err(error)) => return Err(Failure::Connection(error.to_string())),
            Ok(Ok(reply)) => reply,
        };
        if !(200..300).contains(&reply.status) {
            return Err(Failure::Status(reply.status, String::from_utf8_lossy(&reply.body).into_owned()));
        }
        if reply.body.is_empty() || reply.body.trim_ascii() == b"null" {
            return Err(Failure::Hangs);
        }
        let json = reply.content_type.as_deref().is_some_and(|kind| kind.starts_with("application/json"));
        match serde_json::from_slice::<Value>(&reply.body) {
            Ok(value @ Value::Object(_)) if json => Ok(value),
            _ => Err(Failure::Malformed(format!("{:?}: {:?}", reply.content_type, reply.body))),
        }
    }
}

/// A body of known pieces and unsaid length.
struct Chunks(std::vec::IntoIter<io::Result<Frame<Bytes>>>);

impl futures_core::Stream for Chunks {
    type Item = io::Result<Frame<Bytes>>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next())
    }
}

async fn spawn(
    options: &WorkerOptions,
    output: &Arc<Mutex<Vec<String>>>,
    errors: &Arc<Mutex<Vec<String>>>,
) -> (Child, u16) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
    let port = listener.local_addr().expect("it is bound").port();
    drop(listener);
    let mut child = Command::new(&options.program)
        .env_clear()
        .envs(&options.environment)
        .env("FUNCTIONS_CUSTOMHANDLER_PORT", port.to_string())
        .env("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", "00000000-0000-0000-0000-000000000000")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the worker starts");
    collect(child.stdout.take().expect("it is piped"), Arc::clone(output));
    collect(child.stderr.take().expect("it is piped"), Arc::clone(errors));
    (child, port)
}

fn collect(stream: impl AsyncRead + Unpin + Send + 'static, into: Arc<Mutex<Vec<String>>>) {
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            into.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    });
}
