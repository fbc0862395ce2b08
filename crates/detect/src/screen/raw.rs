//! A record's fields as its bytes show them: every value under a key of that name, wherever it is nested.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::ControlFlow;

use memchr::memmem::Finder;
use trailhound_sigma::{Event, Field, Presence, Value};

use crate::logs;

/// A key to look for in raw bytes: a path's last part, a key's end, since keys may be flat (`"userIdentity.type"`).
#[derive(Debug)]
pub(super) struct RawKey {
    path: String,
    finder: Finder<'static>,
    /// Every record has it: one that seems not to is no ordinary one.
    always_there: bool,
    /// The event stage takes off what stands around its values.
    is_word: bool,
}

/// What stands under a key.
pub(super) enum Under<'r> {
    /// A string, without escapes.
    Text(&'r [u8]),
    /// Something that has to be read to be known.
    Unsure,
}

impl RawKey {
    pub(super) fn new(path: &str, always_there: bool, is_word: bool) -> Self {
        let key = path.rsplit('.').next().unwrap_or(path);
        Self { path: path.to_owned(), finder: Finder::new(key).into_owned(), always_there, is_word }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Visits what stands under the key until told to stop. The bytes hide no literals.
    pub(super) fn visit<'r>(&self, record: &'r [u8], visit: &mut dyn FnMut(Under<'r>) -> ControlFlow<()>) {
        let mut found = false;
        let length = self.finder.needle().len();
        for at in self.finder.find_iter(record) {
            let after = &record[at + length..];
            let under = match after {
                [b'"', b':', b'"', value @ ..] => self.text(value),
                [b'"', rest @ ..] => {
                    let Some(rest) = trim(rest).strip_prefix(b":") else { continue };
                    match trim(rest) {
                        [b'"', value @ ..] => self.text(value),
                        // A number, an array, an object: read it.
                        _ => Under::Unsure,
                    }
                }
                // Written inside a string: as JSON, or as a map prints itself.
                [b'\\' | b'=', ..] => Under::Unsure,
                _ => continue,
            };
            found = true;
            if visit(under).is_break() {
                return;
            }
        }
        if !found && self.always_there {
            let _ = visit(Under::Unsure);
        }
    }

    /// The content of a string that these bytes begin with.
    fn text<'r>(&self, value: &'r [u8]) -> Under<'r> {
        match memchr::memchr2(b'"', b'\\', value) {
            Some(end) if value[end] == b'"' && (!self.is_word || logs::is_bare(&value[..end])) => {
                Under::Text(&value[..end])
            }
            _ => Under::Unsure,
        }
    }
}

fn trim(bytes: &[u8]) -> &[u8] {
    let spaces = bytes.iter().take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')).count();
    &bytes[spaces..]
}

/// A record seen through some keys, as an event for the index.
pub(super) struct KeyedRecord<'s> {
    keys: &'s [RawKey],
    record: &'s [u8],
    /// Something stood where it could not be told.
    unsure: Cell<bool>,
}

impl<'s> KeyedRecord<'s> {
    pub(super) fn new(keys: &'s [RawKey], record: &'s [u8]) -> Self {
        Self { keys, record, unsure: Cell::new(false) }
    }

    /// Was there anything that has to be read to be known?
    pub(super) fn is_unsure(&self) -> bool {
        self.unsure.get()
    }
}

impl Event for KeyedRecord<'_> {
    fn values<'e>(&'e self, field: &Field, visit: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) -> Presence {
        let mut presence = Presence::Absent;
        for path in &field.paths {
            let Some(key) = self.keys.iter().find(|key| key.path() == path) else {
                self.unsure.set(true);
                continue;
            };
            key.visit(self.record, &mut |under| {
                presence = Presence::Present;
                // A value outside ASCII is never compared.
                match under {
                    Under::Text(text) if text.is_ascii() => {
                        visit(Value::String(Cow::Borrowed(std::str::from_utf8(text).unwrap_or_default())))
                    }
                    _ => {
                        self.unsure.set(true);
                        ControlFlow::Break(())
                    }
                }
            });
        }
        presence
    }

    fn every_value<'e>(&'e self, _: &mut dyn FnMut(Value<'e>) -> ControlFlow<()>) {
        self.unsure.set(true);
    }
}
