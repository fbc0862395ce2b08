//! What was read, kept in a file, so that the next question reads only what is new.
//!
//! For each input its records as they are found and told, in packed blocks with the signs of the names in them, the sessions
//! that they hand out, and the matches of rules before anything is judged. Whatever depends on more than one input is worked
//! out of all that are asked about and kept for that set alone, so that answers are those of a run without an index. What is
//! not what it was is never believed: an input by its place, size and times, all of it by the program, the rules and the files
//! beside the logs.

mod block;
mod file;
mod findings;
mod found;
mod number;
mod parts;
mod reading;
mod row;
mod sessions;
mod signs;
mod stamp;
#[cfg(test)]
mod tests;
mod worked;
mod worked_file;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use trailhound_detect::context::Context;
use trailhound_detect::event::{Caller, Facts};
use trailhound_detect::matched::Match;
use trailhound_detect::rules::RuleSet;

use crate::args::Window;
use crate::deliveries::{InOrder, Reading, Trouble};
use crate::inputs::Input;
use crate::records::{Glance, Sought};
use crate::words::counted;
use file::{IndexFile, InputEntry, Snapshot, Tables};
pub(crate) use findings::{Choosing, PutBy, number_of_place};
use found::Times;
use reading::Given;
pub(crate) use sessions::{Asker, Sessions};
use signs::Needed;
pub(crate) use stamp::Means;
pub(crate) use worked::Worked;

/// An index, in which all inputs of this run are.
pub(crate) struct Index {
    kept: Snapshot,
    entries: HashMap<String, InputEntry>,
    path: String,
    /// Tables are read as long as it is open.
    file: IndexFile,
}

/// A record as it is kept.
pub(crate) struct IndexRecord<'r> {
    /// Where it stands, and when it was.
    pub(crate) origin: &'r str,
    pub(crate) time: Option<Timestamp>,
    /// All else, which many may have in common.
    pub(crate) rest: &'r [u8],
    bytes: &'r [u8],
}

impl IndexRecord<'_> {
    /// All that it says.
    pub(crate) fn facts(&self) -> anyhow::Result<Facts> {
        Ok(block::row(self.bytes)?.facts())
    }
}

/// What is asked of the rows of an index.
pub(crate) struct Question {
    window: Window,
    needed: Needed,
    glance: Glance,
}

impl Question {
    /// With the sessions of an actor that is sought.
    pub(crate) fn of(sought: &Sought, window: Window, sessions: &[String]) -> Self {
        let (needed, glance) = (Needed::for_sought(sought, sessions), Glance::at(sought, sessions));
        Self { window, needed, glance }
    }

    pub(crate) fn glance(&self) -> &Glance {
        &self.glance
    }
}

impl Index {
    /// Opens an index or makes one, and reads into it what it lacks; says on standard error what that is. Nothing where that
    /// was interrupted: what was read to its end is kept.
    pub(crate) fn of(
        path: &Path,
        means: &Means,
        reading: &Reading<'_>,
        trouble: &mut Trouble<'_>,
    ) -> anyhow::Result<Option<Self>> {
        let file = IndexFile::open_or_create(path)?;
        let shown = path.display().to_string();
        let before = file.means()?;
        let unlike = before.as_ref().and_then(|before| means.unlike(before));
        let is_anew = before.is_none() || unlike.is_some();
        let known: HashMap<String, InputEntry> =
            if is_anew { HashMap::new() } else { file.kept()?.entries()?.into_iter().collect() };
        let is_current = |input: &Input| {
            let Input::File(path) = input else { return false };
            let entry = known.get(&key(input)).and_then(|entry| entry.stamp.as_ref());
            entry.is_some() && stamp::Stamp::of(path).as_ref() == entry
        };
        let mut unread: Vec<Input> = Vec::new();
        let mut named = HashSet::new();
        for input in reading.inputs.iter().filter(|input| named.insert(key(input)) && !is_current(input)) {
            unread.push(input.clone());
        }
        if let Some(unlike) = unlike {
            anstream::eprintln!("{shown} was made with others: {unlike}; all inputs are read anew");
        } else if !unread.is_empty() && !known.is_empty() {
            let changed = unread.iter().filter(|input| known.contains_key(&key(input))).count();
            let all = counted(reading.inputs.len() as u64, "input", "inputs");
            anstream::eprintln!(
                "{shown}: {} of {all} are read: {changed} changed, {} new",
                unread.len(),
                unread.len() - changed
            );
        }
        if is_anew || !unread.is_empty() {
            let cannot = || format!("cannot write the index {shown}");
            let writing = file.writing().with_context(cannot)?;
            if is_anew {
                file::begin_anew(&writing, means).with_context(cannot)?;
            }
            let is_changed;
            {
                let mut tables = Tables::of(&writing).with_context(cannot)?;
                let is_gone = |name: &&String| !Path::new(name).exists();
                let mut forgotten: Vec<String> = known.keys().filter(is_gone).cloned().collect();
                forgotten.extend(unread.iter().map(key));
                is_changed = tables.forget(&forgotten).with_context(cannot)?;
                read_into(&mut tables, reading, &unread, trouble).with_context(cannot)?;
            }
            if is_changed {
                worked_file::forget_all(&writing).with_context(cannot)?;
            }
            writing.commit().with_context(cannot)?;
        }
        if reading.interrupt.is_set() {
            return Ok(None);
        }
        let kept = file.kept()?;
        let entries = kept.entries()?.into_iter().collect();
        Ok(Some(Self { kept, entries, path: shown, file }))
    }

