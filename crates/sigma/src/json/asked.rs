//! Which names a reader of an object asks for while it finds none of them.
//!
//! Whoever asks for members by name alone says the same of every object that has none of these: what it says of an empty
//! one. So they tell, at the price of one look at each key, which objects it need not be shown.

use std::cell::RefCell;

use super::node::{Names, Node};
use super::signs::Signs;
use super::tape::{Kind, Span};

/// Names somebody asked an object for that has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
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
    static HEARD: RefCell<Asked> = RefCell::default();
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

/// Shows an empty object to a reader and tells what it asked for.
///
/// ```
/// use trailhound_sigma::json::asked;
///
/// let heard = asked(|node| _ = node.key("user").or_else(|| node.get("host.name")));
/// assert_eq!(heard.names, ["user", "host"]);
/// assert!(!heard.all);
/// ```
pub fn asked(reader: impl FnOnce(Node<'_>)) -> Asked {
    HEARD.take();
    let spans = [Span { start: 0, end: 2, next: 1, kind: Kind::Object, escaped: false }];
    reader(Node::outermost("{}", &spans, Names::Heard, Signs::UNKNOWN));
    HEARD.take()
}
