//! Rules and suppressions from S3 and from the package, as they change: what cannot be used changes nothing, and alarms.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use trailhound_aws::address::S3Uri;
use trailhound_aws::s3::S3Folder;
use trailhound_aws_lambda::emf::rules_invalid;
use trailhound_detect::matched::Level;
use trailhound_detect::pipeline::Ending;
use trailhound_runtime::rulebook::{ContextSources, Rulebook, Source, Sources};
use trailhound_testkit::s3::{Fate, S3};

use super::stage::{Stage, all_done, sample};

const EVENT: &str = "example-eventbridge-start-session.json";
/// The shipped rule that the sample matches.
const SHIPPED: &str = "aws-ssm-session-shell";

fn rule(name: &str) -> String {
    format!(
        "title: Our own\nid: 7c2f3d8e-58d2-4b53-9c43-0d4b6b7c8f{:02}\nname: {name}\nstatus: test\n\
         logsource: {{product: aws, service: cloudtrail}}\n\
         detection:\n  selection:\n    eventName: StartSession\n  condition: selection\nlevel: high\n",
        10 + name.len()
    )
}

fn suppression(rule: &str) -> String {
    let soon = (Timestamp::now() + SignedDuration::from_hours(30 * 24)).strftime("%Y-%m-%d").to_string();
    format!(
        "version: 1\nsuppressions:\n  - id: planned-work\n    rules: [{rule}]\n    when: {{account: ['111122223333'], actor.display: [dana]}}\n    \
         action: tag\n    reason: planned\n    owner: platform@example.com\n    expires: {soon}\n"
    )
}

/// The book of a stage, whose bucket for rejects holds rules and suppressions here.
fn book(stage: &Stage) -> Rulebook<S3Folder> {
    let place = |key: &str| {
        let at = S3Uri { bucket: stage.rejects.clone(), key: key.to_owned() };
        Some(Source::Cloud(S3Folder { client: stage.s3.clone(), at }))
    };
    Rulebook::new(Sources {
        rules: place("rules"),
        suppressions: place("suppressions.yml"),
        context: ContextSources::default(),
        min_level: Level::Informational,
        alarm: Box::new(|| rules_invalid("example-function")),
    })
}

/// The rules that match the sample, and what keeps them back.
async fn matching(book: &Rulebook<S3Folder>) -> BTreeSet<String> {
    let pipeline = book.current().await;
    let mut session = pipeline.delivery("test", Timestamp::UNIX_EPOCH);
    session.push(&sample(EVENT));
    let done = session.finish(Ending::Whole);
    done.matches.iter().map(|found| found.rule.name.clone()).collect()
}

/// Past the time for which rules are taken for current.
async fn later() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(301)).await;
    tokio::time::resume();
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[tokio::test]
async fn a_bad_file_keeps_the_previous_rules_and_the_next_good_one_is_taken() {
    let Some(stage) = Stage::set().await else { return };
    let put =
        async |text: &str| stage.put_at(&stage.rejects, "rules/own.yml", text.as_bytes().to_vec()).await;
    stage.put_at(&stage.rejects, "suppressions.yml", suppression(SHIPPED).into_bytes()).await;
    put(&rule("own-first")).await;
    let book = book(&stage);
    assert_eq!(matching(&book).await, names(&[SHIPPED, "own-first"]));
    assert_eq!(book.faults(), Vec::<String>::new());

    put("title: Our own\nlevel: [no").await;
    assert_eq!(matching(&book).await, names(&[SHIPPED, "own-first"]), "not looked at yet");
    for _ in 0..2 {
        later().await;
        assert_eq!(matching(&book).await, names(&[SHIPPED, "own-first"]), "the previous rules");
        let faults = book.faults();
        assert!(faults.iter().any(|fault| fault.contains("rules/own.yml:3:")), "file and line: {faults:?}");
    }

    stage.s3.delete_object().bucket(&stage.rejects).key("rules/own.yml").send().await.expect("deleted");
    later().await;
    assert_eq!(matching(&book).await, names(&[SHIPPED, "own-first"]), "no rules at all are a mistake, too");
    assert!(!book.faults().is_empty());

    put(&rule("own-second")).await;
    later().await;
    assert_eq!(matching(&book).await, names(&[SHIPPED, "own-second"]));
    assert_eq!(book.faults(), Vec::<String>::new());
}

