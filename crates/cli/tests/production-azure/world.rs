//! An Azure function's surroundings: containers, a table, a topic and a hub, each behind a gate. The function itself is played
//! by its courier, as `replay --here` runs it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use trailhound_testkit::azurite::Azurite;
use trailhound_testkit::event_grid::EventGrid;
use trailhound_testkit::event_hub::EventHub;
use trailhound_testkit::gate::Gate;
use trailhound_testkit::identity::Identity;
use trailhound_testkit::records::run_command;
use trailhound_testkit::tls::Certificate;

pub(crate) const HOUR: &str =
    "resourceId=/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/y=2026/m=03/d=18";

/// Where the command finds the services.
#[derive(Clone, Copy)]
pub(crate) struct Ports {
    table: u16,
    blob: u16,
    grid: u16,
    hub: u16,
}

impl Ports {
    pub(crate) fn container(self, name: &str) -> String {
        format!("https://localhost:{}/devstoreaccount1/{name}", self.blob)
    }

    pub(crate) fn table(self) -> String {
        format!("https://localhost:{}/devstoreaccount1/state", self.table)
    }

    pub(crate) fn dry(self, more: &[&str]) -> Vec<String> {
        let fixed = ["replay", "--format", "json", "--table", &self.table()].map(str::to_owned);
        fixed.into_iter().chain(more.iter().map(|&one| one.to_owned())).collect()
    }
}

pub(crate) struct World<'c> {
    certificate: &'c Certificate,
    pub(crate) azurite: Azurite<'c>,
    pub(crate) grid: EventGrid,
    pub(crate) hub: EventHub,
    identity: Identity,
    pub(crate) folder: tempfile::TempDir,
    /// Before the table, the containers, the topic and the hub.
    pub(crate) gates: [Gate; 4],
    pub(crate) direct: Ports,
    pub(crate) gated: Ports,
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

impl<'c> World<'c> {
    pub(crate) async fn set(certificate: &'c Certificate) -> Option<Self> {
        let azurite = Azurite::start(certificate, "replay against the doubles of Azure").await?;
        for container in ["rejects", "insights-activity-logs", "capture"] {
            azurite.create_container(container).await;
        }
        azurite.create_table("state").await;
        let (grid, hub) = (EventGrid::start(certificate).await, EventHub::start(certificate).await);
        let (table, blob) = azurite.ports();
        let direct = Ports { table, blob, grid: grid.port(), hub: hub.port() };
        let before = |port| Gate::before(port, Some(certificate));
        let gates =
            [before(table).await, before(blob).await, before(direct.grid).await, before(direct.hub).await];
        let [table, blob, grid_gate, hub_gate] = [0, 1, 2, 3].map(|at: usize| gates[at].port());
        let gated = Ports { table, blob, grid: grid_gate, hub: hub_gate };
        let (identity, folder) = (Identity::start().await, tempfile::tempdir().unwrap());
        Some(Self { certificate, azurite, grid, hub, identity, folder, gates, direct, gated })
    }

    /// Parks lines as the function does; answers with the blob's name.
    pub(crate) async fn park(&self, hash: char, lines: &[Value]) -> String {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        for line in lines {
            writeln!(packed, "{line}").unwrap();
        }
        let name = format!("2026/03/18/{}.ndjson.gz", hash.to_string().repeat(32));
        self.azurite.put_blob("rejects", &name, packed.finish().unwrap()).await;
        name
    }

    /// An hour of the Activity Log, a record a line.
    pub(crate) async fn hour(&self, hour: u8, records: &[Value]) {
        let lines = lines(records, "\r\n");
        self.azurite
            .put_blob("insights-activity-logs", &format!("{HOUR}/h={hour:02}/m=00/PT1H.json"), lines)
            .await;
    }

