//! Text to condition.

use super::{Condition, Quantifier};
use crate::diagnostic::nearest;

/// How deep parentheses and `not` may nest.
const MAX_DEPTH: usize = 64;

/// Why a text is no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConditionError {
    /// Characters before the place.
    pub(crate) offset: usize,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// Reads a condition over the selections named in `names`.
pub(crate) fn parse(text: &str, names: &[&str]) -> Result<Condition, ConditionError> {
    let tokens = tokens(text);
    let mut parser = Parser { tokens: &tokens, at: 0, end: text.chars().count(), names };
    let condition = parser.or(0)?;
    match parser.tokens.get(parser.at) {
        None => Ok(condition),
        Some(token) if token.text == ")" => Err(token.error("this `)` closes nothing", None)),
        Some(token) => Err(token.error(
            format!("`{}` does not belong here", token.text),
            Some("join selections with `and` or `or`".into()),
        )),
    }
}

struct Lexeme<'t> {
    text: &'t str,
    offset: usize,
}

impl Lexeme<'_> {
    fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }

    fn is_keyword(&self) -> bool {
        ["and", "or", "not", "of", "them", "all", "any", "(", ")"].iter().any(|word| self.is(word))
    }

    fn error(&self, message: impl Into<String>, help: Option<String>) -> ConditionError {
        ConditionError { offset: self.offset, message: message.into(), help }
    }
}

fn tokens(text: &str) -> Vec<Lexeme<'_>> {
    let mut tokens = Vec::new();
    let mut start: Option<(usize, usize)> = None;
    for (offset, (at, c)) in text.char_indices().enumerate() {
        let alone = matches!(c, '(' | ')' | '|');
        if (alone || c.is_whitespace())
            && let Some((from, offset)) = start.take()
        {
            tokens.push(Lexeme { text: &text[from..at], offset });
        }
        if alone {
            tokens.push(Lexeme { text: &text[at..=at], offset });
        } else if !c.is_whitespace() && start.is_none() {
            start = Some((at, offset));
        }
    }
    if let Some((from, offset)) = start {
        tokens.push(Lexeme { text: &text[from..], offset });
    }
    tokens
}

struct Parser<'t> {
    tokens: &'t [Lexeme<'t>],
    at: usize,
    end: usize,
    names: &'t [&'t str],
}

impl<'t> Parser<'t> {
    fn next(&mut self) -> Option<&'t Lexeme<'t>> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    fn next_is(&mut self, word: &str) -> bool {
        let yes = self.tokens.get(self.at).is_some_and(|token| token.is(word));
        self.at += usize::from(yes);
        yes
    }

    fn ends_early(&self, expected: &str) -> ConditionError {
        let message = format!("the condition ends where {expected} is expected");
        ConditionError { offset: self.end, message, help: None }
    }

    fn or(&mut self, depth: usize) -> Result<Condition, ConditionError> {
        let mut parts = vec![self.and(depth)?];
        while self.next_is("or") {
            parts.push(self.and(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Or(parts) })
    }

    fn and(&mut self, depth: usize) -> Result<Condition, ConditionError> {
        let mut parts = vec![self.not(depth)?];
        while self.next_is("and") {
            parts.push(self.not(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::And(parts) })
    }

    fn not(&mut self, depth: usize) -> Result<Condition, ConditionError> {
        if depth > MAX_DEPTH {
            let offset = self.tokens.get(self.at).map_or(self.end, |token| token.offset);
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            return Err(ConditionError { offset, message, help: None });
        }
        if self.next_is("not") {
            return Ok(Condition::Not(Box::new(self.not(depth + 1)?)));
        }
        let Some(token) = self.next() else { return Err(self.ends_early("a selection")) };
        if token.is("(") {
            let inner = self.or(depth + 1)?;
            return match self.next() {
                Some(close) if close.is(")") => Ok(inner),
                Some(other) => Err(other.error(format!("expected `)`, found `{}`", other.text), None)),
                None => Err(token.error("this `(` is never closed", None)),
            };
        }
        if token.is("|") {
            return Err(aggregation(token));
        }
        if self.tokens.get(self.at).is_some_and(|next| next.is("of")) {
            self.at += 1;
            return self.of(token);
        }
        if token.is_keyword() {
            return Err(token.error(format!("expected a selection, found `{}`", token.text), None));
        }
        if let Some(pipe) = self.tokens.get(self.at).filter(|next| next.is("|")) {
            return Err(aggregation(pipe));
        }
        if token.text.contains('*') {
            let help = format!("write `1 of {0}` or `all of {0}`", token.text);
            return Err(token.error(format!("`{}` names several selections", token.text), Some(help)));
        }
        if !self.names.contains(&token.text) {
            let help = match nearest(token.text, self.names.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("the rule has {}", list(self.names)),
            };
            return Err(token.error(format!("there is no selection `{}`", token.text), Some(help)));
        }
        Ok(Condition::Name(token.text.to_owned()))
    }

    fn of(&mut self, count: &Lexeme<'_>) -> Result<Condition, ConditionError> {
        let quantifier = if count.is("all") {
            Quantifier::All
        } else if count.is("any") {
            Quantifier::AtLeast(1)
        } else {
            match count.text.parse() {
                Ok(0) | Err(_) => {
                    let message =
                        format!("expected a number, `any` or `all` before `of`, found `{}`", count.text);
                    return Err(count.error(message, None));
                }
                Ok(n) => Quantifier::AtLeast(n),
            }
        };
        let Some(target) = self.next() else { return Err(self.ends_early("`them` or a pattern")) };
        let (pattern, names): (_, Vec<String>) = if target.is("them") {
            let names = self.names.iter().filter(|name| !name.starts_with('_'));
            ("them".to_owned(), names.map(|name| (*name).to_owned()).collect())
        } else {
            if target.is_keyword() {
                let message = format!("expected `them` or a pattern, found `{}`", target.text);
                return Err(target.error(message, None));
            }
            let names = self.names.iter().filter(|name| fits(target.text, name));
            (target.text.to_owned(), names.map(|name| (*name).to_owned()).collect())
        };
        if names.is_empty() {
            let help = format!("the rule has {}", list(self.names));
            return Err(target.error(format!("`{pattern}` fits no selection"), Some(help)));
        }
        if let Quantifier::AtLeast(n) = quantifier
            && n > names.len()
        {
            let message = format!("`{pattern}` fits only {}, fewer than {n}", names.len());
            return Err(count.error(message, Some("the condition could never hold".into())));
        }
        Ok(Condition::Of { quantifier, pattern, names })
    }
}

fn aggregation(pipe: &Lexeme<'_>) -> ConditionError {
    pipe.error(
        "aggregations behind `|` are no longer part of Sigma",
        Some("count or order events in a correlation of its own".into()),
    )
}

fn list(names: &[&str]) -> String {
    if names.is_empty() {
        return "no selection".into();
    }
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Does a pattern, in which `*` stands for any text, fit a name?
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}
