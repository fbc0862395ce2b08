use proptest::prelude::*;

use super::*;
use crate::describe::tests::fixture::now;
use crate::describe::{Finding, Product, describe, notify};
use crate::event::{Process, testing};
use crate::matched::{Match, Provenance};

mod explanations;
mod records;

use records::{LEAVES_ALLOWED, RECORDS};

fn evidence_of(record: &Value, show: &[&str]) -> (Map<String, Value>, Vec<Redaction>) {
    let rule = RuleInfo { show: show.iter().map(|&path| path.to_owned()).collect(), ..RuleInfo::default() };
    let Excerpt { shown, redactions } =
        testing::with(&record.to_string(), |event| excerpt(event, &rule)).expect("a record that can be read");
    (shown.into_iter().collect(), redactions)
}

fn finding_of(record: &Value, show: &[&str]) -> Finding {
    let rule = RuleInfo {
        name: "test-rule".to_owned(),
        sentence: "{actor} {target} {targets} {source} {document} {account} {region} {action} {outcome} {remote} {app} {reason}".to_owned(),
        show: show.iter().map(|&path| path.to_owned()).collect(),
        ..RuleInfo::default()
    };
    let found = testing::with(&record.to_string(), |event| {
        let from = Provenance {
            origin: "example.json#1".to_owned(),
            delivery: "example.json".to_owned(),
            raw_hash: "00".repeat(32),
            raw_size: 0,
            unvouched: false,
            replayed: false,
        };
        let mut found = Match::of(std::sync::Arc::new(rule.clone()), event.facts().clone(), from);
        found.verdict.level = crate::matched::Level::High;
        found.excerpt = excerpt(event, &rule);
        found
    });
    describe(found.expect("a record that can be read"), &Product::new("cli"), now())
}

fn redacted<'r>(redactions: &'r [Redaction], path: &str) -> &'r Redaction {
    redactions
        .iter()
        .find(|redaction| redaction.path == path)
        .unwrap_or_else(|| panic!("{path}: {redactions:?}"))
}

#[allow(clippy::needless_pass_by_value, reason = "written at the call and handed over")]
fn cloudtrail(name: &str, request: Value, response: Value) -> Value {
    json!({
        "eventVersion": "1.11", "eventSource": "ssm.amazonaws.com", "eventName": name,
        "eventTime": "2026-03-18T10:15:30Z", "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.45",
        "recipientAccountId": "111122223333", "eventID": "00000000-0000-4000-8000-000000000001",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/dana", "accountId": "111122223333", "userName": "dana"},
        "requestParameters": request, "responseElements": response
    })
}

#[test]
fn session_tokens_and_stream_urls_never_leave() {
    let record = cloudtrail(
        "StartSession",
        json!({"target": "i-0123456789abcdef0"}),
        json!({"sessionId": "dana-0a1b2c3d4e5f67890", "tokenValue": "AAEAAU9wZW5TZXNhbWU", "streamUrl": "wss://example.com/x?y"}),
    );
    let everything = ["responseElements", "responseElements.tokenValue", "responseElements.streamUrl"];
    let (shown, redactions) = evidence_of(&record, &everything);
    assert_eq!(shown["responseElements.sessionId"], "dana-0a1b2c3d4e5f67890");
    assert_eq!(redacted(&redactions, "responseElements.tokenValue").action, "drop");
    assert_eq!(redacted(&redactions, "responseElements.streamUrl").by, "trailhound");
    let text = finding_of(&record, &everything).json().to_owned();
    assert!(!text.contains("AAEAAU9wZW5TZXNhbWU") && !text.contains("wss://"));
}

#[test]
fn a_name_beside_a_value_says_what_it_is() {
    let record = cloudtrail(
        "RegisterTaskDefinition",
        json!({
            "containerDefinitions": [{"environment": [
                {"name": "DB_PASSWORD", "value": "blue-tree"}, {"name": "STAGE", "value": "prod"}
            ]}],
            "tags": [{"key": "Password", "values": ["blue-tree"]}, {"key": "tag:Owner", "values": ["dana"]}],
            "buildspecOverride": "env: {variables: {PW: blue-tree}}"
        }),
        json!(null),
    );
    let asked = [
        "requestParameters.containerDefinitions",
        "requestParameters.tags",
        "requestParameters.buildspecOverride",
        "requestParameters.containerDefinitions.environment.value",
    ];
    let (shown, redactions) = evidence_of(&record, &asked);
    let text = serde_json::to_string(&shown).unwrap();
    assert!(!text.contains("blue-tree"), "{text}");
    assert!(text.contains("prod") && text.contains("dana") && text.contains("DB_PASSWORD"), "{text}");
    redacted(&redactions, "requestParameters.containerDefinitions.environment.value");
    assert!(!finding_of(&record, &asked).json().contains("blue-tree"));
}

