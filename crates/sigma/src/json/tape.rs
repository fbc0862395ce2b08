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
