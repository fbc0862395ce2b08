//! The real binary on S3, DynamoDB and Table Storage, as far as moto and Azurite are those.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tokio::process::Command;
use trailhound_testkit::azurite::Azurite;
use trailhound_testkit::identity::Identity;
use trailhound_testkit::moto::{self, Moto};
use trailhound_testkit::s3::{Fate, S3};
use trailhound_testkit::tls::Certificate;

/// Runs the command in a world that knows these variables and nobody's own.
async fn trailhound(variables: &[(String, String)], arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trailhound"))
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env_clear()
        .env("NO_COLOR", "1")
        .env("HOME", "/nonexistent")
        .envs(variables.iter().cloned())
        .output()
        .await
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Runs it to its good end.
async fn done(variables: &[(String, String)], arguments: &[&str]) -> String {
    let output = trailhound(variables, arguments).await;
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", err(&output));
    out(&output)
}

fn findings(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).expect("a CloudEvent a line")).collect()
}

/// A shell that a person opened on a machine on the n-th of a month.
fn session(n: u8, month: u8, person: &str, machine: u8) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-{month:02}-{n:02}T10:15:00Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","userAgent":"aws-cli/2.22.0","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-000000{month:02}{machine:02}{n:02}","eventType":"AwsApiCall","eventCategory":"Management","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/{person}","accountId":"111122223333","userName":"{person}"}},"requestParameters":{{"target":"i-0123456789abcde{machine:02}"}},"responseElements":{{"sessionId":"{person}-0a1b2c3d4e5f67890"}}}}"#
    )
}

