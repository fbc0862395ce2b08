//! Who was handed which session, looked up in an index: of all that inputs hand out only what is asked for is read.
//!
//! What is kept of a set of inputs is where the rows stand that hand something out, by the keys and by whose sessions they
//! are and when they were made, and the names of those who are behind sessions.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use anyhow::Context as _;
use jiff::Timestamp;
use trailhound_detect::behind::{
    Behind, HandOut, HandOutAdded, HandOuts, KnownSessions, seconds_of, who_is_behind, worth_telling,
};
use trailhound_detect::event::Actor;

use super::block;
use super::file::Snapshot;
use super::number::number;
use crate::records::Sought;
use crate::words::names;

/// What is held at once of what was looked up, and of blocks that it stands in.
const MOST_KNOWN: usize = 50_000;
const MOST_BLOCKS: usize = 256;
/// So many bytes of names are packed together.
const MOST_NAMES: usize = 1 << 20;
/// Where a row stands, as it is kept: a number, its input, its block, and where in it.
const PLACE: usize = 24;

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowPlace {
    pub(super) input: u64,
    pub(super) block: u32,
    pub(super) offset: u32,
}

/// Hand-outs as they are gathered, and where each stands.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(super) all: HandOuts,
    by_key: Vec<(u64, RowPlace)>,
    by_made: Vec<(u64, RowPlace)>,
}

impl Gathered {
    pub(super) fn add(&mut self, out: HandOut, place: RowPlace) {
        let key = out.key().map(|key| number(key.as_bytes()));
        let made = out.made().map(|(principal, second)| number_of_made(&principal, second));
        let added = self.all.place(out);
        if added != HandOutAdded::Not {
            self.by_key.extend(key.map(|key| (key, place)));
        }
        if added == HandOutAdded::First {
            self.by_made.extend(made.map(|made| (made, place)));
        }
    }

    /// What is kept of it.
    pub(super) fn parts(&self) -> anyhow::Result<Vec<Vec<u8>>> {
        let mut parts = vec![places(&self.by_key), places(&self.by_made)];
        let mut people: HashMap<Vec<String>, Vec<String>> = HashMap::new();
        self.all.each_session(&mut |behind, ids| {
            let names = behind.names().map(str::to_owned).collect();
            people.entry(names).or_default().extend(ids.iter().map(|&id| id.to_owned()));
        });
        let mut rows = Vec::new();
        for row in &people {
            block::add_row(&mut rows, &row)?;
            if rows.len() >= MOST_NAMES {
                parts.push(block::packed(&std::mem::take(&mut rows)));
            }
        }
        if !rows.is_empty() {
            parts.push(block::packed(&rows));
        }
        Ok(parts)
    }
}

fn number_of_made(principal: &str, second: i64) -> u64 {
    number(&[principal.as_bytes(), &second.to_le_bytes()].concat())
}

/// Places in order of their numbers, those of one number as they came.
fn places(all: &[(u64, RowPlace)]) -> Vec<u8> {
    let mut all = all.to_vec();
    all.sort_by_key(|(number, _)| *number);
    let mut bytes = Vec::with_capacity(all.len() * PLACE);
    for (number, RowPlace { input, block, offset }) in all {
        bytes.extend(number.to_le_bytes());
        bytes.extend(input.to_le_bytes());
        bytes.extend(block.to_le_bytes());
        bytes.extend(offset.to_le_bytes());
    }
    block::packed(&bytes)
}

/// What is kept of a set of inputs.
pub(crate) struct KeptSessions {
    by_key: Vec<u8>,
    by_made: Vec<u8>,
    people: Vec<Vec<u8>>,
    beyond: u64,
}

impl KeptSessions {
    /// Out of parts as they were made.
    pub(super) fn of(parts: Vec<Vec<u8>>, beyond: u64) -> anyhow::Result<Self> {
        let mut parts = parts.into_iter().map(|part| block::unpacked(&part));
        let mut next = || parts.next().context("a part of it is missing")?;
        let (by_key, by_made) = (next()?, next()?);
        Ok(Self { by_key, by_made, people: parts.collect::<anyhow::Result<_>>()?, beyond })
    }
}

/// Who was handed which session: all of it, or where to look.
pub(crate) enum Sessions {
    All(HandOuts),
    Kept(KeptSessions),
}

impl Sessions {
    /// How many are not kept.
    pub(crate) fn beyond(&self) -> u64 {
        match self {
            Self::All(all) => all.beyond(),
            Self::Kept(kept) => kept.beyond,
        }
    }

    /// The ids of keys, and whose sessions they are, that the actor who is sought is behind.
    pub(crate) fn of_actor(&self, sought: &Sought) -> anyhow::Result<Vec<String>> {
        let mut all: Vec<String> = Vec::new();
        let Some(name) = &sought.actor else { return Ok(all) };
        match self {
            Self::All(outs) => outs.each_session(&mut |behind, ids| {
                if behind.names().any(|own| names(own, name)) {
                    all.extend(ids.iter().map(|&id| id.to_owned()));
                }
            }),
            Self::Kept(kept) => {
                for rows in &kept.people {
                    block::each_row(rows, &mut |row| {
                        let (own, ids): (Vec<&str>, Vec<&str>) =
                            postcard::from_bytes(row).context("names that cannot be read")?;
                        if own.iter().any(|own| names(own, name)) {
                            all.extend(ids.iter().map(|&id| id.to_owned()));
                        }
                        Ok(())
                    })?;
                }
            }
        }
        all.sort();
        all.dedup();
        Ok(all)
    }
}

