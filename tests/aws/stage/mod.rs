//! A stage for one test: buckets, topic, queues and table in moto, and a real `bootstrap` invoked over HTTP.

mod messages;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketVersioningStatus, StorageClass, VersioningConfiguration};
use serde_json::Value;
use trailhound_aws::dynamodb::DynamoStore;
use trailhound_testkit::contract;
use trailhound_testkit::lambda_runtime_api::{LambdaRuntimeApi, Outcome};
use trailhound_testkit::moto::{self, Moto};
use trailhound_testkit::schema::validate_finding;

#[allow(unused_imports, reason = "shared with the benchmarks, which measure what is not tested here")]
pub(crate) use messages::{all_done, balances, given_back, s3_notice, sqs_event};

/// How long an invocation may take.
pub(crate) const TIMEOUT: Duration = Duration::from_mins(1);

/// Everything one test needs.
pub(crate) struct Stage {
    pub(crate) s3: aws_sdk_s3::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    pub(crate) sns: aws_sdk_sns::Client,
    pub(crate) sqs: aws_sdk_sqs::Client,
    pub(crate) trail: String,
    pub(crate) rejects: String,
    pub(crate) topic: String,
    pub(crate) table: String,
    pub(crate) inbox: String,
    pub(crate) moto: &'static Moto,
    pub(crate) api: LambdaRuntimeApi,
    settings: BTreeMap<String, String>,
    process: Option<Child>,
    lines: Arc<Mutex<Vec<String>>>,
}

/// What filter policies look at, whatever was found; an account, a region and a technique not every finding has.
const ALWAYS: [&str; 6] = ["severity", "rule_id", "provider", "outcome", "first_seen", "case_step"];

/// The attribute of a subscription that gets messages as they are.
pub(crate) const RAW: [(&str, &str); 1] = [("RawMessageDelivery", "true")];

/// The sample deliveries.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

