//! The managed identity endpoint of App Service, as far as a client sees it: tokens with a plausible content and a
//! meaningless signature.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A tenant that is nobody's.
pub const TENANT: &str = "00000000-0000-0000-0000-00000000aaaa";
/// The user-assigned identity that tokens are for.
pub const CLIENT_ID: &str = "00000000-0000-0000-0000-00000000cccc";
const HEADER: &str = "example-identity-header";

/// A running endpoint.
pub struct Identity {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Identity {
    /// Starts one.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let log = Arc::clone(&log);
                let service = service_fn(move |request| {
                    let answer = answer(&request, &log);
                    async move { Ok::<_, Infallible>(answer) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { port, asked }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What the platform would set.
    pub fn environment(&self) -> Vec<(String, String)> {
        Self::environment_at(self.port)
    }

    /// The same for one that is reached at another port.
    pub fn environment_at(port: u16) -> Vec<(String, String)> {
        vec![
            ("IDENTITY_ENDPOINT".to_owned(), format!("http://127.0.0.1:{port}/msi/token")),
            ("IDENTITY_HEADER".to_owned(), HEADER.to_owned()),
            ("AZURE_CLIENT_ID".to_owned(), CLIENT_ID.to_owned()),
        ]
    }

    /// Resources that tokens were asked for, refused requests as what was wrong with them.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no test panics holding it").clone()
    }
}

fn answer(request: &Request<Incoming>, log: &Mutex<Vec<String>>) -> Response<Full<Bytes>> {
    let query = request.uri().query().unwrap_or_default();
    let parameter = |name: &str| {
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(decoded)
    };
    let header = request.headers().get("x-identity-header").and_then(|value| value.to_str().ok());
    let wrong = if header != Some(HEADER) {
        Some("no identity header")
    } else if parameter("api-version").as_deref() != Some("2019-08-01") {
        Some("not the api-version of App Service")
    } else if parameter("client_id").as_deref() != Some(CLIENT_ID) {
        Some("not the user-assigned identity")
    } else {
        None
    };
    let resource = parameter("resource").unwrap_or_default();
    let mut log = log.lock().expect("no test panics holding it");
    let (status, body) = if let Some(wrong) = wrong {
        log.push(wrong.to_owned());
        (400, json!({"statusCode": 400, "message": wrong}))
    } else {
        log.push(resource.clone());
        let token = token(&resource);
        let expires = jiff::Timestamp::now().as_second() + 86_400;
        (
            200,
            json!({"access_token": token, "expires_on": expires.to_string(), "resource": resource,
                   "token_type": "Bearer", "client_id": CLIENT_ID}),
        )
    };
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Full::from(body.to_string()))
        .expect("the headers are good")
}

/// `%3A` and `%2F` are all that a resource has.
fn decoded(text: &str) -> String {
    text.replace("%3A", ":").replace("%3a", ":").replace("%2F", "/").replace("%2f", "/")
}

/// A token for a resource.
pub fn token(resource: &str) -> String {
    let now = jiff::Timestamp::now().as_second();
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(json!({"alg": "RS256", "typ": "JWT", "kid": "example"}));
    let claims = part(json!({
        "aud": resource, "iss": format!("https://sts.windows.net/{TENANT}/"), "tid": TENANT,
        "oid": "00000000-0000-0000-0000-00000000dddd", "iat": now - 60, "nbf": now - 60, "exp": now + 86_400,
    }));
    format!("{head}.{claims}.c2lnbmF0dXJl")
}

/// The audience of a bearer token, if it reads like one.
pub fn audience(authorization: &str) -> Option<String> {
    let claims = authorization.strip_prefix("Bearer ")?.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    Some(claims["aud"].as_str()?.trim_end_matches('/').to_owned())
}
