//! Which patterns a text can hold. Most texts hold none, and each pattern tried costs more than a look at the text: so
//! each names, read from the pattern itself, words of which its texts hold one, and all words are looked for at once.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::Regex;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

#[cfg(test)]
mod tests;

/// More words than this are not spelled out: then those of a part have to do.
const MOST_WORDS: usize = 48;
/// Letters of a class that are spelled out: fewer than white space has, of which there is more beyond ASCII.
const MOST_LETTERS: usize = 5;

/// Patterns, each with what it is for.
pub(super) struct Patterns<T> {
    all: Vec<Pattern<T>>,
    words: AhoCorasick,
    /// The pattern that each of `words` is of.
    of: Vec<usize>,
}

struct Pattern<T> {
    what: T,
    source: String,
    /// It names no word: every text may hold it.
    in_any: bool,
    /// Made when the first text comes that may hold it: for most none ever does.
    regex: OnceLock<Regex>,
}

impl<T: Copy> Patterns<T> {
    pub(super) fn new(patterns: impl IntoIterator<Item = (T, String)>) -> Self {
        let (mut all, mut of) = (Vec::new(), Vec::new());
        let patterns = patterns.into_iter().enumerate().map(|(at, (what, source))| {
            let words = words(&source);
            let in_any = words.is_none();
            for word in words.into_iter().flatten() {
                all.push(word);
                of.push(at);
            }
            Pattern { what, source, in_any, regex: OnceLock::new() }
        });
        let patterns = patterns.collect();
        let words = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(all);
        Self {
            all: patterns,
            words: words.expect("words of constants, far fewer than an automaton can hold"),
            of,
        }
    }

    /// Those that a text may hold, in order.
    pub(super) fn of<'p>(&'p self, text: &Plain) -> impl Iterator<Item = (T, &'p Regex)> + use<'p, T> {
        let mut may: Vec<bool> = self.all.iter().map(|pattern| pattern.in_any).collect();
        for word in self.words.find_overlapping_iter(&text.0) {
            may[self.of[word.pattern().as_usize()]] = true;
        }
        self.all.iter().zip(may).filter(|(_, may)| *may).map(|(pattern, _)| pattern.made())
    }

    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &Regex)> {
        self.all.iter().map(|pattern| (pattern.source.as_str(), pattern.made().1))
    }
}

impl<T: Copy> Pattern<T> {
    fn made(&self) -> (T, &Regex) {
        (self.what, self.regex.get_or_init(|| compiled(&self.source)))
    }
}

/// Of a constant.
pub(super) fn compiled(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns are constants that a test compiles")
}

/// A text as the words are spelled: in lower case, as regular expressions take letters for the same.
pub(super) struct Plain(pub(super) String);

impl Plain {
    pub(super) fn of(text: &str) -> Self {
        Self(spelled(text))
    }
}

fn spelled(text: &str) -> String {
    // Some letters have an old or narrow form in lower case alone.
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_uppercase().to_lowercase() }
}

/// Words of which every text that the pattern matches holds one; none where there are no such words.
fn words(pattern: &str) -> Option<Vec<String>> {
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
