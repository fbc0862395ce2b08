//! What there is to know in three sentences.

use crate::output::summary::Summary;
use crate::story::{Case, Seen};
use crate::words::{clock, counted};

/// So many accounts are named.
const MOST_ACCOUNTS: usize = 3;

/// How grave it is, since when, and whom it concerns.
pub(super) fn sentences(cases: &[Case], findings: usize, summary: &Summary<'_>) -> [String; 3] {
    let read = format!(
        "{} of {}",
        counted(summary.tally.records, "record", "records"),
        counted(summary.inputs as u64, "input", "inputs")
    );
    let rules = counted(summary.rules as u64, "rule", "rules");
    let Some(gravest) = cases.first() else {
        return [
            format!("{rules} found nothing in {read}."),
            "That says only that nothing these rules look for was seen.".to_owned(),
            "What was not read stands at the end of this page.".to_owned(),
        ];
    };
    let level = gravest.level.as_str();
    let of = match cases.len() {
        1 => "The one case".to_owned(),
        many => format!("The gravest of {}", counted(many as u64, "case", "cases")),
    };
    let span = match summary.span {
        Some((first, last)) => format!(
            "That case began at {} UTC; all findings lie between {} and {} UTC.",
            clock(gravest.first),
            clock(Some(first)),
            clock(Some(last))
        ),
        None => "No record says when it was.".to_owned(),
    };
    [
        format!("{of} is {level}: {}.", gravest.headline.trim_end_matches('.')),
        span,
        format!(
            "It concerns {}; {rules} made {} of {read}.",
            accounts(&gravest.accounts),
            counted(findings as u64, "finding", "findings")
        ),
    ]
}

fn accounts(all: &[Seen]) -> String {
    let names: Vec<&str> = all.iter().take(MOST_ACCOUNTS).map(|seen| seen.name.as_str()).collect();
    let more = all.len().saturating_sub(MOST_ACCOUNTS);
    match (names.as_slice(), more) {
        ([], _) => "no account that a record names".to_owned(),
        ([one], 0) => format!("account {one}"),
        (names, 0) => format!("the accounts {}", names.join(", ")),
        (names, more) => format!("the accounts {} and {more} more", names.join(", ")),
    }
}
