//! YAML read into a tree that knows where each node stands.
//!
//! Mappings keep their order; a key given twice, a merge key or a tag is an error, so that nothing an author
//! wrote is dropped. Aliases stand for copies of what they name, within a limit.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

pub use parse::parse;

use crate::diagnostic::{Place, Report};
use crate::json;

/// A node of a YAML document and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Yaml {
    pub(super) place: Place,
    pub(super) content: Content,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A string, number, boolean or null.
    Scalar {
        /// The content.
        text: String,
        /// Written without quotes, so that it may be something other than a string.
        plain: bool,
    },
    /// A list.
    Seq(Vec<Yaml>),
    /// Keys and values in the order written.
    Map(Vec<(Yaml, Yaml)>),
}

/// A scalar as YAML's core schema types it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar<'n> {
    /// `null`, `~` or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// Text.
    Str(&'n str),
}

impl From<&Yaml> for Place {
    fn from(node: &Yaml) -> Self {
        node.place
    }
}

impl Yaml {
    /// Where it stands.
    pub fn place(&self) -> Place {
        self.place
    }

    /// What it holds.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// What this node is, in an author's words.
    pub fn describe(&self) -> &'static str {
        match &self.content {
            Content::Map(_) => "a mapping",
            Content::Seq(_) => "a list",
            Content::Scalar { .. } => match self.scalar() {
                Some(Scalar::Null) => "nothing",
                Some(Scalar::Bool(_)) => "a boolean",
                Some(Scalar::Int(_) | Scalar::Float(_)) => "a number",
                _ => "a string",
            },
        }
    }

    /// A scalar's text as written, whatever its type.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// A scalar written without quotes?
    pub fn is_plain(&self) -> bool {
        matches!(self.content, Content::Scalar { plain: true, .. })
    }

    /// The typed scalar.
    pub fn scalar(&self) -> Option<Scalar<'_>> {
        match &self.content {
            Content::Scalar { text, plain: true } => Some(plain_scalar(text)),
            Content::Scalar { text, plain: false } => Some(Scalar::Str(text)),
            _ => None,
        }
    }

    /// `null`, `~` or nothing at all?
    pub fn is_null(&self) -> bool {
        self.scalar() == Some(Scalar::Null)
    }

    /// A string.
    pub fn as_str(&self) -> Option<&str> {
        match self.scalar() {
            Some(Scalar::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// A boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self.scalar() {
            Some(Scalar::Bool(value)) => Some(value),
            _ => None,
        }
    }

    /// A whole number.
    pub fn as_i64(&self) -> Option<i64> {
        match self.scalar() {
            Some(Scalar::Int(value)) => Some(value),
            _ => None,
        }
    }

    /// A list's members.
    pub fn as_seq(&self) -> Option<&[Yaml]> {
        match &self.content {
            Content::Seq(members) => Some(members),
            _ => None,
        }
    }

    /// A mapping's entries.
    pub fn as_map(&self) -> Option<&[(Yaml, Yaml)]> {
        match &self.content {
            Content::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a mapping's key.
    pub fn get(&self, key: &str) -> Option<&Yaml> {
        self.entry(key).map(|(_, value)| value)
    }

    /// A mapping's entry by its key.
    pub fn entry(&self, key: &str) -> Option<&(Yaml, Yaml)> {
        self.as_map()?.iter().find(|(name, _)| name.text() == Some(key))
    }

    /// A string; anything else is reported.
    pub fn expect_str(&self, report: &mut Report) -> Option<&str> {
        let found = self.as_str();
        if found.is_none() {
            let error = report.error(self, format!("expected a string, found {}", self.describe()));
            if self.is_plain() && !self.is_null() {
                error.help("put it in quotes");
            }
        }
        found
    }

    /// The text of a string or number; anything else is reported.
    pub fn expect_text(&self, report: &mut Report) -> Option<&str> {
        match self.scalar() {
            Some(Scalar::Str(_) | Scalar::Int(_) | Scalar::Float(_)) => self.text(),
            _ => self.expect_str(report),
        }
    }

    /// A boolean; anything else is reported.
    pub fn expect_bool(&self, report: &mut Report) -> Option<bool> {
        let found = self.as_bool();
        if found.is_none() {
            report.error(self, format!("expected true or false, found {}", self.describe()));
        }
        found
    }

    /// A whole number; anything else is reported.
    pub fn expect_i64(&self, report: &mut Report) -> Option<i64> {
        let found = self.as_i64();
        if found.is_none() {
            report.error(self, format!("expected a whole number, found {}", self.describe()));
        }
        found
    }

    /// A list; anything else is reported.
    pub fn expect_seq(&self, report: &mut Report) -> Option<&[Yaml]> {
        let found = self.as_seq();
        if found.is_none() {
            report.error(self, format!("expected a list, found {}", self.describe()));
        }
        found
    }

    /// A mapping; anything else is reported.
    pub fn expect_map(&self, report: &mut Report) -> Option<&[(Yaml, Yaml)]> {
        let found = self.as_map();
        if found.is_none() {
            report.error(self, format!("expected a mapping, found {}", self.describe()));
        }
        found
    }

    /// A list's members, or this node alone.
    pub fn one_or_many(&self) -> &[Yaml] {
        match &self.content {
            Content::Seq(members) => members,
            _ => std::slice::from_ref(self),
        }
    }

    /// A list of strings, or one string; anything else is reported.
    pub fn expect_strs(&self, report: &mut Report) -> Vec<&str> {
        self.one_or_many().iter().filter_map(|member| member.expect_str(report)).collect()
    }

    /// This node as JSON. Keys become strings; numbers that JSON cannot say become strings too.
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        self.write_json(&mut out);
        out
    }

    fn write_json(&self, out: &mut String) {
        match &self.content {
            Content::Scalar { text, .. } => match self.scalar() {
                Some(Scalar::Null) => out.push_str("null"),
                Some(Scalar::Bool(value)) => out.push_str(if value { "true" } else { "false" }),
                Some(Scalar::Int(_) | Scalar::Float(_)) if json::Document::parse(text).is_ok() => {
                    out.push_str(text);
                }
                Some(Scalar::Int(value)) => _ = write!(out, "{value}"),
                Some(Scalar::Float(value)) if value.is_finite() => _ = write!(out, "{value}"),
                _ => json::quote(text, out),
            },
            Content::Seq(members) => {
                out.push('[');
                for (n, member) in members.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    member.write_json(out);
                }
                out.push(']');
            }
            Content::Map(entries) => {
                out.push('{');
                for (n, (key, value)) in entries.iter().enumerate() {
                    if n > 0 {
                        out.push(',');
                    }
                    json::quote(key.text().unwrap_or_default(), out);
                    out.push(':');
                    value.write_json(out);
                }
                out.push('}');
            }
        }
    }
}

/// YAML 1.2's core schema.
fn plain_scalar(text: &str) -> Scalar<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Bool(true),
        "false" | "False" | "FALSE" => return Scalar::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        _ => {}
    }
    let radix = |digits: &str, radix| {
        let sound = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
        sound.then(|| i64::from_str_radix(digits, radix).map_or(Scalar::Str(text), Scalar::Int))
    };
    if let Some(number) = text.strip_prefix("0x").and_then(|digits| radix(digits, 16)) {
        return number;
    }
    if let Some(number) = text.strip_prefix("0o").and_then(|digits| radix(digits, 8)) {
        return number;
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let shape = unsigned.bytes().all(|b| matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
        && unsigned.bytes().any(|b| b.is_ascii_digit())
        && unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    if !shape {
        return Scalar::Str(text);
    }
    if let Ok(number) = text.parse() {
        return Scalar::Int(number);
    }
    text.parse().map_or(Scalar::Str(text), Scalar::Float)
}
