//! A second, tolerant reading of what is nearly JSON, for where the strict one failed.
//!
//! Only what can mean one thing alone is mended: control characters in strings, escapes that JSON has not, commas
//! before an end, numbers and words of JavaScript's and Python's. What is written is strict JSON. Quotes are never
//! guessed: a value that stops making sense is left for a reject.

use trailhound_sigma::json::MAX_DEPTH;

/// Why a text cannot be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unmendable {
    /// It ends inside the value.
    Unfinished,
    TooDeep,
    /// It makes no sense from this offset on.
    Broken(usize),
}

/// A whole text, mended; bytes that are no UTF-8 become U+FFFD, as the Functions host makes them.
pub(crate) fn text(bytes: &[u8]) -> Result<String, Unmendable> {
    let mut mender = Mender { bytes, at: 0, out: Vec::with_capacity(bytes.len() + 16), depth: 0 };
    mender.spaces();
    mender.value()?;
    mender.spaces();
    if mender.at < bytes.len() {
        return Err(Unmendable::Broken(mender.at));
    }
    Ok(match String::from_utf8(mender.out) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

struct Mender<'b> {
    bytes: &'b [u8],
    at: usize,
    out: Vec<u8>,
    depth: usize,
}

/// Words that are no JSON, and what they mean in it.
const WORDS: &[(&[u8], &[u8])] = &[
    (b"true", b"true"),
    (b"false", b"false"),
    (b"null", b"null"),
    (b"NaN", b"null"),
    (b"nan", b"null"),
    (b"Infinity", b"null"),
    (b"undefined", b"null"),
    (b"None", b"null"),
    (b"True", b"true"),
    (b"False", b"false"),
];

impl Mender<'_> {
    fn spaces(&mut self) {
        let is_space = |b: &&u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r');
        self.at += self.bytes[self.at..].iter().take_while(is_space).count();
    }

    fn peek(&self) -> Result<u8, Unmendable> {
        self.bytes.get(self.at).copied().ok_or(Unmendable::Unfinished)
    }

    fn value(&mut self) -> Result<(), Unmendable> {
        match self.peek()? {
            b'{' => self.container(b'}'),
            b'[' => self.container(b']'),
            b'"' => self.string(),
            _ => self.word(),
        }
    }

    fn container(&mut self, close: u8) -> Result<(), Unmendable> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Unmendable::TooDeep);
        }
        self.out.push(self.bytes[self.at]);
        self.at += 1;
        let mut is_first = true;
        loop {
            self.spaces();
            let first = self.peek()?;
            if first == close {
                self.at += 1;
                self.out.push(close);
                self.depth -= 1;
                return Ok(());
            }
            if !is_first {
                self.out.push(b',');
            }
            is_first = false;
            if close == b'}' {
                if first != b'"' {
                    return Err(Unmendable::Broken(self.at));
                }
                self.string()?;
                self.spaces();
                if self.peek()? != b':' {
                    return Err(Unmendable::Broken(self.at));
                }
                self.at += 1;
                self.out.push(b':');
                self.spaces();
            }
            self.value()?;
            self.spaces();
            match self.peek()? {
                b',' => self.at += 1,
                next if next == close => {}
                _ => return Err(Unmendable::Broken(self.at)),
            }
        }
    }

    fn string(&mut self) -> Result<(), Unmendable> {
        self.at += 1;
        self.out.push(b'"');
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => {
                    self.out.push(b'"');
                    return Ok(());
                }
                b'\\' => self.escape()?,
                control @ ..0x20 => self.escaped(control),
                other => self.out.push(other),
            }
        }
    }

    /// Behind a backslash.
    fn escape(&mut self) -> Result<(), Unmendable> {
        let next = self.peek()?;
        let is_known = match next {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => true,
            b'u' => {
                let digits = self.bytes.get(self.at + 1..self.at + 5).ok_or(Unmendable::Unfinished)?;
                digits.iter().all(u8::is_ascii_hexdigit)
            }
            _ => false,
        };
        if next == b'\'' {
            self.at += 1;
            self.out.push(next);
        } else if is_known {
            self.at += 1;
            self.out.extend([b'\\', next]);
        } else {
            // The backslash is meant: a path, a pattern.
            self.out.extend(*b"\\\\");
        }
        Ok(())
    }

    fn escaped(&mut self, control: u8) {
        match control {
            b'\n' => self.out.extend(*b"\\n"),
            b'\r' => self.out.extend(*b"\\r"),
            b'\t' => self.out.extend(*b"\\t"),
            other => self.out.extend(format!("\\u{other:04x}").bytes()),
        }
    }

    /// A number or a word, up to what ends one.
    fn word(&mut self) -> Result<(), Unmendable> {
        let rest = &self.bytes[self.at..];
        let ends = |b: &u8| !(b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
        let end = rest.iter().position(ends).ok_or(Unmendable::Unfinished)?;
        let word = &rest[..end];
        let bare = word.strip_prefix(b"-").or_else(|| word.strip_prefix(b"+")).unwrap_or(word);
        if let Some((_, json)) = WORDS.iter().find(|(theirs, _)| *theirs == bare) {
            self.out.extend_from_slice(json);
        } else if is_number(word) {
            self.out.extend_from_slice(word);
        } else if bare.iter().any(u8::is_ascii_digit)
            && bare.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'))
        {
            // `.5`, `+1`, `007`: a number to somebody, kept as it is written.
            self.out.push(b'"');
            self.out.extend_from_slice(word);
            self.out.push(b'"');
        } else {
            return Err(Unmendable::Broken(self.at));
        }
        self.at += end;
        Ok(())
    }
}

/// A number as JSON writes one.
fn is_number(word: &[u8]) -> bool {
    std::str::from_utf8(word).is_ok_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok())
        && word.iter().all(|b| !b.is_ascii_alphabetic() || matches!(b, b'e' | b'E'))
}

#[cfg(test)]
mod tests;
