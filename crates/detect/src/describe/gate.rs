//! The gate for secrets: every string of a record that leaves passes it, whatever field it came through and whatever the
//! way out. What looks like a secret gives way to `[REDACTED]`; what stands around it stays.
//!
//! ARNs, resource ids, GUIDs, digests and addresses are ids, and stay whole unless a token in them says itself what it is.

mod fold;
mod hints;
mod kind;
mod made;
mod memo;
mod patterns;
mod prose;
#[cfg(test)]
mod tests;
mod tongues;
mod walk;

use std::borrow::Cow;
use std::cell::LazyCell;
use std::ops::Range;

use hints::Plain;
use kind::Kind;
use made::{LazyPattern, MadePattern};
use patterns::{FLAGS, SECRETS, TRIGGERS, What, no_value};
pub use walk::MOST_SHOWN;
pub(super) use walk::clean_match;

/// Stands where a secret was.
const MASK: &str = "[REDACTED]";
/// Texts are looked at so far; what is longer is shown no further.
const MOST: usize = 16 << 10;
/// A token of random characters has at least so many.
const LONG: usize = 32;

/// Ids whose parts are no values; what follows an equals sign or a question mark in one is its caller's.
static PROTECTED: LazyPattern = LazyPattern::new(Cow::Borrowed(concat!(
    r"(?i:\barn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:[0-9]*:[^\s\x22'&;,)}\]=?|]+)",
    r"|(?i:\b(?:s3|eventhub|eventbridge|sqs|sns|lambda)://[^\s/?@:]+(?:/[^\s?@]*(?:@[0-9]+)?)?)",
    r"|(?i:/subscriptions/[^\s\x22'&;,)}\]=?|]+)",
    r"|\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b",
    r"|(?i:\bsha-?(?:1|256|384|512)[:=][a-z0-9+/]{20,}=*)",
    r"|(?i:\b(?:md5|imphash)[:=][0-9a-f]+)",
)));

/// A text without what looks like a secret in it.
pub fn clean(text: &str) -> Cow<'_, str> {
    let text = head(text);
    cleaned(text, &spans(text, Kind::Text))
}

/// The same for what people write: a single word of random characters is no word there.
pub(super) fn clean_prose(text: &str) -> Cow<'_, str> {
    let text = head(text);
    cleaned(text, &spans(text, Kind::Prose))
}

/// The same for what is an id by itself: an access key's id is one.
pub fn clean_id(text: &str) -> Cow<'_, str> {
    let text = head(text);
    cleaned(text, &spans(text, Kind::Id))
}

/// Does a text hold something that looks like a secret?
pub(super) fn holds_secret(text: &str) -> bool {
    // Names have no spaces in them.
    let kind = if text.contains(char::is_whitespace) { Kind::Prose } else { Kind::Text };
    !spans(head(text), kind).is_empty()
}

/// Does what people write hold one, be it a word alone?
pub(super) fn tells_secret(text: &str) -> bool {
    !spans(head(text), Kind::Prose).is_empty()
}

