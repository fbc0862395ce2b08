//! The events that stand in windows.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::digest;
use crate::log_type::LogType;

/// What an event is: the first half of a SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EventId(pub(crate) u128);

impl EventId {
    /// Of the digest in hex.
    pub(crate) fn of(hex: &str) -> Self {
        let whole = hex.get(..32).filter(|_| hex.len() == 32);
        let read = |hex: &str| u128::from_str_radix(hex, 16).ok();
        let other = || digest::of_parts(&[hex]).get(..32).and_then(read);
        Self(whole.and_then(read).or_else(other).unwrap_or_default())
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// A value that is counted or computed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    /// What tells it from others.
    pub(crate) digest: u64,
    pub(crate) text: Box<str>,
}

impl Counted {
    pub(crate) fn of(text: &str) -> Self {
        Self { digest: digest::short(text), text: text.into() }
    }
}

/// What an alert tells of an event; the same in all windows that it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemberTold {
    /// The event's own id, for people.
    pub(crate) uid: String,
    /// The log it stands in.
    pub(crate) log: LogType,
    /// What it was done to, as far as that fits.
    pub(crate) targets: Vec<String>,
    /// Who did it, for people.
    pub(crate) actor: String,
    /// It came to nothing.
    pub(crate) tried: bool,
    /// Of what is several events itself; few are, and a window keeps many.
    nested: Option<Box<NestedTelling>>,
}

/// What is told of several events as of one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct NestedTelling {
    others: Vec<String>,
    several: Option<(usize, i64)>,
}

impl MemberTold {
    pub(crate) fn new(
        mut uid: String,
        log: LogType,
        mut targets: Vec<String>,
        mut actor: String,
        tried: bool,
    ) -> Self {
        // Windows keep it for long, and many of them.
        targets.iter_mut().chain([&mut uid, &mut actor]).for_each(String::shrink_to_fit);
        targets.shrink_to_fit();
        Self { uid, log, targets, actor, tried, nested: None }
    }

    /// The same of several events: who did it too, how many they are, and how many milliseconds before it they begin.
    pub(crate) fn of_several(self, others: Vec<String>, several: Option<(usize, i64)>) -> Self {
        let is_one = others.is_empty() && several.is_none();
        Self { nested: (!is_one).then(|| Box::new(NestedTelling { others, several })), ..self }
    }

    /// Who did it too, where it is several events itself.
    pub(crate) fn others(&self) -> &[String] {
        self.nested.as_ref().map_or(&[], |nested| &nested.others)
    }

    /// Where it is several events itself: how many, and how many milliseconds before it they begin.
    pub(crate) fn several(&self) -> Option<(usize, i64)> {
        self.nested.as_ref().and_then(|nested| nested.several)
    }
}

/// An event that one of the correlation's rules matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredMember", into = "StoredMember")]
pub(crate) struct Member {
    pub(crate) event: EventId,
    /// When, in milliseconds since the epoch.
    pub(crate) at: i64,
    /// Which of the correlation's rules, by position.
    pub(crate) rule: usize,
    /// The values that are counted or computed with.
    pub(crate) values: Option<Arc<[Counted]>>,
    pub(crate) told: Arc<MemberTold>,
}

/// As it stands in items.
#[derive(Serialize, Deserialize)]
struct StoredMember {
    #[serde(rename = "e")]
    event: String,
    #[serde(rename = "u")]
    uid: String,
    #[serde(rename = "t")]
    at: i64,
    #[serde(rename = "l")]
    log: LogType,
    #[serde(rename = "r")]
    rule: usize,
    #[serde(rename = "v", default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
    #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
    targets: Vec<String>,
    #[serde(rename = "a", default, skip_serializing_if = "String::is_empty")]
    actor: String,
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    others: Vec<String>,
    #[serde(rename = "f", default, skip_serializing_if = "std::ops::Not::not")]
    tried: bool,
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    several: Option<(usize, i64)>,
}

impl Member {
    /// When it begins, in milliseconds since the epoch.
    pub(crate) fn begins(&self) -> i64 {
        self.at.saturating_sub(self.told.several().map_or(0, |(_, before)| before))
    }

    pub(crate) fn values(&self) -> &[Counted] {
        self.values.as_deref().unwrap_or_default()
    }

    /// Where it stands among others.
    pub(super) fn place(&self) -> (i64, usize, EventId) {
        (self.at, self.rule, self.event)
    }

    /// How long it is where it is kept outside, or a little more.
    pub(super) fn written(&self) -> usize {
        // Digests, digits, what stands between them.
        const AROUND: usize = 80;
        let text = |text: &str| {
            let escaped = text.bytes().filter(|byte| *byte < b' ' || matches!(byte, b'"' | b'\\'));
            text.len() + 3 + 5 * escaped.count()
        };
        let MemberTold { uid, log: _, targets, actor, tried: _, nested: _ } = &*self.told;
        let texts = [uid, actor].into_iter().chain(targets).chain(self.told.others()).map(|told| text(told));
        AROUND + texts.sum::<usize>() + self.values().iter().map(|value| text(&value.text)).sum::<usize>()
    }

    /// How much memory it takes, about. What is told of it is shared with the other windows of its event.
    pub(crate) fn bytes(&self) -> usize {
        let values = self.values().iter().map(|value| size_of::<Counted>() + value.text.len());
        size_of::<Self>() + values.sum::<usize>() + size_of::<MemberTold>() / 2
    }
}

impl From<StoredMember> for Member {
    fn from(stored: StoredMember) -> Self {
        let StoredMember { event, uid, at, log, rule, values, targets, actor, others, tried, several } =
            stored;
        let values: Vec<Counted> = values.iter().map(|value| Counted::of(value)).collect();
        Self {
            event: EventId::of(&event),
            at,
            rule,
            values: (!values.is_empty()).then(|| values.into()),
            told: Arc::new(MemberTold::new(uid, log, targets, actor, tried).of_several(others, several)),
        }
    }
}

impl From<Member> for StoredMember {
    fn from(member: Member) -> Self {
        let told = &*member.told;
        Self {
            event: member.event.to_string(),
            uid: told.uid.clone(),
            at: member.at,
            log: told.log,
            rule: member.rule,
            values: member.values().iter().map(|value| value.text.to_string()).collect(),
            targets: told.targets.clone(),
            actor: told.actor.clone(),
            others: told.others().to_vec(),
            tried: told.tried,
            several: told.several(),
        }
    }
}
