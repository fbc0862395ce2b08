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
