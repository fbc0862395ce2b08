//! One key, and the values under it that rules ask for.

use memchr::memmem::Finder;
use trailhound_sigma::Necessary;

use super::values::Values;

/// A key to look for in raw bytes.
#[derive(Debug)]
pub(super) struct Anchor {
    path: String,
    /// The path's last part: a key's end, since keys may be flat (`"userIdentity.type"`).
    key: Finder<'static>,
    key_len: usize,
    values: Values,
    /// Bytes that a value asked for may begin with.
    first: [bool; 256],
    /// Every record has it: one that seems not to is no ordinary one.
    always_there: bool,
}

impl Anchor {
    pub(super) fn new(path: &str, always_there: bool) -> Self {
        let key = path.rsplit('.').next().unwrap_or(path);
        Self {
            path: path.to_owned(),
            key: Finder::new(key).into_owned(),
            key_len: key.len(),
            values: Values::default(),
            // Escaped or outside ASCII: to be looked at.
            first: std::array::from_fn(|byte| byte == usize::from(b'\\') || byte >= 0x80),
            always_there,
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// A value of this shape makes a record a candidate.
    pub(super) fn admit(&mut self, shape: &Necessary) {
        self.values.ask(shape);
        match shape {
            // A value outside ASCII is never compared.
            Necessary::Exact(literal) => {
                let first = literal.text.to_lowercase().bytes().next().unwrap_or(b'"');
                self.first[usize::from(first.to_ascii_lowercase())] = true;
                self.first[usize::from(first.to_ascii_uppercase())] = true;
            }
            _ => self.first = [true; 256],
        }
    }

    /// Could a value asked for stand under this key? The bytes hide no literals.
    pub(super) fn may_hold(&self, record: &[u8]) -> bool {
        let mut found = false;
        for at in self.key.find_iter(record) {
            let after = &record[at + self.key_len..];
            match after {
                [b'"', b':', b'"', value @ ..] => {
                    found = true;
                    if self.may_be(value) {
                        return true;
                    }
                }
                [b'"', rest @ ..] => {
                    let Some(rest) = trim(rest).strip_prefix(b":") else { continue };
                    found = true;
                    match trim(rest) {
                        [b'"', value @ ..] if !self.may_be(value) => {}
                        // A number, an array, an object: read it.
                        _ => return true,
                    }
                }
                // Written inside a string: as JSON, or as a map prints itself.
                [b'\\' | b'=', ..] => return true,
                _ => {}
            }
        }
        !found && self.always_there
    }

    /// `rest` begins with the content of a string. Is it a value asked for, or can that not be told?
    fn may_be(&self, rest: &[u8]) -> bool {
        if rest.first().is_some_and(|first| !self.first[usize::from(*first)]) {
            return false;
        }
        let Some(end) = memchr::memchr2(b'"', b'\\', rest) else { return true };
        rest[end] == b'\\' || self.values.may_be(&rest[..end])
    }
}

fn trim(bytes: &[u8]) -> &[u8] {
    let spaces = bytes.iter().take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')).count();
    &bytes[spaces..]
}
