//! What the function says of itself on standard output: accounts, the same figures as metrics, the sign of life, and
//! never a secret.

use serde_json::{Value, json};

use super::stage::{RAW, Stage, all_done, balances, s3_notice, sample, sqs_event};

const OBJECT: &str = "example-cloudtrail-s3-object.json.gz";

/// A metric of a document of the embedded metric format, which declares it for the function.
fn metric(document: &Value, name: &str) -> Option<u64> {
    let declared = &document["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(declared["Namespace"], "trailhound", "{document}");
    assert_eq!(declared["Dimensions"], json!([["Function"]]), "{document}");
    assert_eq!(document["Function"], "example-function");
    assert!(document["_aws"]["Timestamp"].is_u64(), "{document}");
    let mut metrics = declared["Metrics"].as_array().expect("metrics").iter();
    metrics.find(|metric| metric["Name"] == name)?;
    document[name].as_u64()
}

/// Each accounting line so far, with the metrics of all its records.
fn measured(stage: &Stage) -> Vec<(Value, Value)> {
    let lines = stage.lines();
    let pairs = lines.windows(2).filter(|pair| pair[0]["event"] == "delivery");
    pairs.map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_the_figures_of_the_account() {
    let Some(mut stage) = Stage::set().await else { return };
    stage.set_variable("TRAILHOUND_MIN_LEVEL", "medium");
    stage.put("whole", sample(OBJECT)).await;
    stage.put("partly", json!({"Records": [{"what": "is this"}]}).to_string().into_bytes()).await;
    let payload = sqs_event(&[s3_notice(&stage.trail, &["whole", "partly"]).to_string()]);
    assert_eq!(stage.invoke(&payload), all_done());
    assert_eq!(stage.invoke(&payload), all_done());
    // Once more by a process that knows of nothing, to a topic that is not there.
    stage.kill();
    stage.set_variable("TRAILHOUND_STATE_TABLE", "");
    stage.set_variable("TRAILHOUND_ALERT_TOPIC_ARN", &stage.topic.replace("stage-", "no-stage-"));
    assert_ne!(stage.invoke(&payload), all_done());

    let measured = measured(&stage);
    assert_eq!(measured.len(), 6);
    let figures = [
        ("Records", "records"),
        ("Evaluated", "evaluated"),
        ("Matches", "matches"),
        ("Published", "published"),
        ("Suppressed", "suppressed"),
        ("Duplicates", "duplicates"),
        ("Deferred", "deferred"),
        ("CpuMilliseconds", "cpu_ms"),
    ];
    for (account, metrics) in &measured {
        for (name, figure) in figures {
            assert_eq!(metric(metrics, name), account[figure].as_u64(), "{name}: {account} {metrics}");
        }
        let rejected = account["rejected"].as_object().expect("by reason").values();
        let rejected: u64 = rejected.filter_map(Value::as_u64).sum();
        assert_eq!(metric(metrics, "Rejected"), Some(rejected), "{account} {metrics}");
        let lag = account["lag_ms"].as_u64().filter(|_| account["published"] != 0);
        assert_eq!(metric(metrics, "LagMilliseconds"), lag, "{account} {metrics}");
        assert_eq!(metric(metrics, "Canary"), None, "{metrics}");
    }
    for (name, _) in figures.iter().chain(&[("Rejected", ""), ("LagMilliseconds", "")]) {
        let told = measured.iter().any(|(_, metrics)| metric(metrics, name) > Some(0));
        assert!(told, "{name} is nothing everywhere: {measured:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_canary_sings_the_whole_way() {
    let Some(mut stage) = Stage::set().await else { return };
    stage.set_variable("TRAILHOUND_MIN_LEVEL", "high");
    let bare = json!({"trailhound": "canary"});
    let scheduled = json!({"version": "0", "id": "e1", "detail-type": "Scheduled Event", "source": "aws.events",
                           "account": "111122223333", "region": "us-east-1", "detail": bare});
    assert_eq!(stage.invoke(&bare), all_done());
    assert_eq!(stage.invoke(&sqs_event(&[bare.to_string(), scheduled.to_string()])), all_done());
    let findings = stage.findings().await;
    assert_eq!(findings.len(), 3, "{findings:?}");
    for finding in findings {
        assert_eq!(finding["ruleid"], "trailhound-canary");
        assert_eq!(finding["severity"], "informational");
    }
    let measured = measured(&stage);
    assert_eq!(measured.len(), 3);
    for (account, metrics) in &measured {
        assert!(balances(account), "{account}");
        assert_eq!(
            (metric(metrics, "Canary"), metric(metrics, "Published")),
            (Some(1), Some(1)),
            "{metrics}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_told_however_much_is_logged() {
    const MARK: &str = "Unmistakable0Secret";
    let Some(mut stage) = Stage::set().await else { return };
    let marked = |n: u32| format!("{MARK}{n}");
    let mut call: Value =
        serde_json::from_slice(&sample("example-eventbridge-start-session.json")).expect("JSON");
    let session = &mut call["detail"];
    session["responseElements"]["tokenValue"] = json!(marked(0));
    session["responseElements"]["streamUrl"] = json!(format!("wss://example.com/{}", marked(1)));
    session["requestParameters"]["reason"] = json!(format!("password={}", marked(2)));
    let mut command = session.clone();
    command["eventName"] = json!("SendCommand");
    command["eventID"] = json!("00000000-0000-4000-8000-00000000c0de");
    command["requestParameters"] = json!({
        "documentName": "AWS-RunShellScript", "instanceIds": ["i-0123456789abcdef0"],
        "comment": format!("token={}", marked(3)), "parameters": {"commands": [format!("echo {}", marked(4))]},
    });
    command["responseElements"] =
        json!({"command": {"commandId": "c", "parameters": {"commands": [marked(5)]}}});
    let object = json!({"Records": [session, command, {"what": marked(6)}]});
    stage.put("k", object.to_string().into_bytes()).await;
    let people = stage.make_topic("people").await;
    let copies = stage.subscriber(&people, "copies", &RAW).await;
    stage.set_variable("TRAILHOUND_CHAT_TOPIC_ARN", &people);
    stage.set_variable("TRAILHOUND_EMAIL_TOPIC_ARN", &people);
    stage.set_variable("RUST_LOG", "trace");
    stage.set_variable("AWS_SECRET_ACCESS_KEY", &marked(7));
    stage.set_variable("AWS_SESSION_TOKEN", &marked(8));

    assert_eq!(stage.invoke(&call), all_done());
    let bodies = [s3_notice(&stage.trail, &["k"]).to_string(), format!("no JSON, {}", marked(9))];
    assert_eq!(stage.invoke(&sqs_event(&bodies)), all_done());
    assert_eq!(stage.parked().await.len(), 2);
    let findings = stage.findings().await;
    assert!(findings.len() > 1, "{findings:?}");
    let output = stage.output();
    assert!(output.iter().any(|line| line.contains("\"level\":\"TRACE\"")), "all is logged");
    let copies = stage.bodies(&copies).await;
    assert_eq!(copies.len(), 2 * findings.len());
    let told = output.into_iter().chain(findings.iter().map(Value::to_string)).chain(copies);
    let found: Vec<String> = told.filter(|line| line.contains(MARK)).collect();
    assert_eq!(found, Vec::<String>::new());
}
