//! Lines put in order: in memory as long as they are few, else in sorted runs in files without a name, merged at the end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Lines, Seek, Write};

use anyhow::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Runs that are open at once.
const MOST_RUNS: usize = 64;

/// Something to be ordered, of which it is known how much memory it takes.
pub(crate) trait Weighed: Ord + Serialize + DeserializeOwned {
    /// About so many bytes.
    fn size(&self) -> usize;
}

/// Lines that are to come in order.
pub(crate) struct Ordered<L> {
    within: usize,
    held: usize,
    lines: Vec<L>,
    runs: Vec<File>,
}

impl<L: Weighed> Ordered<L> {
    /// Holding about so many bytes in memory.
    pub(crate) fn within(within: usize) -> Self {
        Self { within, held: 0, lines: Vec::new(), runs: Vec::new() }
    }

    pub(crate) fn add(&mut self, line: L) -> anyhow::Result<()> {
        self.held += line.size();
        self.lines.push(line);
        if self.held > self.within { self.put_aside() } else { Ok(()) }
    }

    /// Sorts what is held into a run of its own.
    fn put_aside(&mut self) -> anyhow::Result<()> {
        if self.runs.len() >= MOST_RUNS {
            let mut run = SortedRun::begin()?;
            merge(std::mem::take(&mut self.runs), Vec::new(), &mut |line: L| run.add(&line))?;
            self.runs.push(run.end()?);
        }
        let mut lines = std::mem::take(&mut self.lines);
        self.held = 0;
        lines.sort();
        let mut run = SortedRun::begin()?;
        lines.iter().try_for_each(|line| run.add(line))?;
        self.runs.push(run.end()?);
        Ok(())
    }

    /// Hands on every line, in order.
    pub(crate) fn for_each(mut self, take: &mut dyn FnMut(L) -> anyhow::Result<()>) -> anyhow::Result<()> {
        self.lines.sort();
        merge(self.runs, self.lines, take)
    }

    #[cfg(test)]
    pub(crate) fn runs(&self) -> usize {
        self.runs.len()
    }
}

/// A run that is being written.
struct SortedRun(BufWriter<File>);

const CANNOT: &str = "cannot put lines aside in the folder for temporary files; TMPDIR names another";

impl SortedRun {
    fn begin() -> anyhow::Result<Self> {
        Ok(Self(BufWriter::new(tempfile::tempfile().context(CANNOT)?)))
    }

    fn add(&mut self, line: &impl Serialize) -> anyhow::Result<()> {
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
enum SortedLines<L> {
    Memory(std::vec::IntoIter<L>),
    File(Lines<BufReader<File>>),
}

impl<L: DeserializeOwned> SortedLines<L> {
    fn next(&mut self) -> anyhow::Result<Option<L>> {
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
fn merge<L: Weighed>(
    runs: Vec<File>,
    lines: Vec<L>,
    take: &mut dyn FnMut(L) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let files = runs.into_iter().map(|run| SortedLines::File(BufReader::new(run).lines()));
    let mut sorted: Vec<SortedLines<L>> = files.chain([SortedLines::Memory(lines.into_iter())]).collect();
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
