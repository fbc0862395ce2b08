//! Settings, and the rules and suppressions they name.

use serde_json::Value;
use trailhound_testkit::functions_host::records;
use trailhound_testkit::mmdb::{database, located};
use trailhound_testkit::tls::Certificate;

use super::common::{World, run_command, storage};
use super::{MINUTE, common, first_attempt};

/// A suppression of the one who runs the commands, until the day given.
fn suppressions(expires: jiff::civil::Date) -> String {
    format!(
        "version: 1
suppressions:
  - id: alice-runs-them
    rules: [azure-vm-runcommand-v1]
    when: {{subscription: [00000000-0000-0000-0000-000000000001]}}
    action: drop
    reason: a test
    owner: platform@example.com
    expires: {expires}
"
    )
}

#[tokio::test]
async fn suppressions_come_from_a_blob_and_a_bad_file_is_said_aloud() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "suppressions in a blob").await else { return };
    let world = World::new(&certificate).await;
    let soon = jiff::Zoned::now().date().saturating_add(jiff::Span::new().days(10));
    azurite.put_blob("rejects", "good.yml", &suppressions(soon)).await;
    azurite.put_blob("rejects", "bad.yml", "version: 1\nsuppressions: [{id: x}]\n").await;
    for (file, published, suppressed) in [("good.yml", 0, 1), ("bad.yml", 1, 0), ("absent.yml", 1, 0)] {
        let mut settings = world.settings(&certificate);
        let url = format!("{}/{file}", azurite.container_url("rejects"));
        settings.insert("TRAILHOUND_SUPPRESSIONS_URL".to_owned(), url);
        let worker = common::worker(settings).await;
        worker.invoke("detect", first_attempt(vec![records(&[run_command(1)])]), MINUTE).await.unwrap();
        let account = &worker.accounts()[0];
        let figures = (&account["published"], &account["suppressed"]);
        assert_eq!(figures, (&published.into(), &suppressed.into()), "{file}: {account}");
        let said = worker.output().iter().any(|line| line.contains("\"event\":\"rules_invalid\""));
        assert_eq!(said, file != "good.yml", "{file}: {:?}", worker.output());
    }
}

/// A rule that asks for what only files answer.
const ASKING: &str = "title: A run command from abroad\nid: 7c2f3d8e-58d2-4b53-9c43-0d4b6b7c8f78\nname: own-from-abroad\n\
status: test\nlogsource: {product: azure, service: activitylogs}\ndetection:\n  selection:\n    n.source.country: US\n  \
condition: selection\nlevel: high\n";

#[tokio::test]
async fn what_is_known_beside_the_logs_comes_from_blobs_and_a_bad_file_is_said_aloud() {
    let certificate = Certificate::new();
    let Some(azurite) = storage(&certificate, "what is known beside the logs, in blobs").await else {
        return;
    };
    let world = World::new(&certificate).await;
    let cities = database("Example-City", 1_772_323_200, &[("198.51.100.0/24", located("US", "Boston"))]);
    azurite.put_blob("rejects", "rules/own.yml", ASKING).await;
    azurite.put_blob("rejects", "geo/city.mmdb", &cities).await;
    azurite.put_blob("rejects", "assets.csv", "name,owner\nvm-1,payments\n").await;
    azurite.put_blob("rejects", "bad.csv", "name,kind\nvm-1,ship\n").await;
    for inventory in ["assets.csv", "bad.csv"] {
        let mut settings = world.settings(&certificate);
        for (name, path) in [("RULES", "rules"), ("GEO", "geo"), ("INVENTORY", inventory)] {
            let url = format!("{}/{path}", azurite.container_url("rejects"));
            settings.insert(format!("TRAILHOUND_{name}_URL"), url);
        }
        let worker = common::worker(settings).await;
        worker.invoke("detect", first_attempt(vec![records(&[run_command(1)])]), MINUTE).await.unwrap();
        let found: Vec<Value> = world.grid.accepted();
        world.grid.clear();
        assert_eq!(found.len(), 2, "{inventory}: {found:?}");
        let is_known = inventory == "assets.csv";
        for finding in found {
            let source = &finding["data"]["evidences"][0]["src_endpoint"];
            assert_eq!(source["location"], serde_json::json!({"city": "Boston", "country": "US"}));
            let enrichments = finding["data"]["enrichments"].as_array().unwrap().clone();
            let of_file = |name: &str| enrichments.iter().find(|one| one["provider"] == name);
            assert_eq!(of_file("Example-City").unwrap()["created_time"], 1_772_323_200_000_u64);
            assert_eq!(of_file("assets.csv").is_some(), is_known, "{enrichments:?}");
            assert!(
                !is_known || of_file("assets.csv").unwrap()["created_time"].is_i64(),
                "the blob's own date"
            );
        }
        let output = worker.output();
        let told = output.iter().find(|line| line.contains("\"event\":\"rules_invalid\""));
        assert_eq!(told.is_some(), !is_known, "{output:?}");
        assert!(told.is_none_or(|told| told.contains("/bad.csv:2: kind is")), "{told:?}");
    }
}

#[tokio::test]
async fn a_missing_file_of_the_deployment_keeps_it_from_starting() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_trailhound-azure"))
        .env_clear()
        .envs(world.settings(&certificate))
        .env("FUNCTIONS_CUSTOMHANDLER_PORT", "39801")
        .env("TRAILHOUND_SUPPRESSIONS_URL", "absent.yml")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr.is_empty());
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("'absent.yml' is neither an address nor a file")
    );
}

#[test]
fn bad_settings_are_all_named_and_the_status_is_2() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_trailhound-azure"))
        .env_clear()
        .env("TRAILHOUND_REJECTS_URL", "nowhere")
        .env("TRAILHOUND_MIN_LEVEL", "loud")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let line: Value = serde_json::from_str(text.trim()).expect("one line, JSON");
    for name in [
        "FUNCTIONS_CUSTOMHANDLER_PORT",
        "TRAILHOUND_EVENT_GRID_ENDPOINT",
        "TRAILHOUND_REJECTS_URL",
        "TRAILHOUND_MIN_LEVEL",
    ] {
        assert!(line["error"].as_str().unwrap().contains(name), "{name} in {line}");
    }
}

#[tokio::test]
async fn trust_comes_from_a_folder_as_from_a_file() {
    let certificate = Certificate::new();
    let world = World::new(&certificate).await;
    let mut settings = world.settings(&certificate);
    let file = settings.remove("SSL_CERT_FILE").unwrap();
    let folder = std::path::Path::new(&file).parent().unwrap().display().to_string();
    settings.insert("SSL_CERT_DIR".to_owned(), folder);
    let worker = common::worker(settings).await;
    worker.invoke("detect", first_attempt(vec![records(&[run_command(1)])]), MINUTE).await.unwrap();
    assert_eq!(world.grid.accepted().len(), 1);
}
