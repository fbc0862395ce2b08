//! The page around the data. Values are escaped by the templates.

use std::collections::BTreeMap;
use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use trailhound_detect::describe::visible;
use trailhound_detect::matched::Level;

use super::marks::{Marks, Thought};
use super::row::Row;
use super::verdict;
use crate::output::summary::Summary;
use crate::story::{Case, Seen};
use crate::words::{clock, counted, thousands};

const TEMPLATES: [(&str, &str); 3] = [
    ("page.html", include_str!("page.html")),
    ("case.html", include_str!("case.html")),
    ("finding.html", include_str!("finding.html")),
];
const STYLE: &str = include_str!("page.css");
/// One script; its parts share one scope.
const SCRIPT: &str = concat!(
    "\"use strict\";(()=>{\n",
    include_str!("data.js"),
    include_str!("triage.js"),
    include_str!("filter.js"),
    include_str!("lanes.js"),
    include_str!("finding.js"),
    include_str!("list.js"),
    include_str!("main.js"),
    "})();\n"
);
/// Where the data go; no value can hold it, as each is escaped.
const DATA: &str = "<!--data-->";
/// So many findings of a case stand in the page, and so many things of a kind.
const MOST_STEPS: usize = 12;
const MOST_THINGS: usize = 8;

/// What a page shows without its script.
pub(super) struct Page<'p> {
    /// The gravest of them.
    pub(super) cases: &'p [Case],
    pub(super) all_cases: usize,
    pub(super) levels: &'p BTreeMap<Level, u64>,
    pub(super) gravest: Vec<Row>,
    pub(super) marks: &'p Marks,
    /// How many findings are new since the earlier report, and how many of it are gone.
    pub(super) since: Option<(usize, usize)>,
    pub(super) findings: usize,
    pub(super) summary: &'p Summary<'p>,
}

#[derive(Serialize)]
struct ShownRow<'p> {
    #[serde(flatten)]
    row: &'p Row,
    number: usize,
    mark: Option<&'p Thought>,
}

#[derive(Serialize)]
struct ShownStep<'p> {
    time: String,
    level: &'static str,
    message: &'p str,
    /// Where it stands on the page, if it does.
    number: Option<usize>,
}

impl Page<'_> {
    /// What comes before and after the data.
    pub(super) fn render(&self) -> io::Result<[String; 2]> {
        let mut templates = Environment::new();
        for (name, text) in TEMPLATES {
            templates.add_template(name, text).map_err(io::Error::other)?;
        }
        let numbers: BTreeMap<&str, usize> =
            self.gravest.iter().enumerate().map(|(at, row)| (row.uid.as_str(), at + 1)).collect();
        let cases: Vec<Value> =
            self.cases.iter().enumerate().map(|(at, case)| told(at, case, &numbers)).collect();
        let findings: Vec<ShownRow<'_>> = self
            .gravest
            .iter()
            .enumerate()
            .map(|(at, row)| ShownRow { row, number: at + 1, mark: self.marks.get(&row.uid) })
            .collect();
        let levels: Vec<(&str, String)> = Level::ALL
            .iter()
            .rev()
            .filter_map(|level| Some((level.as_str(), thousands(*self.levels.get(level)?))))
            .collect();
        let page = context! {
            style => STYLE,
            script => SCRIPT,
            style_hash => BASE64_STANDARD.encode(Sha256::digest(STYLE)),
            script_hash => BASE64_STANDARD.encode(Sha256::digest(SCRIPT)),
            version => env!("CARGO_PKG_VERSION"),
            count => self.findings,
            verdict => verdict::sentences(self),
            interruption => self.summary.interruption(),
            levels,
            gravest_level => self.cases.first().map(|case| case.level.as_str()),
            new => self.since,
            more_cases => self.all_cases - cases.len(),
            cases,
            findings => Value::from(Serde(findings)),
            read => self.read(),
        };
        let template = templates.get_template("page.html").map_err(io::Error::other)?;
        let whole = template.render(page).map_err(io::Error::other)?;
        let (before, after) = whole.split_once(DATA).unwrap_or((&whole, ""));
        Ok([before.to_owned(), after.to_owned()])
    }

    /// What was read, and what of it is not told.
    fn read(&self) -> Vec<(&'static str, String)> {
        let summary = self.summary;
        let tally = summary.tally;
        let mut all = vec![
            ("Inputs", thousands(summary.inputs as u64)),
            ("Records", thousands(tally.records)),
            ("Rules", thousands(summary.rules as u64)),
        ];
        let mut add = |what, text: String| all.push((what, text));
        if summary.rule_errors > 0 {
            add("Not loaded", counted(summary.rule_errors as u64, "rule file", "rule files"));
        }
        if summary.unopened > 0 {
            add("Not readable", counted(summary.unopened as u64, "input", "inputs"));
        }
        for (reason, count) in &tally.rejected {
            add("Rejected", format!("{} as {}", counted(*count, "record", "records"), reason.as_str()));
        }
        if tally.repaired > 0 {
            add("Repaired", counted(tally.repaired, "record", "records"));
        }
        for (by, count) in &tally.suppressed {
            add("Kept back", format!("{} by {}", counted(*count, "match", "matches"), visible(by)));
        }
        if tally.duplicates > 0 {
            add("Told before", counted(tally.duplicates, "match", "matches"));
        }
        summary.shadow.iter().for_each(|line| add("In shadow", line.clone()));
        summary.lost.iter().for_each(|line| add("Correlations", line.clone()));
        summary.unread().into_iter().for_each(|line| add("Unread", line));
        all
    }
}

fn told(at: usize, case: &Case, numbers: &BTreeMap<&str, usize>) -> Value {
    // The gravest, in order of time.
    let mut gravest: Vec<(usize, &crate::story::Step)> = case.story.iter().enumerate().collect();
    gravest.sort_by_key(|(at, step)| (std::cmp::Reverse(step.level), *at));
    gravest.truncate(MOST_STEPS);
    gravest.sort_by_key(|(at, _)| *at);
    let steps: Vec<ShownStep<'_>> = gravest
        .into_iter()
        .map(|(_, step)| ShownStep {
            time: clock(step.time),
            level: step.level.as_str(),
            message: &step.message,
            number: numbers.get(step.finding.as_str()).copied(),
        })
        .collect();
    let things: Vec<(&str, String)> = [
        ("From", &case.actors),
        ("Machines", &case.machines),
        ("Accounts", &case.accounts),
        ("Addresses", &case.addresses),
        ("ATT&CK", &case.techniques),
        ("Not known", &case.unknown),
    ]
    .into_iter()
    .filter(|(_, all)| !all.is_empty())
    .map(|(name, all)| (name, named(all)))
    .collect();
    let contain: Vec<String> =
        case.contain.iter().map(|own| format!("# {}\n{}", own.what, own.command)).collect();
    context! {
        at,
        id => case.id(),
        level => case.level.as_str(),
        headline => &case.headline,
        because => &case.because,
        first => clock(case.first),
        last => clock(case.last),
        more => case.story.len().saturating_sub(MOST_STEPS),
        steps => Value::from(Serde(steps)),
        things,
        next => &case.next,
        contain => contain.join("\n"),
    }
}

fn named(all: &[Seen]) -> String {
    let names: Vec<&str> = all.iter().take(MOST_THINGS).map(|seen| seen.name.as_str()).collect();
    let more = all.len().saturating_sub(MOST_THINGS);
    if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") }
}