#[tokio::test]
async fn rules_that_go_bad_raise_the_alarm_at_each_look_until_they_are_mended() {
    let Some(stage) = Stage::set().await else { return };
    // The book writes to standard output, which is only to be had of another process, and no function lives through
    // the minutes between two looks: so the test above once more, where each look but the first and last finds faults.
    let test = "rulebook::a_bad_file_keeps_the_previous_rules_and_the_next_good_one_is_taken";
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture"])
        .env("TRAILHOUND_MOTO_URL", stage.moto.url())
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    // The harness may begin a line that the book ends.
    let json = text.lines().filter_map(|line| serde_json::from_str(line.get(line.find('{')?..)?).ok());
    let alarms: Vec<Value> = json.collect();
    assert_eq!(alarms.len(), 3, "{text}");
    for alarm in alarms {
        assert_eq!((&alarm["RulesInvalid"], &alarm["Function"]), (&1.into(), &"example-function".into()));
        assert_eq!(alarm["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"], "RulesInvalid");
    }
}

#[tokio::test]
async fn a_bad_suppression_keeps_the_previous_ones() {
    let Some(stage) = Stage::set().await else { return };
    let put =
        async |text: &str| stage.put_at(&stage.rejects, "suppressions.yml", text.as_bytes().to_vec()).await;
    stage.put_at(&stage.rejects, "rules/own.yml", rule("own-first").into_bytes()).await;
    put(&suppression(SHIPPED)).await;
    let book = book(&stage);
    let active = async || book.current().await.policy().suppressions.active().len();
    assert_eq!(active().await, 1);
    put("suppressions:\n  - id: everything\n").await;
    later().await;
    assert_eq!(active().await, 1);
    assert!(book.faults().iter().any(|fault| fault.contains("suppressions.yml")));
    put(&suppression("own-first")).await;
    later().await;
    assert_eq!(active().await, 1);
    assert_eq!(book.faults(), Vec::<String>::new());
}

#[tokio::test]
async fn a_start_on_bad_files_runs_on_the_shipped_rules_and_what_is_good() {
    let Some(stage) = Stage::set().await else { return };
    stage.put_at(&stage.rejects, "rules/bad.yml", b"title: [".to_vec()).await;
    stage.put_at(&stage.rejects, "rules/good.yml", rule("own-first").into_bytes()).await;
    stage.put_at(&stage.rejects, "suppressions.yml", b"nothing: true".to_vec()).await;
    let book = book(&stage);
    assert_eq!(matching(&book).await, names(&[SHIPPED, "own-first"]));
    assert_eq!(book.faults().len(), 2, "{:?}", book.faults());
    stage.put_at(&stage.rejects, "rules/bad.yml", rule("own-second").into_bytes()).await;
    stage.put_at(&stage.rejects, "suppressions.yml", suppression(SHIPPED).into_bytes()).await;
    later().await;
    assert_eq!(matching(&book).await, names(&[SHIPPED, "own-first", "own-second"]));
    assert_eq!(book.faults(), Vec::<String>::new());
}

