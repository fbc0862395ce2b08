//! What titles tell, held against the sentence and the records: a title says nothing else than the sentence does.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::truth::Records;

static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)\b(three|five|six|ten|twenty) (?:machines|pods)\b(?: or more| of three)?"));
static MACHINES: LazyLock<Regex> = LazyLock::new(|| regex(r"\b(\d+) (?:machines|pods)\b"));
static EVENTS: LazyLock<Regex> = LazyLock::new(|| regex(r"\b(\d+) (?:calls|events?) of "));
static EITHER: LazyLock<Regex> = LazyLock::new(|| {
    let verb = r"(?:\w+ed|ran|gave|made|wrote|read|set|sent|took|got|put)";
    regex(&format!(r" {verb} or {verb} "))
});

fn regex(text: &str) -> Regex {
    Regex::new(text).expect("a regular expression")
}

/// What a title may tell, and what the operation is called of which it is true.
const DONE: &[(&str, &[&str])] = &[
    ("resumed", &["resume"]),
    ("taken over", &["resume", "acceptownership"]),
    ("session ended", &["terminate"]),
    ("deleted", &["delete", "deregister"]),
    ("removed", &["delete", "deregister", "remove"]),
    ("switched off", &["disable", "update", "modify", "put", "write"]),
];

/// What a sentence tells of something that is gone, and what a title may not tell of that alone.
const GONE: &[&str] = &[" deleted ", " removed ", " to delete ", " to remove ", " off "];
const MADE: &[&str] =
    &["created", "made", "opened", "given", "added", "written", "handed out", "switched on"];
const ALSO: &[&str] = &["deleted", "removed", "changed", "ended", "off", "taken back"];

/// Everything that a title tells and sentence or records do not bear out, and verbs of which the record says one.
pub(crate) fn untrue_titles(event: &Value, records: &Records) -> Vec<String> {
    let data = &event["data"];
    let whole = data["finding_info"]["title"].as_str().unwrap_or_default();
    let title = whole.to_lowercase();
    let sentence = data["message"].as_str().unwrap_or_default();
    let says = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    let mut wrong = Vec::new();
    let is_gone = says(&sentence.replace(['.', ','], " "), GONE);
    if is_gone && says(&title, MADE) && !says(&title, ALSO) {
        wrong.push(format!("'{whole}' is the title of what is told as gone"));
    }
    for (told, operations) in DONE {
        if title.contains(told) && !records.call(operations) {
            wrong.push(format!("'{whole}' is told, and no record does that"));
        }
    }
    let several = data["finding_info"]["related_events"].as_array().map_or(0, Vec::len) > 1;
    let before = sentence.split(" reached ").next().unwrap_or_default();
    if several && title.contains("one actor") && (before.contains(" and ") || before.contains(", ")) {
        wrong.push("several people are told as one".to_owned());
    }
    if let (Some(least), Some(count)) = (NUMBER.captures(&title), MACHINES.captures(sentence)) {
        let number = match &least[1] {
            "three" => 3,
            "five" => 5,
            "six" => 6,
            "ten" => 10,
            _ => 20,
        };
        let count: u32 = count[1].parse().unwrap_or_default();
        if count < number || (count > number && !least[0].ends_with("or more")) {
            wrong.push(format!("'{whole}' is the title of {count}"));
        }
    }
    let targets = data["resources"].as_array().into_iter().flatten().filter(|own| own["role"] == "Target");
    let is_attempt = title.contains(" attempt: ");
    let speaks_of_one = ["machine", "instance", "node"].iter().any(|word| sentence.contains(word));
    let wants_one = !is_attempt && (title.contains("machine reached") || title.contains("a machine of"));
    if wants_one && targets.count() == 0 && !speaks_of_one {
        wrong.push(format!("'{whole}' speaks of a machine, and none is named"));
    }
    if records.are_of_one_call() && !several && EITHER.is_match(&format!("{sentence} ")) {
        wrong.push("two verbs are told of one call".to_owned());
    }
    if sentence.contains("cancelled") && !records.says("cancel") {
        wrong.push("told as cancelled, and no record says so".to_owned());
    }
    if records.are_of_one_call() && records.ended_cancelled() && !sentence.contains("cancelled") {
        wrong.push("what was cancelled is told otherwise".to_owned());
    }
    let told = EVENTS.captures(sentence).and_then(|told| told[1].parse::<u64>().ok());
    if told.is_some_and(|told| data["count"] != told) {
        wrong.push(format!(
            "{} events are told in the sentence and {} beside it",
            &sentence[..20],
            data["count"]
        ));
    }
    if sentence.contains("First time seen") {
        wrong.push("memory is told to reach back to the first of all".to_owned());
    }
    wrong
}
