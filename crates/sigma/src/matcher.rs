//! One value of a rule, ready to be compared with the values of events.

mod encode;
mod from_value;
mod problem;
mod regex;
#[cfg(test)]
mod tests;
mod time;

use std::net::IpAddr;

use ipnet::IpNet;

pub(crate) use self::regex::LazyRegex;
pub(crate) use from_value::{ScalarType, from_value};
pub(crate) use time::TimePart;

use crate::pattern::{Anchor, Case, Pattern, Text};
use crate::value::Value;

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `lt`
    Less,
    /// `lte`
    AtMost,
    /// `gt`
    Greater,
    /// `gte`
    AtLeast,
    /// `eq`
    Equal,
    /// `neq`
    Unequal,
}

impl Comparison {
    /// Does it hold between two numbers?
    pub fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Greater => left > right,
            Self::AtLeast => left >= right,
            Self::Equal => left == right,
            Self::Unequal => left != right,
        }
    }

    /// As rules name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Less => "lt",
            Self::AtMost => "lte",
            Self::Greater => "gt",
            Self::AtLeast => "gte",
            Self::Equal => "eq",
            Self::Unequal => "neq",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Matcher {
    Text(Pattern),
    /// A text that was encoded in several ways.
    AnyText(Vec<Pattern>),
    Regex(LazyRegex),
    Cidr(IpNet),
    Integer(i64),
    Compare(Comparison, f64),
    Bool(bool),
    /// Absent, `null` or an empty list; the item asks for it, for it is no value.
    Null,
    Time(TimePart, Comparison, f64),
    /// Another field of the same event, compared by the item.
    FieldRef(FieldRef),
}

/// A value that stands in another field.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldRef {
    pub(crate) name: String,
    pub(crate) anchor: Anchor,
    pub(crate) case: Case,
}

impl Matcher {
    /// Does this value of an event match? `text` is its text, read before.
    pub(crate) fn matches(&self, value: &Value<'_>, text: Option<&Text<'_>>) -> bool {
        match (self, text) {
            (Self::Text(pattern), Some(text)) => pattern.matches(text),
            (Self::AnyText(patterns), Some(text)) => patterns.iter().any(|pattern| pattern.matches(text)),
            (Self::Regex(regex), Some(text)) => regex.is_match(text.raw()),
            (Self::Cidr(network), Some(text)) => {
                // An IPv4 address inside an IPv6 one is in the network of either.
                text.raw().parse::<IpAddr>().is_ok_and(|address| {
                    network.contains(&address) || network.contains(&address.to_canonical())
                })
            }
            (Self::Integer(own), Some(text)) => match number(value, text) {
                Some(number) => match number.parse::<i64>() {
                    Ok(number) => number == *own,
                    #[allow(clippy::cast_precision_loss, reason = "what is no i64 is compared as what it is")]
                    Err(_) => number.parse().is_ok_and(|number| same(number, *own as f64)),
                },
                None => false,
            },
            (Self::Compare(comparison, own), Some(text)) => number(value, text)
                .and_then(|number| number.parse::<f64>().ok())
                .is_some_and(|number| compare(*comparison, number, *own)),
            (Self::Bool(own), Some(text)) => match value {
                Value::Bool(value) => value == own,
                Value::String(_) => {
                    let is =
                        |words: [&str; 3]| words.iter().any(|word| text.raw().eq_ignore_ascii_case(word));
                    is(if *own { ["true", "1", "yes"] } else { ["false", "0", "no"] })
                }
                _ => false,
            },
            (Self::Time(part, comparison, own), Some(text)) => {
                part.of(value, text.raw()).is_some_and(|number| compare(*comparison, number, *own))
            }
            (Self::Null | Self::FieldRef(_), _) | (_, None) => false,
        }
    }
}

/// The text of a number, or of a string that may hold one.
fn number<'t>(value: &Value<'_>, text: &Text<'t>) -> Option<&'t str> {
    matches!(value, Value::Number(_) | Value::String(_)).then(|| text.raw())
}

/// Equal but for the last bit, so that 0.1 + 0.2 is 0.3.
fn same(left: f64, right: f64) -> bool {
    (left - right).abs() < f64::EPSILON
}

fn compare(comparison: Comparison, left: f64, right: f64) -> bool {
    match comparison {
        Comparison::Equal => same(left, right),
        Comparison::Unequal => !same(left, right),
        other => other.holds(&left, &right),
    }
}