#[tokio::test]
async fn what_could_not_be_fetched_is_fetched_when_it_can_be() {
    let Some(stage) = Stage::set().await else { return };
    let first = rule("own-first").into_bytes();
    stage.put_at(&stage.rejects, "suppressions.yml", suppression(SHIPPED).into_bytes()).await;
    stage.put_archived(&stage.rejects, "rules/own.yml", first.clone()).await;
    let book = book(&stage);
    assert_eq!(matching(&book).await, names(&[SHIPPED]));
    assert!(book.faults().iter().any(|fault| fault.contains("rules/own.yml cannot be read")));
    // The same bytes under the same ETag, readable.
    stage.put_at(&stage.rejects, "rules/own.yml", first).await;
    later().await;
    assert_eq!(matching(&book).await, names(&[SHIPPED, "own-first"]));
    assert_eq!(book.faults(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_with_bad_rules_still_finds_and_raises_the_alarm() {
    let Some(mut stage) = Stage::set().await else { return };
    stage.put_at(&stage.rejects, "rules/bad.yml", b"title: [".to_vec()).await;
    stage.set_variable("TRAILHOUND_RULES_URI", &format!("s3://{}/rules", stage.rejects));
    stage.set_variable("TRAILHOUND_SUPPRESSIONS_URI", "s3://no-such-bucket-anywhere/suppressions.yml");
    let event: Value = serde_json::from_slice(&sample(EVENT)).expect("JSON");
    assert_eq!(stage.invoke(&event), all_done());
    let rules: BTreeSet<String> = stage
        .findings()
        .await
        .iter()
        .map(|found| found["ruleid"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(rules, names(&[SHIPPED]));
    let lines = stage.lines();
    let alarm = lines.iter().find(|line| line["RulesInvalid"] == 1).expect("an alarm");
    assert_eq!(alarm["_aws"]["CloudWatchMetrics"][0]["Namespace"], "trailhound");
    for place in ["rules/bad.yml:2:", "no-such-bucket-anywhere"] {
        let told = |line: &&Value| {
            line["level"] == "ERROR" && line["error"].as_str().is_some_and(|f| f.contains(place))
        };
        assert!(lines.iter().any(|line| told(&line)), "{place}: {lines:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_the_package_are_taken() {
    let Some(mut stage) = Stage::set().await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("own.yml"), rule("own-first")).expect("a file");
    stage.set_variable("TRAILHOUND_RULES_URI", &folder.path().to_string_lossy());
    let event: Value = serde_json::from_slice(&sample(EVENT)).expect("JSON");
    assert_eq!(stage.invoke(&event), all_done());
    let findings = stage.findings().await;
    assert!(findings.iter().any(|found| found["ruleid"] == "own-first"), "{findings:?}");
}

/// An alert comes in good time, and an alarm with it, though rules and suppressions cannot be had from an S3.
async fn assert_held_up_for_seconds(mut stage: Stage, s3: &str) {
    stage.set_variable("AWS_ENDPOINT_URL_S3", s3);
    stage.set_variable("TRAILHOUND_RULES_URI", &format!("s3://{}/rules", stage.rejects));
    stage.set_variable("TRAILHOUND_SUPPRESSIONS_URI", &format!("s3://{}/suppressions.yml", stage.rejects));
    let event: Value = serde_json::from_slice(&sample(EVENT)).expect("JSON");
    let began = Instant::now();
    assert_eq!(stage.invoke(&event), all_done());
    assert!(began.elapsed() < Duration::from_secs(9), "{:?}", began.elapsed());
    assert_eq!(stage.findings().await.len(), 1);
    assert!(stage.lines().iter().any(|line| line["RulesInvalid"] == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_of_rules_that_does_not_answer_holds_up_no_alert() {
    let Some(stage) = Stage::set().await else { return };
    let silent = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = silent.local_addr().expect("an address");
    assert_held_up_for_seconds(stage, &format!("http://{address}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_listed_and_never_come_hold_up_no_alert() {
    let Some(stage) = Stage::set().await else { return };
    let s3 = S3::start().expect("a port");
    let listing = r#"<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated><Contents><Key>rules/own.yml</Key><Size>1</Size></Contents><Contents><Key>suppressions.yml</Key><Size>1</Size></Contents></ListBucketResult>"#;
    for (key, fate) in [
        ("", Fate::Whole(listing.into())),
        ("/", Fate::Whole(listing.into())),
        ("/rules/own.yml", Fate::Silence),
        ("/suppressions.yml", Fate::Silence),
    ] {
        s3.put(&format!("/{}{key}", stage.rejects), [fate]);
    }
    assert_held_up_for_seconds(stage, &s3.url()).await;
}
