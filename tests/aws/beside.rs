//! What is known beside the logs, from the bucket of the rules: the real `bootstrap` looks it up, tells it with the file's
//! date, lets rules ask it, names what it cannot use, and holds a database once.

use serde_json::{Value, json};
use trailhound_testkit::mmdb::{database, located, routed};

use super::stage::{Stage, all_done, sample};

const EVENT: &str = "example-eventbridge-start-session.json";
/// 2026-03-01T00:00:00Z.
const BUILT: u64 = 1_772_323_200;
/// A database of cities has as much, and a process may hold so much more than without: what comes from the network, and
/// what allocators keep.
const DATABASE: usize = 60 << 20;
const MOST_BESIDE_KIB: u32 = 16 << 10;

/// A rule that asks for what only files answer.
const ASKING: &str = "title: A shell from abroad on what must not fall\nid: 7c2f3d8e-58d2-4b53-9c43-0d4b6b7c8f77\nname: own-from-abroad\n\
status: test\nlogsource: {product: aws, service: cloudtrail}\ndetection:\n  selection:\n    eventName: StartSession\n    \
n.source.country: FR\n    n.target.crown_jewel: true\n  condition: selection\nlevel: high\n";

fn cities() -> Vec<u8> {
    database("Example-City", BUILT, &[("203.0.113.0/24", located("FR", "Paris"))])
}

/// The same with so many bytes that nobody asks for between its data and what it says of itself.
fn padded(bytes: &[u8], more: usize) -> Vec<u8> {
    let marker = b"\xab\xcd\xefMaxMind.com";
    let at = bytes.windows(marker.len()).position(|window| window == marker).expect("it says what it is");
    [&bytes[..at], &vec![0; more], &bytes[at..]].concat()
}

/// A stage whose bucket for rejects holds files to look up in.
async fn set() -> Option<Stage> {
    let mut stage = Stage::set().await?;
    let networks = database("Example-ASN", BUILT, &[("203.0.113.0/24", routed(64_500, "Example Networks"))]);
    for (key, body) in [
        ("rules/own.yml", ASKING.as_bytes().to_vec()),
        ("geo/city.mmdb", cities()),
        ("geo/asn.mmdb", networks),
        ("geo/README.md", b"not a database".to_vec()),
        ("inventory/assets.csv", b"name,owner,crown_jewel\ni-0123456789abcdef2,payments,yes\n".to_vec()),
        ("warned.csv", b"value,source,until\n203.0.113.45,CERT-EX,2026-12-31\n".to_vec()),
    ] {
        stage.put_at(&stage.rejects, key, body).await;
    }
    for (name, key) in [
        ("RULES", "rules"),
        ("GEO", "geo"),
        ("INVENTORY", "inventory/assets.csv"),
        ("INDICATORS", "warned.csv"),
    ] {
        let place = format!("s3://{}/{key}", stage.rejects);
        stage.set_variable(&format!("TRAILHOUND_{name}_URI"), &place);
    }
    Some(stage)
}

fn event() -> Value {
    serde_json::from_slice(&sample(EVENT)).expect("JSON")
}

fn enriched<'f>(finding: &'f Value, kind: &str) -> Vec<&'f Value> {
    let all = finding["data"]["enrichments"].as_array().into_iter().flatten();
    all.filter(|one| one["type"] == kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_say_what_is_known_and_rules_ask_it() {
    let Some(mut stage) = set().await else { return };
    assert_eq!(stage.invoke(&event()), all_done());
    let findings = stage.findings().await;
    let names: Vec<&str> = findings.iter().filter_map(|found| found["ruleid"].as_str()).collect();
    assert!(names.contains(&"own-from-abroad") && names.contains(&"aws-ssm-session-shell"), "{names:?}");
    for finding in &findings {
        let source = &finding["data"]["evidences"][0]["src_endpoint"];
        assert_eq!(source["location"], json!({"city": "Paris", "country": "FR"}));
        assert_eq!(source["autonomous_system"], json!({"name": "Example Networks", "number": 64_500}));
        assert_eq!(finding["data"]["resources"][0]["owner"]["name"], "payments");
        let location = enriched(finding, "location");
        assert_eq!(location[0]["provider"], "Example-City");
        assert_eq!(location[0]["created_time"], BUILT * 1_000);
        let warned = enriched(finding, "indicator");
        assert_eq!((warned.len(), &warned[0]["data"]["source"]), (1, &json!("CERT-EX")));
        assert_eq!(warned[0]["provider"], "warned.csv");
        assert!(warned[0]["created_time"].is_i64(), "the object's own date: {warned:?}");
    }
    let lines = stage.lines();
    assert!(
        lines.iter().any(|line| line["known"]
            .as_str()
            .is_some_and(|told| told.contains("Example-City of 2026-03-01")))
    );
    assert!(!lines.iter().any(|line| line["RulesInvalid"] == 1), "{lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_used_is_named_and_keeps_the_others_from_nothing() {
    let Some(mut stage) = set().await else { return };
    stage.put_at(&stage.rejects, "geo/city.mmdb", cities()[..40].to_vec()).await;
    stage.set_variable("TRAILHOUND_INVENTORY_URI", &format!("s3://{}/absent", stage.rejects));
    assert_eq!(stage.invoke(&event()), all_done());
    let findings = stage.findings().await;
    assert_eq!(findings.len(), 1, "nobody knows the country that the other rule asks for");
    assert_eq!(enriched(&findings[0], "autonomous_system").len(), 1);
    assert!(enriched(&findings[0], "location").is_empty());
    let lines = stage.lines();
    let told: Vec<&str> = lines
        .iter()
        .filter(|line| line["fields"]["event"] == "rules_invalid" || line["event"] == "rules_invalid")
        .filter_map(|line| line["error"].as_str().or_else(|| line["fields"]["error"].as_str()))
        .collect();
    assert_eq!(told.len(), 2, "{lines:#?}");
    assert!(told.iter().any(|told| told.contains("/geo/city.mmdb: no database")), "{told:?}");
    assert!(
        told.iter().any(|told| told.contains("/absent cannot be listed: there is no .csv or")),
        "{told:?}"
    );
    assert!(lines.iter().any(|line| line["RulesInvalid"] == 1), "it alarms: {lines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_database_stands_in_memory_once() {
    let mut peaks = Vec::new();
    for more in [0, DATABASE] {
        let Some(mut stage) = set().await else { return };
        stage.put_at(&stage.rejects, "geo/city.mmdb", padded(&cities(), more)).await;
        assert_eq!(stage.invoke(&event()), all_done());
        let findings = stage.findings().await;
        assert_eq!(enriched(&findings[0], "location").len(), 1);
        peaks.push(stage.peak_rss_kib().expect("Linux tells"));
    }
    println!("{peaks:?} KiB at most without and with a database of {} MiB", DATABASE >> 20);
    let database = u32::try_from(DATABASE >> 10).expect("megabytes");
    assert!(peaks[1] <= peaks[0] + database + MOST_BESIDE_KIB, "{peaks:?} KiB");
}
