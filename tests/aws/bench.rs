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
const PEOPLE: usize = 21;
/// How many machines each of them goes to.
const MACHINES: usize = 4;
/// So many sessions come before those that are timed: everybody was everywhere.
const BEFORE: usize = PEOPLE * MACHINES;
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

/// What somebody did on a machine, so many minutes into the week.
fn record(n: usize, name: &str, person: usize, machine: usize, minute: usize) -> Value {
    let (day, hour) = (16 + minute / (24 * 60), minute / 60 % 24);
    json!({
        "eventVersion": "1.11", "eventTime": format!("2026-03-{day:02}T{hour:02}:{:02}:30Z", minute % 60),
        "eventSource": "ssm.amazonaws.com", "eventName": name, "awsRegion": "eu-west-1",
        "sourceIPAddress": "203.0.113.45", "userAgent": "aws-cli/2.27",
        "eventID": format!("00000000-0000-4000-8000-{n:012}"), "eventType": "AwsApiCall", "managementEvent": true,
        "recipientAccountId": "111122223333", "eventCategory": "Management",
        "userIdentity": {"type": "IAMUser", "principalId": format!("AIDAEXAMPLEEXAMPLE{person:02}"),
                         "accountId": "111122223333",
                         "arn": format!("arn:aws:iam::111122223333:user/person-{person}"),
                         "userName": format!("person-{person}")},
        "requestParameters": {"target": format!("i-{machine:017x}")},
        "responseElements": {"sessionId": format!("person-{person}-{n:017x}")}
    })
}

/// A call that no rule is about.
fn quiet(n: usize) -> Value {
    record(n, "DescribeInstanceInformation", 0, n, 0)
}

/// The n-th session of a week in which people go to their own machines, and every fifth time to one where nobody was
/// before.
fn session(n: usize) -> Value {
    let person = n % PEOPLE;
    let machine = if is_on_a_new_machine(n) { 1_000 + n } else { person * MACHINES + n / PEOPLE % MACHINES };
    record(n, "StartSession", person, machine, n * 20)
}

fn is_on_a_new_machine(n: usize) -> bool {
    n >= BEFORE && n % 5 == 4
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
    let bucket = stage.trail.clone();
    let notice = |n: usize| sqs_event(&[s3_notice(&bucket, &[&n.to_string()]).to_string()]);
    let (mut known, mut new, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    let mut finding = String::new();
    for n in 0..BEFORE + OBJECTS {
        let quiet = (0..50).map(|m| quiet(1_000_000 + n * 50 + m));
        stage.put(&n.to_string(), object(quiet.chain([session(n)]))).await;
        let began = Instant::now();
        assert_eq!(stage.invoke(&notice(n)), all_done());
        let took = watch.answered() - began;
        if n < BEFORE {
            finding = stage.findings().await.first().expect("a finding").to_string();
            continue;
        }
        if is_on_a_new_machine(n) {
            new.push(took);
        } else {
            known.push(took);
        }
        let began = Instant::now();
        stage.get_and_publish(&n.to_string(), &finding).await;
        bare.push(began.elapsed());
    }
    let mut ours = [known.as_slice(), &new].concat();
    let (ours, known, new) = (median(&mut ours), median(&mut known), median(&mut new));
    let bare = median(&mut bare);
    println!("notice to SNS: {ours:.2} ms; bare get and publish: {bare:.2} ms (p50 of {OBJECTS})");
    println!("  on a machine that its actor knows: {known:.2} ms, {:.2} times", known / bare);
    println!("  on a machine where nobody was: {new:.2} ms, {:.2} times", new / bare);
    Some(ours / bare)
}

/// Most memory held while a large object went through, in KiB.
async fn peak_rss() -> Option<u32> {
    let mut stage = Stage::set().await?;
    let size = quiet(0).to_string().len() + 1;
    let count = LARGE / size;
    let body = object((0..count).map(quiet));
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
