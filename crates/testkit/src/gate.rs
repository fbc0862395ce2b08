//! A gate before a service, over TLS or not: what comes is passed on, unless the service is to be in trouble.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1 as client;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

use crate::tls::Certificate;

/// What may be the matter with a service, whatever it shows then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It answers late.
    Slow,
    /// It never answers.
    Hung,
    /// Nobody is there.
    Refused,
    /// It did what it was asked to, and the answer did not come.
    Lost,
    /// It is asked too often.
    Throttled,
    /// A fault of its own.
    Broken,
    /// Signatures and tokens are too old for it.
    Expired,
    /// It is elsewhere, or gone.
    Moved,
}

impl Kind {
    /// Half of them, or all with `TRAILHOUND_TROUBLE=whole`.
    pub fn each() -> impl Iterator<Item = Self> {
        let others: &[Self] = match std::env::var("TRAILHOUND_TROUBLE").as_deref() {
            Ok("whole") => &[Self::Slow, Self::Refused, Self::Broken, Self::Moved],
            _ => &[],
        };
        [Self::Hung, Self::Lost, Self::Throttled, Self::Expired].into_iter().chain(others.iter().copied())
    }
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is passed on only after so long.
    Slow(Duration),
    /// Nobody ever answers.
    Hung,
    /// The connection ends without an answer.
    Dropped,
    /// It is passed on, and the connection ends without the answer.
    DroppedAnswer,
    /// It is answered here.
    Says(u16, Vec<(&'static str, String)>, String),
}

#[derive(Default)]
struct GateState {
    next: VecDeque<Option<Trouble>>,
    always: Option<Trouble>,
    seen: Vec<String>,
    bodies: Vec<Bytes>,
}

/// A gate.
pub struct Gate {
    port: u16,
    state: Arc<Mutex<GateState>>,
}

impl Gate {
    /// Opens one before a port of this machine; over TLS on both sides with a certificate.
    pub async fn before(behind: u16, certificate: Option<&Certificate>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let tls = certificate.map(|certificate| (certificate.acceptor(), certificate.connector()));
        let state: Arc<Mutex<GateState>> = Arc::default();
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, shared) = (tls.clone(), Arc::clone(&shared));
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, behind, None, shared).await,
                        Some((acceptor, connector)) => {
                            let Ok(stream) = acceptor.accept(stream).await else { return };
                            serve(stream, behind, Some(connector), shared).await;
                        }
                    }
                });
            }
        });
        Self { port, state }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Trouble for one request, after so many that are passed on.
    pub fn once(&self, after: usize, trouble: Trouble) {
        let mut state = lock(&self.state);
        state.next = std::iter::repeat_n(None, after).chain([Some(trouble)]).collect();
    }

    /// Trouble for every request from now on, or none.
    pub fn always(&self, trouble: Option<Trouble>) {
        let mut state = lock(&self.state);
        state.next.clear();
        state.always = trouble;
    }

    /// Every request so far: its method and path.
    pub fn seen(&self) -> Vec<String> {
        lock(&self.state).seen.clone()
    }

    /// The bodies of those that were passed on or answered here.
    pub fn bodies(&self) -> Vec<Bytes> {
        lock(&self.state).bodies.clone()
    }
}

fn lock(state: &Mutex<GateState>) -> MutexGuard<'_, GateState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn serve<S>(stream: S, behind: u16, tls: Option<TlsConnector>, state: Arc<Mutex<GateState>>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| answer(request, behind, tls.clone(), Arc::clone(&state)));
    // An error is a connection that ends, which is a trouble that was asked for.
    let _ = server::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    request: Request<Incoming>,
    behind: u16,
    tls: Option<TlsConnector>,
    state: Arc<Mutex<GateState>>,
) -> io::Result<Response<Full<Bytes>>> {
    let trouble = {
        let mut state = lock(&state);
        state.seen.push(format!("{} {}", request.method(), request.uri()));
        state.next.pop_front().flatten().or_else(|| state.always.clone())
    };
    let ended = || io::Error::other("ended as the test asked");
    match trouble {
        Some(Trouble::Hung) => return std::future::pending().await,
        Some(Trouble::Dropped) => return Err(ended()),
        _ => {}
    }
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    lock(&state).bodies.push(body.clone());
    let request = Request::from_parts(head, Full::new(body));
    match trouble {
        Some(Trouble::Says(status, headers, body)) => {
            let headers = headers.into_iter();
            let answer = headers
                .fold(Response::builder().status(status), |answer, (name, value)| answer.header(name, value));
            answer.body(Full::from(body)).map_err(io::Error::other)
        }
        Some(Trouble::DroppedAnswer) => {
            pass_on(request, behind, tls).await?;
            Err(ended())
        }
        Some(Trouble::Slow(time)) => {
            tokio::time::sleep(time).await;
            pass_on(request, behind, tls).await
        }
        _ => pass_on(request, behind, tls).await,
    }
}

async fn pass_on(
    request: Request<Full<Bytes>>,
    behind: u16,
    tls: Option<TlsConnector>,
) -> io::Result<Response<Full<Bytes>>> {
    let tcp = TcpStream::connect(("127.0.0.1", behind)).await?;
    match tls {
        None => exchange(tcp, request).await,
        Some(connector) => {
            let name = ServerName::try_from("localhost").expect("localhost is a name");
            exchange(connector.connect(name, tcp).await?, request).await
        }
    }
}

async fn exchange<S>(stream: S, request: Request<Full<Bytes>>) -> io::Result<Response<Full<Bytes>>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = client::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let driving = tokio::spawn(connection);
    let (head, body) = sender.send_request(request).await.map_err(io::Error::other)?.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    driving.abort();
    Ok(Response::from_parts(head, Full::new(body)))
}
