//! A value and its modifiers, made into a matcher; or what is wrong with them.

use std::net::IpAddr;

use ipnet::IpNet;

use super::encode::encoded;
use super::problem::{Problem, problem};
use super::regex::Flags;
use super::{Comparison, FieldRef, LazyRegex, Matcher, TimePart};
use crate::modifier::Modifier;
use crate::pattern::{self, Anchor, Case, Pattern};

/// A scalar as a rule gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ScalarType {
    Text,
    Int(i64),
    Float(f64),
    Bool(bool),
    Null,
}

/// `chain` has passed [`modifier::check`](crate::modifier::check); `keyword` values belong to no field.
pub(crate) fn from_value(
    text: &str,
    scalar: ScalarType,
    chain: &[Modifier],
    keyword: bool,
) -> Result<Matcher, Problem> {
    let has = |modifier| chain.contains(&modifier);
    let anchor = anchor(chain, keyword);
    if scalar == ScalarType::Null {
        let alone = chain.iter().all(|modifier| *modifier == Modifier::Neq);
        return match (keyword, alone) {
            (false, true) => Ok(Matcher::Null),
            (true, _) => problem("nothing cannot be searched for", "write '' for an empty text"),
            (false, false) => problem(
                "`null` cannot be combined with these modifiers",
                "write the null in a selection of its own, or '' for an empty text",
            ),
        };
    }
    if has(Modifier::FieldRef) {
        let tokens = pattern::tokens(text);
        let Some(name) = pattern::plain(&tokens).filter(|name| !name.is_empty()) else {
            return problem("a field's name has no wildcards", "name one field");
        };
        return Ok(Matcher::FieldRef(FieldRef { name: name.to_owned(), anchor, case: case_of(chain) }));
    }
    if has(Modifier::Re) {
        let flags = Flags {
            ignore_case: has(Modifier::IgnoreCase),
            multiline: has(Modifier::Multiline),
            dot_all: has(Modifier::DotAll),
        };
        return LazyRegex::new(text, flags).map(Matcher::Regex).or_else(|error| {
            problem(
                format!("not a regular expression that can be used: {error}"),
                "look-around and back-references are not part of Sigma; see docs.rs/regex for the syntax",
            )
        });
    }
    if has(Modifier::Cidr) {
        // A bare address is the network of it alone.
        return match text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)) {
            Ok(network) => Ok(Matcher::Cidr(network)),
            Err(_) => problem(format!("`{text}` is no network"), "write it as 192.0.2.0/24 or 2001:db8::/32"),
        };
    }
    let comparison = comparison(chain);
    if let Some(part) = time_part(chain) {
        let number = number(text, scalar)?;
        return Ok(Matcher::Time(part, comparison.unwrap_or(Comparison::Equal), number));
    }
    if let Some(comparison) = comparison {
        return Ok(Matcher::Compare(comparison, number(text, scalar)?));
    }
    let is_text = keyword
        || anchor != Anchor::Whole
        || chain.iter().any(|m| m.is_transformation() || matches!(m, Modifier::Cased));
    match scalar {
        ScalarType::Int(number) if !is_text => return Ok(Matcher::Integer(number)),
        ScalarType::Float(number) if !is_text => return Ok(Matcher::Compare(Comparison::Equal, number)),
        ScalarType::Bool(own) if !is_text => return Ok(Matcher::Bool(own)),
        _ => {}
    }
    build_text(text, chain, anchor)
}

fn build_text(text: &str, chain: &[Modifier], anchor: Anchor) -> Result<Matcher, Problem> {
    let case = case_of(chain);
    let mut tokens = pattern::tokens(text);
    for modifier in chain {
        tokens = match modifier {
            Modifier::Windash => pattern::windash(&tokens),
            Modifier::Utf16
            | Modifier::Utf16Le
            | Modifier::Utf16Be
            | Modifier::Base64
            | Modifier::Base64Offset => {
                return encoded(&tokens, chain, anchor, case);
            }
            _ => continue,
        };
    }
    Ok(Matcher::Text(Pattern::new(&tokens, anchor, case)))
}

fn case_of(chain: &[Modifier]) -> Case {
    if chain.contains(&Modifier::Cased) { Case::Kept } else { Case::Ignored }
}

fn anchor(chain: &[Modifier], keyword: bool) -> Anchor {
    for modifier in chain {
        match modifier {
            Modifier::Contains => return Anchor::Anywhere,
            Modifier::StartsWith => return Anchor::Start,
            Modifier::EndsWith => return Anchor::End,
            _ => {}
        }
    }
    if keyword { Anchor::Anywhere } else { Anchor::Whole }
}

fn comparison(chain: &[Modifier]) -> Option<Comparison> {
    chain.iter().find_map(|modifier| match modifier {
        Modifier::Lt => Some(Comparison::Less),
        Modifier::Lte => Some(Comparison::AtMost),
        Modifier::Gt => Some(Comparison::Greater),
        Modifier::Gte => Some(Comparison::AtLeast),
        _ => None,
    })
}

fn time_part(chain: &[Modifier]) -> Option<TimePart> {
    chain.iter().find_map(|modifier| match modifier {
        Modifier::Minute => Some(TimePart::Minute),
        Modifier::Hour => Some(TimePart::Hour),
        Modifier::Day => Some(TimePart::Day),
        Modifier::Week => Some(TimePart::Week),
        Modifier::Month => Some(TimePart::Month),
        Modifier::Year => Some(TimePart::Year),
        _ => None,
    })
}

fn number(text: &str, scalar: ScalarType) -> Result<f64, Problem> {
    let found = match scalar {
        #[allow(clippy::cast_precision_loss, reason = "numbers are compared as JSON has them")]
        ScalarType::Int(number) => Some(number as f64),
        ScalarType::Float(number) => Some(number),
        ScalarType::Text => text.parse().ok(),
        ScalarType::Bool(_) | ScalarType::Null => None,
    };
    match found.filter(|number| number.is_finite()) {
        Some(number) => Ok(number),
        None => problem(format!("`{text}` is no number"), "comparisons and parts of time take numbers"),
    }
}
