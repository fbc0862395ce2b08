//! A value of a document, by its place on the tape.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::heard;
use super::names::{Names, begin_alike};
use super::signs::Signs;
use super::steps::Steps;
use super::tape::{Kind, Span};
use super::text::unescape;
use crate::value::{Presence, Value};

/// A value inside a [`Document`](super::Document).
#[derive(Clone, Copy, Debug)]
pub struct Node<'d> {
    text: &'d str,
    spans: &'d [Span],
    at: u32,
    names: Names,
    /// The signs of its members' names, as far as anybody gathered them.
    signs: Signs,
}

impl<'d> Node<'d> {
    pub(super) fn outermost(text: &'d str, spans: &'d [Span], names: Names, signs: Signs) -> Self {
        Self { text, spans, at: 0, names, signs }
    }

    /// Are names of members found in whatever case they are written?
    pub fn ignores_case(self) -> bool {
        matches!(self.names, Names::InAnyCase | Names::HeardInAnyCase)
    }

    /// The same value, whose members' names are found in whatever case they are written.
    #[must_use]
    pub fn ignoring_case(self) -> Self {
        let names = if self.names.are_heard() { Names::HeardInAnyCase } else { Names::InAnyCase };
        Self { names, ..self }
    }

    /// The same value, which is about to be asked for many names that it may not have: gathers once which it has.
    #[must_use]
    pub fn gathered(self) -> Self {
        if self.signs.are_known() || self.names.are_heard() {
            return self;
        }
        let names = self.entries().map(|(key, _)| key.span().plain(self.text));
        Self { signs: Signs::of(names), ..self }
    }

    /// Is this, a key, that name?
    pub fn is_named(self, name: &str) -> bool {
        self.is_name(name)
    }

