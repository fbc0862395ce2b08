//! Windows as they stand in an item: each event once, whatever windows hold it, and each text once.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::base::{Base, KnownEvent, MemberRow, is_told_alike};
use super::id::WindowId;
use super::{Group, HeldWindow};
use crate::remember::window::{Alerted, Counted, EventId, Member, MemberTold, StoredCourse, Window};

/// How a UUID is told from other ids, since it takes less room as bits.
const UUID: char = '-';

#[derive(Serialize, Deserialize)]
pub(super) struct Stored {
    /// The base that this goes on from: positions count on from its own.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    base: Option<String>,
    /// Texts that the rest names by their position.
    #[serde(rename = "s")]
    texts: Vec<String>,
    #[serde(rename = "e")]
    events: Vec<PackedEvent>,
    /// Those of them that came to nothing.
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    tried: Vec<usize>,
    /// Who did some of them too: the event, and the text.
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    others: Vec<(usize, usize)>,
    /// Those that are several events themselves: how many, and milliseconds since the first of them.
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    several: Vec<(usize, usize, i64)>,
    #[serde(rename = "w")]
    windows: Vec<StoredWindow>,
}

/// An event: its digest, its own id, milliseconds since the one before, log, actor, targets.
#[derive(Serialize, Deserialize)]
struct PackedEvent(String, String, i64, usize, usize, Vec<usize>);

#[derive(Serialize, Deserialize)]
struct StoredWindow {
    #[serde(rename = "i")]
    id: String,
    /// Until when, in hours since the epoch.
    #[serde(rename = "x")]
    until: i64,
    /// From which on the members in the base are members still.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    from: Option<usize>,
    #[serde(rename = "m")]
    members: PackedMembers,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    alerted: Vec<Alerted>,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    older: Option<Older>,
    /// How many members there were at each moment before, which windows have in common.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    counts: Option<usize>,
}

/// A window's members, or those that another has here, by position.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum PackedMembers {
    As(usize),
    Own(Vec<MemberRow>),
}

/// What was counted of members before.
#[derive(Serialize, Deserialize)]
enum Older {
    /// The same as in the base.
    #[serde(rename = "b")]
    OfBase,
    #[serde(untagged)]
    Own(StoredCourse),
}

/// An item that does not hold together.
#[derive(Debug, thiserror::Error)]
#[error("an item of windows that names what it does not hold")]
pub(super) struct Torn;

/// Texts by position.
struct PackedTexts {
    /// So many are the base's.
    known: usize,
    own: Vec<String>,
    places: HashMap<String, usize>,
}

impl PackedTexts {
    fn of(base: &[String]) -> Self {
        let places = base.iter().enumerate().map(|(place, text)| (text.clone(), place)).collect();
        Self { known: base.len(), own: Vec::new(), places }
    }

    fn into_own(self) -> Vec<String> {
        self.own
    }

    fn place(&mut self, text: &str) -> usize {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = self.known + self.own.len();
        self.places.insert(text.to_owned(), place);
        self.own.push(text.to_owned());
        place
    }
}

fn bits(bits: u128) -> String {
    STANDARD_NO_PAD.encode(bits.to_be_bytes())
}

fn of_bits(text: &str) -> Option<u128> {
    Some(u128::from_be_bytes(STANDARD_NO_PAD.decode(text).ok()?.try_into().ok()?))
}

/// An event's own id: a UUID in its usual form as bits.
fn short_uid(uid: &str) -> String {
    let hex: String = uid.split('-').collect();
    let number = u128::from_str_radix(&hex, 16).ok().filter(|_| hex.len() == 32);
    match number.filter(|number| long_uid(*number) == uid) {
        Some(number) => format!("{UUID}{}", bits(number)),
        None => format!("={uid}"),
    }
}

