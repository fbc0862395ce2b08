//! The open cases of an account or tenant, as they are kept: what joins findings as hashes, each with its time.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::digest;
use crate::matched::ties::{ADDRESS, FEW, MACHINE, TieKind, Ties};
use crate::matched::{CaseNews, CaseStep, InCase, Level, Match, case_of};
use crate::state::Keepable;

/// An identity, a key, a session or a command joins what is no further apart.
const STRONG: SignedDuration = SignedDuration::from_hours(24);
/// So long after its first finding a case takes in others; then another is opened.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// So long after its last finding a case is kept, for findings that come late.
pub(super) const KEPT: SignedDuration = SignedDuration::from_hours(48);
/// Most of what joins that a case keeps; what was met longest ago goes first, identities and keys last.
const MOST_MARKS: usize = 24;
/// About the most bytes of a board: three write units of DynamoDB with what is around them. The case goes first that
/// had no finding for longest.
pub(super) const MOST_BYTES: usize = 2_800;
/// What was met again within so many minutes is not noted again.
const COARSE: u16 = 60;
/// Bytes of a mark as it is kept.
const PACKED: usize = 10;
/// Other cases that a finding names.
const MOST_ABSORBED: usize = 3;

/// What a mark is about; the lowest three bits of its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Identity = 0,
    Key = 1,
    /// A session or a command.
    Run = 2,
    /// A machine that something was done to.
    Machine = 3,
    /// A machine that something was seen on, or that did something itself.
    OfMachine = 4,
    Address = 5,
    Rule = 6,
}

impl About {
    fn of_word(word: u64) -> u64 {
        word & 7
    }

    fn is(self, word: u64) -> bool {
        Self::of_word(word) == self as u64
    }

    fn word(self, of: &str) -> u64 {
        digest::word_of_parts([of].into_iter()) & !7 | self as u64
    }

    fn within(self) -> SignedDuration {
        match self {
            Self::Identity | Self::Key | Self::Run | Self::Rule => STRONG,
            Self::Machine | Self::OfMachine => MACHINE,
            Self::Address => ADDRESS,
        }
    }
}

/// What a finding brings: its marks, its level, its time.
pub(super) struct Marks<'f> {
    finding: &'f str,
    level: Level,
    at: Timestamp,
    /// What is noted of it,
    own: Vec<(About, u64)>,
    /// and what it is looked for by.
    wanted: Vec<(About, u64)>,
}

impl<'f> Marks<'f> {
    pub(super) fn of(found: &'f Match, level: Level, at: Timestamp) -> Self {
        let ties = Ties::of_event(found);
        let mut own = Vec::new();
        let mut wanted = Vec::new();
        for (kind, value) in &ties.strong {
            let about = match kind {
                TieKind::Who => About::Identity,
                TieKind::Key => About::Key,
                TieKind::Command | TieKind::Session => About::Run,
                // What is found in one event is joined by who did it, and on which machine.
                TieKind::Event => continue,
            };
            own.push((about, about.word(value)));
        }
        wanted.extend_from_slice(&own);
        for machine in ties.machines.iter().take(MOST_MARKS) {
            let machine = machine.to_ascii_lowercase();
            let word = |about: About| (about, about.word(&machine));
            // What was done to it and what it did, and not what two people did to it.
            wanted.push(word(About::OfMachine));
            wanted.extend(ties.is_of_machine.then(|| word(About::Machine)));
            own.push(word(if ties.is_of_machine { About::OfMachine } else { About::Machine }));
        }
        if let Some(address) = ties.address {
            let word = (About::Address, About::Address.word(&address.to_string()));
            own.push(word);
            wanted.push(word);
        }
        own.push((About::Rule, About::Rule.word(&found.rule.name)));
        Self { finding: found.uid(), level, at, own, wanted }
    }

    /// Can anything be joined to it?
    fn joins(&self) -> bool {
        self.own.iter().any(|(about, _)| *about != About::Rule)
    }
}

/// Something that joins, and when it was last met, in minutes from when its case was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    word: u64,
    met: u16,
}

/// A case that is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct OpenCase {
    /// The finding that opened it.
    by: String,
    /// When that happened, in milliseconds since the epoch.
    since: i64,
    /// The gravest finding of it, by its place among levels.
    level: usize,
    #[serde(serialize_with = "pack", deserialize_with = "unpack")]
    marks: Vec<Mark>,
}

/// The open cases of an account or tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Board {
    cases: Vec<OpenCase>,
}

