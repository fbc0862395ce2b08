//! What was handed out, by key and by whose session it is and when it was made.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::facts::{Actor, ActorKind, Facts, HandedOut};

/// So many sessions of people and roles are kept, and so many of services.
const MOST: usize = 1_000_000;

/// A session that a record says was handed out.
#[derive(Clone, Debug)]
pub struct HandOut {
    pub(super) session: HandedOut,
    /// Who asked for it.
    pub(super) asker: Arc<Actor>,
    pub(super) call: String,
    pub(super) at: Option<Timestamp>,
    pub(super) event: String,
    pub(super) record: String,
    /// Two records of different askers have it.
    pub(super) is_contested: bool,
}

impl HandOut {
    /// What a record at a place hands out.
    pub fn of(facts: &Facts, record: &str) -> Option<Self> {
        let session = facts.handed_out.as_deref().filter(|session| !session.is_lasting)?;
        Some(Self {
            session: session.clone(),
            asker: Arc::new(facts.actor.clone()),
            call: facts.action.key.clone(),
            at: facts.time,
            event: facts.event_uid.clone(),
            record: record.to_owned(),
            is_contested: false,
        })
    }

    /// Is it worth keeping between deliveries? What services take is for what runs in them.
    pub(crate) fn is_worth_keeping(&self) -> bool {
        !self.is_of_service() && self.session.key.as_ref().is_some_and(|key| !key.is_empty())
    }

    /// What another record tells of the same.
    pub(super) fn meet(&mut self, other: Self) {
        match (self.names_asker(), other.names_asker()) {
            (false, true) => {
                let is_contested = self.is_contested;
                *self = Self { is_contested, ..other };
            }
            (true, true) => self.is_contested |= self.asker.key != other.asker.key,
            (_, false) => {}
        }
    }

    /// Does its record say who asked by more than an account and an id, as the log of the other account does?
    fn names_asker(&self) -> bool {
        self.asker.kind != ActorKind::Account
    }

    /// Was a service handed it, for what runs in it?
    pub fn is_of_service(&self) -> bool {
        self.asker.kind == ActorKind::Service
    }

    /// The id of the key that was handed out.
    pub fn key(&self) -> Option<&str> {
        self.session.key.as_deref()
    }

    /// What handed it out: `sts:AssumeRole`.
    pub(crate) fn call(&self) -> &str {
        &self.call
    }

    /// Does a role act in it?
    pub(crate) fn is_of_role(&self) -> bool {
        self.session.role.is_some()
    }

    /// Whose session it is, and the second in which it was made.
    pub fn made(&self) -> Option<(String, i64)> {
        Some((self.session.principal.clone()?, self.at?.as_second()))
    }
}

/// What became of a hand-out that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandOutAdded {
    /// It is found by its key, and by whose session it is and when it was made.
    First,
    /// What it tells is added to what is known of its key.
    Again,
    /// It has no key, or there are too many.
    Not,
}

/// All that was handed out. What more than one record tells is one, whatever order they come in.
#[derive(Debug, Default)]
pub struct HandOuts {
    by_key: HashMap<String, HandOut>,
    /// Keys by whose sessions they are and when they were made.
    by_principal: HashMap<(String, i64), Vec<String>>,
    /// What services were handed for what runs in them, by key.
    of_services: HashMap<String, Arc<str>>,
    /// Principals and times of the same.
    made_by_services: HashSet<(String, i64)>,
    services: HashSet<Arc<str>>,
    beyond: u64,
}

impl HandOuts {
    /// Adds one.
    pub fn add(&mut self, out: HandOut) {
        self.place(out);
    }

    /// Adds one; says what it is to what is there.
    pub fn place(&mut self, out: HandOut) -> HandOutAdded {
        let Some(key) = out.session.key.clone() else { return HandOutAdded::Not };
        if out.is_of_service() {
            return self.add_of_service(key, &out);
        }
        let is_full = self.by_key.len() >= MOST;
        match self.by_key.entry(key) {
            Entry::Occupied(mut known) => {
                known.get_mut().meet(out);
                HandOutAdded::Again
            }
            Entry::Vacant(_) if is_full => {
                self.beyond += 1;
                HandOutAdded::Not
            }
            Entry::Vacant(place) => {
                if let Some(made) = out.made() {
                    self.by_principal.entry(made).or_default().push(place.key().clone());
                }
                place.insert(out);
                HandOutAdded::First
            }
        }
    }

    fn add_of_service(&mut self, key: String, out: &HandOut) -> HandOutAdded {
        if self.of_services.len() >= MOST {
            self.beyond += 1;
            return HandOutAdded::Not;
        }
        let service: Arc<str> = out.asker.display.as_str().into();
        let service = self.services.get(&service).cloned().unwrap_or_else(|| {
            self.services.insert(Arc::clone(&service));
            service
        });
        self.made_by_services.extend(out.made());
        self.of_services.insert(key, service);
        HandOutAdded::First
    }

    /// How many were not kept, beyond what is held at once.
    pub fn beyond(&self) -> u64 {
        self.beyond
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &HandOut> {
        self.by_key.values()
    }

    pub(super) fn by_key(&self, key: &str) -> Option<&HandOut> {
        self.by_key.get(key)
    }

    pub(super) fn service(&self, key: &str) -> Option<&str> {
        self.of_services.get(key).map(|service| &**service)
    }

    /// As [`KnownSessions::made`](super::KnownSessions::made) has it.
    pub(super) fn made(&self, principal: &str, created: Timestamp) -> (Vec<&HandOut>, bool) {
        let times = seconds_of(created).map(|at| (principal.to_owned(), at));
        let keys = times.iter().filter_map(|made| self.by_principal.get(made)).flatten();
        let outs = keys.filter_map(|key| self.by_key.get(key)).collect();
        (outs, times.iter().any(|made| self.made_by_services.contains(made)))
    }
}

/// The seconds in which a session may have been handed out that says when it was made.
pub fn seconds_of(created: Timestamp) -> [i64; 3] {
    let second = created.as_second();
    [second - 1, second, second + 1]
}