fn long_uid(number: u128) -> String {
    let hex = format!("{number:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn uid(short: &str) -> Option<String> {
    match short.strip_prefix(UUID) {
        Some(number) => Some(long_uid(of_bits(number)?)),
        None => short.strip_prefix('=').map(str::to_owned),
    }
}

impl From<Group> for Stored {
    fn from(group: Group) -> Self {
        let none = Base::default();
        let base = group.base.as_deref().unwrap_or(&none);
        let mut texts = PackedTexts::of(&base.texts);
        let mut own: Vec<&Member> = group.members().filter(|member| base.place(member).is_none()).collect();
        own.sort_by_key(|member| (member.at, member.event));
        own.dedup_by(|one, other| is_told_alike(one, (other.at, other.event, &other.told)));
        let mut before = 0;
        let mut events = Vec::with_capacity(own.len());
        let (mut came_to_nothing, mut did_too, mut are_several) = (Vec::new(), Vec::new(), Vec::new());
        for (at, member) in own.iter().enumerate() {
            let told = &member.told;
            let MemberTold { uid, log, targets, actor, tried, .. } = &**told;
            came_to_nothing.extend(tried.then_some(at));
            did_too.extend(told.others().iter().map(|other| (at, texts.place(other))));
            are_several.extend(told.several().map(|(count, before)| (at, count, before)));
            // A name.
            let log = serde_json::to_value(log).unwrap_or_default();
            events.push(PackedEvent(
                bits(member.event.0),
                short_uid(uid),
                member.at.wrapping_sub(before),
                texts.place(log.as_str().unwrap_or_default()),
                texts.place(actor),
                targets.iter().map(|target| texts.place(target)).collect(),
            ));
            before = member.at;
        }
        let place = |member: &Member| {
            let of_own = || {
                let from = own.partition_point(|other| (other.at, other.event) < (member.at, member.event));
                let mut others = own[from..].iter();
                let at = others.position(|other| is_told_alike(member, (other.at, other.event, &other.told)));
                base.events.len() + from + at.unwrap_or_default()
            };
            base.place(member).unwrap_or_else(of_own)
        };
        let mut rows: Vec<Vec<MemberRow>> = Vec::with_capacity(group.windows.len());
        let mut windows = Vec::with_capacity(group.windows.len());
        for held in &group.windows {
            let row = |member: &Member| {
                let values = member.values().iter().map(|value| texts.place(&value.text));
                [place(member), member.rule].into_iter().chain(values).collect()
            };
            let mut all: Vec<MemberRow> = held.window.members().map(row).collect();
            let (of_base, counted) = base
                .windows
                .get(&held.id)
                .map_or((&[][..], None), |(rows, counted)| (rows.as_slice(), counted.as_ref()));
            let from = all.first().and_then(|first| of_base.iter().position(|row| row == first));
            let from = from.filter(|from| all.starts_with(&of_base[*from..]));
            all.drain(..from.map_or(0, |from| of_base.len() - from));
            let mut counts = None;
            let (alerted, course) = held.window.told();
            let older = course.map(|mut course| {
                if counted.is_some_and(|counted| counted.is_as_far_as(&course)) {
                    return Older::OfBase;
                }
                counts = Some(texts.place(&std::mem::take(&mut course.c)));
                Older::Own(course)
            });
            windows.push(StoredWindow {
                id: STANDARD_NO_PAD.encode(held.id.0.to_be_bytes()),
                until: held.until,
                from,
                members: match rows.iter().position(|other| *other == all) {
                    Some(other) => PackedMembers::As(other),
                    None => PackedMembers::Own(all.clone()),
                },
                alerted: alerted.to_vec(),
                older,
                counts,
            });
            rows.push(all);
        }
        let base = group.base.as_ref().map(|base| base.name.clone());
        let (tried, others, several) = (came_to_nothing, did_too, are_several);
        Self { base, texts: texts.into_own(), events, tried, others, several, windows }
    }
}

impl Base {
    /// Reads the text of a group that goes on from none.
    pub(crate) fn of(name: &str, text: &str, until: Timestamp) -> Option<Self> {
        let stored: Stored =
            serde_json::from_str(text).ok().filter(|stored: &Stored| stored.base.is_none())?;
        let read = stored.read(&Self::default()).ok()?;
        let windows = read.windows.into_iter().map(|(held, rows, course)| (held.id, (rows, course)));
        let (name, length) = (name.to_owned(), text.len());
        let windows = windows.collect();
        Some(Self { name, until, length, texts: stored.texts, events: read.events, windows })
    }

    /// The base that the text of a group goes on from.
    pub(crate) fn named_in(text: &str) -> Option<String> {
        let begins = text.contains("\"b\":\"");
        begins.then(|| serde_json::from_str::<Stored>(text).ok()?.base).flatten()
    }
}

/// What a text says.
struct Read {
    events: Vec<KnownEvent>,
    windows: Vec<(HeldWindow, Vec<MemberRow>, Option<StoredCourse>)>,
}

impl Stored {
    fn read(&self, base: &Base) -> Result<Read, Torn> {
        let all: Vec<&String> = base.texts.iter().chain(&self.texts).collect();
        let text = |place: &usize| all.get(*place).copied().cloned().ok_or(Torn);
        let mut at = 0_i64;
        let mut events = base.events.clone();
        for (own, PackedEvent(event, short, passed, log, actor, targets)) in self.events.iter().enumerate() {
            at = at.wrapping_add(*passed);
            let from = self.others.partition_point(|(event, _)| *event < own);
            let several = self.several.binary_search_by_key(&own, |(event, ..)| *event);
            let others = self.others[from..].iter().take_while(|(event, _)| *event == own);
            let others = others.map(|(_, other)| text(other)).collect::<Result<_, _>>()?;
            let several = several.ok().map(|at| (self.several[at].1, self.several[at].2));
            let told = MemberTold::new(
                uid(short).ok_or(Torn)?,
                serde_json::from_value(text(log)?.into()).map_err(|_| Torn)?,
                targets.iter().map(text).collect::<Result<_, _>>()?,
                text(actor)?,
                self.tried.binary_search(&own).is_ok(),
            );
            let told = told.of_several(others, several);
            events.push((at, EventId(of_bits(event).ok_or(Torn)?), Arc::new(told)));
        }
        let mut values: HashMap<MemberRow, Arc<[Counted]>> = HashMap::new();
        let mut windows: Vec<(HeldWindow, Vec<MemberRow>, Option<StoredCourse>)> =
            Vec::with_capacity(self.windows.len());
        let mut own: Vec<&[MemberRow]> = Vec::with_capacity(self.windows.len());
        for stored in &self.windows {
            let id = STANDARD_NO_PAD.decode(&stored.id).ok().and_then(|id| id.try_into().ok()).ok_or(Torn)?;
            let id = WindowId(u64::from_be_bytes(id));
            own.push(match &stored.members {
                PackedMembers::Own(own) => own,
                PackedMembers::As(other) => own.get(*other).copied().ok_or(Torn)?,
            });
            let of_base = base.windows.get(&id);
            let mut rows: Vec<MemberRow> = match stored.from {
                None => Vec::new(),
                Some(from) => of_base.and_then(|(rows, _)| rows.get(from..)).ok_or(Torn)?.to_vec(),
            };
            rows.extend_from_slice(own[own.len() - 1]);
            let mut members = Vec::with_capacity(rows.len());
            for row in &rows {
                let [event, rule, counted @ ..] = row.as_slice() else { return Err(Torn) };
                let (at, event, told) = events.get(*event).cloned().ok_or(Torn)?;
                if !counted.is_empty() && !values.contains_key(counted) {
                    let list = counted.iter().map(|place| Ok(Counted::of(&text(place)?)));
                    values.insert(counted.to_vec(), list.collect::<Result<Vec<_>, Torn>>()?.into());
                }
                members.push(Member { event, at, rule: *rule, values: values.get(counted).cloned(), told });
            }
            let older = match &stored.older {
                None => None,
                Some(Older::OfBase) => Some(of_base.and_then(|(_, older)| older.clone()).ok_or(Torn)?),
                Some(Older::Own(older)) => {
                    let counts = stored.counts.as_ref().map(text).transpose()?.unwrap_or_default();
                    Some(older.clone().with_counts(counts))
                }
            };
            let window = Window::of(members.into(), stored.alerted.clone(), older.clone());
            windows.push((HeldWindow { id, window: Arc::new(window), until: stored.until }, rows, older));
        }
        Ok(Read { events, windows })
    }

    fn group(&self, base: Option<&Arc<Base>>) -> Result<Group, Torn> {
        if self.base.as_ref() != base.map(|base| &base.name) {
            return Err(Torn);
        }
        let none = Base::default();
        let read = self.read(base.map_or(&none, |base| base))?;
        let windows = read.windows.into_iter().map(|(held, ..)| held).collect();
        Ok(Group::of(windows, base.cloned()))
    }
}

impl TryFrom<Stored> for Group {
    type Error = Torn;

    fn try_from(stored: Stored) -> Result<Self, Torn> {
        stored.group(None)
    }
}

impl Group {
    /// Reads a text that goes on from a base.
    pub(crate) fn on(base: &Arc<Base>, text: &str) -> Option<Self> {
        serde_json::from_str::<Stored>(text).ok()?.group(Some(base)).ok()
    }
}
