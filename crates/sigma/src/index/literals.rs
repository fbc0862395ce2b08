//! The texts that rules look for in one field, found all at once.

use std::collections::HashMap;

use aho_corasick::AhoCorasick;

use crate::compile::Necessary;

/// Who looks for a text: a rule, and which of its clauses is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asker {
    pub(super) rule: usize,
    pub(super) clause: u8,
}

/// Where a text must stand, by who asks.
#[derive(Clone, Debug, Default)]
struct Places {
    start: Vec<Asker>,
    end: Vec<Asker>,
    anywhere: Vec<Asker>,
}

/// Texts in lower case, and who asks for them.
#[derive(Clone, Debug, Default)]
pub(super) struct Literals {
    exact: HashMap<Box<str>, Vec<Asker>>,
    longest_exact: usize,
    automaton: Option<AhoCorasick>,
    places: Vec<Places>,
}

impl Literals {
    pub(super) fn new(asked: &[(Necessary, Asker)]) -> Self {
        let mut literals = Self::default();
        let mut parts: HashMap<String, Places> = HashMap::new();
        for (shape, asker) in asked {
            // Uncased texts are in Unicode's lower case already, cased ones are ASCII.
            let text = shape.literal().text.to_ascii_lowercase();
            let askers = match shape {
                Necessary::Exact(_) => {
                    literals.longest_exact = literals.longest_exact.max(text.len());
                    literals.exact.entry(text.into()).or_default()
                }
                Necessary::Prefix(_) => &mut parts.entry(text).or_default().start,
                Necessary::Suffix(_) => &mut parts.entry(text).or_default().end,
                Necessary::Contains(_) => &mut parts.entry(text).or_default().anywhere,
            };
            if askers.last() != Some(asker) {
                askers.push(*asker);
            }
        }
        let (texts, places): (Vec<String>, Vec<Places>) = parts.into_iter().unzip();
        if !texts.is_empty() {
            // Where one cannot be built, for its size, every rule that asks is told that it was found.
            literals.automaton = AhoCorasick::new(texts).ok();
        }
        literals.places = places;
        literals
    }

    /// Tells everybody who asks for something that a value, in lower case, has.
    pub(super) fn find(&self, value: &str, tell: &mut impl FnMut(Asker)) {
        if value.len() <= self.longest_exact
            && let Some(askers) = self.exact.get(value)
        {
            askers.iter().copied().for_each(&mut *tell);
        }
        let Some(automaton) = &self.automaton else {
            let all = self.places.iter().flat_map(|place| [&place.start, &place.end, &place.anywhere]);
            return all.flatten().copied().for_each(tell);
        };
        for found in automaton.find_overlapping_iter(value) {
            let places = &self.places[found.pattern().as_usize()];
            if found.start() == 0 {
                places.start.iter().copied().for_each(&mut *tell);
            }
            if found.end() == value.len() {
                places.end.iter().copied().for_each(&mut *tell);
            }
            places.anywhere.iter().copied().for_each(&mut *tell);
        }
    }
}
