//! The ports over Azure's services, a file a service. They decide nothing, and nobody else knows the SDK.
//!
//! One HTTP client, one token for each service, fetched ahead (`tokens`).
//! TLS is rustls on ring with the system's trust roots; `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured. Pipelines
//! do not retry by themselves: only the caller knows how long an invocation may still take. A proxy that `HTTPS_PROXY` names
//! is used for services, and never for the identity, whose secret would go to it in the clear.

pub mod address;
pub mod archive;
pub mod blob;
mod causes;
pub mod event_grid;
pub mod event_hub;
mod moment;
pub mod table;
mod tokens;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use azure_core::http::headers::{AUTHORIZATION, HeaderName, Headers};
use azure_core::http::{
    ClientOptions, Context, Pipeline, PipelineSendOptions, Request, RetryOptions, Transport,
};
use azure_identity::{
    DeveloperToolsCredential, DeveloperToolsCredentialOptions, ManagedIdentityCredential,
    ManagedIdentityCredentialOptions, UserAssignedId,
};
use causes::innermost;
use rustls::pki_types::CertificateDer;
use tokens::{Credentials, Tokens};

/// Whom a token for Storage is for.
const STORAGE: &str = "https://storage.azure.com/.default";

/// Azure cannot be talked to at all.
#[derive(Debug, thiserror::Error)]
pub enum AzureError {
    /// No certificate to trust.
    #[error("no trusted root certificates were found{0}; SSL_CERT_FILE and SSL_CERT_DIR say where to look")]
    NoRoots(String),
    /// The TLS library refused its settings.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// The HTTP client refused its settings.
    #[error("the HTTP client cannot be set up: {0}")]
    Http(#[from] reqwest::Error),
    /// No credential.
    #[error("no credential: {0}")]
    Credential(String),
}

/// How long a connection may take, name look-up and TLS included.
const CONNECT: Duration = Duration::from_secs(5);

/// A service's answer.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: Headers,
    /// Body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's value.
    pub fn header(&self, name: &'static str) -> Option<&str> {
        self.headers.get_optional_str(&HeaderName::from_static(name))
    }

    /// The service's own words on an error: its code and message, else the body's beginning.
    pub fn error(&self) -> String {
        let code = self.header("x-ms-error-code").unwrap_or_default();
        let body = String::from_utf8_lossy(&self.body);
        let said = serde_json::from_slice::<serde_json::Value>(&self.body).ok().and_then(|json| {
            let error = json.get("error").or_else(|| json.get("odata.error"))?;
            let message = error["message"]["value"].as_str().or_else(|| error["message"].as_str());
            Some(format!("{} {}", error["code"].as_str().unwrap_or_default(), message.unwrap_or_default()))
        });
        let said = said.unwrap_or_else(|| body.chars().take(200).collect());
        let words = format!("{code} {said}");
        let words: Vec<&str> = words.split_whitespace().collect();
        let mut text = format!("HTTP {}", self.status);
        if !words.is_empty() {
            text = format!("{text} {}", words.join(" "));
        }
        text.chars().take(400).collect()
    }
}

/// No answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoReply {
    /// No connection, or it broke.
    #[error("no answer: {0}")]
    Connection(String),
    /// No token for the identity.
    #[error("no token: {0}")]
    Token(String),
    /// Took too long.
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
}

/// What all services share.
#[derive(Clone)]
pub struct Azure {
    transport: Transport,
    credentials: Credentials,
    tokens: Arc<Mutex<BTreeMap<&'static str, Arc<Tokens>>>>,
}

/// As whom to talk to Azure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// The one that the platform offers, or one of several by its client id.
    Managed(Option<String>),
    /// Whoever is signed in with the Azure CLI or the Azure Developer CLI.
    Developer,
}

impl Azure {
    /// Sets up the client and the credential; nothing is sent yet.
    pub fn new(identity: Identity) -> Result<Self, AzureError> {
        let found = rustls_native_certs::load_native_certs();
        let why = found.errors.first().map(|error| format!(" ({error})")).unwrap_or_default();
        let builder = client(found.certs, why)?;
        let credentials: Credentials = match identity {
            Identity::Managed(client_id) => {
                let direct = Transport::new(Arc::new(builder()?.no_proxy().build()?));
                Arc::new(move || -> azure_core::Result<Arc<dyn TokenCredential>> {
                    let options = ManagedIdentityCredentialOptions {
                        user_assigned_id: client_id.clone().map(UserAssignedId::ClientId),
                        client_options: options(direct.clone()),
                    };
                    Ok(ManagedIdentityCredential::new(Some(options))?)
                })
            }
            Identity::Developer => Arc::new(|| -> azure_core::Result<Arc<dyn TokenCredential>> {
                Ok(DeveloperToolsCredential::new(Some(DeveloperToolsCredentialOptions::default()))?)
            }),
        };
        credentials().map_err(|error| AzureError::Credential(error.to_string()))?;
        Ok(Self::of(builder()?.build()?, credentials))
    }