/// Four weeks of one person on two machines, a week an object.
fn history() -> Vec<(String, String)> {
    let week = |week: u8| {
        let days = (1..=7).map(|day| session(week * 7 + day, 2, "dana", day % 2));
        let records = days.collect::<Vec<_>>().join(",");
        (format!("AWSLogs/{week}.json"), format!(r#"{{"Records":[{records}]}}"#))
    };
    (0..4).map(week).collect()
}

/// The lines of an export without what depends on when they were learned.
fn entries(export: &str) -> Vec<Value> {
    let entry = |line: &str| {
        let mut entry: Value = serde_json::from_str(line).unwrap();
        entry.as_object_mut().unwrap().remove("expires");
        entry
    };
    let mut entries: Vec<Value> = export.lines().map(entry).collect();
    entries.sort_by_key(Value::to_string);
    entries
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(Path::new(&path).parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// The history as files, and what is learned from them into a file.
    async fn learned(&self) -> Vec<Value> {
        for (name, body) in history() {
            self.write(&name, &body);
        }
        let baseline = self.path("local.baseline");
        done(&[], &["baseline", "learn", "--to", &baseline, &self.path("AWSLogs")]).await;
        entries(&done(&[], &["baseline", "export", &baseline]).await)
    }
}

/// A bucket with the history and with what is none of it.
async fn bucket(moto: &Moto, name: &str) -> String {
    let name = format!("{name}-{}", std::process::id());
    moto.create_bucket(&name).await;
    for (key, body) in history().into_iter().rev() {
        moto.put_object(&name, &key, body).await;
    }
    moto.put_object(&name, "AWSLogs/", "").await;
    moto.put_object(&name, "Other/0.json", session(1, 2, "mallory", 1)).await;
    name
}

#[tokio::test]
async fn objects_below_a_prefix_are_scanned_in_key_order() {
    let Some(moto) = moto::shared() else { return };
    let bucket = bucket(moto, "scanned").await;
    let variables = moto.environment();
    for jobs in ["1", "3"] {
        let address = format!("s3://{bucket}/AWSLogs/");
        let scan = ["scan", "--format", "ndjson", "--jobs", jobs, &address];
        let found = findings(&done(&variables, &scan).await);
        let origins: Vec<&str> = found.iter().map(|finding| finding["origin"].as_str().unwrap()).collect();
        let expected: Vec<String> = (0..4)
            .flat_map(|week| (1..=7).map(move |n| (week, n)))
            .map(|(week, n)| format!("s3://{bucket}/AWSLogs/{week}.json#{n}"))
            .collect();
        assert_eq!(origins, expected, "with {jobs} threads");
    }
    let one = format!("s3://{bucket}/Other/0.json");
    assert_eq!(findings(&done(&variables, &["scan", "--format", "ndjson", &one]).await).len(), 1);
}

#[tokio::test]
async fn what_is_not_there_is_told_with_a_remedy() {
    let Some(moto) = moto::shared() else { return };
    let bucket = bucket(moto, "empty").await;
    for (address, words) in [
        (format!("s3://{bucket}/Nothing/"), "no object's key begins with \"Nothing/\"; `aws s3 ls`"),
        (format!("s3://{bucket}/AWSLogs/*.json"), "not as a pattern"),
        ("s3://absent-bucket-of-nobody/x".to_owned(), "NoSuchBucket"),
        ("s3://B/x".to_owned(), "write s3://bucket/prefix"),
    ] {
        let output = trailhound(&moto.environment(), &["scan", "--format", "ndjson", &address]).await;
        assert_eq!(output.status.code(), Some(2), "{address}: {}", err(&output));
        assert!(err(&output).contains(words), "{address}: {}", err(&output));
        assert_eq!(out(&output), "", "{address}");
    }
    let table = ["baseline", "learn", "--to", "dynamodb://absent", "events"];
    let output = trailhound(&moto.environment(), &table).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("dynamodb://absent: ResourceNotFound"), "{}", err(&output));
}

/// A page of a listing.
fn page(keys: &[&str], next: Option<&str>) -> Fate {
    let object = |key: &&str| format!("<Contents><Key>{key}</Key><Size>1</Size></Contents>");
    let objects: String = keys.iter().map(object).collect();
    let next = next.map(|token| format!("<NextContinuationToken>{token}</NextContinuationToken>"));
    let xml = format!(
        r#"<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>{}</IsTruncated>{objects}{}</ListBucketResult>"#,
        next.is_some(),
        next.unwrap_or_default()
    );
    Fate::Whole(xml.into_bytes())
}

#[tokio::test]
async fn an_object_that_cannot_be_read_is_named_and_the_rest_is_done() {
    let s3 = S3::start().unwrap();
    let body = |n| session(n, 2, "dana", n).into_bytes();
    let pages =
        [page(&["t/a.json", "t/denied.json"], Some("more")), page(&["t/torn.json", "t/z.json"], None)];
    s3.put("/trail-bucket/", pages.clone());
    s3.put("/trail-bucket", pages);
    s3.put("/trail-bucket/t/a.json", [Fate::Whole(body(1))]);
    s3.put("/trail-bucket/t/denied.json", [Fate::Error(403, "AccessDenied")]);
    s3.put("/trail-bucket/t/torn.json", [Fate::BrokenOff(body(2), 100)]);
    s3.put("/trail-bucket/t/z.json", [Fate::Whole(body(3))]);
    let variables = [
        ("AWS_ENDPOINT_URL_S3", s3.url().as_str()),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let output = trailhound(&variables, &["scan", "--format", "ndjson", "s3://trail-bucket/t/"]).await;
    assert_eq!(output.status.code(), Some(2), "{}", err(&output));
    let found = findings(&out(&output));
    let origins: Vec<&str> = found.iter().map(|finding| finding["origin"].as_str().unwrap()).collect();
    assert_eq!(origins, ["s3://trail-bucket/t/a.json#1", "s3://trail-bucket/t/z.json#1"]);
    let said = err(&output);
    assert!(said.contains("s3://trail-bucket/t/denied.json: may not be read: AccessDenied"), "{said}");
    assert!(said.contains("s3:GetObject") && said.contains("t/torn.json: broke off"), "{said}");
}

#[tokio::test]
async fn history_in_s3_is_learned_into_dynamodb() {
    let Some(moto) = moto::shared() else { return };
    let (folder, bucket) = (Folder::new(), bucket(moto, "history").await);
    let variables = moto.environment();
    let table = format!("learned-{}", std::process::id());
    moto.create_state_table(&table).await;
    let (store, history) = (format!("dynamodb://{table}"), format!("s3://{bucket}/AWSLogs/"));

    let output = trailhound(&variables, &["baseline", "learn", "--to", &store, &history]).await;
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(err(&output).contains(&format!("learned into {store} from 28 events")), "{}", err(&output));
    let export = done(&variables, &["baseline", "export", &store]).await;
    assert_eq!(entries(&export), folder.learned().await);
    let shown = done(&variables, &["baseline", "show", &store]).await;
    assert!(shown.contains("111122223333  learned from history, 28 events"), "{shown}");

    // Neither the same history nor an export of it adds anything.
    let exported = folder.write("export.jsonl", &export);
    done(&variables, &["baseline", "import", "--to", &store, &exported]).await;
    assert_eq!(done(&variables, &["baseline", "export", &store]).await, export);
    done(&variables, &["baseline", "learn", "--to", &store, &history]).await;
    assert_eq!(entries(&done(&variables, &["baseline", "export", &store]).await), entries(&export));

    // Carried into a file, it tells who is new.
    let baseline = folder.path("carried.baseline");
    done(&[], &["baseline", "import", "--to", &baseline, &exported]).await;
    let later = [session(2, 3, "dana", 1), session(2, 3, "mallory", 0)].join("\n");
    let later = folder.write("later.jsonl", &later);
    let scan = ["scan", "--format", "ndjson", "--baseline", &baseline, &later];
    let news: BTreeMap<String, bool> = findings(&done(&[], &scan).await)
        .iter()
        .map(|finding| {
            let first = &finding["data"]["unmapped"]["newness"]["first_seen"];
            (finding["origin"].as_str().unwrap().to_owned(), first.as_array().is_some_and(|f| !f.is_empty()))
        })
        .collect();
    assert_eq!(news.into_values().collect::<Vec<_>>(), [false, true]);
}

/// More entries than either cloud tells in one answer.
fn many() -> String {
    let entry = |n: u32| {
        format!(
            r#"{{"kind":"seen","scope":"111122223333","name":"{n:08x}","what":"actor: {n}","last":"2026-02-01T10:00:00Z","expires":"2099-01-01T00:00:00Z"}}"#
        ) + "\n"
    };
    (0..1_100).map(entry).collect()
}

#[tokio::test]
async fn a_table_of_many_pages_in_dynamodb_is_exported_whole() {
    let Some(moto) = moto::shared() else { return };
    let (folder, variables) = (Folder::new(), moto.environment());
    let table = format!("many-{}", std::process::id());
    moto.create_state_table(&table).await;
    let store = format!("dynamodb://{table}");
    done(&variables, &["baseline", "import", "--to", &store, &folder.write("many.jsonl", &many())]).await;
    assert_eq!(done(&variables, &["baseline", "export", &store]).await, many());
}

#[tokio::test]
async fn history_is_learned_into_table_storage() {
    let certificate = Certificate::new();
    let Some(azurite) = Azurite::start(&certificate, "baselines in a real table").await else { return };
    azurite.create_table("state").await;
    let mut variables = Identity::start().await.environment();
    variables.push(("SSL_CERT_FILE".to_owned(), certificate.pem().display().to_string()));
    let (folder, store) = (Folder::new(), azurite.table_url("state"));
    let local = folder.learned().await;

    let learn = ["baseline", "learn", "--to", &store, &folder.path("AWSLogs")];
    done(&variables, &learn).await;
    let export = done(&variables, &["baseline", "export", &store]).await;
    assert_eq!(entries(&export), local);
    let exported = folder.write("export.jsonl", &export);
    done(&variables, &["baseline", "import", "--to", &store, &exported]).await;
    assert_eq!(done(&variables, &["baseline", "export", &store]).await, export);

    azurite.create_table("many").await;
    let store = azurite.table_url("many");
    done(&variables, &["baseline", "import", "--to", &store, &folder.write("many.jsonl", &many())]).await;
    assert_eq!(done(&variables, &["baseline", "export", &store]).await, many());

    let output = trailhound(&variables, &["baseline", "show", &azurite.table_url("absent")]).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("check the table's address"), "{}", err(&output));
}
