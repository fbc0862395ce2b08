//! AWS on loopback: moto's server, the one at `TRAILHOUND_MOTO_URL` or one of our own.
//!
//! Our own is the program that `TRAILHOUND_MOTO_SERVER` names, or the one under `.tools/`, and ends with the test
//! process, however that ends.

use std::env;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;

use crate::https::{self, Reply};
use crate::tools;

/// Ends moto when our end of the pipe closes, which it does even when we are killed.
const WATCH: &str = r#""$0" -H 127.0.0.1 -p "$1" >/dev/null 2>&1 & child=$!; read -r _; kill "$child""#;

/// A running moto.
pub struct Moto {
    url: String,
    _watcher: Option<Child>,
}

impl Moto {
    /// Its address: `http://127.0.0.1:port`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What a program needs to take it for AWS.
    pub fn environment(&self) -> Vec<(String, String)> {
        let variables = [
            ("AWS_ENDPOINT_URL", self.url.as_str()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ];
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    /// Makes a bucket.
    pub async fn create_bucket(&self, name: &str) {
        self.ask("PUT", &format!("/{name}"), &[], Bytes::new()).await;
    }

    /// Puts an object; its key stands in the address as it is.
    pub async fn put_object(&self, bucket: &str, key: &str, body: impl Into<Bytes>) {
        self.ask("PUT", &format!("/{bucket}/{key}"), &[], body.into()).await;
    }

    /// An object's tags, as XML.
    pub async fn tags(&self, bucket: &str, key: &str) -> String {
        let credential = credential("s3");
        let headers = [("authorization", credential.as_str())];
        let reply = self.ask("GET", &format!("/{bucket}/{key}?tagging"), &headers, Bytes::new()).await;
        String::from_utf8_lossy(&reply.body).into_owned()
    }

    /// Gives an object one tag.
    pub async fn put_tag(&self, bucket: &str, key: &str, (name, value): (&str, &str)) {
        let tag =
            format!("<Tagging><TagSet><Tag><Key>{name}</Key><Value>{value}</Value></Tag></TagSet></Tagging>");
        let credential = credential("s3");
        let headers = [("authorization", credential.as_str())];
        self.ask("PUT", &format!("/{bucket}/{key}?tagging"), &headers, tag.into()).await;
    }

    /// Makes a state table, as the function's module does.
    pub async fn create_state_table(&self, name: &str) {
        let attribute = |name| serde_json::json!({"AttributeName": name, "AttributeType": "S"});
        let key = |name, kind| serde_json::json!({"AttributeName": name, "KeyType": kind});
        let table = serde_json::json!({
            "TableName": name, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [attribute("pk"), attribute("sk")],
            "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
        });
        self.call("dynamodb", "DynamoDB_20120810.CreateTable", &table).await;
    }

    /// Calls an operation of a service that speaks JSON.
    pub async fn call(&self, service: &str, target: &str, body: &serde_json::Value) -> Reply {
        let credential = credential(service);
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target),
            ("authorization", credential.as_str()),
        ];
        self.ask("POST", "/", &headers, body.to_string().into()).await
    }

    /// Calls an operation of a service that takes a form, such as `Action=CreateTopic&Name=findings`.
    pub async fn form(&self, service: &str, form: &str) -> Reply {
        let credential = credential(service);
        let headers =
            [("content-type", "application/x-www-form-urlencoded"), ("authorization", credential.as_str())];
        self.ask("POST", "/", &headers, form.to_owned().into()).await
    }

    async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Bytes) -> Reply {
        let port = self.url.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        let mut request =
            Request::builder().method(method).uri(path).header("host", format!("127.0.0.1:{port}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body).map_err(|never| match never {})).expect("well-formed");
        let reply = https::send(port, None, request).await.expect("moto answers");
        assert_eq!(reply.status, 200, "{method} {path}: {reply:?}");
        reply
    }
}

/// Tells the region and the service; signatures are not looked at.
fn credential(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// The moto of this test process; `None`, loudly, when there is none to start.
pub fn shared() -> Option<&'static Moto> {
    static SHARED: OnceLock<Option<Moto>> = OnceLock::new();
    let moto = SHARED.get_or_init(|| match env::var("TRAILHOUND_MOTO_URL") {
        Ok(url) if !url.is_empty() => {
            Some(Moto { url: url.trim_end_matches('/').to_owned(), _watcher: None })
        }
        _ => start(),
    });
    moto.as_ref()
}

fn start() -> Option<Moto> {
    let server =
        tools::find("TRAILHOUND_MOTO_SERVER", "python/bin/moto_server", "all that asks AWS's double")?;
    let port = TcpListener::bind(("127.0.0.1", 0)).ok()?.local_addr().ok()?.port();
    let watcher = Command::new("sh")
        .args(["-c", WATCH])
        .arg(server)
        .arg(port.to_string())
        .stdin(Stdio::piped())
        .spawn()
        .ok()?;
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let until = Instant::now() + Duration::from_mins(1);
    while Instant::now() < until {
        if TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok() {
            return Some(Moto { url: format!("http://{address}"), _watcher: Some(watcher) });
        }
        thread::sleep(Duration::from_millis(50));
    }
    None
}
