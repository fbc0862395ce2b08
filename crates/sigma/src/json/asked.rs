//! Which names a reader of an object asks for while it finds none of them.
//!
//! Whoever asks for members by name alone says the same of every object that has none of these: what it says of an empty
//! one. So they tell, at the price of one look at each key, which objects it need not be shown.

use super::heard::{self, AskedNames};
use super::names::Names;
use super::node::Node;
use super::signs::Signs;
use super::tape::{Kind, Span};

/// Shows an empty object to a reader and tells what it asked for.
///
/// ```
/// use trailhound_sigma::json::asked;
///
/// let heard = asked(|node| _ = node.key("user").or_else(|| node.get("host.name")));
/// assert_eq!(heard.names, ["user", "host"]);
/// assert!(!heard.all);
/// ```
pub fn asked(reader: impl FnOnce(Node<'_>)) -> AskedNames {
    heard::take();
    let spans = [Span { start: 0, end: 2, next: 1, kind: Kind::Object, escaped: false }];
    reader(Node::outermost("{}", &spans, Names::Heard, Signs::UNKNOWN));
    heard::take()
}
