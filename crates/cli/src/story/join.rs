//! Which findings belong together.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use trailhound_detect::matched::ties::{ADDRESS, FEW, MACHINE};

use super::told::Told;

/// So many addresses are watched; of one beyond nobody can say how many use it.
const MOST_ADDRESSES: usize = 1_000_000;

/// Who uses which address, as far as it takes to know whether those are few.
#[derive(Debug, Default)]
pub(crate) struct Crowd(HashMap<IpAddr, HashSet<String>>);

impl Crowd {
    pub(crate) fn add(&mut self, address: IpAddr, actor: &str) {
        if self.0.len() >= MOST_ADDRESSES && !self.0.contains_key(&address) {
            return;
        }
        let actors = self.0.entry(address).or_default();
        if actors.len() <= FEW && !actors.contains(actor) {
            actors.insert(actor.to_owned());
        }
    }

    fn is_of_few(&self, address: IpAddr) -> bool {
        self.0.get(&address).is_some_and(|actors| actors.len() <= FEW)
    }
}

/// What of a finding it takes to join it to others.
#[derive(Debug)]
pub(super) struct Joint {
    time: Option<Timestamp>,
    origin: String,
    rule: String,
    joins: Vec<u128>,
    address: Option<IpAddr>,
    machines: Vec<u128>,
    is_of_machine: bool,
    /// Which finding it is.
    number: usize,
}

/// Makes joints. Of what joins only a hash is kept, under keys of this process.
#[derive(Debug, Default)]
pub(super) struct Joints(RandomState, RandomState);

impl Joints {
    pub(super) fn of(&self, told: &Told, number: usize) -> Joint {
        let hash =
            |text: &String| u128::from(self.0.hash_one(text)) << 64 | u128::from(self.1.hash_one(text));
        Joint {
            time: told.time,
            origin: told.origin.clone(),
            rule: told.rule.clone(),
            joins: told.joins.iter().map(hash).collect(),
            address: told.address,
            machines: told.machines.iter().map(|name| hash(&name.to_ascii_lowercase())).collect(),
            is_of_machine: told.is_of_machine,
            number,
        }
    }
}

/// The numbers of the findings, those that belong together in one list each, in order of time.
pub(super) fn joined(mut findings: Vec<Joint>, crowd: &Crowd) -> Vec<Vec<usize>> {
    findings.sort_by(|one, other| {
        let place = |told: &Joint| (told.time.is_none(), told.time);
        place(one)
            .cmp(&place(other))
            .then_with(|| (&one.origin, &one.rule).cmp(&(&other.origin, &other.rule)))
    });
    let mut sets = Sets((0..findings.len()).collect());
    let mut strong: HashMap<u128, usize> = HashMap::new();
    let mut addresses: HashMap<IpAddr, usize> = HashMap::new();
    let mut machines: HashMap<(u128, bool), usize> = HashMap::new();
    for (at, told) in findings.iter().enumerate() {
        for join in &told.joins {
            let first = *strong.entry(*join).or_insert(at);
            sets.join(first, at);
        }
        if let Some(address) = told.address.filter(|address| crowd.is_of_few(*address))
            && let Some(last) = addresses.insert(address, at)
            && near(&findings[last], told, ADDRESS)
        {
            sets.join(last, at);
        }
        for machine in &told.machines {
            // What was done to it and what it did, and not what two people did to it.
            for of_machine in [true, false].into_iter().filter(|of_machine| *of_machine || told.is_of_machine)
            {
                if let Some(last) = machines.get(&(*machine, of_machine))
                    && near(&findings[*last], told, MACHINE)
                {
                    sets.join(*last, at);
                }
            }
            machines.insert((*machine, told.is_of_machine), at);
        }
    }
    let mut cases: HashMap<usize, Vec<usize>> = HashMap::new();
    let roots: Vec<usize> = (0..findings.len()).map(|at| sets.root(at)).collect();
    for (told, root) in findings.into_iter().zip(&roots) {
        cases.entry(*root).or_default().push(told.number);
    }
    let mut order: Vec<usize> = cases.keys().copied().collect();
    order.sort_unstable();
    order.into_iter().filter_map(|root| cases.remove(&root)).collect()
}

fn near(one: &Joint, other: &Joint, within: SignedDuration) -> bool {
    let apart = |(one, other): (Timestamp, Timestamp)| other.duration_since(one).abs() <= within;
    one.time.zip(other.time).is_some_and(apart)
}

/// Sets of numbers that are joined; each goes by its least.
struct Sets(Vec<usize>);

impl Sets {
    fn root(&mut self, at: usize) -> usize {
        let mut root = at;
        while self.0[root] != root {
            self.0[root] = self.0[self.0[root]];
            root = self.0[root];
        }
        root
    }

    fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        let (least, most) = (one.min(other), one.max(other));
        self.0[most] = least;
    }
}
