//! Times as logs really write them.
//!
//! Besides RFC 3339: one-digit hours, `3/24/2022 2:42:35 PM`, days before months where no month has that number,
//! months by their English names, a space for the `T`, offsets with and without colon, nine and more digits of
//! fraction, epoch seconds and milliseconds as numbers or strings. Without an offset it is UTC. What cannot be read is
//! `None`, never a reason to drop a record.

mod stated;
#[cfg(test)]
mod tests;

pub(super) use stated::stated;

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Reads a time in any of the forms above.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let text = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")).unwrap_or(text);
    if let (whole, fraction) = text.split_once('.').unwrap_or((text, ""))
        && [whole, fraction].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return epoch(whole, fraction);
    }
    // Some write narrow spaces before `AM`.
    let text: Cow<'_, str> =
        if text.is_ascii() { text.into() } else { text.replace(['\u{a0}', '\u{202f}'], " ").into() };
    if let Some(time) = basic(&text) {
        return Some(time);
    }
    let text = with_year_first(&text).map_or(text, Cow::Owned);
    let mut rest = Cursor(&text);
    rest.weekday();
    let (year, month, day) = rest.date()?;
    rest.skip(|byte| matches!(byte, b'T' | b't' | b' ' | b',' | b'@' | b':'));
    let (mut hour, mut minute, mut second, mut nanos) = (0, 0, 0, 0);
    if !rest.0.is_empty() {
        hour = rest.number(2)?;
        minute = rest.after(b':').then(|| rest.number(2)).flatten()?;
        if rest.after(b':') {
            second = rest.number(2)?;
        }
        if rest.after(b'.') || rest.after(b',') {
            nanos = rest.fraction()?;
        }
    }
    rest.skip(|byte| byte == b' ');
    hour = rest.half_of_day(hour)?;
    rest.skip(|byte| byte == b' ');
    let offset = rest.offset()?;
    let date_time = DateTime::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        // A leap second is the last one of its minute.
        i8::try_from(second.min(59)).ok()?,
        nanos,
    )
    .ok()?;
    Offset::from_seconds(offset).ok()?.to_timestamp(date_time).ok()
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, or Windows' and .NET's tenths of a microsecond, told
/// apart by their size; a day, or a day and its time, in one number. A smaller number is none of them, such as the days that
/// spreadsheets count.
fn epoch(whole: &str, fraction: &str) -> Option<Timestamp> {
    /// 1970 by the clocks that begin in 1601 and in the year 1.
    const WINDOWS: i64 = 116_444_736_000_000_000;
    const DOTNET: i64 = 621_355_968_000_000_000;
    if matches!(whole.len(), 8 | 14) {
        return in_one(whole);
    }
    let number: i64 = whole.parse().ok()?;
    let tenths = |since: i64| Timestamp::from_nanosecond(i128::from(number - since) * 100).ok();
    match number {
        100_000_000..100_000_000_000 => {
            let nanos = if fraction.is_empty() { 0 } else { Cursor(fraction).fraction()? };
            Timestamp::new(number, nanos).ok()
        }
        100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(number).ok(),
        100_000_000_000_000..10_000_000_000_000_000 => Timestamp::from_microsecond(number).ok(),
        WINDOWS..200_000_000_000_000_000 => tenths(WINDOWS),
        DOTNET..700_000_000_000_000_000 => tenths(DOTNET),
        1_000_000_000_000_000_000.. => Timestamp::from_nanosecond(i128::from(number)).ok(),
        _ => None,
    }
}

/// `Fri Nov 20 09:00:00 UTC 2026`, as C, Java and `date` print a time, in the order of the others.
fn with_year_first(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let (month, day, time, rest) = match words.as_slice() {
        [_, month, day, time, rest @ ..] if time.contains(':') && day.len() <= 2 => (month, day, time, rest),
        _ => return None,
    };
    let is_year = |word: &&&str| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let (year, zone) = (rest.iter().find(is_year)?, rest.iter().find(|word| !is_year(word)));
    let zone = zone.copied().unwrap_or_default();
    (rest.len() <= 2).then(|| format!("{month} {day}, {year} {time} {zone}"))
}

/// `20261120T090000Z`, as AWS signs requests.
fn basic(text: &str) -> Option<Timestamp> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let are_digits = [(day, 8), (time, 6)]
        .iter()
        .all(|(part, length)| part.len() == *length && part.bytes().all(|byte| byte.is_ascii_digit()));
    are_digits.then(|| in_one(&format!("{day}{time}")))?
}

