//! Windows that versions before kept each in an item of its own: read and taken in for as long as there may be some.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::correlate::Ways;
use super::desk::Desk;
use super::group::{Group, WindowId};
use super::memory::Memory;
use super::moment::{later, of_millis};
use super::window::{Alerted, Member, OWED, StoredCourse, Window};
use crate::matched::WindowPlace;
use crate::state::{ItemKind, Keepable, Key, StateError, StateStore};

/// How long after this version first wrote to a store there may be something left of those before, with a day for
/// functions that are replaced one after the other.
const LEFT: SignedDuration = SignedDuration::from_hours(OWED.as_hours() + 24);

/// A window in an item of its own.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Alone {
    #[serde(rename = "m")]
    members: VecDeque<Member>,
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    alerted: Vec<Alerted>,
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    older: Option<StoredCourse>,
}

impl Keepable for Alone {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.members.iter().map(Member::bytes).sum::<usize>()
    }
}

impl From<&Alone> for Window {
    fn from(alone: &Alone) -> Self {
        let Alone { members, alerted, older } = alone.clone();
        Self::of(members, alerted, older)
    }
}

#[cfg(test)]
impl From<&Window> for Alone {
    fn from(window: &Window) -> Self {
        let (alerted, older) = window.told();
        Self { members: window.members().cloned().collect(), alerted: alerted.to_vec(), older }
    }
}

/// When this version first wrote to a store.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Since {
    /// In milliseconds since the epoch.
    at: i64,
}

impl Keepable for Since {
    fn bytes(&self) -> usize {
        size_of::<Self>()
    }
}

/// Where that is kept.
pub(crate) fn since() -> Key {
    Key { kind: ItemKind::Group, scope: String::new(), name: "since".to_owned() }
}

/// The item that a version before kept a window in.
pub(crate) fn alone(place: &WindowPlace) -> Key {
    Key { kind: ItemKind::Window, scope: String::new(), name: place.window.clone() }
}

impl<Store: StateStore> Memory<Store> {
    /// Puts the windows on the desk that matches go into, and what is asked with them.
    pub(crate) async fn fetch_windows(
        &self,
        desk: &mut Desk,
        ways: &[&Ways<'_>],
        beside: &[Key],
        now: Timestamp,
    ) -> Result<(), StateError> {
        if ways.is_empty() {
            return Ok(());
        }
        let mut keys: Vec<Key> = ways.iter().flat_map(|ways| ways.keys()).cloned().collect();
        keys.extend_from_slice(beside);
        if self.store().is_at_hand(ItemKind::Group) {
            return self.fetch(desk, &keys, now).await;
        }
        keys.push(since());
        self.fetch(desk, &keys, now).await?;
        match desk.read::<Since>(&since())? {
            Some(began) if later(of_millis(began.at), LEFT) < now => return Ok(()),
            Some(_) => {}
            None => desk.write(&since(), Since { at: now.as_millisecond() }, Timestamp::MAX),
        }
        let places: Vec<&WindowPlace> = ways.iter().flat_map(|ways| ways.places()).collect();
        let keys: Vec<Key> =
            places.iter().filter(|place| is_missing(desk, place)).map(|place| alone(place)).collect();
        self.fetch(desk, &keys, now).await?;
        places.into_iter().try_for_each(|place| adopt(desk, place))
    }
}

fn is_missing(desk: &Desk, place: &WindowPlace) -> bool {
    let group = desk.read::<Group>(&place.item).ok().flatten();
    group.is_none_or(|group| group.get(WindowId::of(&place.window)).is_none())
}

fn adopt(desk: &mut Desk, place: &WindowPlace) -> Result<(), StateError> {
    let Some((window, until)) = desk.read_until::<Alone>(&alone(place))? else { return Ok(()) };
    let window = Window::from(window);
    desk.amend(&place.item, |group: &mut Group| {
        group.adopt(WindowId::of(&place.window), window, until);
        ((), None)
    })
}