/// Who is behind what, for one who asks again and again.
pub(crate) enum Asker<'i> {
    All(&'i HandOuts),
    Kept(Lookup<'i>),
}

impl Asker<'_> {
    /// Who is behind what an actor does at a time.
    pub(crate) fn behind(&self, actor: &Actor, at: Option<Timestamp>) -> Option<Behind> {
        match self {
            Self::All(all) => all.behind(actor, at),
            Self::Kept(kept) => who_is_behind(kept, actor, at),
        }
    }

    /// The same, where it is worth telling.
    pub(crate) fn worth_telling(&self, actor: &Actor, at: Option<Timestamp>) -> Option<Behind> {
        match self {
            Self::All(all) => all.worth_telling(actor, at),
            Self::Kept(kept) => worth_telling(kept, actor, at),
        }
    }

    /// Fails where something could not be looked up.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        match self {
            Self::All(_) => Ok(()),
            Self::Kept(kept) => kept.failed.borrow_mut().take().map_or(Ok(()), Err),
        }
    }
}

/// What is known of a key.
struct OfKey {
    out: Option<Rc<HandOut>>,
    service: Option<String>,
}

/// Blocks by their inputs and numbers.
type Blocks = HashMap<(u64, u32), Rc<Vec<u8>>>;

/// Looks up what is asked for, and keeps it at hand.
pub(crate) struct Lookup<'i> {
    index: &'i Snapshot,
    kept: &'i KeptSessions,
    known: RefCell<HashMap<String, Rc<OfKey>>>,
    blocks: RefCell<Blocks>,
    failed: RefCell<Option<anyhow::Error>>,
}

impl<'i> Lookup<'i> {
    pub(super) fn new(index: &'i Snapshot, kept: &'i KeptSessions) -> Self {
        let (known, blocks, failed) = Default::default();
        Self { index, kept, known, blocks, failed }
    }

    fn block(&self, input: u64, block: u32) -> anyhow::Result<Rc<Vec<u8>>> {
        let mut blocks = self.blocks.borrow_mut();
        if let Some(rows) = blocks.get(&(input, block)) {
            return Ok(Rc::clone(rows));
        }
        let rows = Rc::new(block::unpacked(&self.index.hand_outs(input, block)?)?);
        if blocks.len() >= MOST_BLOCKS {
            blocks.clear();
        }
        blocks.insert((input, block), Rc::clone(&rows));
        Ok(rows)
    }

    fn hand_out(&self, place: RowPlace) -> anyhow::Result<Option<HandOut>> {
        let rows = self.block(place.input, place.block)?;
        let row = block::row(block::row_at(&rows, place.offset as usize)?)?;
        Ok(HandOut::of(&row.facts(), row.origin))
    }

    /// What stands where the places of a number say, as it came; what is not of the number's text may be among it.
    fn hand_outs(&self, places: &[u8], number: u64) -> Vec<HandOut> {
        let mut all = Vec::new();
        for place in places_of(places, number) {
            match self.hand_out(place) {
                Ok(out) => all.extend(out),
                Err(error) => _ = self.failed.borrow_mut().get_or_insert(error),
            }
        }
        all
    }

    fn of_key(&self, key: &str) -> Rc<OfKey> {
        if let Some(known) = self.known.borrow().get(key) {
            return Rc::clone(known);
        }
        let mut all = HandOuts::default();
        for out in self.hand_outs(&self.kept.by_key, number(key.as_bytes())) {
            all.add(out);
        }
        let out = all.by_key(key).cloned().map(Rc::new);
        let known = Rc::new(OfKey { out, service: all.service(key) });
        let mut all = self.known.borrow_mut();
        if all.len() >= MOST_KNOWN {
            all.clear();
        }
        all.insert(key.to_owned(), Rc::clone(&known));
        known
    }
}

impl KnownSessions for Lookup<'_> {
    type Out<'o>
        = Rc<HandOut>
    where
        Self: 'o;

    fn by_key(&self, key: &str) -> Option<Rc<HandOut>> {
        self.of_key(key).out.clone()
    }

    fn service(&self, key: &str) -> Option<String> {
        self.of_key(key).service.clone()
    }

    fn made(&self, principal: &str, created: Timestamp) -> (Vec<Rc<HandOut>>, bool) {
        let (mut outs, mut is_of_service) = (Vec::new(), false);
        for second in seconds_of(created) {
            for out in self.hand_outs(&self.kept.by_made, number_of_made(principal, second)) {
                if out.made().is_none_or(|made| made != (principal.to_owned(), second)) {
                    continue;
                }
                is_of_service |= out.is_of_service();
                if !out.is_of_service() {
                    outs.extend(out.key().and_then(|key| self.by_key(key)));
                }
            }
        }
        (outs, is_of_service)
    }
}

/// The places of a number among those that are kept.
fn places_of(bytes: &[u8], number: u64) -> impl Iterator<Item = RowPlace> {
    let number_at = |at: usize| u64_of(&bytes[at * PLACE..]);
    let count = bytes.len() / PLACE;
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if number_at(middle) < number {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    (low..count).take_while(move |at| number_at(*at) == number).map(|at| {
        let place = &bytes[at * PLACE..];
        RowPlace { input: u64_of(&place[8..]), block: u32_of(&place[16..]), offset: u32_of(&place[20..]) }
    })
}

fn u64_of(bytes: &[u8]) -> u64 {
    bytes.first_chunk().copied().map_or(0, u64::from_le_bytes)
}

fn u32_of(bytes: &[u8]) -> u32 {
    bytes.first_chunk().copied().map_or(0, u32::from_le_bytes)
}
