//! What engines have gathered of an inventory, by the events they send: joined on a laptop, the parts say what the objects would.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use trailhound_testkit::contract;
use trailhound_testkit::lambda_runtime_api::Outcome;

use super::stage::{Stage, sample};

/// Objects of an inventory by their keys, one with what a URL encodes; in two of them the same events, and in two others by turns
/// those of one sample.
const OBJECTS: [(&str, &str); 6] = [
    ("AWSLogs/1/a b+c.json.gz", "example-cloudtrail-s3-object.json.gz"),
    ("AWSLogs/1/again.json.gz", "example-cloudtrail-s3-object.json.gz"),
    ("AWSLogs/1/commands.json", "example-cloudtrail-run-command.json"),
    ("AWSLogs/2/even.json", "0"),
    ("AWSLogs/2/odd.json", "1"),
    ("AWSLogs/2/torn.json", "torn"),
];

fn object(sampled: &str) -> Vec<u8> {
    match sampled {
        "torn" => b"{\"Records\": [{\"eventVersion\": ".to_vec(),
        "0" | "1" => {
            let all: Value =
                serde_json::from_slice(&sample("example-cloudtrail-session-manager.json")).expect("JSON");
            let records = all["Records"].as_array().expect("records");
            let turn = usize::from(sampled == "1");
            let some: Vec<&Value> = records.iter().skip(turn).step_by(2).collect();
            json!({"Records": some}).to_string().into_bytes()
        }
        name => sample(name),
    }
}

const OWN: &str = "title: Sessions\nname: own-sessions\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  \
                   selection:\n    eventName: StartSession\n  condition: selection\nlevel: low\n";

/// With another level, one session less, and a correlation over what is left.
fn candidate() -> String {
    let changed = OWN.replace("level: low", "level: high").replace(
        "  condition: selection",
        "  dana:\n    userIdentity.arn|endswith: /dana@example.com\n  condition: selection and not dana",
    );
    format!(
        "{changed}---\ntitle: Many sessions\nname: own-many\ncorrelation:\n  type: event_count\n  rules: [own-sessions]\n  \
         group-by: [recipientAccountId]\n  timespan: 1h\n  generate: true\n  condition: {{gte: 2}}\nlevel: medium\n"
    )
}

struct Bench {
    stage: Stage,
    folder: tempfile::TempDir,
}

impl Bench {
    /// A stage with objects, rules in force and a candidate, and a folder with the same objects.
    async fn set() -> Option<Self> {
        let mut stage = Stage::set().await?;
        let folder = tempfile::tempdir().expect("a folder");
        let rejects = stage.rejects.clone();
        for (name, place) in [("PARTS", "parts"), ("CANDIDATE", "candidate"), ("RULES", "rules")] {
            stage.set_variable(&format!("TRAILHOUND_{name}_URI"), &format!("s3://{rejects}/{place}"));
        }
        stage.put_at(&rejects, "rules/own.yml", OWN.into()).await;
        stage.put_at(&rejects, "candidate/own.yml", candidate().into()).await;
        let bench = Self { stage, folder };
        bench.write("ours/own.yml", OWN.as_bytes());
        bench.write("mine/own.yml", candidate().as_bytes());
        for (key, sampled) in OBJECTS {
            bench.stage.put(key, object(sampled)).await;
            bench.write(&format!("objects/{}/{key}", bench.stage.trail), &object(sampled));
        }
        Some(bench)
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }

    /// What S3 Batch Operations sends of some objects.
    fn job(&self, keys: &[&str], arguments: &Value) -> Value {
        let encoded = |key: &str| key.replace('+', "%2B").replace(' ', "+");
        let task = |(n, key): (usize, &&str)| json!({"taskId": format!("t{n}"), "s3Key": encoded(key), "s3VersionId": null, "s3Bucket": self.stage.trail});
        json!({"invocationSchemaVersion": "2.0", "invocationId": "i1", "job": {"id": "j", "userArguments": arguments},
               "tasks": keys.iter().enumerate().map(task).collect::<Vec<_>>()})
    }

