//! What a sentence may claim and how it goes on: no target where the record names none, and nothing that attaches to the
//! wrong word.

use std::borrow::Cow;

use crate::event::Target;

/// Words that lead from a verb to its target.
const LEADS: &[&str] =
    &[" on ", " towards ", " to ", " of ", " for ", " in ", " inside ", " through ", " with "];
/// Words after which another verb has the word.
const CLAUSES: &[&str] = &[" after ", " that ", " until ", " apart", " which ", " and started "];

/// The sentence without what it says of a target that the record does not name.
pub(super) fn only<'s>(sentence: &'s str, target: &Target) -> Cow<'s, str> {
    let is_known =
        !target.ids.is_empty() || !target.selectors.is_empty() || target.wildcard || target.count > 1;
    if is_known {
        return Cow::Borrowed(sentence);
    }
    for placeholder in ["{targets}", "{target}"] {
        let Some(at) = sentence.find(placeholder) else { continue };
        let before = &sentence[..at];
        if let Some(lead) = LEADS.iter().find(|lead| before.ends_with(*lead)) {
            let before = &before[..before.len() - lead.len()];
            return Cow::Owned(format!("{before}{}", &sentence[at + placeholder.len()..]));
        }
    }
    Cow::Borrowed(sentence)
}

/// How a sentence ends, which says how an address is added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// In its own verb's words.
    Main,
    /// In a clause with another verb.
    Clause,
    /// In words about from where.
    From,
}

pub(super) fn ends_in(sentence: &str) -> End {
    if sentence.rfind(" from ").is_some_and(|at| !sentence[at..].contains('{')) {
        End::From
    } else if CLAUSES.iter().any(|clause| sentence.contains(clause)) {
        End::Clause
    } else {
        End::Main
    }
}
