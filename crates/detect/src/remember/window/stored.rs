//! What was counted of members that are no longer kept, as it stands in items: packed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use super::course::Course;
use super::member::EventId;
use super::runs::Run;

/// What was counted of a window's members.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredCourse {
    /// The latest that was taken in.
    l: (i64, usize, String),
    /// Moments: milliseconds since the one before, events, members.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) c: String,
    /// The latest moment that was forgotten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    d: Option<i64>,
    /// Values: milliseconds since the one before, digest.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    w: String,
    /// Numbers: milliseconds since the one before, bits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    n: String,
    /// Rules, and since when they are reached.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    r: Vec<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    s: Vec<Vec<(i64, String)>>,
}

impl StoredCourse {
    /// Was the same taken in? What lies before every window that will be asked about may differ.
    pub(crate) fn is_as_far_as(&self, other: &Self) -> bool {
        self.l == other.l
    }

    /// The same with the moments that another holds.
    pub(crate) fn with_counts(self, c: String) -> Self {
        Self { c, ..self }
    }
}

impl From<&Course> for StoredCourse {
    fn from(course: &Course) -> Self {
        let (at, rule, event) = course.last.unwrap_or((0, 0, EventId::of("")));
        let mut runs = Packed::default();
        for run in course.counts.runs.iter() {
            runs.time(run.at);
            // One event is nearly always one member.
            let differs = run.members != run.events;
            runs.number(u64::from(run.events) << 1 | u64::from(differs));
            if differs {
                runs.number(run.members.into());
            }
        }
        let mut values = Packed::default();
        for (at, value) in course.values.iter() {
            values.time(at);
            values.bytes.extend(value.to_le_bytes());
        }
        let mut numbers = Packed::default();
        for (at, number) in &course.numbers {
            numbers.time(*at);
            numbers.bytes.extend(number.to_bits().to_le_bytes());
        }
        let steps = course.steps.iter();
        let step = |best: &Vec<(i64, EventId)>| {
            best.iter().map(|(since, event)| (*since, event.to_string())).collect::<Vec<_>>()
        };
        Self {
            l: (at, rule, event.to_string()),
            c: runs.text(),
            d: course.counts.forgotten,
            w: values.text(),
            n: numbers.text(),
            r: course.reached.clone(),
            s: steps.map(step).collect(),
        }
    }
}

impl From<StoredCourse> for Course {
    fn from(stored: StoredCourse) -> Self {
        let (at, rule, event) = stored.l;
        let mut course = Self::default();
        course.last = Some((at, rule, EventId::of(&event)));
        let mut runs = Unpacked::of(&stored.c);
        while let Some(run) = runs.run() {
            course.counts.add(run);
        }
        course.counts.forgotten = course.counts.forgotten.max(stored.d);
        let mut values = Unpacked::of(&stored.w);
        while let Some((at, value)) = values.value() {
            course.values.add(value, at, usize::MAX);
        }
        let step = |best: Vec<(i64, String)>| {
            best.iter().map(|(since, event)| (*since, EventId::of(event))).collect()
        };
        let mut numbers = Unpacked::of(&stored.n);
        while let Some((at, bits)) = numbers.value() {
            course.numbers.push_back((at, f64::from_bits(bits)));
        }
        course.reached = stored.r;
        course.steps = stored.s.into_iter().map(step).collect();
        course
    }
}

/// Numbers in as many bytes as they need, seven bits in each, and times as what lies between them.
#[derive(Default)]
struct Packed {
    bytes: Vec<u8>,
    before: i64,
}

impl Packed {
    fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.bytes.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.bytes.push(number.to_le_bytes()[0]);
    }

    /// Most logs know only seconds.
    fn time(&mut self, at: i64) {
        let passed = at.wrapping_sub(self.before);
        let in_seconds = passed >= 0 && passed % 1_000 == 0;
        let number = if in_seconds { passed / 1_000 } else { passed };
        self.number(number.cast_unsigned() << 1 | u64::from(!in_seconds));
        self.before = at;
    }

    fn text(&self) -> String {
        STANDARD_NO_PAD.encode(&self.bytes)
    }
}

struct Unpacked {
    bytes: std::vec::IntoIter<u8>,
    before: i64,
}

impl Unpacked {
    fn of(text: &str) -> Self {
        Self { bytes: STANDARD_NO_PAD.decode(text).unwrap_or_default().into_iter(), before: 0 }
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.bytes.next()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn time(&mut self) -> Option<i64> {
        let number = self.number()?;
        let passed = number.cast_signed() >> 1;
        let passed = if number & 1 == 0 { passed.saturating_mul(1_000) } else { passed };
        self.before = self.before.wrapping_add(passed);
        Some(self.before)
    }

    fn run(&mut self) -> Option<Run> {
        let at = self.time()?;
        let events = self.number()?;
        let members = if events & 1 == 1 { self.number()? } else { events >> 1 };
        Some(Run { at, events: u32::try_from(events >> 1).ok()?, members: u32::try_from(members).ok()? })
    }

    fn value(&mut self) -> Option<(i64, u64)> {
        let at = self.time()?;
        let mut bytes = [0; 8];
        for byte in &mut bytes {
            *byte = self.bytes.next()?;
        }
        Some((at, u64::from_le_bytes(bytes)))
    }
}