    /// What the module's state machine sends of some objects.
    fn items(&self, keys: &[&str], arguments: &Value) -> Value {
        let mut asked = json!({"bucket": self.stage.trail, "prefix": "AWSLogs/"});
        asked.as_object_mut().expect("an object").extend(arguments.as_object().expect("an object").clone());
        let item = |key: &&str| json!({"Bucket": self.stage.trail, "Key": key});
        json!({"BatchInput": {"Asked": asked}, "Items": keys.iter().map(item).collect::<Vec<_>>()})
    }

    /// The result codes and what is said of each task.
    fn results(&mut self, payload: &Value) -> Vec<(String, String)> {
        let answer = match self.stage.invoke(payload) {
            Outcome::Answered(answer) => answer,
            other => panic!("{other:?}"),
        };
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let results = answer["results"].as_array().expect("results");
        results.iter().map(|one| (text(&one["resultCode"]), text(&one["resultString"]))).collect()
    }

    /// Has all objects gathered by both engines, one object twice.
    fn gather(&mut self, job: &str) {
        let arguments = json!({"job": job, "parts": job});
        let keys: Vec<&str> = OBJECTS.iter().map(|(key, _)| *key).collect();
        for payload in [
            self.job(&keys[..2], &arguments),
            self.items(&keys[2..], &arguments),
            self.job(&keys[1..3], &arguments),
        ] {
            let results = self.results(&payload);
            assert!(results.iter().all(|(code, _)| code == "Succeeded"), "{results:?}");
        }
    }

    /// Brings the parts of a gathering to the folder, as a copy of the bucket would.
    async fn fetch(&self, name: &str) -> String {
        let (s3, bucket) = (&self.stage.s3, &self.stage.rejects);
        let listed = s3.list_objects_v2().bucket(bucket).prefix(format!("parts/{name}/")).send().await;
        for listed in listed.expect("a listing").contents() {
            let key = listed.key().expect("a key");
            let got = s3.get_object().bucket(bucket).key(key).send().await.expect("a part");
            self.write(key, &got.body.collect().await.expect("bytes").into_bytes());
        }
        self.path(&format!("parts/{name}"))
    }

    /// What the command says, with places as the function names them.
    fn said(&self, arguments: &[&str]) -> (String, String, Option<i32>) {
        let output = contract::run(Path::new(env!("CARGO_BIN_EXE_bootstrap")), arguments);
        let text = |bytes: Vec<u8>| {
            // Reports for build servers escape what stands in places.
            let text = String::from_utf8(bytes).expect("UTF-8").replace("&#x2f;", "/");
            text.replace(&format!("{}/", self.path("objects")), "s3://")
        };
        (text(output.stdout), text(output.stderr), output.status.code())
    }

