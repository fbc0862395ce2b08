//! Parts of a point in time, in UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::value::Value;

/// What a time modifier reads from a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimePart {
    Minute,
    Hour,
    Day,
    /// The week of ISO 8601.
    Week,
    Month,
    Year,
}

impl TimePart {
    /// Reads dates as RFC 3339 or ISO 8601 without an offset, and numbers as seconds or milliseconds of Unix time.
    pub(super) fn of(self, value: &Value<'_>, text: &str) -> Option<f64> {
        let time = match value {
            Value::Number(_) => unix(text)?,
            Value::String(_) => match text.parse::<Timestamp>() {
                Ok(time) => TimeZone::UTC.to_datetime(time),
                Err(_) => text.parse::<DateTime>().ok()?,
            },
            _ => return None,
        };
        let part = match self {
            Self::Minute => i16::from(time.minute()),
            Self::Hour => i16::from(time.hour()),
            Self::Day => i16::from(time.day()),
            Self::Week => i16::from(time.date().iso_week_date().week()),
            Self::Month => i16::from(time.month()),
            Self::Year => time.year(),
        };
        Some(f64::from(part))
    }
}

fn unix(text: &str) -> Option<DateTime> {
    #[allow(clippy::cast_possible_truncation, reason = "fractions of a second do not matter")]
    let number = text.parse::<i64>().or_else(|_| text.parse::<f64>().map(|number| number as i64)).ok()?;
    let seconds = if number > 1_000_000_000_000 { number / 1000 } else { number };
    Timestamp::from_second(seconds).ok().map(|time| TimeZone::UTC.to_datetime(time))
}
