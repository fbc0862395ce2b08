//! When what lies in an archive was delivered, as its name says: CloudTrail's keys, Azure's hours, Event Hubs Capture.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// How long before or after what its name says a file of Event Hubs Capture may have begun or ended.
const CAPTURE: SignedDuration = SignedDuration::from_mins(15);

/// From one moment to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeliverySpan {
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
}

/// When it was delivered; nothing where its name does not say so beyond doubt. Its events are of the time before.
pub(crate) fn delivered(name: &str) -> Option<DeliverySpan> {
    trail(name).or_else(|| span_of(name).map(|(span, _)| span))
}

/// `…_eu-west-1_20260318T1015Z_….json.gz`
fn trail(name: &str) -> Option<DeliverySpan> {
    let is_stamp = |part: &&str| part.len() == 14 && part.as_bytes()[8] == b'T' && part.ends_with('Z');
    let stamp = name.rsplit('/').next()?.split('_').find(is_stamp)?;
    let from = DateTime::strptime("%Y%m%dT%H%MZ", stamp).ok()?;
    span(from, from.checked_add(1.minute()).ok()?)
}

/// The time that folders speak of, `y=2026/m=03/d=18/h=10` or `hub/0/2026/03/18/10`, and whether it is no longer than an hour.
pub(super) fn span_of(path: &str) -> Option<(DeliverySpan, bool)> {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    (0..parts.len()).find_map(|at| {
        let is_keyed = parts[at].starts_with("y=");
        // Before Capture's year stands a partition; any other number may mean anything.
        let before = at.checked_sub(1).and_then(|before| parts.get(before));
        let is_capture = before.is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        if !is_keyed && !is_capture {
            return None;
        }
        let (span, is_hour) = span_from(&parts[at..], is_keyed)?;
        if is_keyed {
            return Some((span, is_hour));
        }
        let [from, until] = [span.from.checked_sub(CAPTURE).ok()?, span.until.checked_add(CAPTURE).ok()?];
        Some((DeliverySpan { from, until }, is_hour))
    })
}

fn span_from(parts: &[&str], is_keyed: bool) -> Option<(DeliverySpan, bool)> {
    let number = |at: usize, key: &str, digits: usize| {
        let part = if is_keyed { parts.get(at)?.strip_prefix(key)? } else { parts.get(at)? };
        (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<i16>().ok())?
    };
    let small = |number: i16| i8::try_from(number).ok();
    let year = number(0, "y=", 4)?;
    let Some(month) = number(1, "m=", 2) else {
        return (parts.len() == 1).then(|| both(year, 1, 1, 0, 1.year()))?.map(|span| (span, false));
    };
    let Some(day) = number(2, "d=", 2) else {
        return Some((both(year, small(month)?, 1, 0, 1.month())?, false));
    };
    let Some(hour) = number(3, "h=", 2) else {
        return Some((both(year, small(month)?, small(day)?, 0, 1.day())?, false));
    };
    Some((both(year, small(month)?, small(day)?, small(hour)?, 1.hour())?, true))
}

fn both(year: i16, month: i8, day: i8, hour: i8, length: jiff::Span) -> Option<DeliverySpan> {
    let from = Date::new(year, month, day).ok()?.at(hour, 0, 0, 0);
    span(from, from.checked_add(length).ok()?)
}

fn span(from: DateTime, until: DateTime) -> Option<DeliverySpan> {
    let at = |civil| TimeZone::UTC.to_timestamp(civil).ok();
    Some(DeliverySpan { from: at(from)?, until: at(until)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Option<(String, String)> {
        delivered(name).map(|span| (span.from.to_string(), span.until.to_string()))
    }

    #[test]
    fn a_name_says_when_it_was_delivered() {
        let both = |from: &str, until: &str| Some((from.to_owned(), until.to_owned()));
        let key = "s3://b/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/18/111122223333_CloudTrail_eu-west-1_20260318T1015Z_0a1b2c3d.json.gz";
        assert_eq!(of(key), both("2026-03-18T10:15:00Z", "2026-03-18T10:16:00Z"));
        let hour = "https://st.blob.core.windows.net/insights-activity-logs/resourceId=/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/y=2026/m=12/d=31/h=23/m=00/PT1H.json";
        assert_eq!(of(hour), both("2026-12-31T23:00:00Z", "2027-01-01T00:00:00Z"));
        let captured =
            "https://st.blob.core.windows.net/capture/hubs-example/activity/0/2026/03/18/10/15/00.avro";
        assert_eq!(of(captured), both("2026-03-18T09:45:00Z", "2026-03-18T11:15:00Z"));
    }

    #[test]
    fn what_may_mean_anything_says_nothing() {
        for name in [
            "s3://b/AWSLogs/x_20260318X1015Z_.json.gz",
            "cases/2026/03/18/log.json",
            "y=2026/log.json",
            "y=2026/m=13/d=01/h=00/PT1H.json",
            "0/20260/03/18/log.json",
        ] {
            assert_eq!(of(name), None, "{name}");
        }
    }
}
