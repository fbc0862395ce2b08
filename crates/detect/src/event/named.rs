//! Values that go by a name in a list of names and values, as Entra's additional details and changed properties do.

use std::borrow::Cow;
use std::ops::ControlFlow;

use trailhound_sigma::json::{Document, Kind, Node};
use trailhound_sigma::{Presence, Value};

/// What such lists call the name and the value.
const NAMES: &[&str] = &["key", "displayName", "name"];
const VALUES: &[&str] = &["value", "newValue"];

/// Visits the values that go by `name` in the list at `path`, whose way may lead through other lists.
pub(super) fn visit<'e>(
    document: &'e Document<'_>,
    path: &str,
    name: &str,
    visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>,
) -> Presence {
    let mut presence = Presence::Absent;
    let _ = each(document.root(), path, &mut |member| {
        let is_named = NAMES
            .iter()
            .filter_map(|key| member.key_any_case(key))
            .any(|node| node.as_str().is_some_and(|found| found.eq_ignore_ascii_case(name)));
        if !is_named {
            return ControlFlow::Continue(());
        }
        for value in VALUES.iter().filter_map(|key| member.key_any_case(key)) {
            presence = Presence::Present;
            let Some(text) = value.scalar() else { continue };
            // Changed properties are JSON in text: `"\"True\""`.
            let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).map(str::to_owned);
            visit(Value::String(text))?;
            if let Some(inner) = inner {
                visit(Value::String(Cow::Owned(inner)))?;
            }
        }
        ControlFlow::Continue(())
    });
    presence
}

/// Calls `take` with every member of the lists at a path.
fn each<'e>(
    node: Node<'e>,
    path: &str,
    take: &mut dyn FnMut(Node<'e>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if node.kind() == Kind::Array {
        return node.members().try_for_each(|member| each(member, path, take));
    }
    match path.split_once('.') {
        _ if path.is_empty() => take(node),
        Some((head, rest)) => node.key(head).map_or(ControlFlow::Continue(()), |node| each(node, rest, take)),
        None => node.key(path).map_or(ControlFlow::Continue(()), |node| each(node, "", take)),
    }
}
