//! `baseline:`, what newness does to a match.

use jiff::SignedDuration;
use trailhound_sigma::yaml::Yaml;
use trailhound_sigma::{FieldMap, Level, LogSource, Report};

use super::adjust::{LevelChange, level_change};
use super::bounds::MOST_EVENTS;
use super::guard::{Guard, holds};
use super::words::{time_span, unknown_key, unknown_word};
use crate::event::Event;

/// What newness of some facts does to a match.
#[derive(Debug)]
pub struct Baseline {
    /// The facts that together must be new.
    pub first: Vec<FirstFact>,
    /// Asked only where this matches.
    pub when: Option<Guard>,
    /// But not where this does.
    pub unless: Option<Guard>,
    /// Known if seen within this time.
    pub within: SignedDuration,
    /// Nothing is news for so long after the first event of an account.
    pub learning: SignedDuration,
    /// Nor before so many events of an account were seen, whatever was learned from history.
    pub enough: u64,
    /// What raised an alert vouches for nobody for so long.
    pub guard: SignedDuration,
    /// Raise at least to this level; context only without one.
    pub level: Option<Level>,
}

/// Facts whose combination can be new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is the word it is written as")]
pub enum FirstFact {
    Actor,
    Action,
    Operation,
    Target,
    Network,
    Client,
    Region,
    Country,
    App,
    Document,
    Account,
    Kind,
    Remote,
}

impl FirstFact {
    /// All, with their words.
    pub const WORDS: [(&'static str, Self); 13] = [
        ("actor", Self::Actor),
        ("action", Self::Action),
        ("operation", Self::Operation),
        ("target", Self::Target),
        ("network", Self::Network),
        ("client", Self::Client),
        ("region", Self::Region),
        ("country", Self::Country),
        ("app", Self::App),
        ("document", Self::Document),
        ("account", Self::Account),
        ("kind", Self::Kind),
        ("remote", Self::Remote),
    ];

    /// The word it is written as.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(_, fact)| *fact == self).map_or("", |(word, _)| word)
    }
}

pub(super) const KEYS: [&str; 8] =
    ["first", "when", "unless", "within", "learning", "enough", "guard", "level"];

impl Baseline {
    /// Is it about an actor who does such a thing at all?
    pub fn is_of_action(&self) -> bool {
        self.first == [FirstFact::Actor, FirstFact::Action]
    }

    /// Is it asked about this event?
    pub fn asks(&self, event: &Event<'_>) -> bool {
        holds(self.when.as_ref(), self.unless.as_ref(), event)
    }

    pub(super) fn read(
        node: &Yaml,
        source: &LogSource,
        fields: &dyn FieldMap,
        report: &mut Report,
    ) -> Option<Self> {
        let mut baseline = Self {
            first: Vec::new(),
            when: None,
            unless: None,
            within: SignedDuration::from_hours(24 * 30),
            learning: SignedDuration::from_hours(24 * 14),
            enough: 0,
            guard: SignedDuration::from_hours(24),
            level: None,
        };
        for (key, value) in node.expect_map(report)? {
            match key.text().unwrap_or_default() {
                "first" => baseline.first = facts(value, report),
                "when" => baseline.when = Guard::read(value, source, fields, report),
                "unless" => baseline.unless = Guard::read(value, source, fields, report),
                "within" => baseline.within = time_span(value, report).unwrap_or(baseline.within),
                "learning" => baseline.learning = time_span(value, report).unwrap_or(baseline.learning),
                "guard" => baseline.guard = time_span(value, report).unwrap_or(baseline.guard),
                "enough" => match value.as_i64().and_then(|number| u64::try_from(number).ok()) {
                    Some(number) if number <= MOST_EVENTS => baseline.enough = number,
                    _ => {
                        report.error(value, format!("not a number of events up to {MOST_EVENTS}"));
                    }
                },
                "level" => match level_change(value, report) {
                    Some(LevelChange::To(level)) => baseline.level = Some(level),
                    Some(LevelChange::By(_)) => {
                        report.error(value, "a baseline raises to a level, not by steps");
                    }
                    None => {}
                },
                other => unknown_key(key, other, &KEYS, report),
            }
        }
        if node.get("first").is_none() {
            report
                .error(node, "a baseline without facts")
                .help("say what may be new: `first: [actor, action]`");
        }
        Some(baseline)
    }
}

pub(super) fn facts(node: &Yaml, report: &mut Report) -> Vec<FirstFact> {
    let mut facts = Vec::new();
    for item in node.one_or_many() {
        let Some(word) = item.expect_str(report) else { continue };
        match FirstFact::WORDS.iter().find(|(known, _)| *known == word) {
            Some((_, fact)) => facts.push(*fact),
            None => unknown_word(item, "fact", word, &FirstFact::WORDS.map(|(word, _)| word), report),
        }
    }
    if facts.is_empty() {
        report.error(node, "no facts").help("say which: `[actor, action]`");
    }
    facts
}
