//! What the value of one member is, where it does not stand there as it ought to.

use std::borrow::Cow;

use trailhound_sigma::json::{Document, Kind, Node};

use super::member::{Is, ObjectMember};
use super::{any_folded, unfolded};
use crate::logs::json::{Object, folded_where_due, quoted, verbatim};
use crate::logs::printed::{may_begin, stands_for_one};
use crate::logs::table::pairs;
use crate::logs::time;

impl ObjectMember {
    /// What a value is meant to be, as JSON; nothing for one that stands as it ought to.
    pub(super) fn held<'d>(&self, node: Node<'d>) -> Option<Cow<'d, str>> {
        match (self.is, node.kind()) {
            (_, Kind::String) if says_nothing(node) => Some(Cow::Borrowed("null")),
            (Is::Word | Is::Time, Kind::String)
                if !is_bare(node.raw().as_bytes()) || node.raw().contains('\\') =>
            {
                let text = node.as_str()?;
                let list = text.trim_start().starts_with('[').then(|| folded_where_due(node)).flatten();
                let only = list.and_then(|list| only_text(Document::parse(&list).ok()?.root()));
                let word = bare(only.as_deref().unwrap_or(&text));
                (word != text).then(|| quoted(word).into())
            }
            (Is::Text, Kind::String) => {
                let is_list = ["['", "[\\\""].iter().any(|head| node.raw().trim_start().starts_with(head));
                let list = is_list.then(|| folded_where_due(node))??;
                Some(Cow::Owned(quoted(&only_text(Document::parse(&list).ok()?.root())?)))
            }
            (Is::Text | Is::Word, Kind::Array | Kind::Object) => Some(only(node)),
            (Is::YesOrNo, Kind::Array | Kind::Object) => Some(
                only_text(node)
                    .map_or("null".into(), |text| quoted(yes_or_no(&text).unwrap_or(&text)).into()),
            ),
            (Is::YesOrNo, _) => {
                let text = node.scalar()?;
                yes_or_no(&text).filter(|word| *word != text).map(|word| quoted(word).into())
            }
            (Is::Time, Kind::Array | Kind::Object) => time::stated(node).map(|text| quoted(&text).into()),
            (Is::Object | Is::Open, Kind::Array) => self.alone(node),
            (Is::List, Kind::String) => machines(node).map(Cow::Owned).or_else(|| self.in_text(node)),
            (Is::Object | Is::Open | Is::Either, Kind::String) => self.in_text(node),
            _ => None,
        }
    }

    /// The object or list that a text holds, if it is what is due.
    fn in_text<'d>(&self, node: Node<'d>) -> Option<Cow<'d, str>> {
        let text = may_hold(node).then(|| folded_where_due(node))??;
        let is_list = text.trim_start().starts_with('[');
        match self.is {
            // An object in a list of one, as text.
            Is::Object | Is::Open if is_list => {
                let document = Document::parse(&text).ok()?;
                self.alone(document.root()).map(|object| Cow::Owned(object.into_owned()))
            }
            Is::List if !is_list => None,
            _ => Some(text),
        }
    }

    /// The object that a list holds alone, or is, name by name.
    fn alone<'d>(&self, list: Node<'d>) -> Option<Cow<'d, str>> {
        let mut members = list.members();
        let (first, second) = (members.next()?, members.next());
        if first.kind() != Kind::Object {
            return None;
        }
        match (second, self.is) {
            (None, _) => Some(of_one_pair(first).map_or_else(|| verbatim(first), Cow::Owned)),
            (Some(_), Is::Open) => pairs(list).map(Cow::Owned),
            _ => None,
        }
    }

    /// Does a text stand there for an object that cannot be read from it?
    pub(super) fn is_illegible(&self, value: Node<'_>) -> bool {
        self.is_due
            && value.kind() == Kind::String
            && value.as_str().is_some_and(|text| stands_for_one(&text))
            && self.held(value).is_none()
    }

    pub(super) fn is_folded(&self, value: Node<'_>) -> bool {
        match value.kind() {
            Kind::Null => false,
            Kind::Object if !self.below.is_empty() => any_folded(value, self.below),
            Kind::Array if !self.below.is_empty() && matches!(self.is, Is::List | Is::Either) => {
                value.members().any(|member| any_folded(member, self.below))
            }
            _ => self.held(value).is_some(),
        }
    }

    /// The value as JSON, unfolded here and below.
    pub(super) fn unfolded<'d>(&self, value: Node<'d>) -> Cow<'d, str> {
        match self.held(value) {
            None => self.inside(value),
            Some(text) => {
                let inner = Document::parse(&text).map(|document| self.inside(document.root()).into_owned());
                inner.map_or(text, Cow::Owned)
            }
        }
    }

    fn inside<'d>(&self, value: Node<'d>) -> Cow<'d, str> {
        match value.kind() {
            Kind::Object if !self.below.is_empty() => Cow::Owned(unfolded(value, self.below)),
            Kind::Array if !self.below.is_empty() => {
                let members: Vec<_> = value.members().map(|member| self.inside(member)).collect();
                Cow::Owned(format!("[{}]", members.join(",")))
            }
            _ => verbatim(value),
        }
    }
}

