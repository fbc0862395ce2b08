//! The ports over Azure's services, a file a service. They decide nothing, and nobody else knows the SDK.
//!
//! One HTTP client, one credential, a pipeline for each service.
//! TLS is rustls on ring with the system's trust roots; `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured. Pipelines
//! do not retry by themselves: only the caller knows how long an invocation may still take.

pub mod address;
pub mod blob;
pub mod event_grid;
pub mod table;

use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::TokenCredential;
use azure_core::error::ErrorKind;
use azure_core::http::headers::{HeaderName, Headers};
use azure_core::http::policies::Policy;
use azure_core::http::policies::auth::BearerTokenAuthorizationPolicy;
use azure_core::http::{
    ClientOptions, Context, Pipeline, PipelineSendOptions, Request, RetryOptions, Transport,
};
use azure_identity::{
    DeveloperToolsCredential, DeveloperToolsCredentialOptions, ManagedIdentityCredential,
    ManagedIdentityCredentialOptions, UserAssignedId,
};
use rustls::pki_types::CertificateDer;

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
    credential: Arc<dyn TokenCredential>,
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
        let transport = Transport::new(Arc::new(client(found.certs, why)?));
        let options = options(transport.clone());
        let credential: Arc<dyn TokenCredential> = match identity {
            Identity::Managed(client_id) => {
                ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
                    user_assigned_id: client_id.map(UserAssignedId::ClientId),
                    client_options: options,
                }))
                .map_err(|error| AzureError::Credential(error.to_string()))?
            }
            Identity::Developer => {
                DeveloperToolsCredential::new(Some(DeveloperToolsCredentialOptions::default()))
                    .map_err(|error| AzureError::Credential(error.to_string()))?
            }
        };
        Ok(Self { transport, credential })
    }

    /// With trust roots and a credential of one's own; for tests, which bring both.
    pub fn with(
        roots: Vec<CertificateDer<'static>>,
        credential: Arc<dyn TokenCredential>,
    ) -> Result<Self, AzureError> {
        Ok(Self { transport: Transport::new(Arc::new(client(roots, String::new())?)), credential })
    }

    /// A service that wants this handler's identity.
    pub fn service(&self, scope: &str) -> Service {
        let auth = BearerTokenAuthorizationPolicy::new(Arc::clone(&self.credential), [scope.to_owned()]);
        self.pipeline(vec![Arc::new(auth)])
    }

    /// A service that wants no identity.
    pub fn anonymous(&self) -> Service {
        self.pipeline(Vec::new())
    }

    fn pipeline(&self, auth: Vec<Arc<dyn Policy>>) -> Service {
        let options = options(self.transport.clone());
        let name = option_env!("CARGO_PKG_NAME");
        Service(Pipeline::new(name, option_env!("CARGO_PKG_VERSION"), options, Vec::new(), auth, None))
    }
}

fn options(transport: Transport) -> ClientOptions {
    ClientOptions { transport: Some(transport), retry: RetryOptions::none(), ..ClientOptions::default() }
}

/// The one HTTP client.
fn client(roots: Vec<CertificateDer<'static>>, why_none: String) -> Result<reqwest::Client, AzureError> {
    let mut store = rustls::RootCertStore::empty();
    let (added, _) = store.add_parsable_certificates(roots);
    if added == 0 {
        return Err(AzureError::NoRoots(why_none));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .build()?)
}

/// One service of Azure.
#[derive(Clone)]
pub struct Service(Pipeline);

impl Service {
    /// Sends once and takes whatever status comes.
    pub async fn send(&self, request: &mut Request, within: Duration) -> Result<Reply, NoReply> {
        let options = PipelineSendOptions { skip_checks: true, ..PipelineSendOptions::default() };
        let context = Context::new();
        let sending = self.0.send(&context, request, Some(options));
        match tokio::time::timeout(within, sending).await {
            Err(_) => Err(NoReply::TimedOut(within)),
            Ok(Ok(response)) => {
                let (status, headers, body) = response.deconstruct();
                Ok(Reply { status: status.into(), headers, body: body.as_ref().to_vec() })
            }
            Ok(Err(error)) if matches!(error.kind(), ErrorKind::Credential) => {
                Err(NoReply::Token(innermost(&error)))
            }
            Ok(Err(error)) => Err(NoReply::Connection(innermost(&error))),
        }
    }
}

/// An error with its causes, which say more than itself.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = inner.source();
    }
    text.chars().take(400).collect()
}

/// Lower-case hex.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
