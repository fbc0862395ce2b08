//! Parts of a point in time, in UTC.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, ISOWeekDate, Time, Weekday, date};
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
    /// A date with this part, if there is one.
    pub(crate) fn example(self, part: f64) -> Option<String> {
        #[allow(clippy::cast_possible_truncation, reason = "a part of a date is small")]
        let number = part as i16;
        let small = i8::try_from(number).ok();
        let day = date(2026, 1, 5);
        let at = match self {
            Self::Minute => day.to_datetime(Time::new(9, small?, 0, 0).ok()?),
            Self::Hour => day.to_datetime(Time::new(small?, 0, 0, 0).ok()?),
            Self::Day => Date::new(2026, 1, small?).ok()?.at(9, 0, 0, 0),
            Self::Week => ISOWeekDate::new(2026, small?, Weekday::Monday).ok()?.date().at(9, 0, 0, 0),
            Self::Month => Date::new(2026, small?, 5).ok()?.at(9, 0, 0, 0),
            Self::Year => Date::new(number, 1, 5).ok()?.at(9, 0, 0, 0),
        };
        Some(format!("{at}Z"))
    }

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
