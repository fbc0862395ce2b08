//! What an event must hold for a rule to match at all, so that most events need not be read.
//!
//! Everything here may only over-approximate: an event without it cannot match, an event with it may. Nothing
//! is derived from absence, negation, numbers (22 is also `2.2e1`) or a field that may stand in other places.

use super::{CompiledRule, CompiledSelection, Expr, Leaf, Test, Tree, Values};
use crate::matcher::Matcher;
use crate::pattern::Pattern;

/// A shape that some value of a field must have.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Necessary {
    /// The whole text.
    Exact(Literal),
    /// How it starts.
    Prefix(Literal),
    /// How it ends.
    Suffix(Literal),
    /// What it contains.
    Contains(Literal),
}

/// A text to look for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Literal {
    /// In lower case (Unicode's) unless `cased`.
    pub text: String,
    /// Case matters.
    pub cased: bool,
}

impl Necessary {
    /// The text, wherever it has to stand.
    pub fn literal(&self) -> &Literal {
        match self {
            Self::Exact(literal)
            | Self::Prefix(literal)
            | Self::Suffix(literal)
            | Self::Contains(literal) => literal,
        }
    }

    /// Does a value have this shape?
    pub fn admits(&self, value: &str) -> bool {
        let literal = self.literal();
        let lowered = if literal.cased { value.to_owned() } else { value.to_lowercase() };
        match self {
            Self::Exact(_) => lowered == literal.text,
            Self::Prefix(_) => lowered.starts_with(&literal.text),
            Self::Suffix(_) => lowered.ends_with(&literal.text),
            Self::Contains(_) => lowered.contains(&literal.text),
        }
    }
}

/// Could this JSON spell a literal in a way that a search for its bytes, ASCII letters in either case, misses?
///
/// True of escapes other than the plain ones, and of the letters beyond ASCII that fold to ASCII: KELVIN SIGN,
/// LONG S and the dotted capital I.
pub fn hides_literals(json: &[u8]) -> bool {
    let mut from = 0;
    while let Some(at) = memchr::memchr2(b'\\', 0xC4, &json[from..]) {
        match json.get(from + at..).unwrap_or_default() {
            [b'\\', b'u', ..] | [0xC4, 0xB0, ..] => return true,
            [b'\\', _, ..] => from += at + 2,
            _ => from += at + 1,
        }
    }
    memchr::memmem::find(json, "\u{212a}".as_bytes()).is_some()
        || memchr::memmem::find(json, "\u{17f}".as_bytes()).is_some()
}

impl CompiledRule {
    /// The shapes of which some value at `path` must have one; `None` when nothing can be said.
    pub fn necessary(&self, path: &str) -> Option<Vec<Necessary>> {
        self.necessary_any(&[path])
    }

    /// The shapes of which some value at one of `paths` must have one; `None` when nothing can be said.
    pub fn necessary_any(&self, paths: &[&str]) -> Option<Vec<Necessary>> {
        let among = |path: &str| paths.contains(&path);
        let mut found = self.derive(&self.condition, &Derive::fewest(&|item| item.shapes(&among)))?;
        found.sort();
        found.dedup();
        Some(found)
    }

    /// Paths, each with a shape: a value at one of them must have it. `rank` says how telling a path is, the most
    /// telling zero, or that it cannot be looked at; where a rule leaves a choice, the more telling is taken.
    /// `None` when nothing can be said.
    pub fn necessary_fields(&self, rank: &dyn Fn(&str) -> Option<usize>) -> Option<Vec<(String, Necessary)>> {
        let of = |item: &Leaf| {
            let shapes = item.shapes(&|path| rank(path).is_some())?;
            let paths = &item.field.as_ref()?.paths;
            let at = |shape: Necessary| paths.iter().map(move |path| (path.clone(), shape.clone()));
            Some(shapes.into_iter().flat_map(at).collect())
        };
        let rank = |(path, _): &(String, Necessary)| rank(path);
        let cost = |found: &[(String, Necessary)]| (found.iter().filter_map(rank).max(), found.len());
        let mut found = self.derive(&self.condition, &Derive { of: &of, cost: &cost })?;
        found.sort();
        found.dedup();
        Some(found)
    }

    /// Literals of which one must stand in the text of the record, provided that [`hides_literals`] denies it.
    /// `written` says of a path whether its values stand there at all, as computed ones do not.
    pub fn necessary_literals(&self, written: &dyn Fn(&str) -> bool) -> Option<Vec<Literal>> {
        let of = |item: &Leaf| {
            let mut paths = item.field.iter().flat_map(|field| &field.paths);
            paths.all(|path| written(path)).then(|| item.literals()).flatten()
        };
        let mut found = self.derive(&self.condition, &Derive::fewest(&of))?;
        found.sort();
        found.dedup();
        Some(found)
    }

    fn derive<T>(&self, expr: &Expr, derive: &Derive<'_, T>) -> Option<Vec<T>> {
        match expr {
            Expr::Selection(at) => self.selections[*at].1.derive(derive),
            Expr::And(parts) => derive.cheapest(parts.iter().map(|part| self.derive(part, derive))),
            Expr::Or(parts) => union(parts.iter().map(|part| self.derive(part, derive))),
            Expr::Not(_) => None,
            // One of them must match, whichever it is.
            Expr::AtLeast(_, selections) => {
                union(selections.iter().map(|at| self.selections[*at].1.derive(derive)))
            }
        }
    }
}

/// How little telling the fields are, and how many things must be looked for.
type Cost = (Option<usize>, usize);

