//! What a queue has gathered of blobs: joined on a laptop, the parts say what the blobs would.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use trailhound_testkit::azurite::Azurite;
use trailhound_testkit::contract;
use trailhound_testkit::functions_host::{Failure, StorageQueue, TextForm, Worker, queue_request, records};
use trailhound_testkit::gate::{Gate, Trouble};
use trailhound_testkit::tls::Certificate;

use super::common::{World, run_command, worker};
use super::{MINUTE, first_attempt};

/// Blobs of an inventory by their names as an address has them, and the run commands in each. In two the same, of which the first
/// by name counts; in one what a URL encodes.
const BLOBS: [(&str, &[u64]); 6] = [
    ("resourceId=/SUBSCRIPTIONS/0/y=2026/m=03/d=18/h=09/m=00/PT1H.json", &[1, 2]),
    ("resourceId=/SUBSCRIPTIONS/0/y=2026/m=03/d=18/h=10/m=00/PT1H.json", &[1, 6]),
    ("rest/a%20b%25+c.json", &[3, 5]),
    ("rest/x", &[4]),
    ("rest/x-1", &[4, 7]),
    ("torn.json", &[]),
];

const OWN: &str = "title: Commands\nname: own-commands\nlogsource: {product: azure, service: activitylogs}\ndetection:\n  \
                   selection:\n    operationName: MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION\n  condition: selection\nlevel: low\n";

/// With another level, one machine less, and a correlation over what is left.
fn candidate() -> String {
    let changed = OWN.replace("level: low", "level: high").replace(
        "  condition: selection",
        "  third:\n    resourceId|endswith: /VM-3\n  condition: selection and not third",
    );
    format!(
        "{changed}---\ntitle: Many commands\nname: own-many\ncorrelation:\n  type: event_count\n  rules: [own-commands]\n  \
         group-by: [tenantId]\n  timespan: 1h\n  generate: true\n  condition: {{gte: 4}}\nlevel: medium\n"
    )
}

fn envelope(numbers: &[u64]) -> Vec<u8> {
    match numbers {
        [] => b"{\"records\": [{\"time\": ".to_vec(),
        numbers => records(&numbers.iter().map(|n| run_command(*n)).collect::<Vec<_>>()),
    }
}

struct Bench<'c> {
    azurite: Azurite<'c>,
    world: World,
    settings: BTreeMap<String, String>,
    worker: Worker,
    folder: tempfile::TempDir,
}

impl<'c> Bench<'c> {
    /// Containers with blobs, rules in force and a candidate; a folder with the same; and a worker that may read one of them.
    async fn set(certificate: &'c Certificate) -> Option<Self> {
        let azurite = Azurite::start(certificate, "what is gathered of blobs").await?;
        azurite.create_table("state").await;
        for container in ["rejects", "source", "other", "parts", "candidate", "rules"] {
            azurite.create_container(container).await;
        }
        azurite.put_blob("rules", "own.yml", OWN).await;
        azurite.put_blob("candidate", "own.yml", candidate()).await;
        let world = World::new(certificate).await;
        let mut settings = world.settings(certificate);
        settings.insert("TRAILHOUND_STATE_TABLE_URL".to_owned(), azurite.table_url("state"));
        for (name, container) in [
            ("REJECTS_URL", "rejects"),
            ("PARTS_URL", "parts"),
            ("CANDIDATE_URL", "candidate"),
            ("RULES_URL", "rules"),
            ("ALLOWED_CONTAINERS", "source"),
        ] {
            settings.insert(format!("TRAILHOUND_{name}"), azurite.container_url(container));
        }
        let folder = tempfile::tempdir().unwrap();
        let worker = worker(settings.clone()).await;
        let bench = Self { azurite, world, settings, worker, folder };
        bench.write("ours/own.yml", OWN.as_bytes());
        bench.write("mine/own.yml", candidate().as_bytes());
        for (name, numbers) in BLOBS {
            bench.azurite.put_blob("source", name, envelope(numbers)).await;
            bench.write(&format!("objects/{}/{name}", bench.place("source")), &envelope(numbers));
        }
        Some(bench)
    }

    /// A container as parts are named by it.
    fn place(&self, container: &str) -> String {
        self.azurite.container_url(container).replace("https://", "")
    }

    fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.azurite.container_url("source"))
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Starts the worker with another setting, or without one.
    async fn set_variable(&mut self, name: &str, value: Option<String>) {
        match value {
            Some(value) => self.settings.insert(name.to_owned(), value),
            None => self.settings.remove(name),
        };
        self.worker = worker(self.settings.clone()).await;
    }

    /// Has all blobs gathered, two messages with several and one again.
    async fn gather(&mut self, job: &str) -> String {
        let urls: Vec<String> = BLOBS.iter().map(|(name, _)| self.url(name)).collect();
        let mut queue = StorageQueue::default();
        for urls in [json!(urls[..2]), json!(urls[2..]), json!(urls[1])] {
            queue.put(json!({"job": job, "parts": job, "url": urls}).to_string());
        }
        for done in queue.drain(&mut self.worker, MINUTE).await {
            assert_eq!(done, Ok(json!({"Outputs": {}, "Logs": [], "ReturnValue": null})));
        }
        assert!(queue.poison.is_empty());
        let made: BTreeSet<String> = self.azurite.blobs("parts").await.into_iter().collect();
        let parts = BLOBS.iter().map(|(name, _)| {
            format!("{job}/{}/{}.part.gz", self.place("source"), name.replace("%20", " ").replace("%25", "%"))
        });
        assert_eq!(made, parts.collect());
        // As a copy of the container would.
        for name in made {
            let encoded = name.replace('%', "%25").replace(' ', "%20");
            self.write(&format!("parts/{encoded}"), &self.azurite.blob("parts", &encoded).await);
        }
        self.path(&format!("parts/{job}"))
    }

    /// What the command says, with places as the function names them.
    fn said(&self, arguments: &[&str]) -> (String, String, Option<i32>) {
        let output = contract::run(Path::new(env!("CARGO_BIN_EXE_trailhound-azure")), arguments);
        let text = |bytes: Vec<u8>| {
            // Reports for build servers escape what stands in places.
            let text = String::from_utf8(bytes).unwrap().replace("&#x2f;", "/");
            text.replace(&format!("{}/", self.path("objects")), "https://")
        };
        (text(output.stdout), text(output.stderr), output.status.code())
    }

    /// Nothing was published, parked, remembered or counted as a delivery.
    async fn assert_untold(&self) {
        assert_eq!(self.world.grid.accepted(), Vec::<Value>::new());
        assert_eq!(self.azurite.entities("state").await, Vec::<Value>::new());
        assert_eq!(self.azurite.blobs("rejects").await, Vec::<String>::new());
        assert_eq!(self.worker.accounts(), Vec::<Value>::new());
    }

    /// Hands a message out once; the status and what the host is told.
    async fn refused(&self, message: &str) -> (u16, String) {
        let request = queue_request(message, 1, TextForm::Quoted);
        match self.worker.invoke("gather", request, MINUTE).await {
            Err(Failure::Status(status, body)) => (status, body),
            other => panic!("{message}: {other:?}"),
        }
    }

    async fn refused_for_good(&self, message: &Value, why: &str) {
        let (status, said) = self.refused(&message.to_string()).await;
        assert!(status == 500 && said.contains(why), "{message}: {status} {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gathered_backtest_says_what_one_over_the_blobs_does() {
    let certificate = Certificate::new();
    let Some(mut bench) = Bench::set(&certificate).await else { return };
    let parts = bench.gather("backtest").await;
    bench.assert_untold().await;
    let (mine, ours, objects) = (bench.path("mine"), bench.path("ours"), bench.path("objects"));
    for format in ["json", "text", "markdown", "junit"] {
        let told = |more: &[&str]| {
            let asked = ["backtest", &mine, "--against", &ours, "--format", format, "--since", "2020-01-01"];
            bench.said(&[&asked[..], more].concat())
        };
        let (gathered, read) = (told(&["--parts", &parts]), told(&[&objects]));
        assert_eq!(gathered, read, "{format}");
        if format == "json" {
            let told: Value = serde_json::from_str(&gathered.0).unwrap();
            let counts: BTreeMap<String, u64> = serde_json::from_value(told["total"].clone()).unwrap();
            assert!(counts.values().all(|count| *count > 0), "the change adds, takes away and moves: {told}");
            assert!(told["by_rule"]["own-many"].is_object(), "across blobs: {told}");
            assert!(told["same"].as_u64() > Some(0) && gathered.0.contains("https://localhost"), "{told}");
        }
    }
    // By other rules than the function had, nothing is told for true.
    let (out, said, code) = bench.said(&["backtest", &mine, "--parts", &parts]);
    assert!(said.contains("made with other rules") && code == Some(2), "{out}{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gathered_baseline_is_the_one_that_is_learned_from_the_blobs() {
    let certificate = Certificate::new();
    let Some(mut bench) = Bench::set(&certificate).await else { return };
    let parts = bench.gather("learn").await;
    bench.assert_untold().await;
    let learned = |more: &[&str], to: &str| {
        let (ours, to) = (bench.path("ours"), bench.path(to));
        let asked = ["baseline", "learn", "--rules", &ours, "--keep-learning", "--to", &to];
        let (_, said, code) = bench.said(&[&asked[..], more].concat());
        assert_eq!(code, Some(0), "{said}");
        let (export, _, _) = bench.said(&["baseline", "export", &to]);
        let entry = |line: &str| {
            let mut entry: Value = serde_json::from_str(line).unwrap();
            entry.as_object_mut().unwrap().remove("expires");
            entry
        };
        let entries: Vec<Value> = export.lines().map(entry).collect();
        (entries, said.replace(&to, "it"))
    };
    let gathered = learned(&["--parts", &parts], "gathered.baseline");
    assert_eq!(gathered, learned(&[&bench.path("objects")], "read.baseline"));
    assert!(gathered.0.len() > 3, "{gathered:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_gathered_is_told_and_never_published_instead() {
    let certificate = Certificate::new();
    let Some(mut bench) = Bench::set(&certificate).await else { return };
    let url = bench.url(BLOBS[0].0);
    let learn = |url: &str| json!({"job": "learn", "parts": "a", "url": url});

    bench
        .refused_for_good(&json!({"job": "backtets", "parts": "a", "url": url}), "neither backtest nor learn")
        .await;
    bench.refused_for_good(&json!({"parts": "a", "url": url}), "`parts` without `job`").await;
    bench.refused_for_good(&json!({"url": url}), "without `job`").await;
    for name in [json!(""), json!("../a"), json!("a/b"), json!(7), Value::Null] {
        let message = json!({"job": "learn", "parts": name, "url": url});
        bench.refused_for_good(&message, "`parts` names a gathering").await;
    }
    for message in ["example", "[]", "\"\"", "{\"eventType\": \"Microsoft.Storage.BlobCreated\"}"] {
        let (status, said) = bench.refused(message).await;
        assert!(status == 500 && said.contains("the message"), "{message}: {status} {said}");
    }
    let reply = bench.worker.post("/gather", b"nor a request".to_vec()).await.unwrap();
    assert_eq!(reply.status, 500, "{reply:?}");
    bench.refused_for_good(&learn(&bench.url("absent.json")), "does not exist").await;
    bench.refused_for_good(&learn(&bench.url("")), "names a folder").await;
    assert!(bench.azurite.blobs("parts").await.is_empty());

    bench.azurite.put_blob("candidate", "own.yml", "title: Own\nlevel: [no").await;
    let backtest = json!({"job": "backtest", "parts": "a", "url": url});
    bench.worker.restart().await;
    bench.refused_for_good(&backtest, "own.yml:3:1: not YAML").await;
    bench.set_variable("TRAILHOUND_CANDIDATE_URL", None).await;
    bench.refused_for_good(&backtest, "TRAILHOUND_CANDIDATE_URL is not set").await;
    bench.set_variable("TRAILHOUND_PARTS_URL", None).await;
    bench.refused_for_good(&learn(&url), "TRAILHOUND_PARTS_URL is not set").await;
    bench.assert_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_elsewhere_is_refused_and_no_token_goes_there() {
    let certificate = Certificate::new();
    let Some(mut bench) = Bench::set(&certificate).await else { return };
    bench.azurite.put_blob("other", "a.json", envelope(&[1])).await;
    // Whoever listens there would hear a token.
    let elsewhere = Gate::before(bench.azurite.ports().1, Some(&certificate)).await;
    let source = bench.azurite.container_url("source");
    let name = "TRAILHOUND_ALLOWED_CONTAINERS";
    for url in [
        format!("{}/a.json", bench.azurite.container_url("other")),
        format!("{source}/../other/a.json"),
        format!("{source}/%2e%2e/other/a.json"),
        format!("https://localhost:{}/devstoreaccount1/source/torn.json", elsewhere.port()),
    ] {
        bench.refused_for_good(&json!({"job": "learn", "parts": "a", "url": url}), name).await;
    }
    for url in [
        format!("{source}/torn.json?sv=2021&sig=example"),
        source.replace("https://", "http://") + "/torn.json",
        source.replace("https://", "https://user@") + "/torn.json",
        format!("{source}/rest%2F..%2Ftorn.json"),
    ] {
        bench.refused_for_good(&json!({"job": "learn", "parts": "a", "url": url}), "a `url`").await;
    }
    assert_eq!(elsewhere.seen(), Vec::<String>::new());
    // Beside it the others are gathered all the same, and without the setting nobody's are.
    let mixed = [format!("{}/a.json", bench.azurite.container_url("other")), bench.url("torn.json")];
    bench.refused_for_good(&json!({"job": "learn", "parts": "a", "url": mixed}), "1 of 2 blobs").await;
    assert_eq!(bench.azurite.blobs("parts").await.len(), 1);
    bench.set_variable(name, None).await;
    bench.refused_for_good(&json!({"job": "learn", "parts": "b", "url": bench.url("torn.json")}), name).await;
    assert_eq!(bench.azurite.blobs("parts").await.len(), 1);
    bench.assert_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_for_now_comes_again_and_what_never_works_lies_with_the_poison() {
    let certificate = Certificate::new();
    let Some(mut bench) = Bench::set(&certificate).await else { return };
    let gate = Gate::before(bench.azurite.ports().1, Some(&certificate)).await;
    let gated = |url: String| url.replace(&bench.azurite.ports().1.to_string(), &gate.port().to_string());
    let source = gated(bench.azurite.container_url("source"));
    bench.set_variable("TRAILHOUND_ALLOWED_CONTAINERS", Some(source.clone())).await;
    let message = |url: String| json!({"job": "learn", "parts": "a", "url": url}).to_string();
    let mut queue = StorageQueue::default();
    queue.put(message(format!("{source}/torn.json")));
    queue.put(message(format!("{source}/absent.json")));

    gate.always(Some(Trouble::Says(503, Vec::new(), String::new())));
    let Some(Err(Failure::Status(503, said))) = queue.next(&mut bench.worker, MINUTE).await else {
        panic!("a store that does not answer is asked again")
    };
    assert!(said.contains("cannot be read for now"), "{said}");
    gate.always(None);
    let answers = queue.drain(&mut bench.worker, MINUTE).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert_eq!(answers.len(), 1 + StorageQueue::MOST_TIMES as usize);
    assert_eq!(queue.poison, [message(format!("{source}/absent.json"))], "it says what is not gathered");
    let errors = bench.worker.output().into_iter().filter(|line| line.contains("stays with its queue"));
    assert_eq!(errors.count(), 1 + StorageQueue::MOST_TIMES as usize, "each is told");
    assert_eq!(bench.azurite.blobs("parts").await.len(), 1);

    // Nor is a part kept for kept that is not.
    bench.set_variable("TRAILHOUND_PARTS_URL", Some(bench.azurite.container_url("absent"))).await;
    let (status, said) = bench.refused(&message(format!("{source}/torn.json"))).await;
    assert!(status == 503 && said.contains("its part is not kept"), "{status} {said}");
    bench.assert_untold().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_read_in_every_form_and_what_the_hub_brings_is_told_meanwhile() {
    let certificate = Certificate::new();
    let Some(bench) = Bench::set(&certificate).await else { return };
    let message = json!({"job": "learn", "parts": "a", "url": bench.url(BLOBS[0].0)}).to_string();
    let packed = STANDARD.encode(&message);
    for (text, form) in
        TextForm::ALL.iter().map(|form| (&message, *form)).chain([(&packed, TextForm::Quoted)])
    {
        let hub = records(&[run_command(8)]);
        let (gathered, detected) = tokio::join!(
            bench.worker.invoke("gather", queue_request(text, 1, form), MINUTE),
            bench.worker.invoke("detect", first_attempt(vec![hub]), MINUTE),
        );
        assert!(gathered.is_ok() && detected.is_ok(), "{form:?}: {gathered:?} {detected:?}");
    }
    assert_eq!(bench.azurite.blobs("parts").await.len(), 1);
    let accounts = bench.worker.accounts();
    assert_eq!(accounts.len(), TextForm::ALL.len() + 1, "deliveries of the hub alone: {accounts:?}");
    assert!(!bench.world.grid.accepted().is_empty());
    let elsewhere = bench.worker.post("/elsewhere", Vec::new()).await.unwrap();
    let said = String::from_utf8_lossy(&elsewhere.body).into_owned();
    assert!(elsewhere.status == 404 && said.contains("/detect or /gather"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_while_a_blob_is_waited_for_ends_it_soon() {
    let certificate = Certificate::new();
    let Some(mut bench) = Bench::set(&certificate).await else { return };
    let gate = Gate::before(bench.azurite.ports().1, Some(&certificate)).await;
    gate.always(Some(Trouble::Hung));
    let source = format!("https://localhost:{}/devstoreaccount1/source", gate.port());
    bench.set_variable("TRAILHOUND_ALLOWED_CONTAINERS", Some(source.clone())).await;
    let message = json!({"job": "learn", "parts": "a", "url": format!("{source}/torn.json")}).to_string();
    let body = queue_request(&message, 1, TextForm::Quoted);
    let mut host = TcpStream::connect(("127.0.0.1", bench.worker.port())).unwrap();
    write!(host, "POST /gather HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len()).unwrap();
    host.write_all(&body).unwrap();
    while gate.seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(bench.worker.terminate(Duration::from_secs(8)).await, Some(143));
    let mut answer = String::new();
    host.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("stopping"), "{answer}");
}
