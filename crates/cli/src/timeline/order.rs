//! Records and what was found in them, in order of time: in memory as long as they are few, else in sorted runs in files
//! without a name, merged at the end.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Lines, Seek, Write};

use anyhow::Context;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use trailhound_detect::describe::Finding;

use crate::records::Entry;
use crate::shown::Shown;

/// Runs that are open at once.
const MOST_RUNS: usize = 64;
/// What a record takes beside its texts.
const RECORD_BYTES: usize = 400;

/// A record, or what was found in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Line {
    Record(Box<Entry>),
    Mark(Mark),
}

/// What was found in the record of this time, place and action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) time: Option<Timestamp>,
    pub(super) origin: String,
    pub(super) action: String,
    pub(super) rule: String,
    pub(super) level: String,
}

impl Mark {
    pub(super) fn of(finding: &Finding, shown: &mut Shown) -> Self {
        let found = &finding.matched;
        Self {
            time: found.facts.time,
            origin: shown.origin(&found.from.origin),
            action: shown.of(&found.facts.action.key),
            rule: found.rule_id(),
            level: finding.level().as_str().to_owned(),
        }
    }

    /// Is it about this record?
    pub(super) fn is_of(&self, record: &Entry) -> bool {
        (self.time, &self.origin, &self.action) == (record.time, &record.origin, &record.action)
    }
}

impl Line {
    /// Time, place and action, by which a mark comes to its record.
    fn place(&self) -> (Option<Timestamp>, &str, &str) {
        match self {
            Self::Record(record) => (record.time, &record.origin, &record.action),
            Self::Mark(mark) => (mark.time, &mark.origin, &mark.action),
        }
    }

    fn size(&self) -> usize {
        let Self::Record(record) = self else { return RECORD_BYTES };
        let texts = [
            &record.actor,
            &record.action,
            &record.source,
            &record.user_agent,
            &record.what,
            &record.origin,
            &record.behind,
        ];
        let texts: usize = texts.iter().map(|text| text.len()).sum();
        let targets: usize = record.targets.iter().map(|target| target.len() + size_of::<String>()).sum();
        RECORD_BYTES + texts + targets
    }
}

impl PartialOrd for Line {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By time, what has none last; then as records stand in their files, each before its marks.
impl Ord for Line {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((time, origin, action), (other_time, other_origin, other_action)) =
            (self.place(), other.place());
        let kind = |line: &Self| matches!(line, Self::Mark(_));
        let rule = |line: &Self| match line {
            Self::Mark(mark) => mark.rule.clone(),
            Self::Record(_) => String::new(),
        };
        (time.is_none(), time)
            .cmp(&(other_time.is_none(), other_time))
            .then_with(|| numbered(origin).cmp(&numbered(other_origin)))
            .then_with(|| action.cmp(other_action))
            .then_with(|| kind(self).cmp(&kind(other)))
            .then_with(|| rule(self).cmp(&rule(other)))
    }
}

/// A file, and the number of a record or line in it.
fn numbered(origin: &str) -> (&str, u64) {
    let apart = origin.rsplit_once(['#', ':']);
    apart.and_then(|(file, number)| Some((file, number.parse().ok()?))).unwrap_or((origin, 0))
}

/// Lines that are to come in order.
pub(super) struct Ordered {
    within: usize,
    held: usize,
    lines: Vec<Line>,
    runs: Vec<File>,
}

impl Ordered {
    /// Holding about so many bytes in memory.
    pub(super) fn within(within: usize) -> Self {
        Self { within, held: 0, lines: Vec::new(), runs: Vec::new() }
    }

    pub(super) fn add(&mut self, line: Line) -> anyhow::Result<()> {
        self.held += line.size();
        self.lines.push(line);
        if self.held > self.within { self.put_aside() } else { Ok(()) }
    }

    /// Sorts what is held into a run of its own.
    fn put_aside(&mut self) -> anyhow::Result<()> {
        if self.runs.len() >= MOST_RUNS {
            let mut run = Run::begin()?;
            merge(std::mem::take(&mut self.runs), Vec::new(), &mut |line| run.add(&line))?;
            self.runs.push(run.end()?);
        }
        let mut lines = std::mem::take(&mut self.lines);
        self.held = 0;
        lines.sort();
        let mut run = Run::begin()?;
        lines.iter().try_for_each(|line| run.add(line))?;
        self.runs.push(run.end()?);
        Ok(())
    }

    /// Hands on every line, in order.
    pub(super) fn for_each(mut self, take: &mut dyn FnMut(Line) -> anyhow::Result<()>) -> anyhow::Result<()> {
        self.lines.sort();
        merge(self.runs, self.lines, take)
    }

    #[cfg(test)]
    pub(super) fn runs(&self) -> usize {
        self.runs.len()
    }
}

/// A run that is being written.
struct Run(BufWriter<File>);

const CANNOT: &str = "cannot put records aside in the folder for temporary files; TMPDIR names another";

impl Run {
    fn begin() -> anyhow::Result<Self> {
        Ok(Self(BufWriter::new(tempfile::tempfile().context(CANNOT)?)))
    }

    fn add(&mut self, line: &Line) -> anyhow::Result<()> {
        serde_json::to_writer(&mut self.0, line).context(CANNOT)?;
        self.0.write_all(b"\n").context(CANNOT)
    }

    fn end(self) -> anyhow::Result<File> {
        let mut file = self.0.into_inner().map_err(std::io::IntoInnerError::into_error).context(CANNOT)?;
        file.rewind().context(CANNOT)?;
        Ok(file)
    }
}

/// Sorted lines, one after another.
enum Sorted {
    Memory(std::vec::IntoIter<Line>),
    File(Lines<BufReader<File>>),
}

impl Sorted {
    fn next(&mut self) -> anyhow::Result<Option<Line>> {
        match self {
            Self::Memory(lines) => Ok(lines.next()),
            Self::File(lines) => {
                let Some(line) = lines.next() else { return Ok(None) };
                Ok(Some(serde_json::from_str(&line.context(CANNOT)?).context(CANNOT)?))
            }
        }
    }
}

/// Hands on the lines of sorted runs, and those in memory, in order.
fn merge(
    runs: Vec<File>,
    lines: Vec<Line>,
    take: &mut dyn FnMut(Line) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let files = runs.into_iter().map(|run| Sorted::File(BufReader::new(run).lines()));
    let mut sorted: Vec<Sorted> = files.chain([Sorted::Memory(lines.into_iter())]).collect();
    let mut heads = BinaryHeap::new();
    for (at, lines) in sorted.iter_mut().enumerate() {
        heads.extend(lines.next()?.map(|line| Reverse((line, at))));
    }
    while let Some(Reverse((line, at))) = heads.pop() {
        take(line)?;
        heads.extend(sorted[at].next()?.map(|line| Reverse((line, at))));
    }
    Ok(())
}