#[test]
fn what_the_provider_hid_is_told_as_its_doing() {
    let hidden = json!({"instanceIds": ["i-0123456789abcdef0"], "documentName": "AWS-RunShellScript", "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS"});
    let (shown, redactions) = evidence_of(&cloudtrail("SendCommand", hidden, Value::Null), &[]);
    assert_eq!(redacted(&redactions, "requestParameters.parameters").by, "aws");
    assert_eq!(shown["requestParameters.documentName"], "AWS-RunShellScript");
}

#[test]
fn parameters_are_shown_only_for_awss_own_forwarding_documents() {
    let record = |document: &str| {
        let parameters =
            json!({"host": ["db.internal.example"], "portNumber": ["5432"], "command": ["rm -rf /"]});
        cloudtrail(
            "StartSession",
            json!({"target": "i-0123456789abcdef0", "documentName": document, "parameters": parameters}),
            Value::Null,
        )
    };
    let (shown, redactions) =
        evidence_of(&record("AWS-StartPortForwardingSessionToRemoteHost"), &["requestParameters.parameters"]);
    assert_eq!(shown["requestParameters.parameters.host"], json!(["db.internal.example"]));
    assert_eq!(redacted(&redactions, "requestParameters.parameters.command").action, "drop");
    for document in [
        "Custom",
        "AWS-StartInteractiveCommand",
        "arn:aws:ssm:eu-west-1:444455556666:document/AWS-StartSSHSession",
    ] {
        let (shown, _) = evidence_of(
            &record(document),
            &["requestParameters.parameters", "requestParameters.parameters.host"],
        );
        assert!(
            !shown.keys().any(|path| path.starts_with("requestParameters.parameters")),
            "{document}: {shown:?}"
        );
        let json = finding_of(&record(document), &[]).json().to_owned();
        assert!(json.contains("db.internal.example") && !json.contains("rm -rf"), "{document}");
        let mut odd = record(document);
        odd["requestParameters"]["parameters"] = json!({"host": ["hunter2 pass"], "portNumber": ["s3cret"]});
        let json = finding_of(&odd, &[]).json().to_owned();
        assert!(!json.contains("hunter2") && !json.contains("s3cret"), "{document}");
    }
}

#[test]
fn of_an_ecs_command_only_the_program_is_shown() {
    let mut record = cloudtrail(
        "ExecuteCommand",
        json!({"cluster": "c", "task": "t", "command": "mysql -pHunter2 --host db"}),
        Value::Null,
    );
    record["eventSource"] = json!("ecs.amazonaws.com");
    let (shown, redactions) = evidence_of(&record, &["requestParameters.command"]);
    assert_eq!(shown["requestParameters.command"]["program"], "mysql");
    assert_eq!(shown["requestParameters.command"]["length"], 25);
    assert_eq!(redacted(&redactions, "requestParameters.command").action, "hash");
    assert!(!finding_of(&record, &[]).json().contains("Hunter2"));
}

#[test]
fn a_callers_words_are_short_and_free_of_secrets() {
    let reason = |text: &str| {
        cloudtrail("StartSession", json!({"target": "i-0123456789abcdef0", "reason": text}), Value::Null)
    };
    let (shown, _) = evidence_of(&reason(&"ticket 4711 ".repeat(40)), &[]);
    assert_eq!(shown["requestParameters.reason"].as_str().unwrap().chars().count(), 120);
    let (shown, redactions) = evidence_of(&reason("use password: hunter2"), &[]);
    assert!(!shown.contains_key("requestParameters.reason"));
    assert_eq!(redacted(&redactions, "requestParameters.reason").by, "trailhound");
    assert!(!finding_of(&reason("use password: hunter2"), &[]).json().contains("hunter2"));
}

#[test]
fn selectors_keep_their_keys_and_other_keys_go() {
    let targets = json!([{"key": "tag:Role", "values": ["web"]}]);
    let odd = json!({"apiKey": "x", "nested": {"password": "y", "fine": "z"}});
    let request =
        json!({"targets": targets, "cloudWatchOutputConfig": odd, "documentName": "AWS-RunShellScript"});
    let (shown, redactions) = evidence_of(&cloudtrail("SendCommand", request, Value::Null), &[]);
    assert_eq!(shown["requestParameters.targets"], targets);
    assert_eq!(shown["requestParameters.cloudWatchOutputConfig"], json!({"nested": {"fine": "z"}}));
    assert_eq!(
        redacted(&redactions, "requestParameters.cloudWatchOutputConfig.nested.password").action,
        "drop"
    );
}

