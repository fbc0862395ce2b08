//! The host's own form, read in one pass as it arrives: `{"Data":{"events":"[\"…\",\"…\"]"},"Metadata":…}`, strings in
//! an array in a string.
//!
//! Both layers of escapes are resolved together, which is several times faster than one after the other, and no more
//! is held than one event. From where a request is not exactly of this form the rest is left to the reader of all
//! forms; that the two agree is a property test.

use trailhound_sigma::json::plain_run;

const OPENS: &[u8] = br#"{"Data":{"events":""#;

/// Where in the form the bytes to come stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Opens,
    First,
    Event,
    InEvent,
    AfterEvent,
    AfterArray,
    /// Behind the events: nothing that is large.
    Rest,
    /// Not the form from here on.
    Other,
}

/// Why reading stops.
enum Halt {
    More,
    Other,
}

/// A reader of the form.
#[derive(Debug)]
pub(super) struct Strings {
    state: State,
    /// What has arrived and is not done with.
    held: Vec<u8>,
    /// Looked at so far, of what is not done with.
    at: usize,
    /// The event being read, as far as it was.
    event: Vec<u8>,
    /// When the form was left: where in it.
    left_at: State,
}

/// What a request holds beside the events that were handed out.
pub(super) enum Remains {
    /// The request without its events.
    Rest(Vec<u8>),
    /// A request of any form with the events not handed out, the first `extra` of which were.
    Request { bytes: Vec<u8>, extra: usize },
}

impl Strings {
    pub(super) fn new() -> Self {
        Self { state: State::Opens, held: Vec::new(), at: 0, event: Vec::new(), left_at: State::Opens }
    }

    /// Takes the next bytes of the request, and hands out the events that end in them.
    pub(super) fn push(&mut self, bytes: &[u8], visit: &mut dyn FnMut(Vec<u8>)) {
        if self.held.is_empty() {
            let done = self.run(bytes, visit);
            self.held.extend_from_slice(&bytes[done..]);
        } else {
            let mut held = std::mem::take(&mut self.held);
            held.extend_from_slice(bytes);
            let done = self.run(&held, visit);
            held.drain(..done);
            self.held = held;
        }
    }

    /// Nothing more will come.
    pub(super) fn finish(self) -> Remains {
        let (state, held) = match self.state {
            State::Rest => return Remains::Rest([OPENS, &self.held].concat()),
            State::Other => (self.left_at, self.held),
            state => (state, self.held),
        };
        let (before, extra): (&[&[u8]], usize) = match state {
            State::Opens => (&[], 0),
            State::First | State::Event | State::InEvent => (&[OPENS, b"["], 0),
            // Something must stand before a comma.
            State::AfterEvent => (&[OPENS, b"[0"], 1),
            State::AfterArray | State::Rest | State::Other => (&[OPENS, b"[]"], 0),
        };
        Remains::Request { bytes: [&before.concat(), &held[..]].concat(), extra }
    }

