//! AWS on loopback: moto's server, the one at `TRAILHOUND_MOTO_URL` or one of our own.
//!
//! Our own runs from a Python environment under `.tools/` (`pip install 'moto[server]==5.2.5'`), or from the program
//! that `TRAILHOUND_MOTO_SERVER` names, and ends with the test process, however that ends.

use std::env;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

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
    if moto.is_none() {
        eprintln!(
            "SKIPPED: no moto. Make one with `python3 -m venv .tools/moto && \
             .tools/moto/bin/pip install 'moto[server]==5.2.5'`, or set TRAILHOUND_MOTO_URL."
        );
    }
    moto.as_ref()
}

fn start() -> Option<Moto> {
    let server = server()?;
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

fn server() -> Option<PathBuf> {
    if let Some(given) = env::var_os("TRAILHOUND_MOTO_SERVER") {
        return Some(PathBuf::from(given));
    }
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.tools");
    let environments = tools.read_dir().ok()?.flatten().map(|entry| entry.path());
    environments.chain([tools]).map(|at| at.join("bin/moto_server")).find(|program| program.is_file())
}
