//! The values that rules ask for under one key.

use trailhound_sigma::Necessary;

/// Values asked for; case is of no concern here, which only admits more.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Whole values in lower case, by length.
    exact: Vec<Vec<Box<[u8]>>>,
    /// Parts of values.
    parts: Vec<Part>,
}

#[derive(Debug, PartialEq, Eq)]
struct Part {
    place: At,
    /// In lower case.
    text: Box<[u8]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Start,
    End,
    Anywhere,
}

impl Values {
    /// A value of this shape is asked for.
    pub(super) fn ask(&mut self, shape: &Necessary) {
        let text: Box<[u8]> = shape.literal().text.to_lowercase().into_bytes().into();
        let place = match shape {
            Necessary::Exact(_) => {
                if self.exact.len() <= text.len() {
                    self.exact.resize(text.len() + 1, Vec::new());
                }
                let same_length = &mut self.exact[text.len()];
                if !same_length.contains(&text) {
                    same_length.push(text);
                }
                return;
            }
            Necessary::Prefix(_) => At::Start,
            Necessary::Suffix(_) => At::End,
            Necessary::Contains(_) => At::Anywhere,
        };
        let part = Part { place, text };
        if !self.parts.contains(&part) {
            self.parts.push(part);
        }
    }

    /// Is this text, without escapes, asked for? Text outside ASCII may be: it is never compared.
    pub(super) fn may_be(&self, text: &[u8]) -> bool {
        self.exact
            .get(text.len())
            .is_some_and(|exact| exact.iter().any(|exact| exact.eq_ignore_ascii_case(text)))
            || !text.is_ascii()
            || self.parts.iter().any(|part| part.is_in(text))
    }
}

impl Part {
    fn is_in(&self, text: &[u8]) -> bool {
        let len = self.text.len();
        let same = |part: Option<&[u8]>| part.is_some_and(|part| self.text.eq_ignore_ascii_case(part));
        match self.place {
            At::Start => same(text.get(..len)),
            At::End => same(text.len().checked_sub(len).and_then(|start| text.get(start..))),
            At::Anywhere => {
                (0..=text.len().saturating_sub(len)).any(|start| same(text.get(start..start + len)))
            }
        }
    }
}
