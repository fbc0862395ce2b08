//! The windows that a match goes into: one for each group that it belongs to, kept beside those of other correlations
//! whose groups begin with the same value.

use std::collections::HashSet;
use std::rc::Rc;

use crate::digest;
use crate::matched::{Match, WindowPlace};
use crate::rules::{Correlated, Feed, RuleSet, ValueSource};
use crate::state::{ItemKind, Key};

/// One event counts in at most so many groups of a correlation: EC2 takes a thousand machines in a call.
pub(crate) const MOST_GROUPS: usize = 1_000;

/// The windows that a match goes into, worked out once however often it is decided.
#[derive(Clone)]
pub(crate) struct Ways<'r> {
    pub(super) direct: Vec<(&'r Feed, WindowPlace)>,
    /// Those of correlations over these.
    onward: Vec<WindowPlace>,
    /// Groups that it is not counted in, as it names more than anybody calls at once.
    pub(crate) left_out: usize,
}

impl<'r> Ways<'r> {
    /// Of a match, whatever memory makes of its level.
    pub(crate) fn of(rules: &'r RuleSet, found: &Match) -> Self {
        let mut values = MatchValues::of(found);
        let mut ways = Self { direct: Vec::new(), onward: Vec::new(), left_out: 0 };
        let mut names = Vec::new();
        for feed in rules.fed_by(&found.rule.name).iter().filter(|feed| feed.may_take(found)) {
            let correlated = &rules.correlations()[feed.correlation];
            let (places, left_out) = groups(correlated, feed, &mut values);
            ways.direct.extend(places.into_iter().map(|place| (feed, place)));
            ways.left_out += left_out;
            names.push(correlated.info.name.as_str());
        }
        while let Some(name) = names.pop() {
            for feed in rules.fed_by(name) {
                let correlated = &rules.correlations()[feed.correlation];
                ways.onward.extend(groups(correlated, feed, &mut values).0);
                names.push(&correlated.info.name);
            }
        }
        ways
    }

    /// All of them.
    pub(crate) fn places(&self) -> impl Iterator<Item = &WindowPlace> {
        self.direct.iter().map(|(_, place)| place).chain(&self.onward)
    }

    /// The items they are kept in, each once.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &Key> {
        let mut seen = HashSet::new();
        self.places().map(|place| &place.item).filter(move |key| seen.insert(*key))
    }
}

/// The values of a match that correlations ask for, each worked out once and in lower case.
pub(super) struct MatchValues<'m> {
    found: &'m Match,
    known: Vec<(&'m ValueSource, Rc<[String]>)>,
}

impl<'m> MatchValues<'m> {
    pub(super) fn of(found: &'m Match) -> Self {
        Self { found, known: Vec::new() }
    }

    pub(super) fn get<'s: 'm>(&mut self, source: &'s ValueSource) -> Rc<[String]> {
        if let Some((_, values)) = self.known.iter().find(|(known, _)| *known == source) {
            return Rc::clone(values);
        }
        let values: Rc<[String]> =
            source.values(self.found).into_iter().map(|value| value.to_lowercase()).collect();
        self.known.push((source, Rc::clone(&values)));
        values
    }
}

/// The windows of the groups a match belongs to, none if a field that keeps them apart has no value; and how many there
/// are beyond what is counted.
fn groups<'m, 's: 'm>(
    correlated: &'s Correlated,
    feed: &'s Feed,
    values: &mut MatchValues<'m>,
) -> (Vec<WindowPlace>, usize) {
    let lists: Vec<Rc<[String]>> = feed.group_by.iter().map(|source| values.get(source)).collect();
    let all = lists.iter().fold(1_usize, |all, list| all.saturating_mul(list.len()));
    let name = correlated.info.name.as_str();
    let is_apart = |n: usize| !feed.group_by[n].tells_few_apart();
    let is_together = (0..lists.len()).any(is_apart);
    let place = |row: usize| {
        let (mut parts, mut row) = (vec![""; lists.len() + 2], row);
        (parts[0], parts[1]) = ("window", name);
        // The last field changes first.
        for (list, part) in lists.iter().zip(&mut parts[2..]).rev() {
            *part = &list[row % list.len()];
            row /= list.len();
        }
        let mut anchor = vec!["group"];
        let told = parts[2..].iter().enumerate().filter(|(n, _)| !is_together || is_apart(*n));
        anchor.extend(told.map(|(_, value)| person(value)));
        if lists.is_empty() {
            anchor.push(name);
        }
        // Groups reach across accounts unless they name them.
        let item = Key { kind: ItemKind::Group, scope: String::new(), name: digest::of_parts(&anchor) };
        let about = feed.group_by.iter().zip(&parts[2..]).find(|(source, _)| source.is_target());
        let about = about.map(|(_, machine)| (*machine).to_owned());
        WindowPlace { item, window: digest::of_parts(&parts), about }
    };
    ((0..all.min(MOST_GROUPS)).map(place).collect(), all.saturating_sub(MOST_GROUPS))
}

/// Somebody whose id ends in a mail address is kept with what goes by that address alone.
fn person(value: &str) -> &str {
    let last = value.rsplit('/').next().unwrap_or(value);
    if last.contains('@') { last } else { value }
}
