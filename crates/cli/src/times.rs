//! Times as people type them: with a zone, without one, as a date, a word, or a span before now.

#[cfg(test)]
mod tests;

use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan, Zoned};

/// A time as it was typed, before it is known which zone it is in.
#[derive(Clone, Debug)]
pub(crate) struct TypedTime {
    typed: String,
    meant: Meant,
}

#[derive(Clone, Debug)]
enum Meant {
    /// A moment, whatever the zone.
    At(jiff::Timestamp),
    /// By the clock and calendar of a zone.
    Local(DateTime),
    /// Midnight so many days ago.
    Midnight(i64),
    /// So long ago.
    Ago(Span),
}

const FORMS: &str =
    "write a time as 2026-03-18T10:00:00Z, 2026-03-18 10:00, 2026-03-18, yesterday, now, 90m, 1h30m or 2w";

impl FromStr for TypedTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let meant = read(text.trim()).ok_or_else(|| {
            // Written as a day or an hour is, and none there is.
            let has_form = text.trim().len() >= 10
                && text.trim().bytes().all(|byte| byte.is_ascii_digit() || b"-:T Z+.".contains(&byte))
                && text.matches('-').count() >= 2;
            if has_form { format!("there is no such time; {FORMS}") } else { FORMS.to_owned() }
        })?;
        Ok(Self { typed: text.trim().to_owned(), meant })
    }
}

fn read(text: &str) -> Option<Meant> {
    match text.to_ascii_lowercase().as_str() {
        "now" => return Some(Meant::Ago(Span::new())),
        "today" => return Some(Meant::Midnight(0)),
        "yesterday" => return Some(Meant::Midnight(1)),
        _ => {}
    }
    // A zone in brackets decides where no offset does, and has to agree with one that does.
    if text.contains('[') {
        return text.parse::<Zoned>().ok().map(|zoned| Meant::At(zoned.timestamp()));
    }
    if let Ok(at) = text.parse() {
        return Some(Meant::At(at));
    }
    let is_local = text.as_bytes().get(4) == Some(&b'-');
    if is_local {
        // An hour alone is the hour's beginning.
        let hour = |text: &str| text.parse::<DateTime>().or_else(|_| format!("{text}:00").parse()).ok();
        return hour(text).map(Meant::Local);
    }
    span(text).map(Meant::Ago)
}

/// `90m`, `1h30m`, `24 hours`, `2w`, `3M` for months, `1y`.
fn span(text: &str) -> Option<Span> {
    let text = text.strip_prefix('-').unwrap_or(text);
    let text = text.strip_suffix("ago").unwrap_or(text).trim();
    let mut spelt = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let ends = chars.peek().is_none_or(|next| !next.is_ascii_alphabetic());
        let begins = spelt.ends_with(|c: char| c.is_ascii_digit() || c == ' ');
        // `M` alone is months, as `m` alone is minutes.
        if c == 'M' && ends && begins { spelt.push_str("mo") } else { spelt.push(c.to_ascii_lowercase()) }
    }
    let is_plain = spelt.starts_with(|c: char| c.is_ascii_digit());
    spelt.parse::<Span>().ok().filter(|span| is_plain && span.is_positive())
}

impl TypedTime {
    /// The moment, and what to say back where a zone had to be taken for it.
    pub(crate) fn resolve(&self, zone: &TimeZone, now: jiff::Timestamp) -> Result<Resolved, String> {
        let here = now.to_zoned(zone.clone());
        let too_far = |_| format!("{} is beyond any calendar", self.typed);
        let (zoned, is_taken) = match &self.meant {
            Meant::At(at) => (at.to_zoned(zone.clone()), false),
            Meant::Local(time) => (time.to_zoned(zone.clone()).map_err(too_far)?, true),
            Meant::Midnight(days) => {
                let day =
                    here.checked_sub(days.days()).and_then(|day| day.start_of_day()).map_err(too_far)?;
                (day, true)
            }
            Meant::Ago(span) => (here.checked_sub(*span).map_err(too_far)?, false),
        };
        let told = is_taken.then(|| {
            let name = zone.iana_name().map_or_else(String::new, |name| format!(", in {name}"));
            format!("{} is {}{name}", self.typed, zoned.strftime("%Y-%m-%dT%H:%M:%S%:z"))
        });
        Ok(Resolved { at: zoned.timestamp(), told })
    }
}

/// A moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub(crate) at: jiff::Timestamp,
    /// How the typed time was understood, where that is not plain.
    pub(crate) told: Option<String>,
}

/// A zone by its name or offset: `Europe/Paris`, `UTC`, `+02:00`.
pub(crate) fn zone(text: &str) -> Result<TimeZone, String> {
    if text.starts_with(['+', '-']) {
        let some_day = format!("2026-01-01T00:00:00{text}");
        if let Some(offset) = Pieces::parse(&some_day).ok().and_then(|pieces| pieces.to_numeric_offset()) {
            return Ok(TimeZone::fixed(offset));
        }
    }
    TimeZone::get(text).map_err(|_| "write a zone as Europe/Paris, UTC or +02:00".to_owned())
}
