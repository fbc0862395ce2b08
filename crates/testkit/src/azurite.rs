//! Azurite, Microsoft's emulator of Storage, over TLS with bearer tokens, and what a test asks of it.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::https::{self, Reply};
use crate::identity::token;
use crate::tls::Certificate;
use crate::tools;

const ACCOUNT: &str = "devstoreaccount1";

/// A running emulator; it ends with this value.
pub struct Azurite<'c> {
    certificate: &'c Certificate,
    blob: u16,
    table: u16,
    log: tempfile::NamedTempFile,
    child: Child,
}

impl<'c> Azurite<'c> {
    /// Starts one, or says aloud that it is missing.
    pub async fn start(certificate: &'c Certificate, skipped: &str) -> Option<Self> {
        let program = tools::find("TRAILHOUND_AZURITE", "node/node_modules/.bin/azurite", skipped)?;
        // A port that is free may be somebody else's a moment later.
        for _ in 0..5 {
            if let Some(started) = Self::listening(certificate, &program).await {
                return Some(started);
            }
        }
        panic!("Azurite ended five times before it listened");
    }

    /// One that listens; nothing if it ended before it did.
    async fn listening(certificate: &'c Certificate, program: &Path) -> Option<Self> {
        let log = tempfile::NamedTempFile::new().expect("a file");
        let [blob, queue, table] = [free_port().await, free_port().await, free_port().await];
        let mut child = Command::new(program)
            .args(["--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck", "--loose"])
            .args(["--blobPort", &blob.to_string(), "--queuePort", &queue.to_string()])
            .args(["--tablePort", &table.to_string(), "--oauth", "basic"])
            .arg("--cert")
            .arg(certificate.pem())
            .arg("--key")
            .arg(certificate.key_pem())
            .stdin(Stdio::null())
            .stdout(log.reopen().expect("it is there"))
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Azurite starts");
        for port in [blob, table] {
            let mut waited = 0;
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                if child.try_wait().expect("a child").is_some() {
                    return None;
                }
                assert!(waited < 1_800, "Azurite does not listen after three minutes");
                waited += 1;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Some(Self { certificate, blob, table, log, child })
    }

    /// The ports of tables and of blobs.
    pub fn ports(&self) -> (u16, u16) {
        (self.table, self.blob)
    }

    /// The URL of a table.
    pub fn table_url(&self, name: &str) -> String {
        format!("https://localhost:{}/{ACCOUNT}/{name}", self.table)
    }

    /// The URL of a container.
    pub fn container_url(&self, name: &str) -> String {
        format!("https://localhost:{}/{ACCOUNT}/{name}", self.blob)
    }

    /// Makes a table.
    pub async fn create_table(&self, name: &str) {
        let body = serde_json::json!({"TableName": name}).to_string();
        let reply =
            self.ask(self.table, Method::POST, "/Tables", Some(("application/json", body.into()))).await;
        let reply = reply.expect("Azurite answers");
        assert!(matches!(reply.status, 201 | 204), "{reply:?}");
    }

    /// Makes a container.
    pub async fn create_container(&self, name: &str) {
        let path = format!("/{name}?restype=container");
        let reply = self.ask(self.blob, Method::PUT, &path, None).await.expect("Azurite answers");
        assert_eq!(reply.status, 201, "{reply:?}");
    }

    /// The names of a container's blobs.
    pub async fn blobs(&self, container: &str) -> Vec<String> {
        let path = format!("/{container}?restype=container&comp=list");
        let reply = self.ask(self.blob, Method::GET, &path, None).await.expect("Azurite answers");
        assert_eq!(reply.status, 200, "{reply:?}");
        let text = String::from_utf8_lossy(&reply.body).into_owned();
        text.split("<Name>")
            .skip(1)
            .filter_map(|rest| rest.split("</Name>").next())
            .map(ToOwned::to_owned)
            .collect()
    }

    /// A blob's bytes.
    pub async fn blob(&self, container: &str, name: &str) -> Bytes {
        let path = format!("/{container}/{name}");
        let reply = self.ask(self.blob, Method::GET, &path, None).await.expect("Azurite answers");
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body
    }

    /// Puts a blob.
    pub async fn put_blob(&self, container: &str, name: &str, body: impl AsRef<[u8]>) {
        let path = format!("/{container}/{name}");
        let body = Some(("text/plain", Bytes::copy_from_slice(body.as_ref())));
        let reply = self.ask(self.blob, Method::PUT, &path, body).await.expect("Azurite answers");
        assert_eq!(reply.status, 201, "{reply:?}");
    }

    /// A blob's index tags, as XML.
    pub async fn tags(&self, container: &str, name: &str) -> String {
        let path = format!("/{container}/{name}?comp=tags");
        let reply = self.ask(self.blob, Method::GET, &path, None).await.expect("Azurite answers");
        assert_eq!(reply.status, 200, "{reply:?}");
        String::from_utf8_lossy(&reply.body).into_owned()
    }

    /// Gives a blob one index tag.
    pub async fn put_tag(&self, container: &str, name: &str, key: &str, value: &str) {
        let path = format!("/{container}/{name}?comp=tags");
        let tag = format!("<Tags><TagSet><Tag><Key>{key}</Key><Value>{value}</Value></Tag></TagSet></Tags>");
        let body = Some(("application/xml", Bytes::from(tag)));
        let reply = self.ask(self.blob, Method::PUT, &path, body).await.expect("Azurite answers");
        assert_eq!(reply.status, 204, "{reply:?}");
    }

    /// A table's entities.
    pub async fn entities(&self, table: &str) -> Vec<Value> {
        let reply =
            self.ask(self.table, Method::GET, &format!("/{table}()"), None).await.expect("Azurite answers");
        assert_eq!(reply.status, 200, "{reply:?}");
        let body: Value = serde_json::from_slice(&reply.body).expect("Azurite answers with JSON");
        body["value"].as_array().cloned().unwrap_or_default()
    }

    /// How many requests there were for rows of tables, or for transactions, as its log has them.
    pub async fn table_requests(&self) -> u64 {
        // It writes its log after it answered.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let log = std::fs::read_to_string(self.log.path()).expect("it can be read");
        log.lines().filter(|line| line.contains("(PartitionKey") || line.contains("$batch")).count() as u64
    }

    /// Kills it, as an outage.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("it can be killed");
    }

    async fn ask(
        &self,
        port: u16,
        method: Method,
        path: &str,
        body: Option<(&str, Bytes)>,
    ) -> io::Result<Reply> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/{ACCOUNT}{path}"))
            .header("host", format!("localhost:{port}"))
            .header("authorization", format!("Bearer {}", token("https://storage.azure.com")))
            .header("x-ms-version", "2021-12-02")
            .header("accept", if port == self.table { "application/json;odata=nometadata" } else { "*/*" });
        let bytes = if let Some((kind, bytes)) = body {
            request = request.header("content-type", kind);
            // With it, whatever is put is a blob's content.
            if !path.ends_with("comp=tags") {
                request = request.header("x-ms-blob-type", "BlockBlob");
            }
            bytes
        } else {
            Bytes::new()
        };
        let body = Full::new(bytes).map_err(|never| match never {});
        let request = request.body(body).map_err(io::Error::other)?;
        https::send(port, Some(self.certificate), request).await
    }
}

async fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
    listener.local_addr().expect("it is bound").port()
}
