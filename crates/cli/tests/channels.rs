//! Table, CSV and page say what the findings say, which the oracle for words in `crates/detect/tests/words` holds to the
//! records.

mod common;

use std::path::{Path, PathBuf};

use common::{Folder, err, out, trailhound};
use serde_json::Value;

/// The letters of a text, however it is wrapped: what is longer than a line is broken within.
fn flat(text: &str) -> String {
    text.split_whitespace().collect()
}

/// What a browser shows of a page: of every finding the title and the sentence, filled in as its script does, then what
/// stands there without the script.
fn shown(page: &str) -> String {
    let (before, rest) = page.split_once(r#"<script id="data" type="application/json">"#).unwrap();
    let data: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
    let mut out = String::new();
    for row in data["R"].as_array().unwrap() {
        let text = |at: usize| {
            data["S"][usize::try_from(row[at].as_u64().unwrap()).unwrap()].as_str().unwrap().to_owned()
        };
        for told in [11, 12].map(text) {
            for c in told.chars() {
                match u32::from(c).checked_sub(0xE000).filter(|hole| *hole < 6400) {
                    Some(hole) => out += &text(23 + usize::try_from(hole).unwrap()),
                    None => out.push(c),
                }
            }
            out += "\n";
        }
    }
    let spelled =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x2f;", "/"), ("&amp;", "&")];
    out + &spelled.iter().fold(before.to_owned(), |page, (spelled, sign)| page.replace(spelled, sign))
}

fn inputs() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("TRAILHOUND_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let cases =
        ["three-azure-machines.json", "three-azure-machines-mixed.json", "signin-then-one-machine.json"];
    let cases =
        cases.into_iter().map(|case| shared.join("cases/words").join(case)).filter(|case| case.exists());
    cases.map(|case| case.to_string_lossy().into_owned()).chain(["events".to_owned()]).collect()
}

/// A shell of somebody whose name a spreadsheet would take for a formula, and a reader for the end of a cell.
const HOSTILE: &str = r#"{"eventVersion":"1.09","eventSource":"ssm.amazonaws.com","eventName":"StartSession","eventTime":"2026-03-18T10:15:01Z","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.45","recipientAccountId":"111122223333","eventID":"00000000-0000-4000-8000-000000000001","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/x","accountId":"111122223333","userName":"=cmd, \"a\"; <b>'c"},"requestParameters":{"target":"i-0123456789abcdef0"}}"#;

fn scan(folder: &Folder, format: &str, input: &str) -> String {
    let target = folder.path("told");
    let output = trailhound(&["scan", "--format", format, "-o", &target, input]);
    assert!(output.status.code() == Some(0) && out(&output).is_empty(), "{}", err(&output));
    std::fs::read_to_string(target).unwrap()
}

#[test]
fn every_channel_of_a_scan_says_what_the_finding_says() {
    let mut compared = 0;
    let folder = Folder::new();
    let hostile = folder.write("hostile.jsonl", HOSTILE);
    for input in inputs().into_iter().chain([hostile]) {
        let events: Vec<Value> =
            scan(&folder, "ndjson", &input).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (table, page) = (flat(&scan(&folder, "table", &input)), shown(&scan(&folder, "html", &input)));
        let csv = scan(&folder, "csv", &input);
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let columns = reader.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), events.len(), "{input}");
        for (row, event) in rows.iter().zip(&events) {
            let data = &event["data"];
            let cell = |name: &str| {
                let at = columns.iter().position(|column| column == name).unwrap();
                row[at].strip_prefix('\'').unwrap_or(&row[at]).to_owned()
            };
            let message = data["message"].as_str().unwrap();
            assert_eq!(cell("message"), message);
            assert_eq!(cell("title"), data["finding_info"]["title"].as_str().unwrap());
            assert_eq!(cell("rule"), event["ruleid"].as_str().unwrap());
            assert_eq!(cell("level"), event["severity"].as_str().unwrap());
            assert_eq!(cell("risk_score"), data["risk_score"].to_string());
            assert_eq!(cell("outcome"), data["unmapped"]["outcome"].as_str().unwrap());
            let account = data["cloud"]["account"]["uid"].as_str().unwrap_or("unknown");
            assert!(account == "unknown" || cell("account") == account, "{account}");
            assert_eq!(cell("finding"), data["finding_info"]["uid"].as_str().unwrap());
            assert!(table.contains(&flat(message)), "the table does not say: {message}");
            assert!(page.contains(message), "the page does not say: {message}");
            assert!(page.contains(&cell("title")), "the page has no title {}", cell("title"));
            // Told otherwise, it would be noticed.
            let other = format!("Not {message}");
            assert!(!table.contains(&flat(&other)) && !page.contains(&other));
            compared += 1;
        }
    }
    assert!(compared > 100, "{compared} findings were compared");
}

#[test]
fn what_moved_a_level_is_told_wherever_the_level_is() {
    for format in ["table", "csv", "html"] {
        let output =
            trailhound(&["scan", "--format", format, "events/example-cloudtrail-session-manager.json"]);
        let told = out(&output).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains("high because the node forwards to another host"), "{format}: {told}");
    }
}
