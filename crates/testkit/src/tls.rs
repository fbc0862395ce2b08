//! A certificate for this machine, made for one test.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// A self-signed certificate for `localhost` and `127.0.0.1`, also as files for those who read files.
pub struct Certificate {
    folder: TempDir,
    der: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Certificate {
    /// A new one.
    pub fn new() -> Self {
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).expect("these names are good");
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        std::fs::write(folder.path().join("cert.pem"), made.cert.pem()).expect("the folder is writable");
        std::fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem())
            .expect("the folder is writable");
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        Self { der: made.cert.der().clone(), key, folder }
    }

    /// The certificate, for `SSL_CERT_FILE`.
    pub fn pem(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    /// Its key.
    pub fn key_pem(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// The certificate itself.
    pub fn der(&self) -> CertificateDer<'static> {
        self.der.clone()
    }

    /// The server's side.
    pub fn acceptor(&self) -> TlsAcceptor {
        let config = rustls::ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("ring has the default versions")
            .with_no_client_auth()
            .with_single_cert(vec![self.der.clone()], self.key.clone_key())
            .expect("the key belongs to the certificate");
        TlsAcceptor::from(Arc::new(config))
    }

    /// The side of a client that trusts only this certificate.
    pub fn connector(&self) -> TlsConnector {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.der.clone()).expect("the certificate is well formed");
        let config = rustls::ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("ring has the default versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }
}

impl Default for Certificate {
    fn default() -> Self {
        Self::new()
    }
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
