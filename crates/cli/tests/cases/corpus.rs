//! Detonations of the shared corpus: what one technique did in one account is one case, and what different accounts saw
//! never joins.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use trailhound_testkit::tools::skip;

use super::cases;
use super::common::Folder;

fn corpus() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::env::var_os("TRAILHOUND_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from).join("corpus")
}

#[test]
fn what_one_technique_did_in_one_account_is_one_case() {
    let file = corpus().join("aws_cloudtrail/stratus-red-team.jsonl");
    let (Ok(text), Ok(labels)) = (fs::read_to_string(&file), fs::read_to_string(corpus().join("labels.tsv")))
    else {
        skip(&format!("detonations of the corpus as cases: none at {}", corpus().display()));
        return;
    };
    let techniques: BTreeMap<usize, &str> = labels
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|cells| cells[0] == "aws_cloudtrail/stratus-red-team.jsonl")
        .map(|cells| (cells[1].parse().unwrap(), cells[9]))
        .collect();
    let records: Vec<&str> = text.lines().collect();
    let of = |line: usize| -> (String, String) {
        let record: Value = serde_json::from_str(records[line - 1]).unwrap();
        let account = record["recipientAccountId"].as_str().or(record["userIdentity"]["accountId"].as_str());
        (techniques[&line].to_owned(), account.unwrap_or_default().to_owned())
    };
    let folder = Folder::new();
    let path = folder.write("stratus.jsonl", &text);
    let all = cases(&["--min-level", "informational", &path]);
    let mut cases_of: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in &all {
        let mut accounts = BTreeSet::new();
        for step in case["story"].as_array().unwrap() {
            let line = step["origin"].as_str().unwrap().rsplit_once(':').unwrap().1.parse().unwrap();
            let place = of(line);
            accounts.insert(place.1.clone());
            cases_of.entry(place).or_default().insert(case["case"].as_str().unwrap().to_owned());
        }
        if accounts.len() > 1 {
            wrong.push(format!("{} joins {accounts:?}", case["headline"]));
        }
    }
    for (place, cases) in &cases_of {
        if cases.len() > 1 {
            wrong.push(format!("{place:?} is {} cases", cases.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases_of.len() >= 8, "findings in {} places", cases_of.len());
}

/// What was done to get in, to stay and to move on, in the order in which it was done; the file has it in another.
const INTRUSION: [&str; 8] = [
    "CreateRole",
    "GetPasswordData",
    "SendCommand",
    "CreateLoginProfile",
    "ConsoleLogin",
    "UpdateAssumeRolePolicy",
    "CreateAccessKey",
    "CreateTrustAnchor",
];

#[test]
fn a_published_intrusion_among_its_noise_is_one_story_in_order() {
    let file = corpus().join("aws_cloudtrail/invictus-aws.jsonl");
    let Ok(text) = fs::read_to_string(&file) else {
        skip(&format!("the corpus's intrusion as one case: no {}", file.display()));
        return;
    };
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let times: Vec<&str> = records.iter().map(|record| record["eventTime"].as_str().unwrap()).collect();
    assert!(!times.is_sorted(), "the file does not tell the order");
    let all = cases(&["--min-level", "informational", file.to_str().unwrap()]);
    let heads: Vec<&Value> = all.iter().map(|case| &case["headline"]).collect();
    assert_eq!(all.len(), 1, "{heads:?}");
    let lines = all[0]["story"].as_array().unwrap().iter().map(|step| {
        step["origin"].as_str().unwrap().rsplit_once(':').unwrap().1.parse::<usize>().unwrap() - 1
    });
    let lines: Vec<usize> = lines.collect();
    let told: Vec<&str> = lines.iter().map(|line| times[*line]).collect();
    assert!(told.is_sorted(), "{told:?}");
    let mut done = lines.iter().map(|line| records[*line]["eventName"].as_str().unwrap());
    for wanted in INTRUSION {
        assert!(done.any(|name| name == wanted), "{wanted} does not come after those before it");
    }
}
