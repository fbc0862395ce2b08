//! Regular expressions: their syntax and size are checked when a rule is loaded, their automaton is built when
//! a value is first compared, so that loading many rules stays cheap.

use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The memory an automaton may take.
const SIZE_LIMIT: usize = 4 << 20;
/// Expressions up to this weight never reach [`SIZE_LIMIT`]; heavier ones are built at once to find out.
pub(super) const SURELY_SMALL: usize = 8_000;

/// The flags of a `re` modifier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    pub(crate) ignore_case: bool,
    pub(crate) multiline: bool,
    pub(crate) dot_all: bool,
}

#[derive(Clone)]
pub(crate) struct LazyRegex(Arc<Inner>);

struct Inner {
    source: String,
    flags: Flags,
    built: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    /// Says what is wrong with an expression, if it is not accepted.
    pub(crate) fn new(source: &str, flags: Flags) -> Result<Self, String> {
        let hir = parse(source, flags)?;
        let lazy = Self(Arc::new(Inner { source: source.to_owned(), flags, built: OnceLock::new() }));
        if weight(&hir) > SURELY_SMALL && lazy.get().is_none() {
            return Err(format!("its automaton would take more than {} MiB", SIZE_LIMIT >> 20));
        }
        Ok(lazy)
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.get().is_some_and(|regex| regex.is_match(text))
    }

    /// What it is made of.
    pub(crate) fn hir(&self) -> Option<Hir> {
        parse(&self.0.source, self.0.flags).ok()
    }

    pub(super) fn get(&self) -> Option<&Regex> {
        let Inner { source, flags, built } = &*self.0;
        let build = || {
            RegexBuilder::new(source)
                .case_insensitive(flags.ignore_case)
                .multi_line(flags.multiline)
                .dot_matches_new_line(flags.dot_all)
                .nest_limit(50)
                .size_limit(SIZE_LIMIT)
                .build()
                .ok()
        };
        built.get_or_init(build).as_ref()
    }
}

impl std::fmt::Debug for LazyRegex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("LazyRegex").field(&self.0.source).finish()
    }
}

fn parse(source: &str, flags: Flags) -> Result<Hir, String> {
    ParserBuilder::new()
        .case_insensitive(flags.ignore_case)
        .multi_line(flags.multiline)
        .dot_matches_new_line(flags.dot_all)
        .nest_limit(50)
        .build()
        .parse(source)
        .map_err(|error| explain(&error))
}

/// One line, without the picture that the parser draws.
fn explain(error: &regex_syntax::Error) -> String {
    match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        other => other.to_string(),
    }
}

/// About how many states an expression needs.
pub(super) fn weight(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => literal.0.len(),
        HirKind::Class(Class::Unicode(class)) => 4 * class.ranges().len(),
        HirKind::Class(Class::Bytes(class)) => class.ranges().len(),
        HirKind::Capture(capture) => weight(&capture.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(weight).fold(1, usize::saturating_add)
        }
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1);
            weight(&repetition.sub).saturating_mul(usize::try_from(times).unwrap_or(usize::MAX))
        }
    }
}