    fn span(self) -> &'d Span {
        &self.spans[self.at as usize]
    }

    fn at(self, at: u32) -> Self {
        Self { at, signs: Signs::UNKNOWN, ..self }
    }

    /// What this value is.
    pub fn kind(self) -> Kind {
        self.span().kind
    }

    /// `null`?
    pub fn is_null(self) -> bool {
        self.kind() == Kind::Null
    }

    /// The bytes between this value's first and last; for strings without the quotes, escapes as written.
    pub fn raw(self) -> &'d str {
        let span = self.span();
        &self.text[span.start as usize..span.end as usize]
    }

    /// A string with escapes in it?
    pub fn is_escaped(self) -> bool {
        self.span().escaped
    }

    /// A string's content.
    pub fn as_str(self) -> Option<Cow<'d, str>> {
        let span = self.span();
        (span.kind == Kind::String)
            .then(|| if span.escaped { Cow::Owned(unescape(self.raw())) } else { Cow::Borrowed(self.raw()) })
    }

    /// The text of a string, number or boolean.
    pub fn scalar(self) -> Option<Cow<'d, str>> {
        match self.kind() {
            Kind::String => self.as_str(),
            Kind::Number | Kind::True | Kind::False => Some(Cow::Borrowed(self.raw())),
            Kind::Null | Kind::Array | Kind::Object => None,
        }
    }

    /// A number, or a string that holds one.
    pub fn as_i64(self) -> Option<i64> {
        self.scalar()?.trim().parse().ok()
    }

    /// A boolean, or a string that says `true` or `false` in any case.
    pub fn as_bool(self) -> Option<bool> {
        let text = self.scalar()?;
        if text.eq_ignore_ascii_case("true") {
            Some(true)
        } else if text.eq_ignore_ascii_case("false") {
            Some(false)
        } else {
            None
        }
    }

    /// The members of an array; nothing for other kinds.
    pub fn members(self) -> impl Iterator<Item = Node<'d>> {
        let span = self.span();
        let (mut at, end) = if span.kind == Kind::Array { (self.at + 1, span.next) } else { (0, 0) };
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let node = self.at(at);
                at = node.span().next;
                node
            })
        })
    }

    /// The keys and values of an object in the order written, duplicates included; nothing for other kinds.
    pub fn entries(self) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
        if self.names.are_heard() {
            heard::hear_all();
        }
        let span = self.span();
        let (mut at, end) = if span.kind == Kind::Object { (self.at + 1, span.next) } else { (0, 0) };
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let (key, value) = (self.at(at), self.at(at + 1));
                at = value.span().next;
                (key, value)
            })
        })
    }

    /// The value of a key, as written unless the document ignores case; of duplicates the last.
    pub fn key(self, name: &str) -> Option<Node<'d>> {
        if !self.signs.may_have(name) {
            return None;
        }
        if self.names.are_heard() {
            heard::hear(name);
            return None;
        }
        if self.ignores_case() {
            let key = self.keys().filter(|key| self.may_be(*key, name) && self.at(*key).is_name(name)).last();
            return key.map(|key| self.at(key + 1));
        }
        let is_it = |key: u32| {
            let span = &self.spans[key as usize];
            if span.escaped { self.at(key).is_name(name) } else { span.is(name, self.text) }
        };
        self.keys().filter(|key| is_it(*key)).last().map(|key| self.at(key + 1))
    }

    /// Could a key be that name, or the first part of that path, in whatever case? Nearly all are told by their first letter.
    fn may_be(self, key: u32, name: &str) -> bool {
        let span = &self.spans[key as usize];
        span.escaped
            || span.length() == 0
            || begin_alike(self.text.as_bytes().get(span.start as usize), name.as_bytes().first())
    }

    /// Where the keys of an object stand; nothing for other kinds.
    fn keys(self) -> impl Iterator<Item = u32> {
        let span = self.span();
        let (mut at, end) = if span.kind == Kind::Object { (self.at + 1, span.next) } else { (0, 0) };
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let key = at;
                at = self.spans[key as usize + 1].next;
                key
            })
        })
    }

    /// The value of a key in whatever case; of several the last.
    pub fn key_any_case(self, name: &str) -> Option<Node<'d>> {
        if !self.signs.may_have(name) {
            return None;
        }
        if self.names.are_heard() {
            heard::hear(name);
            return None;
        }
        let is_it = |key: u32| {
            let key = self.at(key);
            match key.span().plain(self.text) {
                Some(key) => key.eq_ignore_ascii_case(name),
                None => key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name)),
            }
        };
        self.keys().filter(|key| is_it(*key)).last().map(|key| self.at(key + 1))
    }

    /// Does a member's name begin with this word and a dot?
    pub fn has_dotted(self, word: &str) -> bool {
        if self.names.are_heard() {
            heard::hear(word);
            return false;
        }
        self.entries().any(|(key, _)| key.raw().strip_prefix(word).is_some_and(|rest| rest.starts_with('.')))
    }

    fn is_name(self, name: &str) -> bool {
        if self.span().escaped {
            self.as_str().is_some_and(|text| self.names.are_same(&text, name))
        } else {
            self.names.are_same(self.raw(), name)
        }
    }

    /// The first value under a dotted path, arrays on the way entered at their first member that has it.
    pub fn get(self, path: &str) -> Option<Node<'d>> {
        match self.kind() {
            Kind::Array => self.members().find_map(|member| member.get(path)),
            Kind::Object => {
                for (value, rest) in self.steps(path).into_iter().rev() {
                    match rest {
                        None => return Some(value),
                        Some(rest) => {
                            if let Some(found) = value.get(rest) {
                                return Some(found);
                            }
                        }
                    }
                }
                None
            }
            _ => None,
        }
    }

    /// The entries of this object whose key begins `path`, shortest key first, each with what is left of the path.
    fn steps(self, path: &str) -> Steps<'_, Self> {
        let mut steps = Steps::none();
        let mut heads = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
        if self.signs.are_known() && !heads.any(|at| self.signs.may_have(&path[..at])) {
            return steps;
        }
        if self.names.are_heard() {
            heard::hear(path);
            return steps;
        }
        if self.ignores_case() {
            for at in self.keys() {
                if !self.may_be(at, path) {
                    continue;
                }
                let key = self.at(at);
                for (length, _) in path.match_indices('.').chain([(path.len(), "")]) {
                    if key.is_name(&path[..length]) {
                        steps.put(length, self.at(at + 1), path.get(length + 1..));
                    }
                }
            }
            return steps;
        }
        let first = path.as_bytes().first();
        for key in self.keys() {
            let span = &self.spans[key as usize];
            if !span.escaped && span.length() > 0 && self.text.as_bytes().get(span.start as usize) != first {
                continue;
            }
            let length = if span.escaped {
                let name = self.at(key).as_str().unwrap_or_default();
                if path.starts_with(&*name) { name.len() } else { continue }
            } else {
                span.length()
            };
            // Nearly every key is told apart by where the path has its next dot.
            let is_whole = length == path.len();
            if !is_whole && path.as_bytes().get(length) != Some(&b'.') {
                continue;
            }
            if span.escaped || span.is(&path[..length], self.text) {
                steps.put(length, self.at(key + 1), path.get(length + 1..).filter(|_| !is_whole));
            }
        }
        steps
    }

    /// Visits every value under a dotted path, arrays flattened.
    pub fn visit(self, path: &str, visit: &mut dyn FnMut(Value<'d>) -> ControlFlow<()>) -> Presence {
        match self.kind() {
            Kind::Array => {
                let mut presence = Presence::Absent;
                let mut done = false;
                for member in self.members() {
                    let mut visit_until_done = |value: Value<'d>| {
                        let flow = visit(value);
                        done = flow.is_break();
                        flow
                    };
                    let found = member.visit(path, &mut visit_until_done);
                    if done {
                        return Presence::Present;
                    }
                    match found {
                        Presence::Present => presence = Presence::Present,
                        Presence::Null if presence == Presence::Absent => presence = Presence::Null,
                        _ => {}
                    }
                }
                presence
            }
            Kind::Object => {
                for (value, rest) in self.steps(path).into_iter().rev() {
                    let presence = match rest {
                        None => value.visit_flat(visit),
                        Some(rest) => value.visit(rest, visit),
                    };
                    if presence != Presence::Absent {
                        return presence;
                    }
                }
                Presence::Absent
            }
            _ => Presence::Absent,
        }
    }

    fn visit_flat(self, visit: &mut dyn FnMut(Value<'d>) -> ControlFlow<()>) -> Presence {
        if self.kind() != Kind::Array {
            let presence = if self.is_null() { Presence::Null } else { Presence::Present };
            let _ = visit(self.value());
            return presence;
        }
        let mut presence = Presence::Null;
        for member in self.members() {
            if member.kind() == Kind::Array {
                if member.visit_flat(visit) == Presence::Present {
                    presence = Presence::Present;
                }
                continue;
            }
            if !member.is_null() {
                presence = Presence::Present;
            }
            if visit(member.value()).is_break() {
                return Presence::Present;
            }
        }
        presence
    }

    pub(super) fn visit_leaves(self, visit: &mut dyn FnMut(Value<'d>) -> ControlFlow<()>) -> ControlFlow<()> {
        match self.kind() {
            Kind::Array => self.members().try_for_each(|member| member.visit_leaves(visit)),
            Kind::Object => self.entries().try_for_each(|(_, value)| value.visit_leaves(visit)),
            _ => visit(self.value()),
        }
    }

    /// This value as rules see it; an array as its JSON.
    pub fn value(self) -> Value<'d> {
        match self.kind() {
            Kind::Null => Value::Null,
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Number => Value::Number(self.raw().into()),
            Kind::String => Value::String(self.as_str().unwrap_or_default()),
            Kind::Array | Kind::Object => Value::Object(self.raw().into()),
        }
    }
}
