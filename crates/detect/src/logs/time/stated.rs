//! Times that stores and clients make objects or lists of: `{"$date": …}` of MongoDB, seconds and nanoseconds of
//! Protobuf, Firestore and Java, the one value of an Avro union, a list of numbers of Jackson's.

use trailhound_sigma::json::{Kind, Node};

const SECONDS: [&str; 4] = ["seconds", "_seconds", "epochSecond", "epoch_second"];
const NANOS: [&str; 5] = ["nanos", "_nanoseconds", "nanoseconds", "nano", "nanosecond"];
/// An object in an object in an object is as much as any of them writes.
const DEPTH: usize = 3;

/// The time that an object or a list states, as text that can be read.
pub(in crate::logs) fn stated(node: Node<'_>) -> Option<String> {
    of(node, DEPTH)
}

fn of(node: Node<'_>, depth: usize) -> Option<String> {
    match node.kind() {
        Kind::Object if depth > 0 => {
            let key = |names: &[&str]| names.iter().find_map(|name| node.key(name));
            if let Some(seconds) = key(&SECONDS) {
                let nanos = key(&NANOS).and_then(Node::as_i64).unwrap_or_default();
                return Some(format!("{}.{nanos:09}", of(seconds, depth - 1)?));
            }
            let mut entries = node.entries();
            match (key(&["$date", "value"]), entries.next(), entries.next()) {
                (Some(value), ..) | (None, Some((_, value)), None) => of(value, depth - 1),
                _ => None,
            }
        }
        Kind::Array if depth > 0 => {
            let mut members = node.members();
            match (members.next()?, members.next()) {
                (only, None) => of(only, depth - 1),
                _ => civil(node),
            }
        }
        Kind::Object | Kind::Array | Kind::Null => None,
        _ => node.scalar().map(std::borrow::Cow::into_owned),
    }
}

/// `[2026,11,20,9,0,0,123000000]`.
fn civil(list: Node<'_>) -> Option<String> {
    let numbers: Vec<i64> = list.members().map(Node::as_i64).collect::<Option<_>>()?;
    let at = |place: usize| numbers.get(place).copied().unwrap_or_default();
    (3..=7).contains(&numbers.len()).then(|| {
        let (day, time) = ((at(0), at(1), at(2)), (at(3), at(4), at(5), at(6)));
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z",
            day.0, day.1, day.2, time.0, time.1, time.2, time.3
        )
    })
}
