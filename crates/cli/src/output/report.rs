//! One page for whoever decides and whoever works: verdict, cases and the gravest findings as plain HTML, all findings as a
//! table that the page's own script reads. Nothing is fetched, every value is escaped, and the content security policy
//! names the one script and the one style by their hashes. Of a finding that is not among the gravest no more is held in
//! memory than what joins it to a case; rows and their texts wait in files without a name.

mod cases;
mod earlier;
mod gravest;
pub(crate) mod marks;
mod page;
mod row;
mod spool;
mod table;
mod texts;
mod verdict;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write;
use std::path::Path;

use serde_json::json;
use trailhound_detect::describe::Finding;
use trailhound_detect::describe::attack::{self, technique};
use trailhound_detect::matched::Level;

use super::summary::Summary;
use crate::shown::Shown;
use crate::story::{Crowd, Stories, Told};
use cases::GravestCases;
use gravest::Gravest;
use marks::Marks;
use page::Page;
use row::Row;
use spool::Spool;
use table::RowTable;
use texts::{inert, quoted};

/// The findings so far.
pub(super) struct Report {
    table: RowTable,
    uids: Spool,
    gravest: Gravest,
    stories: Stories,
    count: usize,
    /// Of all findings, so that a browser tells reports apart.
    hash: DefaultHasher,
    techniques: BTreeSet<String>,
    levels: BTreeMap<Level, u64>,
    shown: Shown,
    marks: Marks,
    since: Option<Since>,
}

/// What an earlier report had, and whether it is here too; which findings are new.
struct Since {
    before: HashMap<String, bool>,
    new: Vec<usize>,
}

impl Report {
    pub(super) fn begin(triage: Option<&Path>, since: Option<&Path>) -> anyhow::Result<Self> {
        let before = since.map(earlier::read).transpose()?;
        let since = before.map(|uids| Since {
            before: uids.into_iter().map(|uid| (uid, false)).collect(),
            new: Vec::new(),
        });
        Ok(Self {
            table: RowTable::begin()?,
            uids: Spool::begin()?,
            gravest: Gravest::default(),
            stories: Stories::begin()?,
            count: 0,
            hash: DefaultHasher::new(),
            techniques: BTreeSet::new(),
            levels: BTreeMap::new(),
            shown: Shown::default(),
            marks: triage.map(marks::read).transpose()?.unwrap_or_default(),
            since,
        })
    }

    pub(super) fn add(&mut self, finding: &Finding, explanation: &[String]) -> anyhow::Result<()> {
        let told = Told::of(finding, &mut self.shown);
        let mut row = Row::of(finding, &told, explanation, &mut self.shown);
        if let Some(since) = &mut self.since {
            if let Some(is_here) = since.before.get_mut(&row.uid) {
                *is_here = true;
            } else {
                row.is_new = true;
                since.new.push(self.count);
            }
        }
        *self.levels.entry(told.level).or_default() += 1;
        self.techniques.extend(row.techniques.iter().cloned());
        self.table.add(&row)?;
        self.uids.add(&quoted(&row.uid))?;
        row.uid.hash(&mut self.hash);
        self.stories.add(&told)?;
        self.gravest.add(self.count, row);
        self.count += 1;
        Ok(())
    }

    pub(super) fn write(self, out: &mut dyn Write, summary: &Summary<'_>) -> anyhow::Result<()> {
        // Who else uses an address is known where every record is read, as `trailhound cases` does.
        let mut cases = GravestCases::of(self.count);
        self.stories.for_each_case(&Crowd::default(), &mut |case, numbers| {
            cases.add(case, numbers);
            Ok(())
        })?;
        let (gravest_cases, heads, in_case) = cases.in_order();
        let since = self
            .since
            .as_ref()
            .map(|since| (since.new.len(), since.before.values().filter(|is_here| !**is_here).count()));
        let page = Page {
            cases: &gravest_cases,
            all_cases: heads.len(),
            levels: &self.levels,
            gravest: self.gravest.rows(),
            marks: &self.marks,
            since,
            findings: self.count,
            summary,
        };
        let [before, after] = page.render()?;
        out.write_all(before.as_bytes())?;
        let techniques: BTreeMap<&str, (&str, Vec<&str>)> = self
            .techniques
            .iter()
            .filter_map(|uid| technique(uid))
            .map(|known| {
                let tactics = known.tactics.iter().filter_map(|tag| attack::tactic(tag));
                (known.uid, (known.name, tactics.map(|tactic| tactic.name).collect()))
            })
            .collect();
        let head = json!({
            "id": format!("{:016x}", self.hash.finish()),
            "techniques": techniques,
            "cases": heads,
            "marks": self.marks,
            "new": self.since.map(|since| since.new),
        });
        let head = inert(&head.to_string());
        write!(out, "{}{}", earlier::OPEN, head.strip_suffix('}').unwrap_or(&head))?;
        out.write_all(b",\"C\":")?;
        serde_json::to_writer(&mut *out, &in_case)?;
        let (texts, rows) = self.table.into_spools();
        for (name, list) in [("U", self.uids), ("S", texts), ("R", rows)] {
            write!(out, ",\"{name}\":")?;
            list.write(out)?;
        }
        write!(out, "}}{}", earlier::CLOSE)?;
        Ok(out.write_all(after.as_bytes())?)
    }
}
