//! `map[a:b c:map[d:e] f:[g h]]`, as Go's `%v` prints a map: <https://pkg.go.dev/fmt#hdr-Printing>. A value with a space
//! cannot be told from two members; it is cut only where `name:` follows.

use super::parts::{MAX_DEPTH, name_length, parts, quoted, word};

pub(super) fn read(text: &str) -> Option<String> {
    map(text, 0)
}

fn map(text: &str, depth: usize) -> Option<String> {
    let inner = text.strip_prefix("map[")?.strip_suffix(']')?;
    let begins_member = |rest: &str| name_length(rest.strip_prefix(' ')?, ':').map(|_| 1);
    let members: Option<Vec<String>> = parts(inner, &begins_member)
        .into_iter()
        .map(|part| {
            let name = name_length(part, ':')?;
            Some(format!("{}:{}", quoted(&part[..name]), value(&part[name + 1..], depth)))
        })
        .collect();
    Some(format!("{{{}}}", members?.join(",")))
}

fn value(text: &str, depth: usize) -> String {
    if depth < MAX_DEPTH {
        if let Some(map) = map(text, depth + 1) {
            return map;
        }
        if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let members = parts(inner, &|rest| rest.starts_with(' ').then_some(1));
            let members: Vec<_> = members.into_iter().map(|part| value(part, depth + 1)).collect();
            return format!("[{}]", members.join(","));
        }
    }
    word(text)
}
