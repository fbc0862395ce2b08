//! The smallest HTTP client that a test needs: one request a connection, over TLS or not.

use std::io;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body;
use hyper::client::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::tls::Certificate;

/// What came back.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Content type, if any.
    pub content_type: Option<String>,
    /// Body.
    pub body: Bytes,
}

/// Sends to a port of this machine, over TLS if a certificate to trust is given.
pub async fn send<B>(port: u16, trust: Option<&Certificate>, request: Request<B>) -> io::Result<Reply>
where
    B: Body<Data = Bytes, Error = io::Error> + Send + 'static,
{
    let tcp = TcpStream::connect(("127.0.0.1", port)).await?;
    match trust {
        None => exchange(tcp, request).await,
        Some(certificate) => {
            let name = ServerName::try_from("localhost").expect("localhost is a name");
            exchange(certificate.connector().connect(name, tcp).await?, request).await
        }
    }
}

async fn exchange<S, B>(stream: S, request: Request<B>) -> io::Result<Reply>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    B: Body<Data = Bytes, Error = io::Error> + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let driving = tokio::spawn(connection);
    let response: Response<_> = sender.send_request(request).await.map_err(io::Error::other)?;
    let status = response.status().as_u16();
    let content_type = response
        .headers()
        .get(hyper::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(ToOwned::to_owned);
    let body = response.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
    driving.abort();
    Ok(Reply { status, content_type, body })
}
