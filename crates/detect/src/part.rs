//! What reading one input through sets of rules gives, kept before anything is judged: made where the input lies, and joined
//! where the parts of all inputs are, as though these had been read there.
//!
//! Lines of JSON, packed with gzip: of what it is a part, what was found stretch by stretch, and how that ended. Without its
//! last line it is none. It holds no record, and of one no more than its finding's sentence tells.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};

use crate::event::Caller;
use crate::matched::{KeptMatch, Match};
use crate::rules::RuleSet;
use crate::tally::{RejectReason, Tally};

/// The shape that is written and read.
const SHAPE: u32 = 1;
/// The most bytes of a line: matches of a stretch are divided long before.
const LONGEST: u64 = 64 << 20;
/// So many matches stand in a line.
const TOGETHER: usize = 256;

#[derive(Serialize, Deserialize)]
struct PartHead {
    trailhound_part: u32,
    /// Where the input lies.
    origin: String,
    /// The sets of rules, by their digests.
    rules: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PartLine {
    /// By which of the sets.
    Found { by: usize, matches: Vec<KeptMatch>, callers: Vec<(String, Caller)> },
    /// Records that could not be read, for each of the sets.
    End(Vec<BTreeMap<RejectReason, u64>>),
}

/// A part while it is written.
pub struct PartWriter {
    packed: GzEncoder<Vec<u8>>,
}

impl PartWriter {
    /// Begins the part of an input that is read through these.
    pub fn begin(origin: &str, rules: &[&RuleSet]) -> io::Result<Self> {
        let mut part = Self { packed: GzEncoder::new(Vec::new(), Compression::default()) };
        let rules = rules.iter().map(|rules| rules.digest().to_owned()).collect();
        part.line(&PartHead { trailhound_part: SHAPE, origin: origin.to_owned(), rules })?;
        Ok(part)
    }

    /// Adds what one of them found in a stretch.
    pub fn found(
        &mut self,
        by: usize,
        matches: Vec<Match>,
        mut callers: Vec<(String, Caller)>,
    ) -> io::Result<()> {
        let mut matches = matches.into_iter().map(KeptMatch::from).peekable();
        while matches.peek().is_some() || !callers.is_empty() {
            let some = matches.by_ref().take(TOGETHER).collect();
            // After the last of the matches, as they came.
            let callers = if matches.peek().is_none() { std::mem::take(&mut callers) } else { Vec::new() };
            self.line(&PartLine::Found { by, matches: some, callers })?;
        }
        Ok(())
    }

    /// How many bytes it has by now.
    pub fn size(&self) -> usize {
        self.packed.get_ref().len()
    }

    /// Ends it with the figures of each; answers with its bytes.
    pub fn end(mut self, tallies: &[&Tally]) -> io::Result<Vec<u8>> {
        self.line(&PartLine::End(tallies.iter().map(|tally| tally.rejected.clone()).collect()))?;
        self.packed.finish()
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.packed, line)?;
        self.packed.write_all(b"\n")
    }
}

/// Why something cannot be taken for a part, or not for one that helps.
#[derive(Debug, thiserror::Error)]
pub enum PartError {
    /// It broke off, or cannot be read.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// It is something else.
    #[error("this is no part that a function made")]
    None,
    /// Another release made it.
    #[error("a part of shape {0}, and this trailhound reads {SHAPE}; make the parts anew")]
    OtherShape(u32),
    /// Not made to its end.
    #[error("a part that ends before its end")]
    CutOff,
    /// Its input was read with others.
    #[error(
        "a part made with other rules, or by another release; name those that the function had in force, or make the parts anew"
    )]
    OtherRules,
}

/// What a part gives, a stretch at a time.
#[derive(Debug)]
pub enum Stretch {
    /// What was found.
    Found {
        /// By this one of the sets of rules asked for.
        by: usize,
        /// Its matches.
        matches: Vec<Match>,
        /// Callers of operations that were under way.
        callers: Vec<(String, Caller)>,
    },
    /// That was all.
    End {
        /// By this one.
        by: usize,
        /// Records that could not be read, and nothing else.
        tally: Box<Tally>,
    },
}

/// Reads a part, and hands on what these sets of rules found, each with its own end; a set without rules finds nothing. Stops
/// where `hand` wants no more.
pub fn read(
    bytes: impl Read,
    rules: &[&RuleSet],
    hand: &mut dyn FnMut(Stretch) -> bool,
) -> Result<(), PartError> {
    let mut lines = BufReader::new(MultiGzDecoder::new(bytes));
    let mut line = Vec::new();
    if !next(&mut lines, &mut line)? {
        return Err(PartError::None);
    }
    let head: PartHead = serde_json::from_slice(&line).map_err(|_| PartError::None)?;
    if head.trailhound_part != SHAPE {
        return Err(PartError::OtherShape(head.trailhound_part));
    }
    let made_by = |rules: &&RuleSet| match rules.digest() {
        "" => Ok(None),
        digest => head.rules.iter().position(|own| own == digest).map(Some).ok_or(PartError::OtherRules),
    };
    let sides = rules.iter().map(made_by).collect::<Result<Vec<_>, _>>()?;
    while next(&mut lines, &mut line)? {
        match serde_json::from_slice(&line).map_err(|_| PartError::None)? {
            PartLine::Found { by, matches, callers } => {
                // Of two that are the same the first takes it, and so must the second.
                let mut asking = (0..).zip(&sides).zip(rules).filter(|((_, side), _)| **side == Some(by));
                let Some(((at, _), own)) = asking.next() else { continue };
                let named = |rule: &str| own.named(rule).map(|detection| Arc::clone(&detection.info));
                let matches: Vec<Match> =
                    matches.into_iter().filter_map(|found| found.taken_up(named, None)).collect();
                for ((also, _), _) in asking {
                    let (matches, callers) = (matches.clone(), callers.clone());
                    if !hand(Stretch::Found { by: also, matches, callers }) {
                        return Ok(());
                    }
                }
                if !hand(Stretch::Found { by: at, matches, callers }) {
                    return Ok(());
                }
            }
            PartLine::End(ended) => {
                // To the sums that gzip ends with.
                if next(&mut lines, &mut line)? {
                    return Err(PartError::None);
                }
                for (by, side) in sides.iter().enumerate() {
                    let rejected = side.and_then(|side| ended.get(side).cloned()).unwrap_or_default();
                    if !hand(Stretch::End { by, tally: Box::new(Tally { rejected, ..Tally::default() }) }) {
                        break;
                    }
                }
                return Ok(());
            }
        }
    }
    Err(PartError::CutOff)
}

/// The next line; false at the end.
fn next(lines: &mut impl BufRead, line: &mut Vec<u8>) -> Result<bool, PartError> {
    line.clear();
    let read = lines.take(LONGEST).read_until(b'\n', line);
    match read {
        Ok(0) => Ok(false),
        Ok(_) if line.ends_with(b"\n") => Ok(true),
        Ok(_) => Err(PartError::CutOff),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(PartError::CutOff),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Err(PartError::None),
        Err(error) => Err(error.into()),
    }
}
