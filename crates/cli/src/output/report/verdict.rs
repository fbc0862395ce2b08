//! What there is to know in three sentences.

use super::page::Page;
use crate::story::Case;
use crate::words::{clock, counted};

/// So many accounts are named.
const MOST_ACCOUNTS: usize = 3;

/// How grave it is; since when and where; of how much that is said.
pub(super) fn sentences(page: &Page<'_>) -> [String; 3] {
    let summary = page.summary;
    let read = format!(
        "{} of {}",
        counted(summary.tally.records, "record", "records"),
        counted(summary.inputs as u64, "input", "inputs")
    );
    let rules = counted(summary.rules as u64, "rule", "rules");
    let Some(gravest) = page.cases.first() else {
        return [
            format!("{rules} found nothing in {read}."),
            "That says only that nothing these rules look for was seen.".to_owned(),
            "What was not read stands at the end of this page.".to_owned(),
        ];
    };
    let of = match page.all_cases {
        1 => "The one case".to_owned(),
        many => format!("The gravest of {}", counted(many as u64, "case", "cases")),
    };
    let began = match gravest.first {
        Some(first) => format!("It began at {} UTC", clock(Some(first))),
        None => "No record says when it began".to_owned(),
    };
    let span = summary.span.map_or_else(String::new, |(first, last)| {
        format!(", from {} to {} UTC", clock(Some(first)), clock(Some(last)))
    });
    let findings = counted(page.findings as u64, "finding", "findings");
    [
        format!("{of} is {}: {}.", gravest.level.as_str(), gravest.headline.trim_end_matches('.')),
        format!("{began} and concerns {}.", accounts(gravest)),
        format!("In all, {rules} looked at {read} and made {findings}{span}."),
    ]
}

fn accounts(case: &Case) -> String {
    // An endpoint's own log goes by the machine.
    let all: Vec<&str> = case
        .accounts
        .iter()
        .map(|seen| seen.name.as_str())
        .filter(|name| case.machines.iter().all(|machine| machine.name != *name))
        .collect();
    let (named, rest) = all.split_at(all.len().min(MOST_ACCOUNTS));
    match (named, rest.len()) {
        ([], _) => "no account that a record names".to_owned(),
        ([one], 0) => format!("account {one}"),
        (named, 0) => format!("the accounts {}", named.join(", ")),
        (named, more) => format!("the accounts {} and {more} more", named.join(", ")),
    }
}
