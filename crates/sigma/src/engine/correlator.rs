//! Correlations over windows in memory, bounded, for one process.

use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;

use super::rules::{Engine, EngineRule};
use crate::correlation::{Correlation, Member};
use crate::value::{Event, Field};

/// How many members a window keeps; beyond it the oldest are let go, which [`Correlator::dropped`] counts. Each event
/// looks at its whole window, so this bounds the cost too.
const MOST_MEMBERS: usize = 1_000;
/// After so many events windows that nobody added to any more are let go.
const SWEEP: u64 = 4_096;

/// What an event led to.
#[derive(Debug)]
#[non_exhaustive]
pub enum Hit<'e> {
    /// It matched a rule.
    Rule(&'e EngineRule),
    /// It completed a correlation.
    Correlation {
        /// Which one.
        correlation: &'e Correlation,
        /// The values of `group-by`, in its order.
        group: Vec<String>,
        /// The events of the window, by the numbers that [`Correlator::take`] gave them.
        events: Vec<u64>,
    },
}

/// The windows of an engine's correlations.
///
/// Events are taken in order of time. A correlation that is met tells so and begins anew, so that a thousand failures
/// are not a thousand alerts. An event without one of the fields that are grouped by belongs to no group.
///
/// ```
/// use trailhound_sigma::{Engine, Hit, json};
///
/// let mut builder = Engine::builder();
/// builder.add("burst.yml", "
/// title: Denied
/// name: denied
/// logsource: {product: aws}
/// detection: {s: {errorCode: AccessDenied}, condition: s}
/// ---
/// title: Many denied
/// correlation:
///   type: event_count
///   rules: denied
///   group-by: [user]
///   timespan: 5m
///   condition: {gte: 3}
/// ")?;
/// let engine = builder.build()?;
/// let mut correlator = engine.correlator();
/// for (minute, expected) in [(0, 0), (1, 0), (9, 0), (10, 0), (11, 1)] {
///     let event = json::Document::parse(r#"{"errorCode": "AccessDenied", "user": "alice"}"#)?;
///     let hits = correlator.take(&event, minute * 60_000);
///     assert_eq!(hits.len(), expected, "minute {minute}");
///     assert!(hits.iter().all(|hit| matches!(hit, Hit::Correlation { group, .. } if group == &["alice"])));
/// }
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Correlator<'e> {
    engine: &'e Engine,
    windows: HashMap<(usize, Vec<String>), Window>,
    taken: u64,
    dropped: u64,
}

#[derive(Debug, Default)]
struct Window {
    members: VecDeque<Kept>,
}

#[derive(Debug)]
struct Kept {
    at: i64,
    event: u64,
    /// The same as text, as correlations tell events apart.
    name: String,
    rule: usize,
    values: Vec<String>,
}

impl Kept {
    fn member(&self) -> Member<'_> {
        Member { event: &self.name, rule: self.rule, values: &self.values }
    }
}

impl Engine {
    /// Memory for the windows of this engine's correlations.
    pub fn correlator(&self) -> Correlator<'_> {
        Correlator { engine: self, windows: HashMap::new(), taken: 0, dropped: 0 }
    }
}

impl<'e> Correlator<'e> {
    /// How many members windows had to let go because there were too many.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Takes an event of a time, in milliseconds, and tells what it led to: rules first, then correlations. Events
    /// are numbered from 0.
    pub fn take<E: Event + ?Sized>(&mut self, event: &E, time: i64) -> Vec<Hit<'e>> {
        let engine = self.engine;
        let number = self.taken;
        self.taken += 1;
        if self.taken.is_multiple_of(SWEEP) {
            self.sweep(time);
        }
        let mut hits = Vec::new();
        // What was found and has to be handed on to correlations over it, which may be handed on themselves.
        let mut found: VecDeque<Found<'e>> = VecDeque::new();
        for at in engine.numbers(event) {
            let rule = &engine.rules[at];
            if !rule.silent {
                hits.push(Hit::Rule(rule));
            }
            found.push_back(Found::Rule(rule));
        }
        while let Some(found_now) = found.pop_front() {
            for (number_of, own) in engine.correlations.iter().enumerate() {
                for (position, reference) in own.correlation.rules.iter().enumerate() {
                    if !found_now.is_named(&reference.name) {
                        continue;
                    }
                    let fields = &own.members[position];
                    let Some(group) = fields.group.iter().map(|field| first(event, field)).collect() else {
                        continue;
                    };
                    let values = fields.values.iter().flat_map(|field| all(event, field)).collect();
                    let kept =
                        Kept { at: time, event: number, name: number.to_string(), rule: position, values };
                    let Some((group, events)) = self.add(number_of, group, kept) else { continue };
                    if !own.silent {
                        hits.push(Hit::Correlation { correlation: &own.correlation, group, events });
                    }
                    found.push_back(Found::Correlation(&own.correlation));
                }
            }
        }
        hits
    }

    /// The group and events of a window that is met by what was added to it.
    fn add(&mut self, correlation: usize, group: Vec<String>, kept: Kept) -> Option<(Vec<String>, Vec<u64>)> {
        let own = &self.engine.correlations[correlation].correlation;
        let oldest = kept.at.saturating_sub(millis(own));
        let key = (correlation, group);
        let window = self.windows.entry(key.clone()).or_default();
        window.members.push_back(kept);
        while window.members.front().is_some_and(|member| member.at < oldest) {
            window.members.pop_front();
        }
        while window.members.len() > MOST_MEMBERS {
            window.members.pop_front();
            self.dropped += 1;
        }
        let members: Vec<Member<'_>> = window.members.iter().map(Kept::member).collect();
        if !own.is_met(&members) {
            return None;
        }
        let mut events: Vec<u64> = window.members.iter().map(|member| member.event).collect();
        events.dedup();
        self.windows.remove(&key);
        Some((key.1, events))
    }

    fn sweep(&mut self, now: i64) {
        let correlations = &self.engine.correlations;
        self.windows.retain(|(correlation, _), window| {
            let oldest = now.saturating_sub(millis(&correlations[*correlation].correlation));
            window.members.back().is_some_and(|member| member.at >= oldest)
        });
    }
}

/// What correlations may look at.
enum Found<'e> {
    Rule(&'e EngineRule),
    Correlation(&'e Correlation),
}

impl Found<'_> {
    fn is_named(&self, reference: &str) -> bool {
        match self {
            Self::Rule(own) => own.rule.is_named(reference),
            Self::Correlation(own) => own.is_named(reference),
        }
    }
}

fn millis(correlation: &Correlation) -> i64 {
    i64::try_from(correlation.timespan.as_millis()).unwrap_or(i64::MAX)
}

fn first<E: Event + ?Sized>(event: &E, field: &Field) -> Option<String> {
    all(event, field).into_iter().next()
}

fn all<E: Event + ?Sized>(event: &E, field: &Field) -> Vec<String> {
    let mut texts = Vec::new();
    event.values(field, &mut |value| {
        texts.extend(value.text().map(std::borrow::Cow::into_owned));
        ControlFlow::Continue(())
    });
    texts
}