impl Keepable for Board {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.cases.iter().map(OpenCase::bytes).sum::<usize>()
    }
}

impl Board {
    /// The case of a finding, with what it brings noted; `told` where it was or may have been told to be of one.
    pub(super) fn join(&mut self, marks: &Marks<'_>, told: Option<InCase>) -> InCase {
        if let Some(told) = told {
            if let Some(at) = self.cases.iter().position(|open| open.by == told.opened_by) {
                self.cases[at].note(marks);
                self.trim(at);
            } else if told.opened_by == marks.finding {
                self.open(marks);
            }
            return told;
        }
        let mut fitting: Vec<usize> = (0..self.cases.len()).filter(|at| self.fits(*at, marks)).collect();
        fitting.sort_by(|one, other| {
            let (one, other) = (&self.cases[*one], &self.cases[*other]);
            (one.since, &one.by).cmp(&(other.since, &other.by))
        });
        let Some((&first, others)) = fitting.split_first() else { return self.open(marks) };
        let open = &self.cases[first];
        // Whoever opened it died before anybody could be told.
        let is_opener = open.by == marks.finding;
        let step = match place(marks.level) > open.level {
            _ if is_opener => CaseStep::Opened,
            true => CaseStep::Raised,
            false => CaseStep::Added,
        };
        let adds = if is_opener { Vec::new() } else { open.lacks(marks) };
        let (opened_by, since) = (open.by.clone(), open.since);
        let absorbed = others.iter().take(MOST_ABSORBED);
        let absorbed = absorbed.map(|at| case_of(&self.cases[*at].by).to_owned()).collect();
        for other in others {
            let other = self.cases[*other].clone();
            self.cases[first].absorb(&other);
        }
        self.cases[first].note(marks);
        let mut at = 0;
        self.cases.retain(|_| {
            at += 1;
            !others.contains(&(at - 1))
        });
        self.trim(self.cases.iter().position(|open| open.by == opened_by).unwrap_or_default());
        InCase { opened_by, since, step, adds, absorbed }
    }

    fn open(&mut self, marks: &Marks<'_>) -> InCase {
        let since = marks.at.as_millisecond();
        let by = marks.finding.to_owned();
        if marks.joins() {
            let mut open = OpenCase { by: by.clone(), since, level: place(marks.level), marks: Vec::new() };
            open.note(marks);
            self.cases.push(open);
            self.trim(self.cases.len() - 1);
        }
        InCase { opened_by: by, since, step: CaseStep::Opened, adds: Vec::new(), absorbed: Vec::new() }
    }

    fn fits(&self, at: usize, marks: &Marks<'_>) -> bool {
        let open = &self.cases[at];
        let age = marks.at.as_millisecond().saturating_sub(open.since).unsigned_abs();
        age <= millis(LONGEST)
            && marks.wanted.iter().any(|(about, word)| {
                open.is_near(*about, *word, marks.at)
                    && (*about != About::Address || self.is_of_few(*word, marks))
            })
    }

    /// Do few use an address, as far as findings tell?
    fn is_of_few(&self, address: u64, marks: &Marks<'_>) -> bool {
        let using = self.cases.iter().filter(|open| open.marks.iter().any(|mark| mark.word == address));
        let words = using.flat_map(|open| &open.marks).map(|mark| mark.word);
        let all = words.chain(marks.own.iter().map(|(_, word)| *word));
        all.filter(|word| About::Identity.is(*word)).collect::<BTreeSet<u64>>().len() <= FEW
    }

    /// Lets go of cases that nothing comes to any more, and of more where there are too many; not of this one.
    fn trim(&mut self, but: usize) {
        let by = self.cases.get(but).map(|open| open.by.clone()).unwrap_or_default();
        let newest = self.cases.iter().map(OpenCase::last).max().unwrap_or_default();
        let oldest = newest.saturating_sub(i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX));
        self.cases.retain(|open| open.by == by || open.last() >= oldest);
        while self.cases.iter().map(OpenCase::bytes).sum::<usize>() > MOST_BYTES {
            let others = self.cases.iter().enumerate().filter(|(_, open)| open.by != by);
            let Some((at, _)) = others.min_by_key(|(_, open)| (open.last(), &open.by)) else { break };
            self.cases.remove(at);
        }
    }
}

impl OpenCase {
    /// About as many bytes as it takes as text.
    fn bytes(&self) -> usize {
        self.by.len() + self.marks.len() * PACKED.next_multiple_of(3) * 4 / 3 + 64
    }

