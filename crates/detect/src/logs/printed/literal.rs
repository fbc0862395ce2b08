//! `{'a': None, 'b': [True]}` and its like: names and values with a colon or an arrow between them, in quotes of either
//! kind or in none.
//!
//! Python's `repr`, Ruby's `inspect`, DuckDB's structs cast to text
//! (<https://duckdb.org/docs/stable/sql/data_types/struct>), JavaScript's `util.inspect`, flow mappings of YAML
//! (<https://yaml.org/spec/1.2.2/#742-flow-mappings>), Postgres' hstore
//! (<https://www.postgresql.org/docs/current/hstore.html>). A bare value with a comma is cut only where a name follows.

use super::parts::{MAX_DEPTH, name_length, quoted, word};

pub(super) fn read(text: &str) -> Option<String> {
    let mut reader = LiteralReader { text, at: 0 };
    let json = reader.value(0, In::Nothing)?;
    reader.spaces();
    reader.rest().is_empty().then_some(json)
}

/// `"a"=>"b", "c"=>NULL`.
pub(super) fn without_braces(text: &str) -> Option<String> {
    if !text.contains("\"=>") {
        return None;
    }
    let mut reader = LiteralReader { text, at: 0 };
    let json = reader.members(0, "")?;
    reader.rest().is_empty().then_some(json)
}

/// What a value stands in, which says where a bare one ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    Nothing,
    List,
    Object,
}

struct LiteralReader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> LiteralReader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn after(&mut self, token: &str) -> bool {
        let is_next = self.rest().starts_with(token);
        if is_next {
            self.at += token.len();
        }
        is_next
    }

    fn value(&mut self, depth: usize, place: In) -> Option<String> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.spaces();
        if self.after("{") {
            return self.members(depth, "}");
        }
        if self.after("[") {
            return self.list(depth, "]");
        }
        if place != In::Nothing && self.rest().starts_with('(') && self.is_tuple() {
            self.at += 1;
            return self.list(depth, ")");
        }
        let start = self.at;
        if let Some(text) = self.string()
            && self.ends_value()
        {
            return Some(quoted(&text));
        }
        self.at = start;
        self.bare(place)
    }

    /// Python's list that cannot be changed; other text in round brackets goes on behind them.
    fn is_tuple(&self) -> bool {
        self.rest().starts_with("('") || self.rest().starts_with("(\"")
    }

    fn list(&mut self, depth: usize, close: &str) -> Option<String> {
        let mut members = Vec::new();
        loop {
            self.spaces();
            if self.after(close) {
                return Some(format!("[{}]", members.join(",")));
            }
            members.push(self.value(depth + 1, In::List)?);
            self.spaces();
            if !self.after(",") && !self.rest().starts_with(close) {
                return None;
            }
        }
    }

    /// The members of an object up to its end.
    fn members(&mut self, depth: usize, close: &str) -> Option<String> {
        let mut members = Vec::new();
        loop {
            self.spaces();
            let is_end = if close.is_empty() { self.rest().is_empty() } else { self.after(close) };
            if is_end {
                return Some(format!("{{{}}}", members.join(",")));
            }
            let name = self.name()?;
            members.push(format!("{}:{}", quoted(&name), self.value(depth + 1, In::Object)?));
            self.spaces();
            if !self.after(",") && !self.rest().starts_with(close) {
                return None;
            }
        }
    }

    /// A name and what follows it.
    fn name(&mut self) -> Option<String> {
        let name = if let Some(text) = self.string() {
            text
        } else {
            // Ruby's symbols.
            self.after(":");
            let rest = self.rest();
            let length =
                name_length(rest, ':').or_else(|| name_length(rest, ' ')).or_else(|| name_length(rest, '='));
            let name = &rest[..length?];
            self.at += name.len();
            name.to_owned()
        };
        self.spaces();
        (self.after("=>") || self.after(":")).then_some(name)
    }

    /// Does a value end here?
    fn ends_value(&self) -> bool {
        let rest = self.rest().trim_start();
        rest.is_empty() || rest.starts_with([',', '}', ']', ')'])
    }

    /// A text in quotes, with the escapes of either kind.
    fn string(&mut self) -> Option<String> {
        let rest = self.rest();
        // Python's marks for bytes and for what was text before its third version.
        let mark = usize::from(rest.starts_with("u'") || rest.starts_with("b'") || rest.starts_with("u\""));
        let quote = rest[mark..].chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let mut text = String::new();
        let mut chars = rest[mark + 1..].char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                _ if c == quote && chars.peek().is_some_and(|(_, next)| *next == quote) && quote == '\'' => {
                    // SQL writes a quote twice; an empty text has one at its end alone.
                    chars.next();
                    if at == 0 {
                        self.at += mark + 3;
                        return Some(text);
                    }
                    text.push(quote);
                }
                _ if c == quote => {
                    self.at += mark + 1 + at + 1;
                    return Some(text);
                }
                '\\' => {
                    let (_, escaped) = chars.next()?;
                    let digits = match escaped {
                        'x' => 2,
                        'u' => 4,
                        _ => 0,
                    };
                    if digits > 0 {
                        let hex: String = chars.by_ref().take(digits).map(|(_, c)| c).collect();
                        text.push(char::from_u32(u32::from_str_radix(&hex, 16).ok()?).unwrap_or('\u{fffd}'));
                        continue;
                    }
                    text.push(match escaped {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        other => other,
                    });
                }
                other => text.push(other),
            }
        }
        None
    }

    /// A word, or a text without quotes.
    fn bare(&mut self, place: In) -> Option<String> {
        let rest = self.rest();
        let (mut depth, mut end) = (0_usize, rest.len());
        for (at, byte) in rest.bytes().enumerate() {
            match byte {
                b'{' | b'[' | b'(' => depth += 1,
                b'}' | b']' | b')' if depth > 0 => depth -= 1,
                b'}' | b']' => {
                    end = at;
                    break;
                }
                b',' if depth == 0 && (place == In::List || begins_member(&rest[at + 1..])) => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let text = rest[..end].trim();
        if place == In::Nothing || (text.is_empty() && place == In::List) {
            return None;
        }
        self.at += end;
        Some(number(text).map_or_else(|| word(text), str::to_owned))
    }
}

/// Does a member follow, or the end?
fn begins_member(rest: &str) -> bool {
    let rest = rest.trim_start();
    let mut reader = LiteralReader { text: rest, at: 0 };
    rest.is_empty() || rest.starts_with('}') || reader.name().is_some()
}

/// A number as JSON writes it, and as short as no account or id is.
fn number(text: &str) -> Option<&str> {
    let is_number = text.len() < 10
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-' || byte == b'.')
        && serde_json::from_str::<serde_json::Number>(text).is_ok();
    is_number.then_some(text)
}
