//! What is written down while an object without names is asked for some.

use std::cell::RefCell;

/// Names somebody asked an object for that has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedNames {
    /// The first words of the names, as a dotted path may be one name.
    pub names: Vec<String>,
    /// Somebody looked at all entries, and what it looked for is not known.
    pub all: bool,
}

/// Of a dotted name or path the part before the first dot.
pub fn first_word(name: &str) -> &str {
    name.split_once('.').map_or(name, |(first, _)| first)
}

thread_local! {
    static HEARD: RefCell<AskedNames> = RefCell::default();
}

/// Gives what was heard, and begins anew.
pub(super) fn take() -> AskedNames {
    HEARD.take()
}

pub(super) fn hear(name: &str) {
    let name = first_word(name);
    HEARD.with_borrow_mut(|heard| {
        if !heard.names.iter().any(|known| known == name) {
            heard.names.push(name.to_owned());
        }
    });
}

pub(super) fn hear_all() {
    HEARD.with_borrow_mut(|heard| heard.all = true);
}
