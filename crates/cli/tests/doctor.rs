//! `doctor`, on this machine and, as far as moto is AWS, in an account.

use std::path::Path;
use std::process::Output;

#[cfg(feature = "aws")]
use serde_json::json;
use tokio::process::Command;
#[cfg(feature = "aws")]
use trailhound_testkit::moto;

const SECRET: &str = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00";

/// Runs it in a world that knows these variables and nobody's own.
async fn doctor(variables: &[(String, String)], arguments: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_trailhound"))
        .arg("doctor")
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env_clear()
        .env("NO_COLOR", "1")
        .env("HOME", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().cloned())
        .output()
        .await
        .unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains(SECRET), "{said}");
    output
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The mark and the words of what was looked at.
fn line<'o>(out: &'o str, what: &str) -> Option<&'o str> {
    out.lines().find(|line| line.get(8..).is_some_and(|rest| rest.starts_with(what)))
}

#[tokio::test]
async fn a_machine_without_anything_is_fine() {
    let output = doctor(&[], &[]).await;
    let told = out(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(line(&told, "version").unwrap().contains(env!("CARGO_PKG_VERSION")), "{told}");
    for (what, mark) in [
        ("settings", "absent"),
        ("rules", "fine"),
        ("suppressions", "absent"),
        ("baseline", "absent"),
        ("aws", "absent"),
        ("azure", "absent"),
    ] {
        assert!(line(&told, what).unwrap().starts_with(mark), "{what}: {told}");
    }
    assert!(told.ends_with("Nothing is wrong.\n"), "{told}");
}

#[tokio::test]
async fn what_is_wrong_is_told_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    std::fs::write(path("broken.yml"), "title: [").unwrap();
    std::fs::write(path("suppressions.yml"), "suppressions: 1\n").unwrap();
    let (rules, suppressions, baseline) =
        (path("broken.yml"), path("suppressions.yml"), path("absent.baseline"));
    let output =
        doctor(&[], &["--rules", &rules, "--suppressions", &suppressions, "--baseline", &baseline]).await;
    let told = out(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    for (what, remedy) in [
        ("WRONG   rules", "trailhound rules check"),
        ("WRONG   suppressions", "suppressions.yml:1"),
        ("WRONG   baseline", "baseline learn"),
    ] {
        assert!(told.contains(what) && told.contains(remedy), "{what}: {told}");
    }
    assert!(told.ends_with("3 things are wrong.\n"), "{told}");

    let output = doctor(&[], &["--rules", "/nonexistent"]).await;
    assert_eq!(output.status.code(), Some(1), "{}", out(&output));
}

#[tokio::test]
async fn a_cloud_that_is_named_and_cannot_be_asked_is_wrong() {
    let named = [("TRAILHOUND_STATE_TABLE".to_owned(), "state".to_owned())];
    let output = doctor(&named, &["--trail", "management"]).await;
    let told = out(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(line(&told, "aws").unwrap().starts_with("WRONG"), "{told}");
    let output = doctor(&[], &["--topic", "https://topic.example.com/api/event"]).await;
    assert_eq!(output.status.code(), Some(1), "{}", out(&output));
    assert!(line(&out(&output), "azure").unwrap().starts_with("WRONG"), "{}", out(&output));
}

#[cfg(feature = "aws")]
#[tokio::test]
async fn what_an_account_lacks_is_told_until_it_is_mended() {
    let Some(moto) = moto::shared() else { return };
    let id = std::process::id();
    let (table, trail) = (format!("doctor-{id}"), format!("doctor-{id}"));
    let topic = format!("arn:aws:sns:us-east-1:123456789012:doctor-{id}");
    let mut variables = moto.environment();
    for (name, value) in &mut variables {
        if name == "AWS_SECRET_ACCESS_KEY" {
            SECRET.clone_into(value);
        }
    }
    let asked = ["--table", &table, "--topic", &topic, "--trail", &trail];

    let told = out(&doctor(&variables, &asked).await);
    assert!(line(&told, "aws ").unwrap().starts_with("fine    aws           arn:aws:"), "{told}");
    for what in ["aws table", "aws topic", "aws trail"] {
        assert!(line(&told, what).unwrap().starts_with("WRONG"), "{what}: {told}");
    }

    moto.create_state_table(&table).await;
    moto.form("sns", &format!("Action=CreateTopic&Name=doctor-{id}&Version=2010-03-31")).await;
    moto.create_bucket(&trail).await;
    let cloudtrail =
        |operation: &str| format!("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.{operation}");
    let made = json!({"Name": trail, "S3BucketName": trail, "IsMultiRegionTrail": false});
    moto.call("cloudtrail", &cloudtrail("CreateTrail"), &made).await;
    let told = out(&doctor(&variables, &asked).await);
    for (what, remedy) in [
        ("its time to live is off", "aws dynamodb update-time-to-live"),
        ("has no subscription, so nobody hears", "aws sns subscribe --topic-arn"),
        ("is switched off", "aws cloudtrail start-logging"),
    ] {
        assert!(told.contains(what) && told.contains(remedy), "{what}: {told}");
    }

    let life = json!({"TableName": table, "TimeToLiveSpecification": {"Enabled": true, "AttributeName": "expires_at"}});
    moto.call("dynamodb", "DynamoDB_20120810.UpdateTimeToLive", &life).await;
    let subscribed = format!(
        "Action=Subscribe&TopicArn={topic}&Protocol=email&Endpoint=a%40example.com&Version=2010-03-31"
    );
    moto.form("sns", &subscribed).await;
    moto.call("cloudtrail", &cloudtrail("StartLogging"), &json!({"Name": trail})).await;
    let output = doctor(&variables, &asked).await;
    let told = out(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    for what in ["aws table", "aws topic"] {
        assert!(line(&told, what).unwrap().starts_with("fine"), "{what}: {told}");
    }
    assert!(told.contains("records one region only") && told.ends_with("1 thing is wrong.\n"), "{told}");

    let wide = json!({"Name": trail, "IsMultiRegionTrail": true});
    moto.call("cloudtrail", &cloudtrail("UpdateTrail"), &wide).await;
    let output = doctor(&variables, &asked).await;
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
}
