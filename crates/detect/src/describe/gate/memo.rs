//! Texts that were looked at and hold nothing: names of people, machines and tools come again with every finding.
//!
//! Exact, since the text itself is kept; bounded, since each has one place, which the next that belongs there takes.

use std::cell::RefCell;
use std::hash::{BuildHasher as _, RandomState};

use super::kind::Kind;

const PLACES: usize = 1 << 10;
/// Longer texts are seldom the same twice.
const LONGEST: usize = 512;

thread_local! {
    static HARMLESS: RefCell<Harmless> = RefCell::new(Harmless { hasher: RandomState::new(), places: Vec::new() });
}

struct Harmless {
    hasher: RandomState,
    /// As many as `PLACES`, as soon as there is one.
    places: Vec<Option<(Kind, Box<str>)>>,
}

impl Harmless {
    fn place(&self, text: &str) -> usize {
        usize::try_from(self.hasher.hash_one(text) % PLACES as u64).expect("there are few places")
    }
}

/// Is this a text that was found to hold nothing?
pub(super) fn holds_nothing(text: &str, kind: Kind) -> bool {
    let is_it = |harmless: &Harmless| match harmless.places.get(harmless.place(text)) {
        Some(Some((as_kind, known))) => *as_kind == kind && **known == *text,
        _ => false,
    };
    text.len() <= LONGEST && HARMLESS.with_borrow(is_it)
}

/// This text holds nothing.
pub(super) fn keep(text: &str, kind: Kind) {
    if text.len() > LONGEST {
        return;
    }
    HARMLESS.with_borrow_mut(|harmless| {
        harmless.places.resize(PLACES, None);
        let place = harmless.place(text);
        harmless.places[place] = Some((kind, text.into()));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_taken_for_another_and_no_more_is_kept_than_there_are_places() {
        let texts: Vec<String> = (0..4 * PLACES).map(|number| format!("a text {number}")).collect();
        for text in &texts {
            assert!(!holds_nothing(text, Kind::Text), "{text}");
            keep(text, Kind::Text);
            assert!(holds_nothing(text, Kind::Text) && !holds_nothing(text, Kind::Prose), "{text}");
        }
        let kept = texts.iter().filter(|text| holds_nothing(text, Kind::Text)).count();
        assert!((PLACES / 2..=PLACES).contains(&kept), "{kept}");
        let long = "a".repeat(LONGEST + 1);
        keep(&long, Kind::Text);
        assert!(!holds_nothing(&long, Kind::Text));
    }
}
