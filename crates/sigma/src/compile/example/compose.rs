//! All that a rule wants of each field, put together.

use super::choice::Choice;
use super::piece::Piece;
use super::text::{joined, pieces};
use super::wanted::{Example, There, Wanted};
use crate::matcher::{Comparison, Matcher};
use crate::pattern::Anchor;
use crate::value::Field;

/// What stands in fields that are only to be the same.
const SAME: &str = "same";

#[derive(Default)]
pub(super) struct Wishes {
    fields: Vec<(Field, Wish)>,
    keywords: Vec<String>,
    same: Vec<(Field, Field, Anchor)>,
}

#[derive(Default)]
struct Wish {
    pieces: Vec<Piece>,
    /// A value that no text can be put around.
    value: Option<Wanted>,
    there: Option<There>,
}

impl Wishes {
    fn of(&mut self, field: &Field) -> &mut Wish {
        let at = self.fields.iter().position(|(other, _)| other.paths == field.paths).unwrap_or_else(|| {
            self.fields.push((field.clone(), Wish::default()));
            self.fields.len() - 1
        });
        &mut self.fields[at].1
    }

    /// Presence is the weakest wish: absence yields to it, and both to a value.
    pub(super) fn there(&mut self, field: Option<&Field>, there: There) {
        let Some(field) = field else { return };
        let wish = self.of(field);
        if wish.there != Some(There::Yes) {
            wish.there = Some(there);
        }
    }

    pub(super) fn whole(&mut self, field: Option<&Field>, text: &str) {
        self.piece(field, Piece { text: text.to_owned(), at_start: true, at_end: true });
    }

    pub(super) fn same(&mut self, field: &Field, other: &Field, anchor: Anchor) {
        self.same.push((field.clone(), other.clone(), anchor));
    }

    fn piece(&mut self, field: Option<&Field>, piece: Piece) {
        match field {
            Some(field) => self.of(field).pieces.push(piece),
            None => self.keywords.push(piece.text),
        }
    }

    /// A value that a matcher takes.
    pub(super) fn matched(
        &mut self,
        field: Option<&Field>,
        matcher: &Matcher,
        written: &str,
        choice: &mut Choice,
    ) {
        if matcher.is_text() {
            match pieces(matcher, written, choice) {
                Some(piece) => self.piece(field, piece),
                None => self.there(field, There::Yes),
            }
            return;
        }
        let Some(field) = field else { return };
        let value = match matcher {
            Matcher::Cidr(network) => network.hosts().next().map(|address| Wanted::Text(address.to_string())),
            Matcher::Integer(own) => Some(Wanted::Number(own.to_string())),
            Matcher::Compare(comparison, own) => Some(Wanted::Number(beside(*comparison, *own).to_string())),
            Matcher::Bool(own) => Some(Wanted::Bool(*own)),
            Matcher::Time(part, comparison, own) => part.example(beside(*comparison, *own)).map(Wanted::Text),
            _ => None,
        };
        let wish = self.of(field);
        if wish.value.is_none() {
            wish.value = value;
        }
    }

    pub(super) fn compose(mut self) -> Example {
        for (field, other, anchor) in std::mem::take(&mut self.same) {
            let text = if let Some(Wanted::Text(text)) = self.of(&other).wanted() {
                text
            } else {
                self.whole(Some(&other), SAME);
                SAME.to_owned()
            };
            let (at_start, at_end) = (
                matches!(anchor, Anchor::Whole | Anchor::Start),
                matches!(anchor, Anchor::Whole | Anchor::End),
            );
            self.of(&field).pieces.push(Piece { text, at_start, at_end });
        }
        let fields = self.fields.into_iter();
        let fields = fields.filter_map(|(field, wish)| Some((field, wish.wanted()?))).collect();
        Example { fields, keywords: self.keywords }
    }
}

impl Wish {
    fn wanted(&self) -> Option<Wanted> {
        if let Some(value) = &self.value {
            return Some(value.clone());
        }
        if !self.pieces.is_empty() {
            return Some(Wanted::Text(joined(&self.pieces)));
        }
        self.there.map(|there| match there {
            There::Yes => Wanted::Present,
            There::No => Wanted::Absent,
        })
    }
}

/// A number that compares so.
fn beside(comparison: Comparison, own: f64) -> f64 {
    match comparison {
        Comparison::Less => own - 1.0,
        Comparison::Greater | Comparison::Unequal => own + 1.0,
        Comparison::AtMost | Comparison::AtLeast | Comparison::Equal => own,
    }
}