    /// Findings that were published since, by id, and how often each was.
    pub(crate) fn told(&self) -> BTreeMap<String, usize> {
        let mut told = BTreeMap::new();
        for finding in self.grid.accepted() {
            let labels = finding["data"]["metadata"]["labels"].to_string();
            assert!(labels.contains("replayed") || finding["data"]["count"].as_u64() > Some(1), "{finding}");
            *told.entry(uid(&finding)).or_default() += 1;
        }
        self.grid.clear();
        told
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    fn command(&self, arguments: &[String]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trailhound"));
        command
            .args(arguments)
            .current_dir(root())
            .env_clear()
            .env("NO_COLOR", "1")
            .env("HOME", "/nonexistent")
            .envs(self.identity.environment())
            .env("SSL_CERT_FILE", self.certificate.pem());
        command
    }

    pub(crate) fn here(&self, ports: Ports, ledger: &str, more: &[&str]) -> Vec<String> {
        let topic = format!("https://localhost:{}/api/events", ports.grid);
        let fixed = ["--here", "--topic", &topic, "--ledger", &self.path(ledger)];
        ports.dry(&[&fixed[..], more].concat())
    }

    pub(crate) fn go(&self, ports: Ports, ledger: &str, more: &[&str]) -> Vec<String> {
        let fixed =
            ["--go", &EventHub::address_at(ports.hub), "--rate", "1000", "--ledger", &self.path(ledger)];
        ports.dry(&[&fixed[..], more].concat())
    }

    /// Runs it, and answers with what is told and how it ended.
    pub(crate) async fn run(&self, arguments: &[String]) -> (Value, Option<i32>) {
        let output = self.command(arguments).output().await.unwrap();
        let told = serde_json::from_slice(&output.stdout);
        let told: Value = told.unwrap_or_else(|_| panic!("{arguments:?}: {}", err(&output)));
        balances(&told);
        (told, output.status.code())
    }

    /// What another command says, and how it ended.
    pub(crate) async fn said(&self, arguments: &[&str]) -> (String, String, Option<i32>) {
        let arguments: Vec<String> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let output = self.command(&arguments).output().await.unwrap();
        (String::from_utf8_lossy(&output.stdout).into_owned(), err(&output), output.status.code())
    }

    /// What it says when it refuses.
    pub(crate) async fn refused(&self, arguments: &[String]) -> String {
        let output = self.command(arguments).output().await.unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", err(&output));
        err(&output)
    }

    pub(crate) fn start(&self, arguments: &[String]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().unwrap()
    }

    /// The ids of all that a scan finds in records, and of those of them that correlations do not make.
    pub(crate) async fn scanned(&self, records: &[Value]) -> (BTreeSet<String>, BTreeSet<String>) {
        let path = self.path("all.ndjson");
        std::fs::write(&path, lines(records, "\n")).unwrap();
        let arguments = ["scan", "--format", "ndjson", &path].map(str::to_owned);
        let output = self.command(&arguments).output().await.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let findings: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let alone = findings.iter().filter(|finding| finding["data"]["count"] == 1);
        (findings.iter().map(uid).collect(), alone.map(uid).collect())
    }
}

fn lines(records: &[Value], end: &str) -> String {
    records.iter().map(Value::to_string).map(|line| line + end).collect()
}

fn uid(finding: &Value) -> String {
    finding["data"]["finding_info"]["uid"].as_str().unwrap().to_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn balances(told: &Value) {
    let of = |name: &str| told["sum"][name].as_u64().unwrap();
    let sum = of("published") + of("duplicates") + of("suppressed") + of("still_failing");
    assert_eq!(of("in"), sum, "{told}");
}

pub(crate) fn line(reason: &str, sequence: u64, body: &[u8]) -> Value {
    json!({"reason": reason, "detail": "as it was", "received_at": "2026-03-18T09:20:00Z",
           "origin": format!("eventhub://hubs-example/activity/0@{sequence}"), "body_base64": STANDARD.encode(body)})
}

/// Records that each tell something.
pub(crate) fn records() -> Vec<Value> {
    (1..=7).map(|n| run_command(n, "Success")).collect()
}

pub(crate) fn enveloped(records: &[Value]) -> Vec<u8> {
    json!({"records": records}).to_string().into_bytes()
}
