//! The words of a pattern, read from the pattern.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

use super::spelled;

/// More words than this are not spelled out: then those of a part have to do.
const MOST_WORDS: usize = 48;
/// Letters of a class that are spelled out: fewer than white space has, of which there is more beyond ASCII.
const MOST_LETTERS: usize = 5;

/// Words of which every text that the pattern matches holds one; none where there are no such words.
pub(super) fn words(pattern: &str) -> Option<Vec<String>> {
    // As bytes: letters beyond ASCII that are taken for the same are spelled alike in a plain text.
    let hir = ParserBuilder::new().unicode(false).utf8(false).build().parse(pattern).ok()?;
    held(&hir, exact(&hir))
}

/// All that the expression can match, where that is little.
fn exact(hir: &Hir) -> Option<Vec<String>> {
    let all = match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![spelled(std::str::from_utf8(&literal.0).ok()?)],
        HirKind::Class(Class::Bytes(class)) => {
            let letters = || class.ranges().iter().flat_map(|range| range.start()..=range.end());
            if letters().count() > MOST_LETTERS || !letters().all(|letter| letter.is_ascii()) {
                return None;
            }
            letters().map(|letter| char::from(letter).to_ascii_lowercase().to_string()).collect()
        }
        HirKind::Class(Class::Unicode(_)) => return None,
        HirKind::Capture(capture) => exact(&capture.sub)?,
        HirKind::Repetition(repetition) => match (repetition.min, repetition.max) {
            (0, Some(1)) => exact(&repetition.sub)?.into_iter().chain([String::new()]).collect(),
            _ => return None,
        },
        HirKind::Concat(parts) => {
            parts.iter().try_fold(vec![String::new()], |all, part| joined(&all, &exact(part)?))?
        }
        HirKind::Alternation(ways) => {
            ways.iter().map(exact).collect::<Option<Vec<_>>>()?.into_iter().flatten().collect()
        }
    };
    let all = apart(all);
    (all.len() <= MOST_WORDS).then_some(all)
}

/// What stands where a part, of which this is all that it can be, stands behind what came before.
fn joined(before: &[String], part: &[String]) -> Option<Vec<String>> {
    let all = before.iter().flat_map(|before| part.iter().map(move |part| format!("{before}{part}")));
    (before.len() * part.len() <= MOST_WORDS).then(|| all.collect())
}

/// Words of which whatever the expression matches holds one; `all` is all that it can match, where that is little. It is
/// worked out once for each part, since a part's are worked out with those of its own parts.
fn held(hir: &Hir, all: Option<Vec<String>>) -> Option<Vec<String>> {
    let all = all.filter(|all| all.iter().all(|word| !word.is_empty()));
    let of = |hir: &Hir| held(hir, exact(hir));
    let within = match hir.kind() {
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => of(&repetition.sub),
        HirKind::Alternation(ways) => {
            ways.iter().map(of).collect::<Option<Vec<_>>>().map(|ways| ways.concat())
        }
        HirKind::Concat(parts) => {
            let mut runs: Vec<Vec<String>> = Vec::new();
            let mut run = vec![String::new()];
            for part in parts {
                let exact = exact(part);
                let next = exact.as_deref().and_then(|part| joined(&run, part));
                let begun = || exact.as_deref().and_then(|part| joined(&[String::new()], part));
                let begun = if next.is_none() { begun() } else { None };
                if next.is_none() {
                    runs.extend(held(part, exact));
                }
                run = next.or(begun).unwrap_or_else(|| vec![String::new()]);
                runs.push(run.clone());
            }
            runs.into_iter()
                .filter(|run| run.iter().all(|word| !word.is_empty()))
                .max_by_key(|words| worth(words))
        }
        _ => None,
    };
    all.into_iter().chain(within).max_by_key(|words| worth(words)).map(fewest)
}

/// Words are worth the more the longer the shortest of them is, and the fewer they are.
fn worth(words: &[String]) -> (usize, std::cmp::Reverse<usize>) {
    (words.iter().map(String::len).min().unwrap_or_default().min(6), std::cmp::Reverse(words.len()))
}

fn apart(mut words: Vec<String>) -> Vec<String> {
    words.sort_unstable();
    words.dedup();
    words
}

/// Without those that hold another of them.
fn fewest(words: Vec<String>) -> Vec<String> {
    let words = apart(words);
    let holds = |word: &String| words.iter().any(|other| other != word && word.contains(other.as_str()));
    words.iter().filter(|word| !holds(word)).cloned().collect()
}
