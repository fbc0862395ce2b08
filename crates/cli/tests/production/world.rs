//! A function's surroundings in moto: a trail, rejects, queues, a table, a topic and who listens to it. The function itself is
//! played by its courier, as `replay --here` runs it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use trailhound_testkit::moto::{self, Moto};

pub(crate) const EVENTS: &str = "events/example-cloudtrail-session-manager.json";
pub(crate) const KEY: &str = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/18/111122223333_CloudTrail_eu-west-1_20260318T0920Z_0a1b2c3d.json";

pub(crate) struct World {
    pub(crate) moto: &'static Moto,
    pub(crate) name: String,
    pub(crate) topic: String,
    pub(crate) inbox: String,
    pub(crate) intake: String,
    pub(crate) letters: String,
    pub(crate) folder: tempfile::TempDir,
    /// Where the command finds AWS, and where one does that is going to be killed.
    pub(crate) url: String,
    pub(crate) gated: Option<String>,
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub(crate) fn sample() -> Vec<u8> {
    std::fs::read(root().join(EVENTS)).unwrap()
}

impl World {
    pub(crate) async fn set() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let moto = moto::shared()?;
        let name = format!("replay-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        for bucket in ["trail", "rejects"] {
            moto.create_bucket(&format!("{name}-{bucket}")).await;
        }
        moto.create_state_table(&name).await;
        let topic = moto.form("sns", &format!("Action=CreateTopic&Name={name}")).await;
        let topic = String::from_utf8(topic.body.to_vec()).unwrap();
        let topic = topic.split("<TopicArn>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let mut queues = Vec::new();
        for queue in ["inbox", "intake", "dead-letter"] {
            let answer = sqs(moto, "CreateQueue", &json!({"QueueName": format!("{name}-{queue}")})).await;
            queues.push(answer["QueueUrl"].as_str().unwrap().to_owned());
        }
        let account = topic.split(':').nth(4).unwrap();
        let endpoint = format!("arn:aws:sqs:us-east-1:{account}:{name}-inbox");
        moto.form(
            "sns",
            &format!(
                "Action=Subscribe&TopicArn={topic}&Protocol=sqs&Endpoint={endpoint}\
                 &Attributes.entry.1.key=RawMessageDelivery&Attributes.entry.1.value=true"
            ),
        )
        .await;
        let (letters, intake, inbox) = (queues.pop()?, queues.pop()?, queues.pop()?);
        let (folder, url) = (tempfile::tempdir().unwrap(), moto.url().to_owned());
        Some(Self { moto, name, topic, inbox, intake, letters, folder, url, gated: None })
    }

    pub(crate) fn bucket(&self, which: &str) -> String {
        format!("{}-{which}", self.name)
    }

    /// Puts an object of the trail; answers with its address.
    pub(crate) async fn object(&self, key: &str, body: Vec<u8>) -> String {
        self.moto.put_object(&self.bucket("trail"), key, body).await;
        format!("s3://{}/{key}", self.bucket("trail"))
    }

    /// Parks lines as the function does; answers with the object's address.
    pub(crate) async fn park(&self, hash: char, lines: &[Value]) -> String {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        for line in lines {
            writeln!(packed, "{line}").unwrap();
        }
        let key = format!("rejects/2026/03/18/{}.ndjson.gz", hash.to_string().repeat(32));
        self.moto.put_object(&self.bucket("rejects"), &key, packed.finish().unwrap()).await;
        format!("s3://{}/{key}", self.bucket("rejects"))
    }

    pub(crate) async fn letter(&self, body: &str) {
        let message = json!({"QueueUrl": self.letters, "MessageBody": body});
        sqs(self.moto, "SendMessage", &message).await;
    }

