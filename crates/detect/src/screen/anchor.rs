//! One key, and the values under it that rules ask for.

use memchr::memmem::Finder;
use trailhound_sigma::Necessary;

/// A key to look for in raw bytes.
#[derive(Debug)]
pub(super) struct Anchor {
    path: String,
    /// The path's last part: a key's end, since keys may be flat (`"userIdentity.type"`).
    key: Finder<'static>,
    key_len: usize,
    /// Whole values in lower case, by length.
    exact: Vec<Vec<Box<[u8]>>>,
    others: Vec<Necessary>,
    /// Bytes that a value asked for may begin with.
    first: [bool; 256],
    /// Every record has it: one that seems not to is no ordinary one.
    always_there: bool,
}

impl Anchor {
    pub(super) fn new(path: &str) -> Self {
        let key = path.rsplit('.').next().unwrap_or(path);
        Self {
            path: path.to_owned(),
            key: Finder::new(key).into_owned(),
            key_len: key.len(),
            exact: Vec::new(),
            others: Vec::new(),
            // Escaped or outside ASCII: to be looked at.
            first: std::array::from_fn(|byte| byte == usize::from(b'\\') || byte >= 0x80),
            always_there: path == "eventName",
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// A value of this shape makes a record a candidate.
    pub(super) fn admit(&mut self, shape: &Necessary) {
        let Necessary::Exact(literal) = shape else {
            // Case is of no concern here, which only admits more.
            let mut shape = shape.clone();
            let (Necessary::Exact(literal)
            | Necessary::Prefix(literal)
            | Necessary::Suffix(literal)
            | Necessary::Contains(literal)) = &mut shape;
            literal.text = literal.text.to_lowercase();
            literal.cased = false;
            self.others.push(shape);
            self.first = [true; 256];
            return;
        };
        // A value outside ASCII is never compared.
        let text: Box<[u8]> = literal.text.to_lowercase().into_bytes().into();
        let first = text.first().copied().unwrap_or(b'"');
        self.first[usize::from(first.to_ascii_lowercase())] = true;
        self.first[usize::from(first.to_ascii_uppercase())] = true;
        if self.exact.len() <= text.len() {
            self.exact.resize(text.len() + 1, Vec::new());
        }
        let same_length = &mut self.exact[text.len()];
        if !same_length.contains(&text) {
            same_length.push(text);
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
                // A record written inside a string.
                [b'\\', ..] => return true,
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
        let Some(end) = rest.iter().position(|b| matches!(b, b'"' | b'\\')) else { return true };
        let value = &rest[..end];
        if rest[end] == b'\\' {
            return true;
        }
        if self.exact.get(end).is_some_and(|texts| texts.iter().any(|text| text.eq_ignore_ascii_case(value)))
        {
            return true;
        }
        if !value.is_ascii() {
            return true;
        }
        !self.others.is_empty()
            && std::str::from_utf8(value)
                .map_or(true, |value| self.others.iter().any(|shape| shape.admits(value)))
    }
}

fn trim(bytes: &[u8]) -> &[u8] {
    let spaces = bytes.iter().take_while(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')).count();
    &bytes[spaces..]
}
