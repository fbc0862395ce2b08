//! `cargo bench -p trailhound-aws-lambda`: start against a minimal Lambda, latency against a bare get and publish,
//! and memory on a large object. Prints what it measures; fails beyond the bars.

#[allow(dead_code, reason = "shared with the end-to-end tests, which use all of it")]
mod stage;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stage::{Stage, all_done, s3_notice, sqs_event};
use trailhound_testkit::lambda_runtime_api::LambdaRuntimeApi;

const STARTS: usize = 25;
const OBJECTS: usize = 200;
const LARGE: usize = 200_000_000;
const MOST_START_RATIO: f64 = 1.3;
const MOST_LATENCY_RATIO: f64 = 1.5;
const MOST_RSS_MIB: f64 = 48.0;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let mut beyond = Vec::new();
    let mut bar = |name: &str, measured: f64, most: f64| {
        println!("{name}: {measured:.2} (at most {most})");
        if measured > most {
            beyond.push(name.to_owned());
        }
    };
    bar("start ratio", start_ratio(), MOST_START_RATIO);
    if let Some(ratio) = runtime.block_on(latency_ratio()) {
        bar("latency ratio", ratio, MOST_LATENCY_RATIO);
    }
    if let Some(kib) = runtime.block_on(peak_rss()) {
        bar("peak RSS, MiB", f64::from(kib) / 1024.0, MOST_RSS_MIB);
    }
    assert!(beyond.is_empty(), "beyond the bar: {beyond:?}");
}

fn median(samples: &mut [Duration]) -> f64 {
    samples.sort_unstable();
    samples[samples.len() / 2].as_secs_f64() * 1_000.0
}

/// From spawning to asking for work, of ours and of a minimal Lambda with the same clients, taken in turn.
fn start_ratio() -> f64 {
    let ours = PathBuf::from(env!("CARGO_BIN_EXE_bootstrap"));
    let minimal = minimal(&ours);
    let (mut of_ours, mut of_minimal) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        of_ours.push(start(&ours));
        of_minimal.push(start(&minimal));
    }
    let (ours, least) = (median(&mut of_ours), median(&mut of_minimal));
    let (ours_min, least_min) = (of_ours[0].as_secs_f64() * 1e3, of_minimal[0].as_secs_f64() * 1e3);
    println!(
        "start to first /next: ours {ours_min:.2}/{ours:.2} ms, minimal {least_min:.2}/{least:.2} ms (min/median)"
    );
    ours / least
}

/// The minimal program, built in the profile of `ours`.
fn minimal(ours: &Path) -> PathBuf {
    let folder = ours.parent().expect("a folder");
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let mut build = Command::new(env!("CARGO"));
    build.args([
        "build",
        "--quiet",
        "--package",
        "trailhound-aws-lambda",
        "--example",
        "minimal",
        "--profile",
        profile,
    ]);
    assert!(build.status().expect("cargo runs").success(), "the minimal program builds");
    folder.join("examples/minimal")
}

fn start(program: &Path) -> Duration {
    let api = LambdaRuntimeApi::start().expect("a port");
    let began = Instant::now();
    let mut child = Command::new(program)
        .env_clear()
        .envs([
            ("AWS_LAMBDA_RUNTIME_API", api.address().as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", "example-function"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("TRAILHOUND_ALERT_TOPIC_ARN", "arn:aws:sns:us-east-1:111122223333:findings"),
            ("TRAILHOUND_STATE_TABLE", "state"),
            ("TRAILHOUND_REJECTS_URI", "s3://example-rejects/parked"),
        ])
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    let next = api.first_next(Duration::from_secs(20)).expect("it asks for work");
    child.kill().and_then(|()| child.wait()).expect("it can be killed");
    next - began
}

fn record(n: usize, name: &str) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": "2026-03-18T10:15:30Z", "eventSource": "ssm.amazonaws.com",
        "eventName": name, "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.45", "userAgent": "aws-cli/2.27",
        "eventID": format!("00000000-0000-4000-8000-{n:012}"), "eventType": "AwsApiCall", "managementEvent": true,
        "recipientAccountId": "111122223333", "eventCategory": "Management",
        "userIdentity": {"type": "IAMUser", "principalId": "AIDAEXAMPLEEXAMPLE12", "accountId": "111122223333",
                         "arn": "arn:aws:iam::111122223333:user/dana", "userName": "dana"},
        "requestParameters": {"target": format!("i-{n:017x}")},
        "responseElements": {"sessionId": format!("dana-{n:017x}")}
    })
}

