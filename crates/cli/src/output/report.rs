//! One page for whoever decides and whoever works: verdict, cases and the gravest findings as plain HTML, all findings as a
//! table that the page's own script reads. Nothing is fetched, every value is escaped, and the content security policy
//! names the one script and the one style by their hashes. Of a finding that is not among the gravest no more is held in
//! memory than what joins it to a case; rows and their texts wait in files without a name.

mod earlier;
mod gravest;
mod marks;
mod page;
mod row;
mod spool;
mod table;
mod texts;
mod verdict;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write};
use std::path::Path;

use serde_json::json;
use trailhound_detect::describe::Finding;
use trailhound_detect::describe::attack::{self, technique};
use trailhound_detect::matched::Level;

use super::summary::Summary;
use crate::shown::Shown;
use crate::story::{Case, Crowd, Told, joined};
use gravest::Gravest;
use marks::Marks;
use page::Page;
use row::Row;
use table::Table;
use texts::{inert, quoted};

/// The findings so far.
pub(super) struct Report {
    table: Table,
    gravest: Gravest,
    told: Vec<Told>,
    /// Of the findings, in order.
    uids: Vec<String>,
    techniques: HashSet<String>,
    levels: BTreeMap<Level, u64>,
    shown: Shown,
    marks: Marks,
    before: Option<HashSet<String>>,
}

impl Report {
    pub(super) fn begin(triage: Option<&Path>, since: Option<&Path>) -> anyhow::Result<Self> {
        Ok(Self {
            table: Table::begin()?,
            gravest: Gravest::default(),
            told: Vec::new(),
            uids: Vec::new(),
            techniques: HashSet::new(),
            levels: BTreeMap::new(),
            shown: Shown::default(),
            marks: triage.map(marks::read).transpose()?.unwrap_or_default(),
            before: since.map(earlier::read).transpose()?,
        })
    }

    pub(super) fn add(&mut self, finding: &Finding, explanation: &[String]) -> io::Result<()> {
        let told = Told::of(finding, &mut self.shown);
        let row = Row::of(finding, &told, explanation, &mut self.shown);
        *self.levels.entry(told.level).or_default() += 1;
        self.techniques.extend(row.techniques.iter().cloned());
        self.table.add(&row)?;
        self.uids.push(row.uid.clone());
        self.told.push(told);
        self.gravest.add(self.uids.len() - 1, row);
        Ok(())
    }

    pub(super) fn write(self, out: &mut dyn Write, summary: &Summary<'_>) -> io::Result<()> {
        // Who else uses an address is known where every record is read, as `trailhound cases` does.
        let mut cases: Vec<Case> = joined(self.told, &Crowd::default()).into_iter().map(Case::of).collect();
        cases.sort_by_key(Case::place);
        let of_case: HashMap<&str, usize> = cases
            .iter()
            .enumerate()
            .flat_map(|(at, case)| case.story.iter().map(move |step| (step.finding.as_str(), at)))
            .collect();
        let in_case: Vec<usize> =
            self.uids.iter().map(|uid| of_case.get(uid.as_str()).copied().unwrap_or_default()).collect();
        let is_new = |uid: &str| self.before.as_ref().is_some_and(|before| !before.contains(uid));
        let page = Page {
            cases: &cases,
            levels: &self.levels,
            gravest: self.gravest.rows(),
            marks: &self.marks,
            is_new: &is_new,
            gone: self.before.as_ref().map(|before| {
                let now: HashSet<&String> = self.uids.iter().collect();
                before.iter().filter(|uid| !now.contains(uid)).count()
            }),
            new: self.uids.iter().filter(|uid| is_new(uid)).count(),
            findings: self.uids.len(),
            summary,
        };
        let [before, after] = page.render()?;
        out.write_all(before.as_bytes())?;
        let mut hasher = DefaultHasher::new();
        self.uids.hash(&mut hasher);
        let techniques: BTreeMap<&str, (&str, Vec<&str>)> = self
            .techniques
            .iter()
            .filter_map(|uid| technique(uid))
            .map(|known| {
                let tactics = known.tactics.iter().filter_map(|tag| attack::tactic(tag));
                (known.uid, (known.name, tactics.map(|tactic| tactic.name).collect()))
            })
            .collect();
        let heads: Vec<_> =
            cases.iter().map(|case| json!([case.id(), case.level.as_str(), case.headline])).collect();
        let new: Option<Vec<usize>> = self
            .before
            .as_ref()
            .map(|_| (0..self.uids.len()).filter(|row| is_new(&self.uids[*row])).collect());
        let head = json!({
            "id": format!("{:016x}", hasher.finish()),
            "techniques": techniques,
            "cases": heads,
            "marks": self.marks,
            "new": new,
            "C": in_case,
        });
        let head = inert(&head.to_string());
        let (texts, rows) = self.table.into_spools();
        write!(out, "{}{},\"U\":[", earlier::OPEN, head.strip_suffix('}').unwrap_or(&head))?;
        for (at, uid) in self.uids.iter().enumerate() {
            write!(out, "{}{}", if at > 0 { "," } else { "" }, quoted(uid))?;
        }
        out.write_all(b"],\"S\":")?;
        texts.write(out)?;
        out.write_all(b",\"R\":")?;
        rows.write(out)?;
        write!(out, "}}{}", earlier::CLOSE)?;
        out.write_all(after.as_bytes())
    }
}