    /// When a finding was last noted, in milliseconds since the epoch.
    fn last(&self) -> i64 {
        let met = self.marks.iter().map(|mark| mark.met).max().unwrap_or_default();
        self.since.saturating_add(i64::from(met) * 60_000)
    }

    fn minutes(&self, at: Timestamp) -> u16 {
        let minutes = at.as_millisecond().saturating_sub(self.since) / 60_000;
        u16::try_from(minutes.max(0)).unwrap_or(u16::MAX)
    }

    fn is_near(&self, about: About, word: u64, at: Timestamp) -> bool {
        let within = millis(about.within());
        let met = self.marks.iter().find(|mark| mark.word == word).map(|mark| {
            let met = self.since.saturating_add(i64::from(mark.met) * 60_000);
            at.as_millisecond().saturating_sub(met).unsigned_abs()
        });
        met.is_some_and(|apart| apart <= within)
    }

    /// What a finding brings that is not here yet, each kind once.
    fn lacks(&self, marks: &Marks<'_>) -> Vec<CaseNews> {
        let mut all = Vec::new();
        for (about, word) in &marks.own {
            let added = match about {
                About::Identity => CaseNews::Identity,
                About::Key => CaseNews::Key,
                About::Machine | About::OfMachine => CaseNews::Machine,
                About::Address => CaseNews::Address,
                About::Rule => CaseNews::Rule,
                About::Run => continue,
            };
            let same = |mark: &Mark| match about {
                // Whichever way it was met.
                About::Machine | About::OfMachine => {
                    let is_machine = About::Machine.is(mark.word) || About::OfMachine.is(mark.word);
                    is_machine && mark.word | 7 == word | 7
                }
                _ => mark.word == *word,
            };
            if !all.contains(&added) && !self.marks.iter().any(same) {
                all.push(added);
            }
        }
        all
    }

    /// Notes a finding; nothing changes where it brings nothing.
    fn note(&mut self, marks: &Marks<'_>) {
        let met = self.minutes(marks.at);
        self.level = self.level.max(place(marks.level));
        for (_, word) in &marks.own {
            self.meet(Mark { word: *word, met });
        }
        self.shorten();
    }

    fn meet(&mut self, mark: Mark) {
        match self.marks.iter_mut().find(|known| known.word == mark.word) {
            Some(known) if mark.met >= known.met.saturating_add(COARSE) => known.met = mark.met,
            Some(_) => {}
            None => self.marks.push(mark),
        }
    }

    /// Takes in what another case has.
    fn absorb(&mut self, other: &Self) {
        self.level = self.level.max(other.level);
        for mark in &other.marks {
            let met = other.since.saturating_add(i64::from(mark.met) * 60_000);
            let met = Timestamp::from_millisecond(met).map_or(0, |at| self.minutes(at));
            self.meet(Mark { word: mark.word, met });
        }
        self.shorten();
    }

    fn shorten(&mut self) {
        while self.marks.len() > MOST_MARKS {
            let stays = |mark: &Mark| About::of_word(mark.word) <= About::Key as u64;
            let least = self.marks.iter().enumerate().min_by_key(|(_, mark)| (stays(mark), mark.met));
            let Some((at, _)) = least else { break };
            self.marks.remove(at);
        }
    }
}

fn millis(time: SignedDuration) -> u64 {
    time.as_secs().unsigned_abs() * 1_000
}

fn place(level: Level) -> usize {
    Level::ALL.iter().position(|own| *own == level).unwrap_or_default()
}

fn pack<S: Serializer>(marks: &[Mark], serializer: S) -> Result<S::Ok, S::Error> {
    let bytes = marks.iter().flat_map(|mark| {
        let (word, met) = (mark.word.to_be_bytes(), mark.met.to_be_bytes());
        word.into_iter().chain(met)
    });
    serializer.serialize_str(&STANDARD_NO_PAD.encode(bytes.collect::<Vec<u8>>()))
}

fn unpack<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Vec<Mark>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = STANDARD_NO_PAD.decode(text).map_err(D::Error::custom)?;
    let (marks, rest) = bytes.as_chunks::<PACKED>();
    if !rest.is_empty() {
        return Err(D::Error::custom("a mark is cut off"));
    }
    let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    let mark =
        |mark: &[u8; PACKED]| Mark { word: number(&mark[..8]), met: u16::from_be_bytes([mark[8], mark[9]]) };
    Ok(marks.iter().map(mark).collect())
}