fn object(records: impl Iterator<Item = Value>) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(b"{\"Records\":[").expect("memory takes it");
    for (n, record) in records.enumerate() {
        let comma = if n == 0 { "" } else { "," };
        write!(packed, "{comma}{record}").expect("memory takes it");
    }
    packed.write_all(b"]}").expect("memory takes it");
    packed.finish().expect("memory takes it")
}

/// SNS with a watch: passes bytes on, and notes when SNS last answered.
struct Watch {
    address: SocketAddr,
    answered: Arc<Mutex<Option<Instant>>>,
}

impl Watch {
    fn before(endpoint: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let behind = endpoint.trim_start_matches("http://").to_owned();
        let answered = Arc::new(Mutex::new(None));
        let noted = Arc::clone(&answered);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect(&behind).expect("SNS is there");
                client.set_nodelay(true).and_then(|()| server.set_nodelay(true)).expect("a live socket");
                let (mut to, mut from) =
                    (server.try_clone().expect("a socket"), client.try_clone().expect("a socket"));
                thread::spawn(move || std::io::copy(&mut from, &mut to));
                let noted = Arc::clone(&noted);
                thread::spawn(move || pass(server, client, &noted));
            }
        });
        Self { address, answered }
    }

    fn answered(&self) -> Instant {
        self.answered.lock().expect("no panic").take().expect("SNS answered")
    }
}

fn pass(mut server: TcpStream, mut client: TcpStream, noted: &Mutex<Option<Instant>>) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count @ 1..) = server.read(&mut bytes) {
        *noted.lock().expect("no panic") = Some(Instant::now());
        if client.write_all(&bytes[..count]).is_err() {
            return;
        }
    }
}

/// From a notice to SNS's answer that it has the finding, against a bare get and publish.
async fn latency_ratio() -> Option<f64> {
    let mut stage = Stage::set().await?;
    let watch = Watch::before(stage.moto.url());
    stage.set_variable("AWS_ENDPOINT_URL_SNS", &format!("http://{}", watch.address));
    for n in 0..=OBJECTS {
        let quiet = (0..50).map(|m| record(1_000_000 + n * 50 + m, "DescribeInstanceInformation"));
        stage.put(&format!("{n}"), object(quiet.chain([record(n, "StartSession")]))).await;
    }
    let notice = |n: usize, bucket: &str| sqs_event(&[s3_notice(bucket, &[&n.to_string()]).to_string()]);
    let bucket = stage.trail.clone();
    assert_eq!(stage.invoke(&notice(OBJECTS, &bucket)), all_done(), "the first delivery opens the rules");
    let finding = stage.findings().await.first().expect("a finding").to_string();
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for n in 0..OBJECTS {
        let began = Instant::now();
        assert_eq!(stage.invoke(&notice(n, &bucket)), all_done());
        ours.push(watch.answered() - began);
        let began = Instant::now();
        stage.get_and_publish(&n.to_string(), &finding).await;
        bare.push(began.elapsed());
    }
    let (ours, bare) = (median(&mut ours), median(&mut bare));
    println!("notice to SNS: {ours:.2} ms; bare get and publish: {bare:.2} ms (p50 of {OBJECTS})");
    Some(ours / bare)
}

/// Most memory held while a large object went through, in KiB.
async fn peak_rss() -> Option<u32> {
    let mut stage = Stage::set().await?;
    let size = record(0, "DescribeInstanceInformation").to_string().len() + 1;
    let count = LARGE / size;
    let body = object((0..count).map(|n| record(n, "DescribeInstanceInformation")));
    let packed = body.len();
    stage.put("large", body).await;
    let began = Instant::now();
    assert_eq!(stage.invoke(&s3_notice(&stage.trail.clone(), &["large"])), all_done());
    println!("200 MB object, {packed} bytes packed: {:.2} s", began.elapsed().as_secs_f64());
    let accounts = stage.accounts();
    let evaluated = accounts.last().and_then(|account| account["evaluated"].as_u64());
    assert_eq!(evaluated, Some(count as u64), "every record was evaluated: {accounts:?}");
    stage.peak_rss_kib()
}