    /// With trust roots and a credential of one's own; for tests, which bring both.
    pub fn with(
        roots: Vec<CertificateDer<'static>>,
        credential: Arc<dyn TokenCredential>,
    ) -> Result<Self, AzureError> {
        let client = client(roots, String::new())?()?.build()?;
        Ok(Self::of(client, Arc::new(move || Ok(Arc::clone(&credential)))))
    }

    fn of(client: reqwest::Client, credentials: Credentials) -> Self {
        Self { transport: Transport::new(Arc::new(client)), credentials, tokens: Arc::default() }
    }

    /// A service that wants this handler's identity.
    pub fn service(&self, scope: &'static str) -> Service {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let tokens = tokens.entry(scope).or_insert_with(|| Tokens::new(Arc::clone(&self.credentials), scope));
        Service { tokens: Some(Arc::clone(tokens)), ..self.anonymous() }
    }

    /// A service that wants no identity.
    pub fn anonymous(&self) -> Service {
        let (name, options) = (option_env!("CARGO_PKG_NAME"), options(self.transport.clone()));
        let version = option_env!("CARGO_PKG_VERSION");
        Service {
            pipeline: Pipeline::new(name, version, options, Vec::new(), Vec::new(), None),
            tokens: None,
        }
    }

    /// Begins to fetch a token for each service there is by now, so that no delivery waits for one.
    pub fn fetch_tokens(&self) {
        for tokens in self.tokens.lock().unwrap_or_else(PoisonError::into_inner).values() {
            tokens.fetch();
        }
    }
}

fn options(transport: Transport) -> ClientOptions {
    ClientOptions { transport: Some(transport), retry: RetryOptions::none(), ..ClientOptions::default() }
}

/// Makes HTTP clients that trust these roots.
fn client(
    roots: Vec<CertificateDer<'static>>,
    why_none: String,
) -> Result<impl Fn() -> Result<reqwest::ClientBuilder, AzureError>, AzureError> {
    let mut store = rustls::RootCertStore::empty();
    let (added, _) = store.add_parsable_certificates(roots);
    if added == 0 {
        return Err(AzureError::NoRoots(why_none));
    }
    Ok(move || {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(store.clone())
            .with_no_client_auth();
        Ok(reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT))
    })
}

/// One service of Azure.
#[derive(Clone)]
pub struct Service {
    pipeline: Pipeline,
    tokens: Option<Arc<Tokens>>,
}

impl Service {
    /// Sends and takes whatever status comes; once more with a new token, where the service did not take the one there was.
    /// The limit is for each request, not for the token, which whoever waits bounds.
    pub async fn send(&self, request: &mut Request, within: Duration) -> Result<Reply, NoReply> {
        let Some(tokens) = &self.tokens else { return self.once(request, within).await };
        let token = tokens.get().await.map_err(NoReply::Token)?;
        request.insert_header(AUTHORIZATION, token.clone());
        let reply = self.once(request, within).await?;
        if reply.status != 401 || !tokens.renew(&token) {
            return Ok(reply);
        }
        request.insert_header(AUTHORIZATION, tokens.get().await.map_err(NoReply::Token)?);
        self.once(request, within).await
    }

    /// Waits for a token, if the service wants one.
    pub(crate) async fn is_ready(&self) -> Result<(), NoReply> {
        match &self.tokens {
            Some(tokens) => tokens.get().await.map(drop).map_err(NoReply::Token),
            None => Ok(()),
        }
    }

    async fn once(&self, request: &mut Request, within: Duration) -> Result<Reply, NoReply> {
        let options = PipelineSendOptions { skip_checks: true, ..PipelineSendOptions::default() };
        let context = Context::new();
        let sending = self.pipeline.send(&context, request, Some(options));
        match tokio::time::timeout(within, sending).await {
            Err(_) => Err(NoReply::TimedOut(within)),
            Ok(Ok(response)) => {
                let (status, headers, body) = response.deconstruct();
                Ok(Reply { status: status.into(), headers, body: body.as_ref().to_vec() })
            }
            Ok(Err(error)) => Err(NoReply::Connection(innermost(&error))),
        }
    }
}

/// Lower-case hex.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