    /// Nothing was published, parked or remembered.
    async fn assert_untold(&mut self) {
        assert_eq!(self.stage.findings().await, Vec::<Value>::new());
        assert_eq!(self.stage.items().await, 0);
        let parked =
            self.stage.s3.list_objects_v2().bucket(&self.stage.rejects).prefix("parked/").send().await;
        assert!(parked.expect("a listing").contents().is_empty());
        assert_eq!(self.stage.accounts(), Vec::<Value>::new(), "nor counted as deliveries");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gathered_backtest_says_what_one_over_the_objects_does() {
    let Some(mut bench) = Bench::set().await else { return };
    bench.gather("backtest");
    bench.assert_untold().await;
    let parts = bench.fetch("backtest").await;
    let (mine, ours, objects) = (bench.path("mine"), bench.path("ours"), bench.path("objects"));
    for format in ["json", "text", "markdown", "junit"] {
        let told = |more: &[&str]| {
            let asked = ["backtest", &mine, "--against", &ours, "--format", format, "--since", "2020-01-01"];
            bench.said(&[&asked[..], more].concat())
        };
        let (gathered, read) = (told(&["--parts", &parts]), told(&[&objects]));
        assert_eq!(gathered, read, "{format}");
        if format == "json" {
            let told: Value = serde_json::from_str(&gathered.0).expect("JSON");
            let counts: BTreeMap<String, u64> =
                serde_json::from_value(told["total"].clone()).expect("counts");
            assert!(counts.values().all(|count| *count > 0), "the change adds, takes away and moves: {told}");
            assert!(told["by_rule"]["own-many"].is_object(), "across objects: {told}");
            assert!(told["same"].as_u64() > Some(0) && gathered.0.contains("s3://"), "{told}");
        }
    }
    // By other rules than the function had, nothing is told for true.
    let (out, said, code) = bench.said(&["backtest", &mine, "--parts", &parts]);
    assert!(said.contains("made with other rules") && code == Some(2), "{out}{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gathered_baseline_is_the_one_that_is_learned_from_the_objects() {
    let Some(mut bench) = Bench::set().await else { return };
    bench.gather("learn");
    bench.assert_untold().await;
    let parts = bench.fetch("learn").await;
    let learned = |more: &[&str], to: &str| {
        let (ours, to) = (bench.path("ours"), bench.path(to));
        let asked = ["baseline", "learn", "--rules", &ours, "--keep-learning", "--to", &to];
        let (_, said, code) = bench.said(&[&asked[..], more].concat());
        assert_eq!(code, Some(0), "{said}");
        let (export, _, _) = bench.said(&["baseline", "export", &to]);
        let entry = |line: &str| {
            let mut entry: Value = serde_json::from_str(line).expect("an entry");
            entry.as_object_mut().expect("an entry").remove("expires");
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
    let Some(mut bench) = Bench::set().await else { return };
    let key = [OBJECTS[3].0];
    let refused = |bench: &mut Bench, arguments: Value, why: &str| {
        for payload in [bench.job(&key, &arguments), bench.items(&key, &arguments)] {
            let results = bench.results(&payload);
            let (code, said) = &results[0];
            assert!(code == "PermanentFailure" && said.contains(why), "{arguments}: {results:?}");
        }
    };
    refused(&mut bench, json!({"job": "backtets", "parts": "a"}), "neither backtest nor learn");
    refused(&mut bench, json!({"parts": "a"}), "`parts` without `job`");
    for name in [json!(""), json!("../a"), json!("a/b"), json!(7), Value::Null] {
        refused(&mut bench, json!({"job": "learn", "parts": name}), "`parts` names a gathering");
    }
    let absent = bench.job(&["AWSLogs/absent.json"], &json!({"job": "learn", "parts": "a"}));
    assert_eq!(bench.results(&absent)[0].0, "PermanentFailure");
    let mut foreign = bench.job(&key, &json!({"job": "learn", "parts": "a"}));
    foreign["tasks"][0]["s3Bucket"] = json!("somebody-elses");
    assert!(bench.results(&foreign)[0].1.contains("TRAILHOUND_ALLOWED_BUCKETS"));

    bench.stage.kill();
    let rejects = bench.stage.rejects.clone();
    bench.stage.put_at(&rejects, "candidate/own.yml", b"title: Own\nlevel: [no".to_vec()).await;
    refused(&mut bench, json!({"job": "backtest", "parts": "a"}), "candidate/own.yml:3:1: not YAML");
    bench.stage.kill();
    bench.stage.set_variable("TRAILHOUND_CANDIDATE_URI", "");
    refused(&mut bench, json!({"job": "backtest", "parts": "a"}), "TRAILHOUND_CANDIDATE_URI is not set");
    bench.stage.kill();
    bench.stage.set_variable("TRAILHOUND_PARTS_URI", "");
    refused(&mut bench, json!({"job": "learn", "parts": "a"}), "TRAILHOUND_PARTS_URI is not set");
    bench.assert_untold().await;
}
