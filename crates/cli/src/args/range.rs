//! From when to when events count.

use clap::Args;
use jiff::tz::TimeZone;

use crate::inputs::DeliverySpan;
use crate::times::TypedTime;

/// The events that count, by their own time.
#[derive(Args, Debug, Default)]
pub(crate) struct Range {
    /// Only events at or after this time: 2026-03-18T10:00:00Z, 2026-03-18 10:00, 2026-03-18, yesterday, 90m, 1h30m, 2w
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<TypedTime>,
    /// Only events before this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    until: Option<TypedTime>,
    /// The zone of times without one, as Europe/Paris, UTC or +02:00; else this machine's
    #[arg(long, value_name = "ZONE", value_parser = crate::times::zone)]
    tz: Option<TimeZone>,
}

impl Range {
    /// The moments between; says on standard error how times without a zone were understood.
    pub(crate) fn window(&self) -> anyhow::Result<Window> {
        if self.tz.is_some() && self.since.is_none() && self.until.is_none() {
            anyhow::bail!(
                "--tz is the zone of --since and --until, and neither is there; what is written is in UTC"
            );
        }
        let zone = self.tz.clone().unwrap_or_else(TimeZone::system);
        let now = jiff::Timestamp::now();
        let resolve = |name: &str, typed: &Option<TypedTime>| {
            let Some(typed) = typed else { return anyhow::Ok(None) };
            let resolved = typed.resolve(&zone, now).map_err(anyhow::Error::msg)?;
            if let Some(told) = resolved.told {
                anstream::eprintln!("{name} {told}");
            }
            Ok(Some(resolved.at))
        };
        let window =
            Window { since: resolve("--since", &self.since)?, until: resolve("--until", &self.until)? };
        if let (Some(since), Some(until)) = (window.since, window.until)
            && since >= until
        {
            anyhow::bail!("--since {since} is not before --until {until}: nothing lies between");
        }
        Ok(window)
    }
}

/// From one moment to another.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Window {
    pub(crate) since: Option<jiff::Timestamp>,
    pub(crate) until: Option<jiff::Timestamp>,
}

impl Window {
    #[cfg(all(test, feature = "azure"))]
    pub(crate) fn between(since: Option<jiff::Timestamp>, until: Option<jiff::Timestamp>) -> Self {
        Self { since, until }
    }

    /// Does it hold an event of this time? One that does not say when it was is never left out.
    pub(crate) fn holds(&self, at: Option<jiff::Timestamp>) -> bool {
        at.is_none_or(|at| {
            self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at < until)
        })
    }

    /// Is it open on both sides?
    pub(crate) fn is_open(&self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    /// With so much more time behind it.
    pub(crate) fn and_after(self, more: jiff::SignedDuration) -> Self {
        let until = self.until.map(|until| until.checked_add(more).unwrap_or(jiff::Timestamp::MAX));
        Self { until, ..self }
    }

    /// Has it something of a span in it? What says no span is never left out.
    pub(crate) fn touches(&self, span: Option<DeliverySpan>) -> bool {
        span.is_none_or(|span| {
            self.since.is_none_or(|since| span.until > since)
                && self.until.is_none_or(|until| span.from < until)
        })
    }

    /// Has it all of a span in it?
    #[cfg(feature = "azure")]
    pub(crate) fn covers(&self, span: DeliverySpan) -> bool {
        self.since.is_none_or(|since| span.from >= since)
            && self.until.is_none_or(|until| span.until <= until)
    }

    /// May it hold an event between these seconds?
    pub(crate) fn overlaps(&self, first: i64, last: i64) -> bool {
        self.since.is_none_or(|since| last >= since.as_second())
            && self.until.is_none_or(|until| first <= until.as_second())
    }
}
