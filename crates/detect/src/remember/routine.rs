//! What somebody does on most days: it becomes context, one level lower.
//!
//! The days of each habit are kept with the sight of its actor and action, which is written anyway. Days within a week of
//! a finding at high by the same credentials do not count, whichever came first: what an intruder does beside them is not
//! usual. A finding that is high every night, and tells nothing new, is no ground against that very habit, nor against
//! others once it is one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::days::{Day, Days, KEPT, day};
use crate::digest;
use crate::event::Facts;
use crate::matched::Routine;

/// A habit takes so many days,
const LEAST: u32 = 10;
/// of so many before, and one so long ago or longer.
const OF: Day = 14;
/// Nothing counts so many days before and after a finding at high.
const APART: Day = 7;
/// So many habits of one actor are kept for each family of actions; then the one goes that was not seen for longest.
const MOST: usize = 12;
/// So many findings at high are kept for an account; what is more stands against everybody.
const MOST_ALARMS: usize = 64;
/// Most characters of a habit for people; what is compared is the digest behind them.
const MOST_CHARACTERS: usize = 16;
const EVERYBODY: &str = "*";

/// What of a match makes a habit: its own words, and where the call came from, by an address or through a service.
pub(crate) fn name(facts: &Facts, words: &[&str], values: &[&str]) -> String {
    let source = facts.source.kind().unwrap_or_default();
    let service = facts.source.service.as_deref().or(facts.actor.invoked_by.as_deref()).unwrap_or_default();
    let head = ["habit", &facts.action.key, source, service];
    let parts: Vec<&str> =
        head.into_iter().chain(words.iter().copied()).chain(values.iter().copied()).collect();
    let shown: String = values.first().map_or("", |shown| shown).chars().take(MOST_CHARACTERS).collect();
    let digest = digest::of_parts(&parts);
    format!("{shown}#{}", &digest[..16])
}

/// The days of each habit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Habits(BTreeMap<String, Days>);

impl Habits {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0.keys().map(|name| name.len() + size_of::<(String, Days)>()).sum()
    }

    /// On how many days each was done, of the 32 to the last of them.
    pub fn counts(&self) -> impl Iterator<Item = (&str, u32)> {
        self.0.iter().map(|(name, days)| (name.split('#').next().unwrap_or_default(), days.count()))
    }

    /// Adds a day of a habit.
    pub(crate) fn add(&mut self, name: &str, at: Timestamp) {
        self.0.entry(name.to_owned()).or_default().add(day(at));
        self.make_room();
    }

    /// Adds what others have.
    pub(crate) fn merge(&mut self, other: &Self, today: Day) {
        for (name, days) in &other.0 {
            self.0.entry(name.clone()).or_default().merge(days.until(today));
        }
        self.make_room();
    }

    fn make_room(&mut self) {
        while self.0.len() > MOST
            && let Some(name) = self.0.iter().min_by_key(|(_, days)| **days).map(|(name, _)| name.clone())
        {
            self.0.remove(&name);
        }
    }

    /// On how many of the days before its own this was done, if that makes it a habit.
    pub(crate) fn judge(&self, name: &str, root: &str, alarms: &Alarms, at: Timestamp) -> Option<Routine> {
        let (days, today) = (self.0.get(name)?, day(at));
        let against: Vec<Days> = alarms.against(root, name).collect();
        let is_near =
            |day: Day| against.iter().any(|days| (day - APART..=day + APART).any(|day| days.has(day)));
        let counts = |back: &Day| days.has(today - back) && !is_near(today - back);
        let recent = (1..=OF).filter(counts).count();
        let recent = u32::try_from(recent).unwrap_or_default();
        let is_old = (OF..KEPT).any(|back| counts(&back));
        let of = u32::try_from(OF).unwrap_or_default();
        (recent >= LEAST && is_old).then_some(Routine { days: recent, of })
    }

    /// Is each of these done on so many days that another of them says nothing against anybody?
    pub(crate) fn are_usual(&self, names: &[String]) -> bool {
        let is_usual = |name: &String| self.0.get(name).is_some_and(|days| days.count() >= LEAST);
        !names.is_empty() && names.iter().all(is_usual)
    }
}

/// When there were findings at high, by whom, and by which habit where they told nothing new.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarms(Vec<(String, String, Days)>);

impl Alarms {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0
            .iter()
            .map(|(root, habit, _)| root.len() + habit.len() + size_of::<(String, String, Days)>())
            .sum()
    }

    /// Adds one, which stands against all habits but its own; of several habits, none is spared.
    pub(crate) fn add(&mut self, root: &str, habits: &[String], day: Day, today: Day) {
        let habit = if let [one] = habits { one } else { "" };
        let mut days = Days::default();
        days.add(day);
        self.enter(&short(root), habit, days, today);
    }

    /// Adds what others have.
    pub(crate) fn merge(&mut self, other: &Self, today: Day) {
        for (root, habit, days) in &other.0 {
            self.enter(root, habit, *days, today);
        }
    }

    fn enter(&mut self, root: &str, habit: &str, days: Days, today: Day) {
        let days = days.until(today);
        let latest = self.0.iter().map(|(.., days)| days.latest()).fold(days.latest(), Day::max).min(today);
        self.0.retain(|(.., days)| i64::from(latest) - i64::from(days.latest()) < i64::from(KEPT));
        let at = self.0.iter().position(|(its, by, _)| its == root && by == habit);
        match at {
            Some(at) => self.0[at].2.merge(days),
            None if self.0.len() < MOST_ALARMS || root == EVERYBODY => {
                self.0.push((root.to_owned(), habit.to_owned(), days));
                self.0.sort();
            }
            None => self.enter(EVERYBODY, "", days, today),
        }
    }

    /// The days that count against a habit of somebody.
    fn against<'a>(&'a self, root: &str, habit: &'a str) -> impl Iterator<Item = Days> + 'a {
        let root = short(root);
        let is_his = move |its: &String| *its == root || its == EVERYBODY;
        let all = self.0.iter().filter(move |(its, by, _)| is_his(its) && (by.is_empty() || by != habit));
        all.map(|(.., days)| *days)
    }
}

/// Credentials as alarms name them.
fn short(root: &str) -> String {
    digest::of_parts(&["root", root])[..16].to_owned()
}
