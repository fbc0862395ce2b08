//! Every line of the labelled corpus is read as what its folder says, with an actor and a time where it has them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use trailhound_detect::decode::{Decoded, Decoder, Limits};
use trailhound_detect::event::{Facts, LogType, Reader};

fn corpus() -> Option<PathBuf> {
    let shared = std::env::var_os("TRAILHOUND_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let corpus = shared.join("corpus");
    if corpus.is_dir() {
        return Some(corpus);
    }
    eprintln!("SKIPPED: no corpus at {}; set TRAILHOUND_SHARED", corpus.display());
    None
}

/// The logs that lines of a folder may be.
fn expected(folder: &str, log: LogType) -> bool {
    match folder {
        "aws_cloudtrail" => log == LogType::CloudTrail,
        "azure_activity" => {
            matches!(log, LogType::AzureActivity | LogType::AzureResource | LogType::KubernetesAudit)
        }
        "entra_signin" => log == LogType::EntraSignIn,
        "entra_audit" => log == LogType::EntraAudit,
        "process" => matches!(log, LogType::ProcessCreation | LogType::EndpointOther),
        other => panic!("a folder nobody told of: {other}"),
    }
}

#[test]
fn every_line_is_read_as_what_its_folder_says() {
    let Some(corpus) = corpus() else { return };
    let mut counts: BTreeMap<(String, &'static str), usize> = BTreeMap::new();
    let mut lacking: BTreeMap<(String, &'static str), usize> = BTreeMap::new();
    let mut problems = Vec::new();
    let mut reader = Reader::default();
    for folder in ["aws_cloudtrail", "azure_activity", "entra_signin", "entra_audit", "process"] {
        let mut files: Vec<_> = std::fs::read_dir(corpus.join(folder))
            .expect("a folder of the corpus")
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
            .collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file).expect("UTF-8");
            for (index, line) in text.split('\n').enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                let place = format!("{}:{}", file.display(), index + 1);
                let mut events = 0;
                reader.read(line.as_bytes(), &mut |event| {
                    let event = event.unwrap_or_else(|error| panic!("{place}: {error:?}"));
                    events += 1;
                    assert!(expected(folder, event.log()), "{place}: {:?}", event.log());
                    *counts.entry((folder.to_owned(), event.log().as_str())).or_default() += 1;
                    check(line, event.facts(), &place, folder, &mut lacking, &mut problems);
                });
                assert_eq!(events, 1, "{place}");
            }
        }
    }
    eprintln!("read: {counts:#?}\nlacking: {lacking:#?}");
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(counts[&("azure_activity".to_owned(), "azure_resource")], 33);
    assert_eq!(counts[&("azure_activity".to_owned(), "kubernetes_audit")], 1);
    assert_eq!(counts[&("process".to_owned(), "endpoint_other")], 1, "one DnsRequest");
}

fn check(
    line: &str,
    facts: &Facts,
    place: &str,
    folder: &str,
    lacking: &mut BTreeMap<(String, &'static str), usize>,
    problems: &mut Vec<String>,
) {
    assert!(!facts.event_uid.is_empty(), "{place}");
    if matches!(facts.log, LogType::AzureResource | LogType::EndpointOther) {
        return;
    }
    assert!(!facts.action.key.is_empty(), "{place}");
    let mut lacks = |what| *lacking.entry((folder.to_owned(), what)).or_default() += 1;
    if facts.time.is_none() {
        lacks("time");
        let has_time = [
            "\"eventTime\"",
            "\"time\"",
            "\"@timestamp\"",
            "\"TimeGenerated\"",
            "\"timestamp\"",
            "imestamp\":",
        ]
        .iter()
        .any(|name| line.contains(name));
        // A placeholder is no time.
        let is_written =
            facts.original_time.is_empty() || facts.original_time.contains(|c: char| c.is_ascii_digit());
        if has_time && is_written {
            problems.push(format!("{place}: a time that cannot be read: {:?}", facts.original_time));
        }
    }
    if facts.actor.key.is_empty() {
        lacks("actor");
        let has_actor = [
            "\"userIdentity\":{",
            "\"caller\":",
            "objectidentifier",
            "claims/upn",
            "\"claims\":{\"name\"",
            "userPrincipalName",
            "UserSid",
            "\"User\"",
        ]
        .iter()
        .any(|name| line.contains(name));
        // CloudTrail says so itself where it does not know.
        let is_unknown = line.contains("\"type\":\"Unknown\"");
        if has_actor && !is_unknown {
            problems.push(format!("{place}: an actor that cannot be read"));
        }
    }
}
#[test]
fn envelopes_hold_no_unknown_records() {
    let Some(corpus) = corpus() else { return };
    let mut reader = Reader::default();
    let mut unknown = Vec::new();
    let mut read = 0;
    for folder in ["azure_eventhub", "cloudtrail_s3_object"] {
        for file in std::fs::read_dir(corpus.join("envelopes").join(folder)).expect("envelopes") {
            let path = file.expect("a file").path();
            let bytes = std::fs::read(&path).expect("readable");
            let mut decoder = Decoder::new(Limits::default());
            let mut take = |decoded: Decoded<'_>| match decoded {
                Decoded::Record(record) => reader.read(record.bytes, &mut |event| match event {
                    Ok(_) => read += 1,
                    Err(error) => unknown.push(format!(
                        "{}: {error:?}: {}",
                        path.display(),
                        String::from_utf8_lossy(&record.bytes[..record.bytes.len().min(300)])
                    )),
                }),
                Decoded::Reject { detail, .. } => unknown.push(format!("{}: {detail}", path.display())),
                Decoded::Notice(_) => {}
            };
            decoder.push(&bytes, &mut take);
            decoder.finish(&mut take);
        }
    }
    assert!(unknown.is_empty() && read > 0, "{read} read, not read: {unknown:#?}");
}