impl Stage {
    /// Sets it up; `None` where there is no moto.
    pub(crate) async fn set() -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let moto = moto::shared()?;
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(moto.url())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .credentials_provider(Credentials::for_tests())
            .load()
            .await;
        let s3 = aws_sdk_s3::Client::from_conf(
            aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build(),
        );
        let sns = aws_sdk_sns::Client::new(&config);
        let sqs = aws_sdk_sqs::Client::new(&config);
        let name = format!("stage-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));

        let (trail, rejects) = (format!("{name}-trail"), format!("{name}-rejects"));
        for bucket in [&trail, &rejects] {
            s3.create_bucket().bucket(bucket).send().await.expect("a bucket");
        }
        let topic = topic(&sns, &name).await;
        let inbox = queue(&sqs, &format!("{name}-inbox")).await;
        subscribe(&sns, &sqs, &topic, &inbox, &RAW).await;
        let dynamodb = aws_sdk_dynamodb::Client::new(&config);
        moto.create_state_table(&name).await;

        let settings = [
            ("AWS_ENDPOINT_URL", moto.url()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_LAMBDA_FUNCTION_NAME", "example-function"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
            ("TRAILHOUND_ALERT_TOPIC_ARN", &topic),
            ("TRAILHOUND_STATE_TABLE", &name),
            ("TRAILHOUND_REJECTS_URI", &format!("s3://{rejects}/parked")),
            ("TRAILHOUND_ALLOWED_BUCKETS", &trail),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let api = LambdaRuntimeApi::start().expect("a port");
        let lines = Arc::default();
        Some(Self {
            s3,
            dynamodb,
            sns,
            sqs,
            trail,
            rejects,
            topic,
            table: name,
            inbox,
            moto,
            api,
            settings,
            process: None,
            lines,
        })
    }

    /// Sets it up without a table: what a scan finds knows no baselines either.
    pub(crate) async fn set_without_table() -> Option<Self> {
        let mut stage = Self::set().await?;
        stage.set_variable("TRAILHOUND_STATE_TABLE", "");
        Some(stage)
    }

    /// Makes another topic.
    pub(crate) async fn make_topic(&self, name: &str) -> String {
        topic(&self.sns, &format!("{}-{name}", self.table)).await
    }

    /// A queue that gets a topic's messages, by a subscription with these attributes.
    pub(crate) async fn subscriber(&self, topic: &str, name: &str, attributes: &[(&str, &str)]) -> String {
        let queue = queue(&self.sqs, &format!("{}-{name}", self.table)).await;
        subscribe(&self.sns, &self.sqs, topic, &queue, attributes).await;
        queue
    }

    /// How many items its table holds.
    pub(crate) async fn items(&self) -> usize {
        let scan = self.dynamodb.scan().table_name(&self.table).send().await.expect("scan");
        scan.items().len()
    }

    /// The kinds of the items in its table.
    pub(crate) async fn kinds(&self) -> Vec<String> {
        let scan = self.dynamodb.scan().table_name(&self.table).send().await.expect("scan");
        let kind = |pk: &str| pk.split('#').next().unwrap_or_default().to_owned();
        scan.items().iter().filter_map(|item| item["pk"].as_s().ok().map(|pk| kind(pk))).collect()
    }

    /// The function's table.
    pub(crate) fn store(&self) -> DynamoStore {
        DynamoStore::new(self.dynamodb.clone(), self.table.clone())
    }

    /// Changes a setting for processes started from now on.
    pub(crate) fn set_variable(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    /// Starts `bootstrap`, for our own Runtime API.
    pub(crate) fn start(&mut self) {
        self.start_for(&self.api.address());
    }

    /// Starts `bootstrap` for the Runtime API at an address.
    pub(crate) fn start_for(&mut self, runtime_api: &str) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bootstrap"))
            .env_clear()
            .envs(&self.settings)
            .env("AWS_LAMBDA_RUNTIME_API", runtime_api)
            .stdout(Stdio::piped())
            .spawn()
            .expect("bootstrap starts");
        let (output, lines) = (child.stdout.take().expect("piped"), Arc::clone(&self.lines));
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                lines.lock().expect("no panic").push(line);
            }
        });
        self.process = Some(child);
    }

    /// Kills it, as a machine that fails would.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().and_then(|()| process.wait()).expect("it can be killed");
        }
    }

    /// One invocation; starts `bootstrap` for the first.
    pub(crate) fn invoke(&mut self, payload: &Value) -> Outcome {
        if self.process.is_none() {
            self.start();
        }
        self.api.invoke(payload.to_string(), TIMEOUT)
    }

    /// The most memory the process held, in KiB.
    pub(crate) fn peak_rss_kib(&self) -> Option<u32> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.as_ref()?.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }

    /// The least that any forwarder does: get an object, publish a message.
    pub(crate) async fn get_and_publish(&self, key: &str, message: &str) {
        let got = self.s3.get_object().bucket(&self.trail).key(key).send().await.expect("get");
        got.body.collect().await.expect("bytes");
        self.sns.publish().topic_arn(&self.topic).message(message).send().await.expect("publish");
    }

    /// Puts an object into the trail's bucket.
    pub(crate) async fn put(&self, key: &str, body: Vec<u8>) {
        self.put_at(&self.trail, key, body).await;
    }

    /// Puts an object into a bucket.
    pub(crate) async fn put_at(&self, bucket: &str, key: &str, body: Vec<u8>) {
        self.s3.put_object().bucket(bucket).key(key).body(ByteStream::from(body)).send().await.expect("put");
    }

    /// Puts an object into the trail's bucket; answers with its entity tag, and its version where they are kept.
    pub(crate) async fn put_told(&self, key: &str, body: Vec<u8>) -> (String, Option<String>) {
        let request = self.s3.put_object().bucket(&self.trail).key(key).body(ByteStream::from(body));
        let put = request.send().await.expect("put");
        (put.e_tag().unwrap_or_default().to_owned(), put.version_id().map(str::to_owned))
    }

    /// From now on the trail's bucket keeps versions.
    pub(crate) async fn keep_versions(&self) {
        let on = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
        let request = self.s3.put_bucket_versioning().bucket(&self.trail).versioning_configuration(on);
        request.send().await.expect("versions");
    }

    /// The keys in a bucket.
    pub(crate) async fn keys(&self, bucket: &str) -> Vec<String> {
        let listed = self.s3.list_objects_v2().bucket(bucket).send().await.expect("list");
        listed.contents().iter().filter_map(|object| object.key().map(str::to_owned)).collect()
    }

    /// Did the process end by itself?
    pub(crate) fn has_ended(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| matches!(process.try_wait(), Ok(Some(_))))
    }

    /// Puts an object into a bucket's archive, from where it cannot be read.
    pub(crate) async fn put_archived(&self, bucket: &str, key: &str, body: Vec<u8>) {
        let request = self.s3.put_object().bucket(bucket).key(key).body(ByteStream::from(body));
        request.storage_class(StorageClass::Glacier).send().await.expect("put");
    }

    /// The messages in a queue, taken out of it.
    pub(crate) async fn drain(&self, queue: &str) -> Vec<aws_sdk_sqs::types::Message> {
        let mut all = Vec::new();
        loop {
            let some = self
                .sqs
                .receive_message()
                .queue_url(queue)
                .max_number_of_messages(10)
                .message_attribute_names("All")
                .send()
                .await
                .expect("receive");
            if some.messages().is_empty() {
                return all;
            }
            for message in some.messages() {
                let receipt = message.receipt_handle().unwrap_or_default();
                self.sqs
                    .delete_message()
                    .queue_url(queue)
                    .receipt_handle(receipt)
                    .send()
                    .await
                    .expect("delete");
                all.push(message.clone());
            }
        }
    }

    /// The bodies of the messages in a queue, taken out of it.
    pub(crate) async fn bodies(&self, queue: &str) -> Vec<String> {
        self.drain(queue).await.into_iter().filter_map(|message| message.body).collect()
    }

    /// The findings that subscribers got; fails when one is not as every schema wants it, or lacks an attribute that
    /// they filter by, or has one that is empty.
    pub(crate) async fn findings(&self) -> Vec<Value> {
        let messages = self.drain(&self.inbox).await;
        let valid = |message: &aws_sdk_sqs::types::Message| {
            let body = message.body().unwrap_or_default();
            assert_eq!(validate_finding(body), Ok(()), "{body}");
            let attributes = message.message_attributes.iter().flatten();
            let told: BTreeSet<&str> = attributes
                .filter(|(_, value)| {
                    value.string_value().is_some_and(|text| !text.is_empty() && text != "[]")
                })
                .map(|(name, _)| name.as_str())
                .collect();
            assert!(told.is_superset(&ALWAYS.into()), "{told:?}: {body}");
            assert_eq!(Some(told.len()), message.message_attributes.as_ref().map(HashMap::len), "{body}");
            serde_json::from_str(body).expect("JSON")
        };
        messages.iter().map(valid).collect()
    }

    /// All that is parked, line by line.
    pub(crate) async fn parked(&self) -> Vec<Value> {
        let listed = self.s3.list_objects_v2().bucket(&self.rejects).send().await.expect("list");
        let mut lines = Vec::new();
        for object in listed.contents() {
            let key = object.key().expect("a key");
            assert!(key.starts_with("parked/2") && key.ends_with(".ndjson.gz"), "{key}");
            let got = self.s3.get_object().bucket(&self.rejects).key(key).send().await.expect("get");
            let packed = got.body.collect().await.expect("bytes").to_vec();
            let mut text = String::new();
            flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).expect("gzip");
            lines.extend(text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")));
        }
        lines
    }

    /// The accounting lines so far.
    pub(crate) fn accounts(&self) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["event"] == "delivery").collect()
    }

    /// The lines of output so far; fails when one is no JSON.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let parse = |line: &String| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        self.output().iter().map(parse).collect()
    }

    /// The output so far, line by line, as it is.
    pub(crate) fn output(&self) -> Vec<String> {
        // The line is written before the answer, and may still be in the pipe.
        thread::sleep(Duration::from_millis(100));
        self.lines.lock().expect("no panic").clone()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Makes a queue.
pub(crate) async fn queue(sqs: &aws_sdk_sqs::Client, name: &str) -> String {
    sqs.create_queue().queue_name(name).send().await.expect("a queue").queue_url.expect("a URL")
}

/// A queue's ARN.
pub(crate) async fn arn(sqs: &aws_sdk_sqs::Client, queue: &str) -> String {
    let name = aws_sdk_sqs::types::QueueAttributeName::QueueArn;
    let answer = sqs.get_queue_attributes().queue_url(queue).attribute_names(name.clone()).send().await;
    answer.expect("attributes").attributes.expect("some")[&name].clone()
}

/// Makes a topic.
async fn topic(sns: &aws_sdk_sns::Client, name: &str) -> String {
    sns.create_topic().name(name).send().await.expect("a topic").topic_arn.expect("an ARN")
}

/// Has a topic's messages delivered to a queue, by a subscription with these attributes.
async fn subscribe(
    sns: &aws_sdk_sns::Client,
    sqs: &aws_sdk_sqs::Client,
    topic: &str,
    queue: &str,
    attributes: &[(&str, &str)],
) {
    let mut request = sns.subscribe().topic_arn(topic).protocol("sqs").endpoint(arn(sqs, queue).await);
    for (name, value) in attributes {
        request = request.attributes(*name, *value);
    }
    request.send().await.expect("a subscription");
}

/// What `trailhound scan` finds in a file, as CloudEvents.
pub(crate) fn scan(body: &[u8]) -> Vec<Value> {
    contract::scan(Path::new(env!("CARGO_BIN_EXE_bootstrap")), body)
}

/// Fails unless these findings are what `trailhound scan` finds in the same bytes, and it finds something.
pub(crate) fn assert_as_scanned(findings: &[Value], body: &[u8]) {
    assert!(!findings.is_empty());
    contract::assert_kept(findings, Path::new(env!("CARGO_BIN_EXE_bootstrap")), body, true);
}