    /// Reads on and says how many bytes are done with.
    fn run(&mut self, bytes: &[u8], visit: &mut dyn FnMut(Vec<u8>)) -> usize {
        let mut done = 0;
        loop {
            let mut cursor = Cursor { bytes, at: done + self.at };
            let next = match self.state {
                State::Opens => cursor.opens(),
                State::First => cursor.first(),
                State::Event => cursor.event(),
                State::InEvent => cursor.string(&mut self.event).map(|()| State::AfterEvent),
                State::AfterEvent => cursor.after_event(),
                State::AfterArray => cursor.after_array(),
                State::Rest | State::Other => return done,
            };
            match next {
                // An event is done with when it has ended: if it turns out to be of another form, all of it is needed.
                Ok(State::InEvent) => {
                    self.state = State::InEvent;
                    self.at = cursor.at - done;
                }
                Ok(state) => {
                    if self.state == State::InEvent {
                        let like_the_last = self.event.len() + self.event.len() / 8;
                        visit(std::mem::replace(&mut self.event, Vec::with_capacity(like_the_last)));
                    }
                    self.state = state;
                    // Of what follows the events, the quote that closes their string is the first.
                    done = if state == State::Rest { cursor.at - 1 } else { cursor.at };
                    self.at = 0;
                }
                Err(Halt::More) => {
                    if self.state == State::InEvent {
                        self.at = cursor.at - done;
                    }
                    return done;
                }
                Err(Halt::Other) => {
                    self.left_at = self.state;
                    self.state = State::Other;
                    return done;
                }
            }
        }
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn opens(&mut self) -> Result<State, Halt> {
        self.expect(OPENS)?;
        self.space();
        self.expect(b"[")?;
        Ok(State::First)
    }

    fn first(&mut self) -> Result<State, Halt> {
        self.space();
        Ok(if self.eat(b"]")? { State::AfterArray } else { State::Event })
    }

    fn event(&mut self) -> Result<State, Halt> {
        self.space();
        self.expect(br#"\""#)?;
        Ok(State::InEvent)
    }

    fn after_event(&mut self) -> Result<State, Halt> {
        self.space();
        if self.eat(b",")? {
            return Ok(State::Event);
        }
        self.expect(b"]")?;
        Ok(State::AfterArray)
    }

    fn after_array(&mut self) -> Result<State, Halt> {
        self.space();
        self.expect(b"\"")?;
        Ok(State::Rest)
    }

    fn expect(&mut self, expected: &[u8]) -> Result<(), Halt> {
        if self.eat(expected)? { Ok(()) } else { Err(Halt::Other) }
    }

    fn eat(&mut self, expected: &[u8]) -> Result<bool, Halt> {
        let rest = &self.bytes[self.at..];
        if rest.len() < expected.len() && expected.starts_with(rest) {
            return Err(Halt::More);
        }
        let found = rest.starts_with(expected);
        self.at += if found { expected.len() } else { 0 };
        Ok(found)
    }

    fn space(&mut self) {
        while self.bytes.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
    }

    fn next(&mut self) -> Result<u8, Halt> {
        let byte = *self.bytes.get(self.at).ok_or(Halt::More)?;
        self.at += 1;
        Ok(byte)
    }

    /// The rest of an inner string, up to its closing `\"`.
    fn string(&mut self, out: &mut Vec<u8>) -> Result<(), Halt> {
        loop {
            self.plain(out)?;
            // Nearly every escape is that of a quote inside.
            if self.bytes[self.at..].starts_with(br#"\\\""#) {
                out.push(b'"');
                self.at += 4;
                continue;
            }
            let escape = self.at;
            match self.one(out) {
                Ok(false) => {}
                Ok(true) => return Ok(()),
                Err(halt) => {
                    self.at = escape;
                    return Err(halt);
                }
            }
        }
    }

    /// What stands for itself, by words of a fixed length: in JSON within JSON an escape is never far.
    fn plain(&mut self, out: &mut Vec<u8>) -> Result<(), Halt> {
        while let Some(run) = self.bytes[self.at..].first_chunk() {
            let plain = plain_run(*run);
            out.extend_from_slice(run);
            out.truncate(out.len() + plain - run.len());
            self.at += plain;
            if plain < run.len() {
                return if run[plain] < b' ' { Err(Halt::Other) } else { Ok(()) };
            }
        }
        let rest = &self.bytes[self.at..];
        let plain = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..b' ')).unwrap_or(rest.len());
        out.extend_from_slice(&rest[..plain]);
        self.at += plain;
        if rest.get(plain).is_some_and(|byte| *byte < b' ') { Err(Halt::Other) } else { Ok(()) }
    }

    /// One escape; says whether it is the quote that ends the string.
    fn one(&mut self, out: &mut Vec<u8>) -> Result<bool, Halt> {
        if self.next()? != b'\\' {
            return Err(Halt::Other);
        }
        match self.next()? {
            b'"' => return Ok(true),
            b'\\' => self.escape(out)?,
            b'/' => out.push(b'/'),
            b'u' => {
                // Only the outer layer escapes it: a character that is itself inside, if it can be.
                let character = char::from_u32(self.unit()?).ok_or(Halt::Other)?;
                if character < ' ' || matches!(character, '"' | '\\') {
                    return Err(Halt::Other);
                }
                push(character, out);
            }
            _ => return Err(Halt::Other),
        }
        Ok(false)
    }

    /// An escape of the inner layer, after its backslash.
    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), Halt> {
        let byte = match self.next()? {
            b'\\' => match self.next()? {
                same @ (b'"' | b'\\' | b'/') => same,
                _ => return Err(Halt::Other),
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
                    self.expect(br"\\u")?;
                    let low = self.unit()?;
                    if !(0xDC00..0xE000).contains(&low) {
                        return Err(Halt::Other);
                    }
                    0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
                } else {
                    unit
                };
                push(char::from_u32(code).ok_or(Halt::Other)?, out);
                return Ok(());
            }
            _ => return Err(Halt::Other),
        };
        out.push(byte);
        Ok(())
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u32, Halt> {
        let digits = self.bytes.get(self.at..self.at + 4).ok_or(Halt::More)?;
        self.at += 4;
        let value =
            digits.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?));
        value.ok_or(Halt::Other)
    }
}

fn push(character: char, out: &mut Vec<u8>) {
    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
}