    /// What is kept of an input.
    fn entry(&self, input: &Input) -> Option<&InputEntry> {
        self.entries.get(&key(input))
    }

    /// Hands on every record of an input that may be sought.
    pub(crate) fn each_record(
        &self,
        input: &Input,
        question: &Question,
        take: &mut dyn FnMut(IndexRecord<'_>) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let Some(entry) = self.entry(input) else { return Ok(()) };
        let may_have = |at| -> anyhow::Result<bool> {
            let head = self.kept.head(entry.number, at)?;
            let ((first, last), signs) = block::head(&head)?;
            Ok(question.window.overlaps(first, last) && question.needed.may_be_in(&signs))
        };
        let mut room = Vec::new();
        for at in 0..entry.blocks {
            if !may_have(at).with_context(|| self.broken())? {
                continue;
            }
            let packed = self.kept.rows(entry.number, at);
            let rows = packed.and_then(|packed| block::unpacked_in(&packed, &mut room));
            let looked = block::each_row(rows.with_context(|| self.broken())?, &mut |bytes| {
                let (origin, time, rest) = row::apart(bytes)?;
                if !question.window.holds(time) {
                    return Ok(());
                }
                take(IndexRecord { origin, time, rest, bytes })
            });
            looked.with_context(|| self.broken())?;
        }
        Ok(())
    }

    /// Hands on the matches in an input that may be in a window, and callers of operations under way, as reading it gave them.
    pub(crate) fn each_match(
        &self,
        (input, window): (&Input, Window),
        (rules, context): (&RuleSet, Option<&Context>),
        take: &mut dyn FnMut(Vec<Match>, Vec<(String, Caller)>) -> bool,
    ) -> anyhow::Result<()> {
        let Some(entry) = self.entry(input) else { return Ok(()) };
        let mut room = Vec::new();
        for at in 0..entry.matches {
            let mut read = || -> anyhow::Result<_> {
                let times = if window.is_open() {
                    None
                } else {
                    Some(Times::from_bytes(&self.kept.match_head(entry.number, at)?))
                };
                if times.as_ref().is_some_and(|times| !times.are_in(window)) {
                    return Ok(None);
                }
                let packed = self.kept.matches(entry.number, at)?;
                found::found(block::unpacked_in(&packed, &mut room)?, times.as_ref(), window).map(Some)
            };
            let Some((matches, callers)) = read().with_context(|| self.broken())? else { continue };
            let named = |rule: &str| rules.named(rule).map(|detection| Arc::clone(&detection.info));
            let matches = matches.into_iter().filter_map(|found| found.taken_up(named, context)).collect();
            if !take(matches, callers) {
                break;
            }
        }
        Ok(())
    }

    /// How many records of an input could not be read, and whether it has a form that is not.
    pub(crate) fn rejected(&self, input: &Input) -> (u64, bool) {
        self.entry(input).map_or((0, false), |entry| (entry.rejected, entry.is_foreign))
    }

    fn broken(&self) -> String {
        format!("the index {} is damaged; remove it, and it is made anew", self.path)
    }
}

/// What an input goes by; standard input by what no file can be called on the command line.
fn key(input: &Input) -> String {
    if *input == Input::Stdin { "-".to_owned() } else { input.name() }
}

/// Reads inputs into the tables.
fn read_into(
    tables: &mut Tables<'_>,
    reading: &Reading<'_>,
    unread: &[Input],
    trouble: &mut Trouble<'_>,
) -> anyhow::Result<()> {
    let mut next = tables.next_number()?;
    let mut entries: HashMap<String, InputEntry> = HashMap::new();
    let all = InOrder { inputs: unread, jobs: reading.jobs, interrupt: reading.interrupt };
    all.run(&|input, hand| reading::read(reading, input, hand), &mut |input, given| {
        let name = key(input);
        let entry = entries.entry(name.clone()).or_insert_with(|| {
            next += 1;
            InputEntry {
                number: next - 1,
                stamp: None,
                rejected: 0,
                is_foreign: false,
                blocks: 0,
                hand_outs: 0,
                matches: 0,
            }
        });
        match given {
            Given::Part(part) => tables.add_part(entry, &part)?,
            Given::Unreadable(problem) => trouble.hear_unreadable(input, &problem),
            Given::End { stamp, tally } => {
                entry.stamp = stamp;
                entry.rejected = tally.rejected_total();
                entry.is_foreign = reading::is_foreign(&tally);
                tables.add(&name, entry)?;
                trouble.hear_end();
            }
        }
        Ok(())
    })
}