    /// Messages of a queue with their attributes, taken out of it.
    pub(crate) async fn drain(&self, queue: &str) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let ask = json!({"QueueUrl": queue, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]});
            let answer = sqs(self.moto, "ReceiveMessage", &ask).await;
            let some = answer["Messages"].as_array().cloned().unwrap_or_default();
            if some.is_empty() {
                return all;
            }
            for message in some {
                let gone = json!({"QueueUrl": queue, "ReceiptHandle": message["ReceiptHandle"]});
                sqs(self.moto, "DeleteMessage", &gone).await;
                all.push(message);
            }
        }
    }

    /// Findings that were published, by id, and how often each was.
    pub(crate) async fn told(&self) -> BTreeMap<String, usize> {
        let mut told = BTreeMap::new();
        for message in self.drain(&self.inbox).await {
            let finding: Value = serde_json::from_str(message["Body"].as_str().unwrap()).unwrap();
            let labels = finding["data"]["metadata"]["labels"].to_string();
            assert!(labels.contains("replayed") || finding["data"]["count"].as_u64() > Some(1), "{finding}");
            *told.entry(finding["data"]["finding_info"]["uid"].as_str().unwrap().to_owned()).or_default() +=
                1;
        }
        told
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trailhound"));
        command
            .args(arguments)
            .current_dir(root())
            .env_clear()
            .env("NO_COLOR", "1")
            .env("HOME", "/nonexistent");
        command.envs(self.moto.environment()).env("AWS_ENDPOINT_URL", &self.url);
        command
    }

    pub(crate) fn here(&self, ledger: &str) -> Vec<String> {
        let table = format!("dynamodb://{}", self.name);
        let fixed =
            ["replay", "--here", "--format", "json", "--table", &table, "--topic", &self.topic, "--ledger"];
        fixed.into_iter().map(str::to_owned).chain([self.path(ledger)]).collect()
    }

    pub(crate) fn go(&self, ledger: &str) -> Vec<String> {
        let table = format!("dynamodb://{}", self.name);
        let fixed = ["replay", "--format", "json", "--table", &table, "--go", &self.intake, "--ledger"];
        fixed.into_iter().map(str::to_owned).chain([self.path(ledger)]).collect()
    }

    /// Runs it, and answers with what is told and how it ended.
    pub(crate) async fn run(&self, arguments: &[String], more: &[&str]) -> (Value, Option<i32>) {
        let all: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
        let output = self.command(&all).output().await.unwrap();
        let told = serde_json::from_slice(&output.stdout);
        (told.unwrap_or_else(|_| panic!("{all:?}: {}", err(&output))), output.status.code())
    }

    pub(crate) fn start(&self, arguments: &[String], more: &[&str]) -> Child {
        let all: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
        let mut command = self.command(&all);
        command.env("AWS_ENDPOINT_URL", self.gated.as_ref().unwrap_or(&self.url));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap()
    }

    /// An object's tags, as XML.
    pub(crate) async fn tags(&self, address: &str) -> String {
        let (bucket, key) = address.strip_prefix("s3://").unwrap().split_once('/').unwrap();
        self.moto.tags(bucket, key).await
    }

    pub(crate) async fn put_tag(&self, address: &str, tag: (&str, &str)) {
        let (bucket, key) = address.strip_prefix("s3://").unwrap().split_once('/').unwrap();
        self.moto.put_tag(bucket, key, tag).await;
    }

    /// Is there an object at an address?
    pub(crate) async fn is_there(&self, address: &str) -> bool {
        let arguments = ["replay", "--format", "json", address];
        let output = self.command(&arguments).output().await.unwrap();
        !err(&output).contains("no object's key begins with")
    }
}

pub(crate) fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) async fn sqs(moto: &Moto, action: &str, body: &Value) -> Value {
    let reply = moto.call("sqs", &format!("AmazonSQS.{action}"), body).await;
    serde_json::from_slice(&reply.body).unwrap_or(Value::Null)
}

pub(crate) fn line(reason: &str, origin: &str, body: &[u8]) -> Value {
    json!({"reason": reason, "detail": "as it was", "origin": origin, "received_at": "2026-03-18T10:20:00Z",
           "body_base64": STANDARD.encode(body)})
}

/// S3's notice of an object.
pub(crate) fn notice(bucket: &str, key: &str) -> Value {
    json!({"Records": [{"eventVersion": "2.5", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put",
           "s3": {"bucket": {"name": bucket}, "object": {"key": key, "size": 1}}}]})
}

/// The records of the sample, each an object of its own.
pub(crate) fn records() -> Vec<Value> {
    let all: Value = serde_json::from_slice(&sample()).unwrap();
    all["Records"].as_array().unwrap().clone()
}

/// The ids of all that a scan finds in the sample, and of those of them that correlations do not make.
pub(crate) fn scanned(world: &World) -> (BTreeSet<String>, BTreeSet<String>) {
    let arguments = ["scan", "--format", "ndjson", EVENTS];
    let output = world.command(&arguments).as_std_mut().output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let findings: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let id = |finding: &Value| finding["data"]["finding_info"]["uid"].as_str().unwrap().to_owned();
    let alone = findings.iter().filter(|finding| finding["data"]["count"] == 1);
    (findings.iter().map(id).collect(), alone.map(id).collect())
}

pub(crate) fn balances(told: &Value) {
    let of = |name: &str| told["sum"][name].as_u64().unwrap();
    let sum = of("published") + of("duplicates") + of("suppressed") + of("still_failing");
    assert_eq!(of("in"), sum, "{told}");
}
