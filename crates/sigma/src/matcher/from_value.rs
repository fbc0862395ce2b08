//! A value and its modifiers, made into a matcher; or what is wrong with them.

use super::regex::Flags;
use super::{Comparison, FieldRef, LazyRegex, Matcher, TimePart};
use crate::modifier::Modifier;
use crate::pattern::{self, Anchor, Pattern, Token};

/// A scalar as a rule gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar {
    Text,
    Int(i64),
    Float(f64),
    Bool(bool),
    Null,
}

/// What is wrong with a value, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

fn problem<T>(message: impl Into<String>, help: impl Into<String>) -> Result<T, Problem> {
    Err(Problem { message: message.into(), help: Some(help.into()) })
}

/// `chain` has passed [`modifier::check`](crate::modifier::check); `keyword` values belong to no field.
pub(crate) fn build(
    text: &str,
    scalar: Scalar,
    chain: &[Modifier],
    keyword: bool,
) -> Result<Matcher, Problem> {
    let has = |modifier| chain.contains(&modifier);
    let anchor = anchor(chain, keyword);
    if scalar == Scalar::Null {
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
        return Ok(Matcher::FieldRef(FieldRef {
            name: name.to_owned(),
            anchor,
            cased: has(Modifier::Cased),
        }));
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
        return match text.parse() {
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
        Scalar::Int(number) if !is_text => return Ok(Matcher::Integer(number)),
        Scalar::Float(number) if !is_text => return Ok(Matcher::Compare(Comparison::Equal, number)),
        Scalar::Bool(own) if !is_text => return Ok(Matcher::Bool(own)),
        _ => {}
    }
    build_text(text, chain, anchor)
}

fn build_text(text: &str, chain: &[Modifier], anchor: Anchor) -> Result<Matcher, Problem> {
    let cased = chain.contains(&Modifier::Cased);
    let mut tokens = pattern::tokens(text);
    for modifier in chain {
        tokens = match modifier {
            Modifier::Windash => pattern::windash(&tokens),
            Modifier::Utf16
            | Modifier::Utf16Le
            | Modifier::Utf16Be
            | Modifier::Base64
            | Modifier::Base64Offset => {
                return build_encoded(&tokens, chain, anchor, cased);
            }
            _ => continue,
        };
    }
    Ok(Matcher::Text(Pattern::new(&tokens, anchor, cased)))
}

/// How many texts one value may stand for.
const MAX_VARIANTS: usize = 4_096;

fn build_encoded(
    tokens: &[Token],
    chain: &[Modifier],
    anchor: Anchor,
    cased: bool,
) -> Result<Matcher, Problem> {
    let mut patterns = Vec::new();
    for text in variants(tokens)? {
        let bytes =
            match chain.iter().find(|m| matches!(m, Modifier::Utf16 | Modifier::Utf16Le | Modifier::Utf16Be))
            {
                None => text.into_bytes(),
                Some(Modifier::Utf16Be) => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                Some(Modifier::Utf16) => {
                    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
                }
                Some(_) => text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
            };
        let plain = |text: String| if text.is_empty() { vec![] } else { vec![Token::Text(text)] };
        if chain.contains(&Modifier::Base64Offset) {
            if bytes.len() < 2 {
                return problem(
                    "the value is too short to be recognised inside base64",
                    "give at least two bytes, better four",
                );
            }
            for offset in 0..3 {
                patterns.push(Pattern::new(&plain(base64_middle(&bytes, offset)), Anchor::Anywhere, cased));
            }
        } else if chain.contains(&Modifier::Base64) {
            patterns.push(Pattern::new(&plain(base64(&bytes)), anchor, cased));
        } else {
            match String::from_utf8(bytes) {
                Ok(text) => patterns.push(Pattern::new(&plain(text), anchor, cased)),
                Err(_) => {
                    return problem(
                        "this UTF-16 text is never valid in a log value",
                        "add base64 or base64offset",
                    );
                }
            }
        }
    }
    Ok(Matcher::AnyText(patterns))
}

/// The plain texts that a value stands for: one for every choice of its dashes.
fn variants(tokens: &[Token]) -> Result<Vec<String>, Problem> {
    let mut variants = vec![String::new()];
    for token in tokens {
        match token {
            Token::Text(text) => variants.iter_mut().for_each(|variant| variant.push_str(text)),
            Token::Dash if variants.len() * pattern::DASHES.len() > MAX_VARIANTS => {
                return problem("too many dashes to encode every choice of them", "give a shorter value");
            }
            Token::Dash => {
                let with = |variant: &String| pattern::DASHES.map(|dash| format!("{variant}{dash}"));
                variants = variants.iter().flat_map(with).collect();
            }
            Token::One | Token::Many => {
                return problem(
                    "wildcards cannot be encoded",
                    "escape them as \\* and \\?, or leave them out",
                );
            }
        }
    }
    Ok(variants)
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |n: usize| u32::from(chunk.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4u32 {
            let sextet = (bits >> (18 - 6 * n)) & 63;
            out.push(if n as usize <= chunk.len() { char::from(ALPHABET[sextet as usize]) } else { '=' });
        }
    }
    out
}

/// The part of an encoding that is the same whatever stands before and after: `offset` bytes of the value's first
/// group of three belong to something else.
fn base64_middle(bytes: &[u8], offset: usize) -> String {
    let mut shifted = vec![0; offset];
    shifted.extend_from_slice(bytes);
    let encoded = base64(&shifted);
    let start = [0, 2, 3][offset];
    let whole_sextets = shifted.len() * 8 / 6;
    encoded[start..whole_sextets].to_owned()
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

fn number(text: &str, scalar: Scalar) -> Result<f64, Problem> {
    let found = match scalar {
        #[allow(clippy::cast_precision_loss, reason = "numbers are compared as JSON has them")]
        Scalar::Int(number) => Some(number as f64),
        Scalar::Float(number) => Some(number),
        Scalar::Text => text.parse().ok(),
        Scalar::Bool(_) | Scalar::Null => None,
    };
    match found.filter(|number| number.is_finite()) {
        Some(number) => Ok(number),
        None => problem(format!("`{text}` is no number"), "comparisons and parts of time take numbers"),
    }
}
