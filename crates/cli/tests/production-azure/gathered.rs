//! Parts in a container: what the command says of them is what it says of the blobs, in the same words and order.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::http::Url;
use azure_core::time::OffsetDateTime;
use trailhound_azure_sdk::Azure;
use trailhound_azure_sdk::blob::{BlobArchive, BlobFolder, BlobObjects, Wanted, object};
use trailhound_courier::fetching::Fetching;
use trailhound_courier::gathering::{PartsPlace, gather};
use trailhound_courier::time::Budget;
use trailhound_detect::pipeline::Pipeline;
use trailhound_detect::policy::Policy;
use trailhound_detect::rules::{RuleFile, load};
use trailhound_testkit::identity::token;
use trailhound_testkit::records::run_command;
use trailhound_testkit::tls::Certificate;

use super::world::{HOUR, World};

/// Tokens without an endpoint to ask.
#[derive(Debug)]
struct Tokens;

#[async_trait::async_trait]
impl TokenCredential for Tokens {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let resource = scopes[0].trim_end_matches("/.default");
        Ok(AccessToken::new(
            token(resource),
            OffsetDateTime::now_utc() + azure_core::time::Duration::hours(1),
        ))
    }
}

const CANDIDATE: &str = "title: Commands\nname: own-commands\nlogsource: {product: azure, service: activitylogs}\ndetection:\n  \
                         selection:\n    operationName: MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION\n  condition: selection\n\
                         level: low\n---\ntitle: Many commands\nname: own-many\ncorrelation:\n  type: event_count\n  \
                         rules: [own-commands]\n  group-by: [tenantId]\n  timespan: 1h\n  generate: true\n  condition: {gte: 3}\nlevel: medium\n";

#[tokio::test(flavor = "multi_thread")]
async fn parts_in_a_container_say_what_the_blobs_in_another_do() {
    let certificate = Certificate::new();
    let Some(world) = World::set(&certificate).await else { return };
    let (source, place) =
        (world.direct.container("insights-activity-logs"), world.direct.container("rejects"));
    for hour in [9, 10] {
        world.hour(hour, &[run_command(u64::from(hour), "Success")]).await;
    }
    // The same in both, and the first by name has it.
    for (name, number) in [("a", 1), ("a-1", 1), ("a%20b+c", 2)] {
        let record = run_command(number, "Success").to_string();
        world.azurite.put_blob("insights-activity-logs", &format!("{HOUR}/{name}"), record).await;
    }
    let rules = world.path("rules.yml");
    fs::write(&rules, CANDIDATE).unwrap();
    let tried = load(&[RuleFile { path: rules.clone(), text: CANDIDATE.to_owned() }]).rules;
    let pipelines = [load(&[]).rules, tried].map(|rules| Pipeline::new(Policy::new(Arc::new(rules))));

    let azure = Azure::with(vec![certificate.der()], Arc::new(Tokens)).unwrap();
    let archive = BlobArchive::new(&azure);
    let listed = archive.list(&source, &|_| Wanted::Whole).await.unwrap();
    assert_eq!(listed.len(), 5, "{listed:?}");
    let own = object(&listed[0].name).unwrap().bucket;
    let from = Fetching {
        objects: BlobObjects(archive),
        allowed_buckets: Some(BTreeSet::from([own])),
        allowed_setting: "",
        own: None,
        digests: None,
    };
    let parts = BlobFolder::new(&azure, &Url::parse(&format!("{place}/parts")).unwrap());
    for listed in listed {
        let blob = object(&listed.name).unwrap();
        let when = (Budget::of(Duration::from_mins(1)), jiff::Timestamp::now());
        let to = PartsPlace { parts: &parts, name: "march" };
        let gathered = Box::pin(gather(&from, &blob, &pipelines, &to, when)).await.unwrap();
        assert_eq!((gathered.records, gathered.rejected), (1, 0), "{gathered:?}");
    }

    for format in ["json", "text", "markdown", "junit"] {
        let asked = ["backtest", &rules, "--format", format];
        let gathered = format!("{place}/parts/march/");
        let gathered = world.said(&[&asked[..], &["--parts", &gathered]].concat()).await;
        let read = world.said(&[&asked[..], &[&source]].concat()).await;
        assert_eq!(gathered, read, "{format}");
        assert_eq!(gathered.2, Some(0));
        assert!(gathered.0.contains("own-many"), "{gathered:?}");
        if format == "json" {
            assert!(gathered.0.contains("/a#") && !gathered.0.contains("/a-1#"), "in order: {}", gathered.0);
            assert!(gathered.0.contains("a%20b+c"), "{}", gathered.0);
        }
    }
    let mut learned = Vec::new();
    for (to, more) in
        [("gathered", ["--parts", &format!("{place}/parts/march/")].as_slice()), ("read", &[&source])]
    {
        let to = world.path(to);
        let asked = ["baseline", "learn", "--to", &to, "--keep-learning"];
        let (_, said, code) = world.said(&[&asked[..], more].concat()).await;
        assert_eq!(code, Some(0), "{said}");
        let (export, _, _) = world.said(&["baseline", "export", &to]).await;
        let without_end = |line: &str| {
            let mut entry: serde_json::Value = serde_json::from_str(line).unwrap();
            entry.as_object_mut().unwrap().remove("expires");
            entry
        };
        learned.push(export.lines().map(without_end).collect::<Vec<_>>());
    }
    assert_eq!(learned[0], learned[1]);
    assert!(!learned[0].is_empty());
}