fn head(text: &str) -> &str {
    if text.len() <= MOST {
        return text;
    }
    let end = (0..=MOST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

fn cleaned<'t>(text: &'t str, spans: &[Range<usize>]) -> Cow<'t, str> {
    if spans.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        out.push_str(&text[at..span.start]);
        out.push_str(MASK);
        at = span.end;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

/// Where secrets stand, in order and apart.
fn spans(text: &str, kind: Kind) -> Vec<Range<usize>> {
    if kind != Kind::Prose && is_plain(text) || is_guid(text) || memo::holds_nothing(text, kind) {
        return Vec::new();
    }
    let found = match fold::folded(text) {
        Some(folded) => folded.back(spans_in(&folded.text, kind)),
        None => spans_in(text, kind),
    };
    if found.is_empty() {
        memo::keep(text, kind);
    }
    found
}

fn spans_in(text: &str, kind: Kind) -> Vec<Range<usize>> {
    // Text in JSON in text has its line ends spelled; a word begins behind them.
    let text = &*unspelled(text);
    let mut found: Vec<Range<usize>> = Vec::new();
    let protected = LazyCell::new(|| PROTECTED.of(text).find_all(text));
    let is_free =
        |span: &Range<usize>| !protected.iter().any(|id| id.start < span.end && span.start < id.end);
    let plain = Plain::of(text);
    let triggered = LazyCell::new(|| TRIGGERS.of(&plain.spelled).is_match(&plain.spelled));
    for (what, pattern) in SECRETS.of(&plain) {
        match what {
            What::KeyId if kind == Kind::Id => {}
            What::Mark | What::KeyId => found.extend(pattern.find_all(text)),
            What::Place if *triggered => found.extend(placed(text, pattern).filter(is_free)),
            What::Place => {}
            What::Tool => found.extend(flagged(text, pattern).filter(is_free)),
        }
    }
    found.extend(random(text).filter(is_free));
    if kind == Kind::Prose {
        found.extend(prose::words(text, *triggered).filter(is_free));
    }
    found.sort_by_key(|span| (span.start, span.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for span in found {
        match apart.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => apart.push(span),
        }
    }
    apart
}

/// Values that stand in a place.
fn placed<'t>(text: &'t str, place: MadePattern<'_>) -> impl Iterator<Item = Range<usize>> + use<'t> {
    let values = place.pick_all(text, |group| {
        let value = ["v", "w", "x"].iter().find_map(|name| group(name));
        value.or_else(|| group("m").filter(|word| prose::mixes(&text[word.clone()])))
    });
    values.into_iter().filter(|span| !no_value(&text[span.clone()]))
}

/// Values behind the flags of the first tool that the text calls.
fn flagged<'t>(text: &'t str, tool: MadePattern<'_>) -> impl Iterator<Item = Range<usize>> + use<'t> {
    // The flag's own space may be the tool's last.
    let from = tool.find(text).map(|tool| tool.end - 1);
    let values = from.into_iter().flat_map(move |from| {
        let text = &text[from..];
        let values = FLAGS.of(text).pick_all(text, |group| group("v"));
        values.into_iter().map(move |value| value.start + from..value.end + from)
    });
    let is_port =
        |span: &Range<usize>| span.len() < 6 && text[span.clone()].bytes().all(|byte| byte.is_ascii_digit());
    values.filter(move |span| !no_value(&text[span.clone()]) && !is_port(span))
}

/// The text with spelled line ends and tabs as spaces, each byte in its place.
fn unspelled(text: &str) -> Cow<'_, str> {
    const SPELLED: [&str; 3] = ["\\n", "\\r", "\\t"];
    if !SPELLED.iter().any(|end| text.contains(end)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(SPELLED.iter().fold(text.to_owned(), |text, end| text.replace(end, "  ")))
}

/// Too short and too plain to hold a secret that could be told.
fn is_plain(text: &str) -> bool {
    text.len() < 16
        && text.is_ascii()
        && !text.bytes().any(|byte| matches!(byte, b'=' | b':' | b' ' | b'"' | b'\'' | b'$' | b'%'))
}

/// An id of a record or a request, of which every finding has some of its own.
fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Long runs of Base64's characters that change their kind too often for words: random ones do at every second
/// character. Digests are of one case, so they never do.
fn random(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let is_token =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'~' | b'-');
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let start = at;
            while at < bytes.len() && is_token(bytes[at]) {
                at += 1;
            }
            let run = &bytes[start..at];
            let end = at;
            at += 1;
            if run.len() >= LONG && is_random(run) && !is_name(&text[start..end]) {
                return Some(start..end);
            }
        }
        None
    })
}

/// Names that tools make end in random characters, behind words that somebody chose: `ShopStack-WebRole1A2B3C4D-x2Yz…`.
/// Random text hardly begins with a whole word, and few letters of it look like words.
fn is_name(run: &str) -> bool {
    let mut pieces = run.split(['-', '_', '/']).map(|piece| (of_words(piece), piece.len()));
    let Some((first, length)) = pieces.next() else { return false };
    let all = first + pieces.map(|(of_words, _)| of_words).sum::<usize>();
    let is_worded = if first >= 8 { all * 3 >= run.len() } else { all * 5 >= run.len() * 2 };
    first >= 4 && first * 3 >= length * 2 && is_worded
}

/// How many of the letters stand in what could be words: three or more, a capital only at the start.
fn of_words(piece: &str) -> usize {
    let mut words = 0;
    let mut rest = piece.as_bytes();
    while let [first, behind @ ..] = rest {
        let lower = behind.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let is_word = lower >= 2 && first.is_ascii_alphabetic();
        words += if is_word { lower + 1 } else { 0 };
        rest = &behind[if is_word { lower } else { 0 }..];
    }
    words
}

fn is_random(run: &[u8]) -> bool {
    let kind = |byte: &u8| match byte {
        b'a'..=b'z' => 0_u8,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    // What stands between words changes nothing, and has no place in the middle of many random characters.
    let kinds: Vec<u8> = run.iter().map(kind).filter(|kind| *kind != 3).collect();
    let has = |wanted: u8| kinds.contains(&wanted);
    let changes = kinds.windows(2).filter(|two| two[0] != two[1]).count();
    // A secret access key has forty, and some hold words.
    let enough = if run.len() == 40 { 12 } else { (run.len() * 2).div_ceil(5) };
    has(0) && has(1) && has(2) && changes >= enough
}
