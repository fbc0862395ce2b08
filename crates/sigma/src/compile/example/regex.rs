//! A text that a regular expression finds.

use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind, Look};

use super::choice::Choice;
use super::piece::Piece;

/// Characters to take from a class, in this order, so that the text looks like one.
const PLAIN: &str = "ax1.-_/ =:A";

pub(super) fn piece(hir: &Hir, choice: &mut Choice) -> Piece {
    let mut piece = Piece { text: String::new(), at_start: false, at_end: false };
    write(hir, choice, &mut piece);
    piece
}

fn write(hir: &Hir, choice: &mut Choice, piece: &mut Piece) {
    match hir.kind() {
        HirKind::Literal(literal) => piece.text += &String::from_utf8_lossy(&literal.0),
        HirKind::Class(class) => piece.text.extend(member(class)),
        HirKind::Look(Look::Start | Look::StartLF | Look::StartCRLF) => piece.at_start = true,
        HirKind::Look(Look::End | Look::EndLF | Look::EndCRLF) => piece.at_end = true,
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min.saturating_add(1));
            let more = usize::from(most > repetition.min);
            let more = u32::try_from(choice.below(more + 1)).unwrap_or_default();
            for _ in 0..repetition.min.saturating_add(more) {
                write(&repetition.sub, choice, piece);
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, choice, piece),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, choice, piece)),
        HirKind::Alternation(parts) => {
            if let Some(part) = choice.of(parts) {
                write(part, choice, piece);
            }
        }
    }
}

fn member(class: &Class) -> Option<char> {
    let has = |c: char| match class {
        Class::Unicode(class) => {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&c))
        }
        Class::Bytes(class) => u8::try_from(c).is_ok_and(|byte| {
            class.ranges().iter().any(|range| (range.start()..=range.end()).contains(&byte))
        }),
    };
    let first = || match class {
        Class::Unicode(class) => class.ranges().first().map(ClassUnicodeRange::start),
        Class::Bytes(class) => class.ranges().first().map(|range| char::from(range.start())),
    };
    PLAIN.chars().find(|c| has(*c)).or_else(first)
}