#[test]
fn an_azure_body_is_told_by_names_hosts_and_digest() {
    let body = json!({"properties": {"publisher": "Microsoft.Compute", "settings": {
        "fileUris": ["https://storage.example.com/scripts/a.ps1?sig=c2VjcmV0"], "commandToExecute": "powershell -File a.ps1 -Key hunter2"},
        "protectedSettings": {"storageAccountKey": "hunter3"}}});
    let mut record = records::azure_activity();
    record["properties"]["responseBody"] = json!(body.to_string());
    let (shown, redactions) = evidence_of(&record, &["properties.responseBody"]);
    let summary = &shown["properties.responseBody"];
    assert_eq!(summary["hosts"], json!(["storage.example.com"]));
    assert!(summary["keys"].as_array().unwrap().contains(&json!("protectedSettings")));
    assert_eq!(redacted(&redactions, "properties.responseBody").action, "hash");
    let text = finding_of(&record, &[]).json().to_owned();
    assert!(!text.contains("hunter") && !text.contains("c2VjcmV0") && !text.contains("a.ps1"), "{text}");
}

#[test]
fn a_command_line_leaves_as_digest_length_and_known_words() {
    let process = Process {
        image: Some("powershell.exe".to_owned()),
        command_line: Some("powershell.exe  -enc aGVsbG8= -Password hunter2".to_owned()),
        ..Process::default()
    };
    let shown = super::process(&process);
    assert_eq!(shown["command_line"]["words"], json!(["-enc"]));
    assert_eq!(shown["command_line"]["length"], 47);
    assert!(!shown.to_string().contains("hunter2"));
}

#[test]
fn error_messages_lose_their_encoded_part() {
    let message =
        format!("You are not authorized. Encoded authorization failure message: {}", "Ab1".repeat(200));
    assert_eq!(error_message(&message), "You are not authorized. [encoded message cut]");
    assert!(error_message(&format!("x {}", "y".repeat(500))).ends_with("[cut]"));
}

#[test]
fn secrets_are_known_by_key_and_by_look() {
    for key in [
        "password",
        "dbPassword",
        "secretAccessKey",
        "sSHPublicKey",
        "connection_string",
        "tokenValue",
        "ProtectedSettings",
        "userData",
    ] {
        assert!(secret::is_secret_key(key), "{key}");
    }
    for key in ["keyName", "incomingTokenType", "documentName", "keyPairId", "outputS3KeyPrefix", "values"] {
        assert!(!secret::is_secret_key(key), "{key}");
    }
    for text in [
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKE1",
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJkYW5hIn0.",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "https://example.com/a?sv=1&sig=c2VjcmV0",
        "mysql --password hunter2",
        "Authorization: Bearer abcdefghijklmnop",
    ] {
        assert!(holds_secret(text), "{text}");
    }
    for text in [
        "arn:aws:sts::111122223333:assumed-role/OpsReadOnly/dana",
        "0123456789abcdef0123456789abcdef01234567",
        "ticket 4711, see the runbook",
        "AWS-StartPortForwardingSessionToRemoteHost",
        "/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/rg",
    ] {
        assert!(!holds_secret(text), "{text}");
    }
}

/// Every string leaf of a value, by its dotted path.
fn leaves(value: &Value, path: &str, visit: &mut dyn FnMut(&str, &str)) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::String(text) => visit(path, text),
        Value::Array(all) => all.iter().for_each(|member| leaves(member, path, visit)),
        Value::Object(all) => all.iter().for_each(|(key, value)| leaves(value, &below(key), visit)),
        _ => {}
    }
}

fn leaf_mut<'v>(value: &'v mut Value, path: &str, at: &str) -> Option<&'v mut String> {
    match value {
        Value::String(text) => (path == at).then_some(text),
        Value::Array(all) => all.iter_mut().find_map(|member| leaf_mut(member, path, at)),
        Value::Object(all) => all.iter_mut().find_map(|(key, value)| {
            let below = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
            leaf_mut(value, path, &below)
        }),
        _ => None,
    }
}

/// All that a finding ever becomes, in one text.
fn every_channel(finding: &Finding) -> String {
    [
        finding.json().to_owned(),
        notify::subject(finding),
        notify::email(finding),
        notify::amazon_q(finding),
        format!("{:?}", notify::attributes(finding)),
        finding.title(),
        finding.message(),
        finding.target(),
    ]
    .join("\n")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// A canary in any string of any record, one string at a time: it may come out only where the list says so.
    #[test]
    fn no_canary_flies_outside_the_allow_list(seed in "[a-z]{12}") {
        let canary = format!("canary{seed}");
        for record in RECORDS {
            let record = record();
            let mut paths = Vec::new();
            leaves(&record, "", &mut |path, _| paths.push(path.to_owned()));
            paths.dedup();
            for path in paths.iter().filter(|path| !LEAVES_ALLOWED.contains(&path.as_str())) {
                let mut marked = record.clone();
                let Some(leaf) = leaf_mut(&mut marked, path, "") else { continue };
                *leaf = format!("{leaf}{canary}");
                let whole = marked.to_string();
                let readable = testing::with(&whole, |_| ()).is_ok();
                if readable {
                    let out = every_channel(&finding_of(&marked, &[]));
                    prop_assert!(!out.contains(&canary), "{path} comes out: {out}");
                }
            }
        }
    }
}
