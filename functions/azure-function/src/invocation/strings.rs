//! The host's own form, read in one pass: `{"Data":{"events":"[\"…\",\"…\"]"},"Metadata":…}`, strings in an array in
//! a string.
//!
//! Both layers of escapes are resolved together, which is several times faster than one after the other. Whatever
//! is not exactly this form is left to the reader of all forms; that the two agree is a property test.

use memchr::memchr2;

const OPENS: &[u8] = br#"{"Data":{"events":""#;

/// The events, and the request with them taken out.
pub(super) struct Strings {
    pub(super) bodies: Vec<Vec<u8>>,
    pub(super) rest: Vec<u8>,
}

/// Reads the form, or tells that it is another.
pub(super) fn read(request: &[u8]) -> Option<Strings> {
    let mut at = Cursor { bytes: request.strip_prefix(OPENS)?, at: 0 };
    let mut bodies: Vec<Vec<u8>> = Vec::new();
    at.space();
    at.eat(b"[")?;
    at.space();
    if at.eat(b"]").is_none() {
        loop {
            at.space();
            at.eat(br#"\""#)?;
            // Events of one batch are often of like size.
            let mut body =
                Vec::with_capacity(bodies.last().map_or(1_024, |last| last.len() + last.len() / 8));
            at.string(&mut body)?;
            bodies.push(body);
            at.space();
            if at.eat(b",").is_none() {
                at.eat(b"]")?;
                break;
            }
        }
    }
    at.space();
    // The closing quote stays: it closes an empty string in what is left.
    let after = &at.bytes[at.at..];
    after.starts_with(b"\"").then(|| Strings { bodies, rest: [OPENS, after].concat() })
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn eat(&mut self, expected: &[u8]) -> Option<()> {
        let found = self.bytes[self.at..].starts_with(expected);
        self.at += if found { expected.len() } else { 0 };
        found.then_some(())
    }

    fn space(&mut self) {
        while self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    /// The rest of an inner string, up to its closing `\"`.
    fn string(&mut self, out: &mut Vec<u8>) -> Option<()> {
        loop {
            let rest = &self.bytes[self.at..];
            let run = memchr2(b'\\', b'"', rest)?;
            if rest[..run].iter().any(|byte| *byte < b' ') {
                return None;
            }
            out.extend_from_slice(&rest[..run]);
            self.at += run;
            self.eat(b"\\")?;
            match self.next()? {
                b'"' => return Some(()),
                b'\\' => self.escape(out)?,
                b'/' => out.push(b'/'),
                b'u' => {
                    // Only the outer layer escapes it: a character that is itself inside, if it can be.
                    let character = char::from_u32(self.unit()?)?;
                    if character < ' ' || matches!(character, '"' | '\\') {
                        return None;
                    }
                    push(character, out);
                }
                _ => return None,
            }
        }
    }

    /// An escape of the inner layer, after its backslash.
    fn escape(&mut self, out: &mut Vec<u8>) -> Option<()> {
        let byte = match self.next()? {
            b'\\' => match self.next()? {
                same @ (b'"' | b'\\' | b'/') => same,
                _ => return None,
            },
            b'/' => b'/',
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let unit = self.unit()?;
                let code = if (0xD800..0xDC00).contains(&unit) {
                    self.eat(br"\\u")?;
                    let low = self.unit()?;
                    (0xDC00..0xE000)
                        .contains(&low)
                        .then(|| 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00))?
                } else {
                    unit
                };
                push(char::from_u32(code)?, out);
                return Some(());
            }
            _ => return None,
        };
        out.push(byte);
        Some(())
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        self.at += 4;
        digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
    }
}

fn push(character: char, out: &mut Vec<u8>) {
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}