/// What to look for, found item by item.
struct Derive<'d, T> {
    /// What an item needs.
    of: &'d dyn Fn(&Leaf) -> Option<Vec<T>>,
    /// What looking for it costs: where every part must hold, any one of them may be looked for.
    cost: &'d dyn Fn(&[T]) -> Cost,
}

impl<'d, T> Derive<'d, T> {
    fn fewest(of: &'d dyn Fn(&Leaf) -> Option<Vec<T>>) -> Self {
        Self { of, cost: &|found| (None, found.len()) }
    }

    fn cheapest(&self, parts: impl Iterator<Item = Option<Vec<T>>>) -> Option<Vec<T>> {
        parts.flatten().min_by_key(|found| (self.cost)(found))
    }
}

impl CompiledSelection {
    /// The shapes of which some value at one of `paths` must have one; `None` when nothing can be said.
    pub fn necessary_any(&self, paths: &[&str]) -> Option<Vec<Necessary>> {
        self.root.derive(&Derive::fewest(&|item| item.shapes(&|path| paths.contains(&path))))
    }
}

impl Tree {
    fn derive<T>(&self, derive: &Derive<'_, T>) -> Option<Vec<T>> {
        match self {
            Self::All(parts) => derive.cheapest(parts.iter().map(|part| part.derive(derive))),
            Self::Any(parts) => union(parts.iter().map(|part| part.derive(derive))),
            Self::Leaf(item) => (derive.of)(item),
        }
    }
}

/// Any part may hold, so that all of them must be looked for.
fn union<T>(parts: impl Iterator<Item = Option<Vec<T>>>) -> Option<Vec<T>> {
    let all: Option<Vec<Vec<T>>> = parts.collect();
    Some(all?.into_iter().flatten().collect())
}

impl Leaf {
    /// The shapes of which its value must have one, if its field can stand only where `may` says.
    fn shapes(&self, may: &dyn Fn(&str) -> bool) -> Option<Vec<Necessary>> {
        let field = self.field.as_ref()?;
        if self.negated || !field.paths.iter().all(|path| may(path)) {
            return None;
        }
        self.each(shape)
    }

    /// For each thing that must hold of its values, the shapes of which one must be there.
    pub(super) fn all_shapes(&self) -> Vec<Vec<Necessary>> {
        match &self.test {
            _ if self.negated => Vec::new(),
            Test::All(matchers) => {
                matchers.iter().filter_map(|(matcher, _)| each_pattern(matcher, &shape)).collect()
            }
            _ => self.each(shape).into_iter().collect(),
        }
    }

    fn literals(&self) -> Option<Vec<Literal>> {
        if self.negated {
            return None;
        }
        self.each(|pattern| {
            let (texts, cased) = match pattern {
                Pattern::Exact(needle)
                | Pattern::Prefix(needle)
                | Pattern::Suffix(needle)
                | Pattern::Contains(needle) => (vec![needle.text().to_owned()], needle.is_cased()),
                Pattern::Glob(glob) => (glob.literals().collect(), glob.is_cased()),
                Pattern::Anything => return None,
            };
            let runs = texts.iter().flat_map(|text| text.split(is_written_otherwise));
            let text = runs.max_by_key(|run| run.len()).filter(|run| !run.is_empty())?.to_owned();
            Some(Literal { text, cased })
        })
    }

    /// What every value of this item needs; `None` when one of them needs nothing.
    fn each<T>(&self, of: impl Fn(&Pattern) -> Option<T>) -> Option<Vec<T>> {
        let of_matcher = |matcher: &Matcher| each_pattern(matcher, &of);
        match &self.test {
            Test::Any(Values { exact, others, null: false, empty: false }) => {
                let exact = exact.texts().map(|text| of(&Pattern::exact_lowered(text)));
                let others = others.iter().map(|(matcher, _)| of_matcher(matcher));
                let mut found = exact.collect::<Option<Vec<T>>>()?;
                found.extend(union(others)?);
                Some(found)
            }
            Test::All(matchers) => {
                matchers.iter().filter_map(|(matcher, _)| of_matcher(matcher)).min_by_key(Vec::len)
            }
            _ => None,
        }
    }
}

/// What every text that a matcher stands for needs.
fn each_pattern<T>(matcher: &Matcher, of: &impl Fn(&Pattern) -> Option<T>) -> Option<Vec<T>> {
    match matcher {
        Matcher::Text(pattern) => Some(vec![of(pattern)?]),
        Matcher::AnyText(patterns) => patterns.iter().map(of).collect(),
        _ => None,
    }
}

/// The shape that a value must have to be matched by a pattern.
fn shape(pattern: &Pattern) -> Option<Necessary> {
    match pattern {
        Pattern::Exact(needle) => Some(Necessary::Exact(literal(needle))),
        Pattern::Prefix(needle) => Some(Necessary::Prefix(literal(needle))),
        Pattern::Suffix(needle) => Some(Necessary::Suffix(literal(needle))),
        Pattern::Contains(needle) => Some(Necessary::Contains(literal(needle))),
        Pattern::Glob(glob) => {
            let text = glob.literals().max_by_key(String::len)?;
            Some(Necessary::Contains(Literal { text, cased: glob.is_cased() }))
        }
        Pattern::Anything => None,
    }
}

fn literal(needle: &crate::pattern::Needle) -> Literal {
    Literal { text: needle.text().to_owned(), cased: needle.is_cased() }
}

/// Characters that JSON escapes, or that a writer may escape.
fn is_written_otherwise(c: char) -> bool {
    matches!(c, '"' | '\\' | '/') || c.is_control() || !c.is_ascii()
}