/// `20261120`, `20261120090000`.
fn in_one(digits: &str) -> Option<Timestamp> {
    let part =
        |at: usize, most: usize| digits.get(at..at + most).map_or(Some(0), |part| part.parse::<i8>().ok());
    let year = digits.get(..4)?.parse().ok().filter(|year| (1970..2200).contains(year))?;
    let time =
        DateTime::new(year, part(4, 2)?, part(6, 2)?, part(8, 2)?, part(10, 2)?, part(12, 2)?, 0).ok()?;
    Offset::UTC.to_timestamp(time).ok()
}

struct Cursor<'a>(&'a str);

impl Cursor<'_> {
    fn skip(&mut self, what: impl Fn(u8) -> bool) {
        self.0 = &self.0[self.0.bytes().take_while(|byte| what(*byte)).count()..];
    }

    /// Takes `byte` if it is next.
    fn after(&mut self, byte: u8) -> bool {
        let next = self.0.as_bytes().first() == Some(&byte);
        if next {
            self.0 = &self.0[1..];
        }
        next
    }

    fn number(&mut self, most: usize) -> Option<i32> {
        let digits = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        number.parse().ok()
    }

    /// Digits after the point, as nanoseconds; what is finer is dropped.
    fn fraction(&mut self) -> Option<i32> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (fraction, rest) = self.0.split_at(digits);
        self.0 = rest;
        let kept = &fraction[..digits.min(9)];
        let scale = 10_i32.pow(u32::try_from(9 - kept.len()).ok()?);
        kept.parse::<i32>().ok().map(|number| number * scale)
    }

    /// `Fri, `.
    fn weekday(&mut self) {
        if let Some((word, rest)) = self.0.split_once(", ")
            && let Some(day) = word.get(..3)
            && ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].contains(&&*day.to_ascii_lowercase())
        {
            self.0 = rest;
        }
    }

    /// `2026-11-20`, `2026/11/20`, `11/20/2026`, `20/11/2026`, `20.11.2026`, `20 Nov 2026`, `Nov 20, 2026`.
    fn date(&mut self) -> Option<(i32, i32, i32)> {
        if let Some(month) = self.month() {
            self.skip(|byte| byte == b' ');
            let day = self.number(2)?;
            self.skip(|byte| matches!(byte, b' ' | b','));
            return Some((self.number(4)?, month, day));
        }
        let first = self.number(4)?;
        let separator = *self.0.as_bytes().first().filter(|byte| b"-/. ".contains(*byte))?;
        self.after(separator);
        let named = self.month();
        let second = named.map_or_else(|| self.number(2), Some)?;
        if !self.after(separator) {
            return None;
        }
        let third = self.number(4)?;
        match separator {
            _ if named.is_some() => Some((third, second, first)),
            b'/' if first <= 12 => Some((third, first, second)),
            b'/' | b'.' if first <= 31 => Some((third, second, first)),
            _ => Some((first, second, third)),
        }
    }

    /// A month by its English name.
    fn month(&mut self) -> Option<i32> {
        const MONTHS: [&str; 12] =
            ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        let length = self.0.bytes().take_while(u8::is_ascii_alphabetic).count();
        let name = self.0[..length].get(..3)?.to_ascii_lowercase();
        let at = MONTHS.iter().position(|month| *month == name)?;
        self.0 = &self.0[length..];
        i32::try_from(at + 1).ok()
    }

    /// The hour of the day, `AM` or `PM` considered.
    fn half_of_day(&mut self, hour: i32) -> Option<i32> {
        let Some(word) = self.0.get(..2) else { return Some(hour) };
        let afternoon = word.eq_ignore_ascii_case("PM");
        if !afternoon && !word.eq_ignore_ascii_case("AM") {
            return Some(hour);
        }
        if !(1..=12).contains(&hour) {
            return None;
        }
        self.0 = &self.0[2..];
        Some(hour % 12 + if afternoon { 12 } else { 0 })
    }

    /// Seconds east of Greenwich; nothing may follow.
    fn offset(&mut self) -> Option<i32> {
        if self.0.is_empty() || ["Z", "UTC", "GMT"].iter().any(|zone| self.0.eq_ignore_ascii_case(zone)) {
            return Some(0);
        }
        let sign = if self.after(b'+') {
            1
        } else if self.after(b'-') {
            -1
        } else {
            return None;
        };
        let hours = self.number(2)?;
        self.after(b':');
        let minutes = if self.0.is_empty() { 0 } else { self.number(2)? };
        self.0.is_empty().then_some(sign * (hours * 3600 + minutes * 60))
    }
}
