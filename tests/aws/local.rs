//! `cargo lambda`, as `docs/aws-lambda.md` shows it: its emulator, the `bootstrap` built for these tests, a sample.
//!
//! `cargo lambda watch` would build the function once more, with other features than the workspace's tests; with
//! `--only-lambda-apis` it is the same emulator, and who starts the function is the only difference.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trailhound_testkit::contract::comparable;
use trailhound_testkit::tools;

use super::stage::{Stage, sample, scan};

/// A process that ends with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn watch(cargo_lambda: &Path) -> (Running, String) {
    let port =
        TcpListener::bind(("127.0.0.1", 0)).and_then(|socket| socket.local_addr()).expect("a port").port();
    let emulator = Command::new(cargo_lambda)
        .args(["lambda", "watch", "--only-lambda-apis", "--invoke-address", "127.0.0.1"])
        .args(["--invoke-port", &port.to_string()])
        .current_dir(tools::root())
        .stdout(Stdio::null())
        .spawn()
        .expect("cargo-lambda starts");
    let running = Running(emulator);
    let until = Instant::now() + Duration::from_secs(30);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < until, "the emulator listens");
        sleep(Duration::from_millis(50));
    }
    (running, port.to_string())
}

fn invoke(cargo_lambda: &Path, port: &str, sample: &str) -> Value {
    let output = Command::new(cargo_lambda)
        .args(["lambda", "invoke", "bootstrap", "--invoke-address", "127.0.0.1", "--invoke-port", port])
        .args(["--data-file", &format!("events/{sample}")])
        .current_dir(tools::root())
        .output()
        .expect("cargo-lambda starts");
    let (answer, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{sample}: {answer}{errors}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_go_through_cargo_lambda() {
    let Some(mut stage) = Stage::set_without_table().await else { return };
    let skipped = "`cargo lambda watch` and `cargo lambda invoke`";
    let Some(cargo_lambda) = tools::find("TRAILHOUND_CARGO_LAMBDA", "python/bin/cargo-lambda", skipped)
    else {
        return;
    };
    let (_emulator, port) = watch(&cargo_lambda);
    stage.start_for(&format!("http://127.0.0.1:{port}/.rt/bootstrap"));

    for name in ["example-eventbridge-start-session.json", "example-eventbridge-console-login.json"] {
        assert_eq!(invoke(&cargo_lambda, &port, name), json!({"batchItemFailures": []}), "{name}");
        let findings = stage.findings().await;
        assert!(!findings.is_empty(), "{name}");
        assert_eq!(comparable(&findings, true), comparable(&scan(&sample(name)), true), "{name}");
    }
    let name = "example-s3-test-event.json";
    assert_eq!(invoke(&cargo_lambda, &port, name), json!({"batchItemFailures": []}), "{name}");
    assert_eq!(stage.findings().await, Vec::<Value>::new(), "{name}");
}
