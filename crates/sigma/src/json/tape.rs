//! The tape: one entry a value, in the order of the text.

/// What a JSON value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true`
    True,
    /// `false`
    False,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// One entry of the tape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    /// First byte of the value; for strings, the first after the quote.
    pub(crate) start: u32,
    /// One past the last byte; for strings, the closing quote.
    pub(crate) end: u32,
    /// Index of the entry after this value and all it contains.
    pub(crate) next: u32,
    pub(crate) kind: Kind,
    /// A string that holds a backslash.
    pub(crate) escaped: bool,
}

impl Span {
    /// How many bytes of the text it is.
    pub(crate) fn length(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// Does it hold these bytes of the text, as they are written?
    pub(crate) fn is(&self, bytes: &str, text: &str) -> bool {
        self.length() == bytes.len()
            && text.as_bytes()[self.start as usize..self.end as usize] == *bytes.as_bytes()
    }

    /// What it holds of the text, unless that is written with escapes.
    pub(crate) fn plain(self, text: &str) -> Option<&str> {
        (!self.escaped).then(|| &text[self.start as usize..self.end as usize])
    }
}

/// Where the values of a text are written down, in their order.
pub(super) trait Tape {
    /// What has no members.
    fn value(&mut self, start: usize, end: usize, kind: Kind, escaped: bool);

    /// An object or array begins; gives back what it is closed by.
    fn open(&mut self, start: usize, kind: Kind) -> u32;

    fn close(&mut self, opened: u32, end: usize);
}

impl Tape for Vec<Span> {
    fn value(&mut self, start: usize, end: usize, kind: Kind, escaped: bool) {
        let next = index(self.len() + 1);
        self.push(Span { start: index(start), end: index(end), next, kind, escaped });
    }

    fn open(&mut self, start: usize, kind: Kind) -> u32 {
        let opened = index(self.len());
        self.push(Span { start: index(start), end: 0, next: 0, kind, escaped: false });
        opened
    }

    fn close(&mut self, opened: u32, end: usize) {
        let next = index(self.len());
        let span = &mut self[opened as usize];
        span.end = index(end);
        span.next = next;
    }
}

/// Of a text that is only to be known to be JSON.
pub(super) struct NoTape;

impl Tape for NoTape {
    fn value(&mut self, _: usize, _: usize, _: Kind, _: bool) {}

    fn open(&mut self, _: usize, _: Kind) -> u32 {
        0
    }

    fn close(&mut self, _: u32, _: usize) {}
}

/// Offsets and tape indices fit: the text's length was checked to.
#[allow(clippy::cast_possible_truncation, reason = "the text's length was checked to fit")]
fn index(at: usize) -> u32 {
    at as u32
}
