//! The windows whose groups begin with the same value: they hold the same events, so they are kept together, and a match
//! costs one write for all of them.

mod base;
mod id;
mod packed;

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::window::{Member, Window};
use crate::state::Keepable;
pub(crate) use base::Base;
pub(crate) use id::WindowId;

/// So many windows are kept together; then those go first that would expire first, and of those the one that has not
/// changed for longest.
const MOST_WINDOWS: usize = 256;
/// So many bytes are kept together: DynamoDB takes 400 KB in an item, Table Storage 1 MiB in two-byte characters.
pub(crate) const MOST_BYTES: usize = 350_000;
/// However much the others take, a window has so much room.
const LEAST_ROOM: usize = 600;

/// Windows that are kept together.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "packed::Stored", into = "packed::Stored")]
pub(crate) struct Group {
    windows: Vec<HeldWindow>,
    /// How long they are together where they are kept outside, each written by itself.
    apart: usize,
    /// What its text goes on from.
    base: Option<Arc<Base>>,
}

/// A window and until when it is kept.
#[derive(Clone, Debug)]
struct HeldWindow {
    id: WindowId,
    window: Arc<Window>,
    /// In whole hours since the epoch.
    until: i64,
}

impl Keepable for Group {
    fn bytes(&self) -> usize {
        self.windows.iter().map(|held| held.window.bytes() + size_of::<HeldWindow>()).sum()
    }
}

impl Group {
    /// The same, written as what goes on from a base.
    pub(crate) fn goes_on_from(&mut self, base: Option<Arc<Base>>) {
        self.base = base;
    }

    /// A window; nothing if it has no members.
    pub(crate) fn get(&self, id: WindowId) -> Option<&Window> {
        self.windows.iter().find(|held| held.id == id).map(|held| &*held.window)
    }

    fn of(windows: Vec<HeldWindow>, base: Option<Arc<Base>>) -> Self {
        let apart = windows.iter().map(|held| held.window.written()).sum();
        Self { windows, apart, base }
    }

    /// How many bytes a window may take where it is kept outside: half of what the others leave.
    pub(crate) fn room(&self, id: WindowId) -> usize {
        let taken = self.written(Some(id));
        (MOST_BYTES.saturating_sub(taken) / 2).max(LEAST_ROOM)
    }

    /// How long the windows are where they are kept outside, about, but for one. Those that hold the same are written
    /// once, which is looked at where it may matter.
    fn written(&self, but: Option<WindowId>) -> usize {
        let left_out = but.and_then(|id| self.get(id)).map_or(0, Window::written);
        let apart = self.apart - left_out;
        if apart < MOST_BYTES / 2 {
            return apart;
        }
        let mut known = HashSet::new();
        let others = self.windows.iter().filter(|held| Some(held.id) != but).map(|held| &*held.window);
        others.filter(|window| known.insert(window.extent())).map(Window::written).sum()
    }

    /// Changes a window, beginning with an empty one. `change` says until when it is to be kept if it changed anything,
    /// and this until when all are.
    pub(crate) fn amend<A>(
        &mut self,
        id: WindowId,
        now: Timestamp,
        change: impl FnOnce(&mut Window) -> (A, Option<Timestamp>),
    ) -> (A, Option<Timestamp>) {
        let at = self.windows.iter().position(|held| held.id == id);
        let mut held = match at {
            Some(at) => self.take(at),
            None => HeldWindow { id, window: Arc::default(), until: i64::MIN },
        };
        let (answer, until) = change(Arc::make_mut(&mut held.window));
        if let Some(until) = until {
            held.until = hours(until);
        }
        let is_kept = held.until > i64::MIN;
        // The latest that changed is last.
        is_kept.then(|| self.put(held));
        (answer, until.map(|_| self.tidy(now)))
    }

    /// Takes in a window that was kept by itself.
    pub(crate) fn adopt(&mut self, id: WindowId, window: Window, until: Timestamp) {
        if self.get(id).is_none() {
            self.put(HeldWindow { id, window: Arc::new(window), until: hours(until) });
        }
    }

    fn put(&mut self, held: HeldWindow) {
        self.apart += held.window.written();
        self.windows.push(held);
    }

    fn take(&mut self, at: usize) -> HeldWindow {
        let held = self.windows.remove(at);
        self.apart -= held.window.written();
        held
    }

    /// Leaves out what nobody will ask for; says until when the rest is kept.
    fn tidy(&mut self, now: Timestamp) -> Timestamp {
        let now = now.as_second().div_euclid(3_600);
        let apart = &mut self.apart;
        self.windows.retain(|held| {
            let is_kept = held.until > now;
            *apart -= if is_kept { 0 } else { held.window.written() };
            is_kept
        });
        while self.windows.len() > MOST_WINDOWS || self.windows.len() > 1 && self.written(None) > MOST_BYTES {
            let first = self.windows.iter().enumerate().min_by_key(|(_, held)| held.until);
            let Some(at) = first.map(|(at, _)| at) else { break };
            self.take(at);
        }
        debug_assert_eq!(self.apart, self.windows.iter().map(|held| held.window.written()).sum::<usize>());
        let last = self.windows.iter().map(|held| held.until).max().unwrap_or(now);
        Timestamp::from_second(last.saturating_mul(3_600)).unwrap_or(Timestamp::MAX)
    }

    /// All windows, with their members.
    #[cfg(test)]
    pub(crate) fn windows(&self) -> impl Iterator<Item = (WindowId, &Window)> {
        self.windows.iter().map(|held| (held.id, &*held.window))
    }

    fn members(&self) -> impl Iterator<Item = &Member> {
        self.windows.iter().flat_map(|held| held.window.members())
    }
}

/// The first whole hour that is not before a time.
fn hours(at: Timestamp) -> i64 {
    at.as_second().saturating_add(3_599).div_euclid(3_600)
}