/// An object that is nothing but the name and the value of a member of another.
fn of_one_pair(object: Node<'_>) -> Option<String> {
    let (name, value) = (object.key("key")?.as_str()?, object.key("value")?);
    let mut of_it = Object::default();
    of_it.copy(&name, value);
    (object.entries().count() == 2).then(|| of_it.finish())
}

/// The machines of a list that somebody joined to one text, as spreadsheets and people do; other text is left alone.
fn machines(list: Node<'_>) -> Option<String> {
    let text = list.as_str()?;
    let trimmed = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '(' | ')' | '[' | ']' | '{' | '}');
    let names = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|'))
        .map(|name| name.trim_matches(trimmed));
    let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
    let is_machine = |name: &&str| {
        let id = name.strip_prefix("i-").or_else(|| name.strip_prefix("mi-"));
        id.is_some_and(|id| id.len() >= 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    (!names.is_empty() && names.iter().all(is_machine)).then(|| {
        let names: Vec<String> = names.into_iter().map(quoted).collect();
        format!("[{}]", names.join(","))
    })
}

/// Is a text how some program prints that there is nothing?
fn says_nothing(text: Node<'_>) -> bool {
    const WORDS: [&str; 10] =
        ["null", "none", "nil", "nan", "undefined", "n/a", "(null)", "<null>", "<nil>", "\\\\n"];
    let raw = text.raw().trim();
    raw.len() <= 9 && WORDS.iter().any(|word| raw.eq_ignore_ascii_case(word))
}

/// Could a text hold an object or a list? An escape may be the white space before it.
fn may_hold(text: Node<'_>) -> bool {
    let text = text.raw().trim_start();
    text.starts_with('\\') || may_begin(text)
}

/// A word without what tables and clumsy exports put around it.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let inside = |mark: char| text.strip_prefix(mark)?.strip_suffix(mark);
    inside('"').or_else(|| inside('\'')).unwrap_or(text).trim()
}

/// Has a word nothing around it, as far as its ends tell? Escapes are for whoever asks to see.
pub(crate) fn is_bare(raw: &[u8]) -> bool {
    let is_plain = |byte: Option<&u8>| {
        byte.is_none_or(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.'))
    };
    is_plain(raw.first()) && is_plain(raw.last())
}

/// The one text in an object or a list, as JSON.
fn only(node: Node<'_>) -> Cow<'static, str> {
    only_text(node).map_or("null".into(), |text| quoted(&text).into())
}

/// The first text in an object or a list that says something.
fn only_text(node: Node<'_>) -> Option<String> {
    match node.kind() {
        Kind::Object => node.entries().find_map(|(_, value)| only_text(value)),
        Kind::Array => node.members().find_map(only_text),
        Kind::Null => None,
        _ => node.scalar().map(Cow::into_owned).filter(|text| !text.trim().is_empty()),
    }
}

fn yes_or_no(text: &str) -> Option<&'static str> {
    match text.trim().to_ascii_lowercase().as_str() {
        "yes" | "true" | "y" | "1" => Some("Yes"),
        "no" | "false" | "n" | "0" => Some("No"),
        _ => None,
    }
}
